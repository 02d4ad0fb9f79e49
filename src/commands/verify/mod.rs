//! `attractor verify`: runs a configuration on the CPU and on the GPU and compares them block by block.

mod hopfield;
mod rate;
mod spiking;

use std::sync::atomic::AtomicBool;

use anyhow::Context;
use attractor::compile::compile;
use attractor::engine::EngineInfo;
use attractor::simulate::Observer;
use attractor::verify::{Comparable, Outcome, compare};
use serde_json::{Value, json};

use crate::cli::VerifyArgs;

use super::phases::Phases;
use super::progress::{Pair, Progress, Tallied};
use super::source::{Compiled, Source};
use super::{Ended, engines, interrupt, output, words};

/// Runs both engines and tells whether they agree.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<Ended> {
    let stop = interrupt::listen()?;
    // What was compared until then is told.
    interrupt::begin();
    let mut phases = Phases::start(args.report.verbose);
    match Source::read(&args.config, &mut phases, compile)? {
        Source::Spiking(source) => verified(args, &mut phases, &source, stop),
        Source::Hopfield(source) => verified(args, &mut phases, &source, stop),
        Source::Rate(source) => verified(args, &mut phases, &source, stop),
    }
}

/// What a model has to itself in a comparison.
trait Verify: Comparable + Tallied {
    type Hashing: Observer<Self>;

    /// Hashes a run.
    fn hashing(&self) -> Self::Hashing;

    /// The hash of a run.
    fn run_hash(hashing: &Self::Hashing) -> String;

    /// Steps or sweeps that were seen.
    fn steps(hashing: &Self::Hashing) -> u64;

    /// The comparison in words, below the names of the engines.
    fn told(compared: &Compared<Self::Difference>, source: &Compiled<Self>) -> String;

    /// The comparison as a document.
    fn document(compared: &Compared<Self::Difference>, source: &Compiled<Self>) -> Value;
}

/// A comparison that has ended.
struct Compared<D> {
    outcome: Outcome<D>,
    /// The CPU's, the GPU's.
    infos: [EngineInfo; 2],
    run_hash: String,
    /// Steps or sweeps that were equal.
    steps: u64,
}

fn verified<D: Verify>(
    args: &VerifyArgs,
    phases: &mut Phases,
    source: &Compiled<D>,
    stop: &AtomicBool,
) -> anyhow::Result<Ended> {
    let network = &source.network;
    let mut gpu =
        engines::open_gpu(args.adapter.as_deref(), network).context("`verify` compares the CPU with a GPU")?;
    phases.end("start GPU", &words::engine(gpu.info()));
    let mut cpu = engines::open_cpu(args.threads, network)?;
    phases.end("start CPU", &words::engine(cpu.info()));
    let infos = [cpu.info().clone(), gpu.info().clone()];
    let mut hashing = network.hashing();
    let mut progress = Progress::new(network.tally(&source.model), &args.report);
    let outcome = compare(&**network, [&mut *cpu, &mut *gpu], &mut Pair(&mut hashing, &mut progress), stop);
    progress.finish();
    let outcome = outcome?;
    phases.end("compare", "");
    let compared = Compared { outcome, infos, run_hash: D::run_hash(&hashing), steps: D::steps(&hashing) };
    if args.report.json {
        output::print_json(&D::document(&compared, source))?;
    } else {
        let [cpu, gpu] = compared.infos.each_ref().map(words::engine);
        output::print(&format!("{cpu}\n{gpu}\n{}\n", D::told(&compared, source)))?;
    }
    Ok(match compared.outcome {
        Outcome::Equal => Ended::Done,
        Outcome::Different(_) => Ended::Different,
        Outcome::Interrupted { .. } => Ended::Interrupted,
    })
}

fn engine_document(info: &EngineInfo) -> Value {
    json!({ "engine": info.engine, "adapter": info.adapter, "driver": info.driver })
}
