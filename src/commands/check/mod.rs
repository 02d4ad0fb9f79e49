//! `attractor check`: validates a configuration and prints the plan of its run.

mod hopfield;
mod rate;
mod spiking;

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use attractor::compile::compile;
use attractor::config::Problem;
use attractor::engine::Engine;
use attractor::model::Model;
use attractor::network::Network;
use attractor::schedule::Timeline;
use attractor::simulate::{self, Observer};
use serde_json::{Value, json};

use crate::cli::CheckArgs;

use super::phases::Phases;
use super::progress::{Tallied, Tally};
use super::source::{Compiled, Source};
use super::{Ended, engines, output, words};

/// How long the speed is measured.
const MEASURED: Duration = Duration::from_millis(200);

/// Validates, plans, measures, prints.
pub(crate) fn check(args: &CheckArgs) -> anyhow::Result<Ended> {
    let mut phases = Phases::start(args.report.verbose);
    match Source::read(&args.config, &mut phases, compiled)? {
        Source::Spiking(source) => checked(args, &mut phases, &source),
        Source::Hopfield(source) => checked(args, &mut phases, &source),
        Source::Rate(source) => checked(args, &mut phases, &source),
    }
}

/// The network, or so much of it as is to be measured.
fn compiled(model: &Model) -> Result<Network, Vec<Problem>> {
    match model {
        Model::Hopfield(model) => hopfield::compile(model).map(Network::Hopfield),
        model => compile(model),
    }
}

/// What a model has to itself in a plan.
trait Check: Timeline + Tallied {
    /// The plan of a run whose speed was measured on `engine`.
    fn planned(source: &Compiled<Self>, measured: Measured, engine: String) -> anyhow::Result<Planned>;
}

/// A plan.
struct Planned {
    /// In words.
    told: String,
    /// The configuration and the plan.
    document: Value,
}

/// A short run: how many steps took how long.
struct Measured {
    steps: u64,
    wall_s: f64,
}

impl Measured {
    /// Wall-clock time of so many steps at the speed measured, s.
    fn estimated_s(&self, steps: u64) -> f64 {
        self.wall_s * steps as f64 / self.steps.max(1) as f64
    }

    /// The time of a run of so many steps of `dt_ms`, in words.
    fn told(&self, steps: u64, dt_ms: f64) -> String {
        let simulated_s = self.steps as f64 * dt_ms / 1000.0;
        format!(
            "about {} ({}, measured over the first {})",
            words::seconds(self.estimated_s(steps)),
            words::speed(simulated_s, self.wall_s),
            words::seconds(simulated_s),
        )
    }

    /// The same as a document.
    fn document(&self, steps: u64, dt_ms: f64, engine: &str) -> Value {
        json!({
            "engine": engine,
            "estimated_s": self.estimated_s(steps),
            "speed": self.steps as f64 * dt_ms / 1000.0 / self.wall_s,
            "measured_steps": self.steps,
            "measured_s": self.wall_s,
        })
    }
}

fn checked<D: Check>(args: &CheckArgs, phases: &mut Phases, source: &Compiled<D>) -> anyhow::Result<Ended> {
    let mut engine = engines::open(&args.engine, &source.network)?;
    let told = words::engine(engine.info());
    phases.end("start engine", &told);
    let measured = measure(source, &mut *engine)?;
    phases.end("measure", "");
    let planned = D::planned(source, measured, told)?;
    phases.end("plan", "");
    if args.report.json {
        output::print_json(&planned.document)?;
    } else {
        output::print(&planned.told)?;
    }
    Ok(Ended::Done)
}

/// Runs the network for a moment, keeping nothing.
fn measure<D: Check>(source: &Compiled<D>, engine: &mut dyn Engine<D>) -> anyhow::Result<Measured> {
    struct Watch<T> {
        started: Instant,
        tally: T,
    }
    impl<D: Timeline, T: Tally<D>> Observer<D> for Watch<T> {
        fn block(&mut self, result: &D::BlockResult) -> anyhow::Result<ControlFlow<()>> {
            self.tally.add(result);
            let enough = self.started.elapsed() >= MEASURED;
            Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        }
    }
    let mut watch = Watch { started: Instant::now(), tally: source.network.tally(&source.model) };
    simulate::run(source.network.blocks(), engine, &mut watch, &AtomicBool::new(false))?;
    let [steps, _] = Tally::<D>::steps(&watch.tally);
    Ok(Measured { steps, wall_s: watch.started.elapsed().as_secs_f64() })
}
