//! The comparison of two engines of a spiking network in words and as a document.

use attractor::network::spiking::Spiking;
use attractor::record::spiking::Hashing;
use attractor::verify::Outcome;
use attractor::verify::spiking::Difference;
use serde_json::{Value, json};

use super::{Compared, Verify, engine_document};
use crate::commands::source::Compiled;
use crate::commands::words;

impl Verify for Spiking {
    type Hashing = Hashing;

    fn hashing(&self) -> Hashing {
        Hashing::new(self)
    }

    fn run_hash(hashing: &Hashing) -> String {
        hashing.run_hash()
    }

    fn steps(hashing: &Hashing) -> u64 {
        hashing.totals().steps
    }

    fn told(compared: &Compared<Difference>, source: &Compiled<Self>) -> String {
        told(compared, &source.network, source.model.dt_ms)
    }

    fn document(compared: &Compared<Difference>, source: &Compiled<Self>) -> Value {
        document(compared, &source.network)
    }
}

/// Steps of all trials.
fn all_steps(network: &Spiking) -> u64 {
    network.steps * u64::from(network.program.trials)
}

fn told(compared: &Compared<Difference>, network: &Spiking, dt_ms: f64) -> String {
    let time = |step: u64| words::milliseconds(step as f64 * dt_ms);
    match &compared.outcome {
        Outcome::Equal => format!(
            "equal: every spike, count and state variable in {}\nrun_hash {}",
            words::counted(all_steps(network), "step"),
            compared.run_hash
        ),
        Outcome::Interrupted { step } => {
            format!("interrupted: equal up to step {step} ({}), the rest was not compared", time(*step))
        }
        Outcome::Different(found) => told_difference(found, network, dt_ms),
    }
}

fn told_difference(found: &Difference, network: &Spiking, dt_ms: f64) -> String {
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
        words::milliseconds(found.step as f64 * dt_ms),
        found.variable_name(network),
        found.values[0],
        found.values[1],
    )
}

fn document(compared: &Compared<Difference>, network: &Spiking) -> Value {
    let (equal, steps, difference) = match &compared.outcome {
        Outcome::Equal => (true, all_steps(network), Value::Null),
        Outcome::Interrupted { step } => (true, *step, Value::Null),
        Outcome::Different(found) => (false, found.step, difference(found, network)),
    };
    let complete = compared.outcome == Outcome::Equal;
    json!({
        "equal": equal,
        "complete": complete,
        "steps_equal": steps,
        "run_hash": complete.then_some(&compared.run_hash),
        "difference": difference,
        "engines": compared.infos.each_ref().map(engine_document),
    })
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
