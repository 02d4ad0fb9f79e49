//! `attractor verify`: runs a configuration on the CPU and on the GPU and compares them block by block.

use anyhow::Context;
use attractor::engine::EngineInfo;
use attractor::network::spiking::Spiking;
use attractor::record::Hashing;
use attractor::verify::{Difference, Outcome, compare};
use serde_json::{Value, json};

use crate::cli::VerifyArgs;

use super::phases::Phases;
use super::progress::{Pair, Progress};
use super::source::Source;
use super::{Ended, engines, interrupt, output, words};

/// Runs both engines and tells whether they agree.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<Ended> {
    let stop = interrupt::listen()?;
    let mut phases = Phases::start(args.report.verbose);
    let source = Source::read(&args.config, &mut phases)?;
    let network = &source.network;
    let mut gpu =
        engines::open_gpu(args.adapter.as_deref(), network).context("`verify` compares the CPU with a GPU")?;
    phases.end("start GPU", &words::engine(gpu.info()));
    let mut cpu = engines::open_cpu(args.threads, network)?;
    phases.end("start CPU", &words::engine(cpu.info()));
    let infos = [cpu.info().clone(), gpu.info().clone()];
    let mut hashing = Hashing::new(network);
    let mut progress = Progress::new(network, source.model.dt_ms, &args.report);
    let outcome = compare(network, [&mut *cpu, &mut *gpu], &mut Pair(&mut hashing, &mut progress), stop);
    progress.finish();
    let outcome = outcome?;
    phases.end("compare", "");
    let compared = Compared { outcome, infos, dt_ms: source.model.dt_ms, run_hash: hashing.run_hash() };
    if args.report.json {
        output::print_json(&compared.document(network))?;
    } else {
        output::print(&compared.told(network))?;
    }
    Ok(match compared.outcome {
        Outcome::Equal => Ended::Done,
        Outcome::Different(_) => Ended::Different,
        Outcome::Interrupted { .. } => Ended::Interrupted,
    })
}

/// A comparison that has ended.
struct Compared {
    outcome: Outcome,
    /// The CPU's, the GPU's.
    infos: [EngineInfo; 2],
    dt_ms: f64,
    run_hash: String,
}

impl Compared {
    fn told(&self, network: &Spiking) -> String {
        let [cpu, gpu] = self.infos.each_ref().map(words::engine);
        let time = |step: u64| words::milliseconds(step as f64 * self.dt_ms);
        let answer = match &self.outcome {
            Outcome::Equal => format!(
                "equal: every spike, count and state variable in {}\nrun_hash {}",
                words::counted(network.steps, "step"),
                self.run_hash
            ),
            Outcome::Interrupted { step } => {
                format!("interrupted: equal up to step {step} ({}), the rest was not compared", time(*step))
            }
            Outcome::Different(found) => self.told_difference(found, network),
        };
        format!("{cpu}\n{gpu}\n{answer}\n")
    }

    fn told_difference(&self, found: &Difference, network: &Spiking) -> String {
        let place = found
            .place(network)
            .map_or(String::new(), |(population, neuron)| format!("\n  neuron    {neuron} of `{population}`"));
        let blocks = if found.single_steps_agree {
            "\n  the block that starts there differs only when its steps are taken at once"
        } else {
            ""
        };
        format!(
            "different:\n  step      {} (from {} on){place}\n  variable  {}\n  cpu       {}\n  gpu       {}{blocks}",
            found.step,
            words::milliseconds(found.step as f64 * self.dt_ms),
            found.variable_name(network),
            found.values[0],
            found.values[1],
        )
    }

    fn document(&self, network: &Spiking) -> Value {
        let engine =
            |info: &EngineInfo| json!({ "engine": info.engine, "adapter": info.adapter, "driver": info.driver });
        let (equal, steps, difference) = match &self.outcome {
            Outcome::Equal => (true, network.steps, Value::Null),
            Outcome::Interrupted { step } => (true, *step, Value::Null),
            Outcome::Different(found) => (false, found.step, difference(found, network)),
        };
        let complete = self.outcome == Outcome::Equal;
        json!({
            "equal": equal,
            "complete": complete,
            "steps_equal": steps,
            "run_hash": complete.then_some(&self.run_hash),
            "difference": difference,
            "engines": self.infos.each_ref().map(engine),
        })
    }
}

fn difference(found: &Difference, network: &Spiking) -> Value {
    let place = found.place(network);
    json!({
        "step": found.step,
        "population": place.map(|(population, _)| population),
        "neuron": place.map(|(_, neuron)| neuron),
        "variable": found.variable_name(network),
        "cpu": found.values[0],
        "gpu": found.values[1],
        "single_steps_agree": found.single_steps_agree,
    })
}
