//! `[[stimuli]]` as written.

use super::projections::POPULATION;
use super::{Range, Section, potential, time};
use crate::config::choice::Choice;
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
    /// Neurons of a population that are drawn from the seed.
    Group { population: Option<String>, group: Option<u64>, fraction: Option<f64> },
    /// A population.
    Pulse { population: Option<String> },
}

const KIND: Choice = Choice { options: &["cue", "group", "pulse"], later: &[] };
/// The most groups: they share the numbers of a sequence with stimuli.
const GROUPS_MAX: u64 = 1 << 20;

pub(super) fn read(root: &mut Section<'_, '_>) -> Vec<Stimulus> {
    root.each("stimuli", stimulus)
}

fn stimulus(section: &mut Section<'_, '_>) -> Stimulus {
    let target = match section.required("kind", &KIND) {
        Some("cue") => Some(Target::Cue {
            pattern: section.required("pattern", &Whole { least: 0, most: u64::MAX, example: 0 }),
            fraction: section.or("fraction", &Fraction { example: "0.5" }, one_or_zero(1.0)),
            spill: section.or("spill", &Fraction { example: "0.1" }, one_or_zero(0.0)),
            population: section.optional("population", &POPULATION),
        })
        .inspect(|_| section.misplaced("group", "a group, and this is a cue")),
        Some("group") => {
            ["pattern", "spill"].into_iter().for_each(|key| section.misplaced(key, "a cue, and this is a group"));
            Some(Target::Group {
                population: section.required("population", &POPULATION),
                group: section.required("group", &Whole { least: 0, most: GROUPS_MAX, example: 0 }),
                fraction: section.required("fraction", &Fraction { example: "0.1" }),
            })
        }
        Some(_) => {
            let cue = "a cue, and this is a pulse";
            ["pattern", "spill"].into_iter().for_each(|key| section.misplaced(key, cue));
            section.misplaced("fraction", "a cue or a group, and this is a pulse");
            section.misplaced("group", "a group, and this is a pulse");
            Some(Target::Pulse { population: section.required("population", &POPULATION) })
        }
        None => {
            // Neither is known to be wrong where the kind is not known.
            section.known(&["pattern", "fraction", "spill", "group", "population"]);
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
