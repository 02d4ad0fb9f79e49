//! The configuration of a spiking network as written. `None` is what could not be read, and is reported already.

mod coupling;
mod guard;
mod neurons;
mod populations;
mod projections;
mod protocol;
mod record;
mod stimuli;

use super::kinds::{Range, Whole, potential, time};
use super::patterns::{self, Patterns};
use super::section::Section;
use super::tree::Value;
use super::trials;
use crate::units::Quantity;

pub(crate) use coupling::{Coupling, CouplingForm};
pub(crate) use guard::Guard;
pub(crate) use neurons::{Adaptation, Escape, Poisson};
pub(crate) use populations::Population;
pub(crate) use projections::{Connections, Jump, Projection, ProjectionKind, Representation};
pub(crate) use protocol::{Action, Entry, Which};
pub(crate) use record::{Neurons, Record, Spikes, Voltages};
use std::path::Path;
pub(crate) use stimuli::{Stimulus, Target};

/// What is not written of patterns.
const PATTERNS: patterns::Defaults =
    patterns::Defaults { activity: "0.1", exact: true, population: Some("excitatory") };

/// A spiking network, its run and its record.
#[derive(Clone, Debug)]
pub(crate) struct Spiking {
    pub(crate) seed: Option<u64>,
    pub(crate) dt: Option<Quantity>,
    pub(crate) duration: Option<Quantity>,
    /// `None`: there are none.
    pub(crate) patterns: Option<Patterns>,
    /// `None`: not readable, so that no name can be called unknown.
    pub(crate) populations: Option<Vec<Population>>,
    pub(crate) projections: Vec<Projection>,
    pub(crate) stimuli: Vec<Stimulus>,
    pub(crate) protocol: Vec<Entry>,
    pub(crate) guard: Guard,
    pub(crate) trials: Option<u64>,
    pub(crate) record: Record,
}

/// Reads everything but `model`, which chose this.
pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path) -> Spiking {
    let seed = root.or("seed", &Whole { least: 0, most: u64::MAX, example: 1 }, integer(1));
    let dt = root.or("dt", &time(Range::Positive, "0.1 ms"), text("0.1 ms"));
    let duration = root.required("duration", &time(Range::Positive, "1 s"));
    let patterns = patterns::read(root, directory, PATTERNS);
    let populations = populations::read(root);
    let count = patterns.as_ref().map_or(Some(0), Patterns::count);
    let projections = projections::read(root, directory, count);
    let stimuli = stimuli::read(root);
    let record = record::read(root, populations.as_deref(), duration.as_ref());
    let protocol = protocol::read(root);
    let guard = guard::read(root);
    let trials = trials::read(root);
    root.misplaced("sweeps", "hopfield networks");
    for key in ["network", "start"] {
        root.misplaced(key, "hopfield and rate networks");
    }
    Spiking { seed, dt, duration, patterns, populations, projections, stimuli, protocol, guard, trials, record }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn integer(value: u64) -> Value {
    Value::Integer { text: value.to_string(), value: Some(i128::from(value)) }
}
