//! `[[stimuli]]` as written.

use super::projections::POPULATION;
use super::{Range, Section, potential, time};
use crate::config::choice::Choice;
use crate::config::echo::Echo;
use crate::config::kinds::{Fraction, Whole};
use crate::config::tree::Value;
use crate::units::Quantity;

/// One stimulus.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stimulus {
    pub(crate) target: Option<Target>,
    pub(crate) amplitude: Option<Quantity>,
    pub(crate) start: Option<Quantity>,
    pub(crate) stop: Option<Quantity>,
}

/// Whom it drives.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Members of a pattern, and others.
    Cue {
        pattern: Option<u64>,
        fraction: Option<f64>,
        spill: Option<f64>,
        /// `None`: not written, or not readable.
        population: Option<String>,
    },
    /// A population.
    Pulse { population: Option<String> },
}

const KIND: Choice = Choice { options: &["cue", "pulse"], later: &[] };
const CUE: &str = "a cue, and this is a pulse";

pub(super) fn read(root: &mut Section<'_, '_>) -> Vec<Stimulus> {
    let mut echo = Vec::new();
    let mut stimuli = Vec::new();
    for (path, table) in root.tables("stimuli") {
        let Some(table) = table else {
            stimuli.push(Stimulus::default());
            continue;
        };
        let mut section = Section::new(path, table, root.problems);
        stimuli.push(stimulus(&mut section));
        echo.push(Echo::Table(section.finish()));
    }
    root.put("stimuli", Echo::List(echo));
    stimuli
}

fn stimulus(section: &mut Section<'_, '_>) -> Stimulus {
    let target = match section.required("kind", &KIND) {
        Some("cue") => Some(Target::Cue {
            pattern: section.required("pattern", &Whole { least: 0, most: u64::MAX, example: 0 }),
            fraction: section.or("fraction", &Fraction { example: "0.5" }, one_or_zero(1.0)),
            spill: section.or("spill", &Fraction { example: "0.1" }, one_or_zero(0.0)),
            population: section.optional("population", &POPULATION),
        }),
        Some(_) => {
            ["pattern", "fraction", "spill"].into_iter().for_each(|key| section.misplaced(key, CUE));
            Some(Target::Pulse { population: section.required("population", &POPULATION) })
        }
        None => {
            // Neither is known to be wrong where the kind is not known.
            section.known(&["pattern", "fraction", "spill", "population"]);
            None
        }
    };
    Stimulus {
        target,
        amplitude: section.required("amplitude", &potential(Range::Any, "20 mV")),
        start: section.required("start", &time(Range::NotNegative, "500 ms")),
        stop: section.required("stop", &time(Range::Positive, "700 ms")),
    }
}

fn one_or_zero(value: f64) -> Value {
    Value::Float { text: value.to_string(), value }
}
