//! The comparison of two engines of a binary network in words and as a document.

use attractor::network::hopfield::Hopfield;
use attractor::record::hopfield::Hashing;
use attractor::verify::Outcome;
use attractor::verify::hopfield::{Difference, Variable};
use serde_json::{Value, json};

use super::{Compared, Verify, engine_document};
use crate::commands::source::Compiled;
use crate::commands::words;

impl Verify for Hopfield {
    type Hashing = Hashing;

    fn hashing(&self) -> Hashing {
        Hashing::new(self)
    }

    fn run_hash(hashing: &Hashing) -> String {
        hashing.run_hash()
    }

    fn steps(hashing: &Hashing) -> u64 {
        hashing.sweeps()
    }

    fn told(compared: &Compared<Difference>, _: &Compiled<Self>) -> String {
        match &compared.outcome {
            Outcome::Equal => format!(
                "equal: every state and count in {}\nrun_hash {}",
                words::counted(compared.steps, "sweep"),
                compared.run_hash
            ),
            Outcome::Interrupted { step } => {
                format!("interrupted: equal up to sweep {step}, the rest was not compared")
            }
            Outcome::Different(found) => {
                let [cpu, gpu] = found.values;
                let variable = variable(found.variable);
                format!(
                    "different:\n  sweeps    {}\n  variable  {variable}\n  cpu       {cpu}\n  gpu       {gpu}",
                    found.sweeps
                )
            }
        }
    }

    fn document(compared: &Compared<Difference>, _: &Compiled<Self>) -> Value {
        let (equal, sweeps, difference) = match &compared.outcome {
            Outcome::Equal => (true, compared.steps, Value::Null),
            Outcome::Interrupted { step } => (true, *step, Value::Null),
            Outcome::Different(found) => (false, found.sweeps.saturating_sub(1), difference(found)),
        };
        let complete = matches!(compared.outcome, Outcome::Equal);
        json!({
            "equal": equal,
            "complete": complete,
            "sweeps_equal": sweeps,
            "run_hash": complete.then_some(&compared.run_hash),
            "difference": difference,
            "engines": compared.infos.each_ref().map(engine_document),
        })
    }
}

fn variable(variable: Variable) -> String {
    match variable {
        Variable::State { trial, neuron } => format!("state of neuron {neuron} in trial {trial} (1: on)"),
        Variable::Count { trial, pattern } => {
            format!("number of neurons that are on and active in pattern {pattern}, in trial {trial}")
        }
    }
}

fn difference(found: &Difference) -> Value {
    json!({
        "sweeps": found.sweeps,
        "variable": variable(found.variable),
        "cpu": found.values[0],
        "gpu": found.values[1],
    })
}
