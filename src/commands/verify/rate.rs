//! The comparison of two engines of a rate network in words and as a document.

use attractor::network::rate::{ENGINE_TOLERANCE, Rate};
use attractor::record::rate::Hashing;
use attractor::verify::Outcome;
use attractor::verify::rate::Difference;
use serde_json::{Value, json};

use super::{Compared, Verify, engine_document};
use crate::commands::source::Compiled;
use crate::commands::words;

impl Verify for Rate {
    type Hashing = Hashing;

    fn hashing(&self) -> Hashing {
        Hashing::new(self)
    }

    fn run_hash(hashing: &Hashing) -> String {
        hashing.run_hash()
    }

    fn steps(hashing: &Hashing) -> u64 {
        hashing.steps()
    }

    fn told(compared: &Compared<Difference>, source: &Compiled<Self>) -> String {
        let time = |step: u64| words::milliseconds(step as f64 * source.model.dt_ms);
        let bound = format!("{ENGINE_TOLERANCE:e} of the largest rate (of 1 at least)");
        match &compared.outcome {
            Outcome::Equal => format!(
                "agree: in {} no rate, overlap, mean and residual is farther apart than {bound},\n\
                 after each block from the same state; floats are rounded differently on different engines\n\
                 run_hash {} (the CPU's; it is equal only on one engine){}",
                words::counted(compared.steps, "step"),
                compared.run_hash,
                if compared.steps == source.network.steps { "" } else { "\nthen the network diverges" },
            ),
            Outcome::Interrupted { step } => {
                format!("interrupted: within {bound} up to step {step} ({}), the rest was not compared", time(*step))
            }
            Outcome::Different(found) => told_difference(found, &time(found.step), &bound),
        }
    }

    fn document(compared: &Compared<Difference>, source: &Compiled<Self>) -> Value {
        let (within, steps, difference) = match &compared.outcome {
            Outcome::Equal => (true, compared.steps, Value::Null),
            Outcome::Interrupted { step } => (true, *step, Value::Null),
            Outcome::Different(found) => (false, found.step, difference(found)),
        };
        let complete = compared.outcome == Outcome::Equal && compared.steps == source.network.steps;
        json!({
            "within_tolerance": within,
            "tolerance": ENGINE_TOLERANCE,
            "complete": complete,
            "steps_within": steps,
            "run_hash": complete.then_some(&compared.run_hash),
            "difference": difference,
            "engines": compared.infos.each_ref().map(engine_document),
        })
    }
}

fn told_difference(found: &Difference, time: &str, bound: &str) -> String {
    let neuron = found.neuron.map_or(String::new(), |neuron| format!("\n  neuron    {neuron}"));
    let blocks = if found.single_steps_agree {
        "\n  the block that starts there differs only when its steps are taken at once"
    } else {
        ""
    };
    format!(
        "different by more than {bound}:\n  step      {} (from {time} on){neuron}\n  variable  {}\n  \
         cpu       {:?}\n  gpu       {:?}{blocks}",
        found.step,
        found.variable.name(),
        found.values[0],
        found.values[1],
    )
}

fn difference(found: &Difference) -> Value {
    json!({
        "step": found.step,
        "neuron": found.neuron,
        "variable": found.variable.name(),
        "cpu": found.values[0],
        "gpu": found.values[1],
        "allowed": found.allowed,
        "single_steps_agree": found.single_steps_agree,
    })
}
