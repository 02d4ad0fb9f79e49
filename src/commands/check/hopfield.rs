//! The plan of a binary network in words and as a document.

use std::fmt::Write;

use attractor::compile::compile_hopfield_trials;
use attractor::config::Problem;
use attractor::model::hopfield::{Hopfield as Model, Weights};
use attractor::network::hopfield::Hopfield;
use attractor::plan::hopfield::{Plan, Representation};
use serde_json::json;

use super::{Check, Measured, Planned};
use crate::commands::source::Compiled;
use crate::commands::words;

/// Connections that a measured sweep reads, about: a fraction of a second on one core.
const MEASURED_CONNECTIONS: u64 = 1 << 30;
/// Trials that are measured: enough to keep the cores busy, and not so many that their memory counts.
const MEASURED_TRIALS: [u64; 2] = [16, 4096];

/// The network with as many trials as are to be measured: a block of a binary network is a sweep of all of them, which
/// could take hours.
pub(super) fn compile(model: &Model) -> Result<Hopfield, Vec<Problem>> {
    let neurons = u64::from(model.size);
    let patterns = model.patterns.as_ref().map_or(0, |patterns| patterns.count as u64);
    let visit = match (&model.weights, model.dilution) {
        (Weights::Given(_), _) => neurons,
        (_, Some(dilution)) => (dilution.probability * neurons as f64) as u64 * (1 + patterns / 64),
        (_, None) => patterns,
    };
    // Whatever it reads, a visit costs as much as some tens of connections.
    let [least, most] = MEASURED_TRIALS;
    let trials = (MEASURED_CONNECTIONS / (neurons * (64 + visit))).clamp(least, most).min(model.trials.into());
    compile_hopfield_trials(model, trials as u32)
}

impl Check for Hopfield {
    fn planned(source: &Compiled<Self>, measured: Measured, engine: String) -> anyhow::Result<Planned> {
        let plan = Plan::new(&source.model, &source.network);
        let measured_trials = source.network.trials();
        // What all trials would have taken.
        let all_s = measured.wall_s * plan.trials as f64 / measured_trials as f64;
        let all = Measured { steps: measured.steps, wall_s: all_s };
        let estimated_s = all.estimated_s(plan.sweeps);
        let told = told(source, &plan, (&all, estimated_s), &engine);
        let mut document = serde_json::to_value(&plan)?;
        document["time"] = json!({
            "engine": engine,
            "estimated_s": estimated_s,
            "measured_sweeps": measured.steps,
            "measured_trials": measured_trials,
            "measured_s": measured.wall_s,
        });
        let warnings = source.warnings().to_json();
        Ok(Planned {
            told,
            document: json!({ "config": source.config.to_json(), "plan": document, "warnings": warnings }),
        })
    }
}

fn told(source: &Compiled<Hopfield>, plan: &Plan, (measured, estimated_s): (&Measured, f64), engine: &str) -> String {
    let model = &source.model;
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<13}{value}");
    };
    let states = if model.signed { "+1/-1" } else { "1/0" };
    line("neurons", format!("{}, states {states}", words::count(plan.neurons.into())));
    line("patterns", words::count(plan.patterns as u64));
    line("weights", told_weights(plan));
    let update = if model.synchronous { "synchronous" } else { "asynchronous" };
    let dynamics = match model.temperature {
        0.0 => "deterministic".to_owned(),
        temperature => format!("temperature {}", words::significant(temperature)),
    };
    line("updates", format!("{update}, {dynamics}"));
    let trials = words::counted(plan.trials as u64, "trial");
    let most = if model.stop_when_stable { "at most " } else { "" };
    line("sweeps", format!("{most}{} of {trials}", words::count(plan.sweeps)));
    line("memory", format!("about {} on the host with the CPU engine", words::bytes(plan.host_bytes)));
    line("", format!("about {} on the device with a GPU", words::bytes(plan.device_bytes)));
    line("results file", format!("{most}{}", words::bytes(plan.file_bytes)));
    line("engine", engine.to_owned());
    let speed = words::sweep_time(measured.steps, measured.wall_s);
    let few = match source.network.trials() {
        trials if trials < plan.trials => format!(" with {}", words::counted(trials as u64, "trial")),
        _ => String::new(),
    };
    line("time", format!("{most}about {} ({speed}, measured{few})", words::seconds(estimated_s)));
    text
}

/// How the weights are represented, and why.
fn told_weights(plan: &Plan) -> String {
    let (connections, matrix) = (words::count(plan.connections), words::bytes(plan.matrix_bytes));
    match plan.representation {
        Representation::LowRank => format!(
            "{connections}; low rank: the weights are a product of the patterns, so {} {} for a matrix of {matrix}",
            words::counted(plan.patterns as u64, "overlap"),
            words::stand(plan.patterns as u64),
        ),
        Representation::CompressedRows => format!(
            "{connections} that exist, in compressed rows of {}; each weight is computed from two rows of bits",
            words::bytes(plan.weight_bytes),
        ),
        Representation::Matrix => format!("{connections} that are not zero, given as a matrix of {matrix}"),
    }
}
