//! `[[stimuli]]` of a rate network as written.

use super::network::float;
use super::{Quantity, Range, Section, Whole, time};
use crate::config::choice::Choice;
use crate::config::kinds::Fraction;
use crate::config::number::Number;

/// One stimulus.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stimulus {
    pub(crate) target: Option<Target>,
    pub(crate) amplitude: Option<f64>,
    pub(crate) start: Option<Quantity>,
    pub(crate) stop: Option<Quantity>,
}

/// Whom it drives.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Members of a pattern, and others.
    Cue { pattern: Option<u64>, fraction: Option<f64>, spill: Option<f64> },
    /// All neurons.
    Pulse,
}

const KIND: Choice = Choice { options: &["cue", "pulse"], later: &[] };
const AMPLITUDE: Number = Number { range: Range::Any, example: "3.0" };

pub(super) fn read(root: &mut Section<'_, '_>) -> Vec<Stimulus> {
    root.each("stimuli", stimulus)
}

fn stimulus(section: &mut Section<'_, '_>) -> Stimulus {
    section.misplaced("population", "spiking networks: a rate network has a single population");
    let target = match section.required("kind", &KIND) {
        Some("cue") => Some(Target::Cue {
            pattern: section.required("pattern", &Whole { least: 0, most: u64::MAX, example: 0 }),
            fraction: section.or("fraction", &Fraction { example: "0.5" }, float(1.0)),
            spill: section.or("spill", &Fraction { example: "0.1" }, float(0.0)),
        }),
        Some(_) => {
            for key in ["pattern", "fraction", "spill"] {
                section.misplaced(key, "a cue, and this is a pulse");
            }
            Some(Target::Pulse)
        }
        None => {
            // Neither is known to be wrong where the kind is not known.
            section.known(&["pattern", "fraction", "spill"]);
            None
        }
    };
    Stimulus {
        target,
        amplitude: section.required("amplitude", &AMPLITUDE),
        start: section.required("start", &time(Range::NotNegative, "500 ms")),
        stop: section.required("stop", &time(Range::Positive, "700 ms")),
    }
}
