//! Binary networks: engines against an explicit one, bit for bit; theory; the package neurodynex3; configurations.

mod cases;
mod engines;
mod files;
mod gpu;
mod mistakes;
mod neurodynex;
mod physics;
mod reference;
mod shown;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use attractor::compile::compile_hopfield;
use attractor::engine::cpu::hopfield::Engine;
use attractor::engine::hopfield::Swept;
use attractor::model::Model;
use attractor::model::hopfield::Hopfield as HopfieldModel;
use attractor::network::hopfield::{Hopfield, Snapshot};
use attractor::record::hopfield::Hashing;
use attractor::schedule::Timeline;
use attractor::simulate::{self, Observer};

/// The model of a configuration.
fn model(text: &str) -> HopfieldModel {
    match Model::parse(text, "test.toml", Path::new(env!("CARGO_MANIFEST_DIR")), &[]) {
        Ok((_, Model::Hopfield(model))) => model,
        Ok(_) => panic!("not a binary network:\n{text}"),
        Err(problems) => panic!("{problems}\n{text}"),
    }
}

fn network(text: &str) -> Arc<Hopfield> {
    Arc::new(compile_hopfield(&model(text)).unwrap_or_else(|problems| panic!("{problems:?}\n{text}")))
}

/// Keeps everything of a run.
struct Seen {
    hashing: Hashing,
    start: Option<Snapshot>,
    sweeps: Vec<Swept>,
}

impl Observer<Hopfield> for Seen {
    fn start(&mut self, state: &Snapshot) -> anyhow::Result<()> {
        self.start = Some(state.clone());
        Ok(())
    }

    fn block(&mut self, result: &Swept) -> anyhow::Result<std::ops::ControlFlow<()>> {
        self.sweeps.push(result.clone());
        self.hashing.block(result)
    }
}

/// A run on the CPU.
fn run(network: &Arc<Hopfield>) -> Seen {
    let mut engine = Engine::new(Arc::clone(network), 0).expect("an engine");
    let mut seen = Seen { hashing: Hashing::new(network), start: None, sweeps: Vec::new() };
    simulate::run(network.blocks(), &mut engine, &mut seen, &AtomicBool::new(false)).expect("a run");
    seen
}

/// Overlap of the state after each sweep with a pattern, the start first: of the first trial, signed states.
fn overlaps(network: &Hopfield, seen: &Seen, pattern: usize) -> Vec<f64> {
    let words = network.state_words();
    let overlap = |states: &[u64]| signed_overlap(network, &states[..words], pattern);
    let start = overlap(&seen.start.as_ref().expect("a start").states);
    std::iter::once(start).chain(seen.sweeps.iter().map(|swept| overlap(&swept.states))).collect()
}

/// (1/N) Σ p_j S_j, neuron by neuron.
fn signed_overlap(network: &Hopfield, state: &[u64], pattern: usize) -> f64 {
    let column = network.memories.column(pattern);
    let unlike: u32 = column.iter().zip(state).map(|(one, other)| (one ^ other).count_ones()).sum();
    1.0 - 2.0 * f64::from(unlike) / f64::from(network.neurons)
}
