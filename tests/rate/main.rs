//! Rate networks: against theory, against each other's engines and threads, and against an independent solver.

mod config;
mod convergence;
mod coupling;
mod engines;
mod gpu;
mod memory;
mod reference;
mod scipy;
mod shaders;
mod theory;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use attractor::engine::rate::{BlockResult, Frame};
use attractor::engine::{Engine, cpu};
use attractor::model::{Draft, Model};
use attractor::network::Network;
use attractor::network::rate::{Rate, Snapshot};
use attractor::schedule::Timeline;
use attractor::simulate::{self, Observer};

/// The frames of a run: the step after which each is, and the state.
#[derive(Default)]
struct Frames(Vec<(u64, Frame)>);

impl Observer<Rate> for Frames {
    fn start(&mut self, _: &Snapshot) -> anyhow::Result<()> {
        Ok(())
    }

    fn block(&mut self, result: &BlockResult) -> anyhow::Result<ControlFlow<()>> {
        self.0.extend(result.frame.clone().map(|frame| (result.block.end_step(), frame)));
        Ok(ControlFlow::Continue(()))
    }
}

/// Reads and compiles a configuration.
fn read(text: &str) -> (attractor::model::rate::Rate, Arc<Rate>) {
    let (_, model) = Model::parse(text, "test.toml", Path::new("."), &[]).unwrap_or_else(|error| panic!("{error}"));
    let network = attractor::compile::compile(&model).expect("it compiles");
    let (Model::Rate(model), Network::Rate(network)) = (model, network) else { panic!("no rate network") };
    (model, Arc::new(network))
}

/// One of the configurations of the project.
fn load(name: &str, overrides: &[&str]) -> Arc<Rate> {
    let overrides: Vec<_> = overrides.iter().map(|one| one.parse().expect("an override")).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(name);
    let (_, _, network) =
        Draft::load(&path, &overrides).finish(attractor::compile::compile).unwrap_or_else(|error| panic!("{error}"));
    let Network::Rate(network) = network else { panic!("no rate network") };
    Arc::new(network)
}

/// Runs a network on an engine and returns its frames.
fn run_on(network: &Arc<Rate>, engine: &mut dyn Engine<Rate>) -> Vec<(u64, Frame)> {
    let mut frames = Frames::default();
    simulate::run(network.blocks(), engine, &mut frames, &AtomicBool::new(false)).expect("it runs");
    frames.0
}

/// Runs a network on the CPU engine.
fn run(network: &Arc<Rate>) -> Vec<(u64, Frame)> {
    run_on(network, &mut cpu::rate::Engine::new(Arc::clone(network), 0).expect("the engine starts"))
}

/// The last frame of a configuration.
fn end_of(text: &str) -> Frame {
    run(&read(text).1).pop().expect("a frame").1
}

/// A network of so many neurons without patterns.
fn uniform(gain: &str, strength: f64, rest: &str) -> String {
    format!(
        "model = \"rate\"\nduration = \"500 ms\"\n[network]\nsize = 100\ntau = \"10 ms\"\ngain = {gain}\n\
         coupling = {{ kind = \"uniform\" }}\nstrength = {strength:?}\n{rest}\n"
    )
}
