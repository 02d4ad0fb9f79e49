//! The configuration of a rate network as written. `None` is what could not be read, and is reported already.

mod network;
mod record;
mod start;
mod stimuli;

use std::path::Path;

use super::kinds::{Range, Whole, time};
use super::patterns::{self, Patterns};
use super::section::{Section, neutral};
use super::spiking::{integer, text};
use super::tree::Value;
use crate::units::Quantity;

pub(crate) use network::{Coupling, Gain, Network};
pub(crate) use record::{Neurons, Record};
pub(crate) use start::{Start, State};
pub(crate) use stimuli::{Stimulus, Target};

/// What is not written of patterns.
const PATTERNS: patterns::Defaults = patterns::Defaults { activity: "0.1", exact: false, population: None };

/// A rate network, its run and its record.
#[derive(Clone, Debug)]
pub(crate) struct Rate {
    pub(crate) seed: Option<u64>,
    pub(crate) dt: Option<Quantity>,
    pub(crate) duration: Option<Quantity>,
    /// `None`: there are none.
    pub(crate) patterns: Option<Patterns>,
    pub(crate) network: Network,
    pub(crate) start: Start,
    pub(crate) stimuli: Vec<Stimulus>,
    pub(crate) record: Record,
}

/// Reads everything but `model`, which chose this.
pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path) -> Rate {
    let seed = root.or("seed", &Whole { least: 0, most: u64::MAX, example: 1 }, integer(1));
    let dt = root.or("dt", &time(Range::Positive, "0.1 ms"), text("0.1 ms"));
    let duration = root.required("duration", &time(Range::Positive, "1 s"));
    let patterns = patterns::read(root, directory, PATTERNS);
    let network = network::read(root, directory);
    let start = start::read(root, directory, network.size);
    let stimuli = stimuli::read(root);
    let record = record::read(root);
    root.later("trials", |value| {
        matches!(value, Value::Table(table) if table.entries.iter().all(|(key, node)| key == "count" && neutral::one(&node.value)))
    });
    for key in ["guard", "protocol", "populations", "projections"] {
        root.misplaced(key, "spiking networks, and this is a rate network");
    }
    root.misplaced("sweeps", "hopfield networks: a rate network has a `duration`");
    Rate { seed, dt, duration, patterns, network, start, stimuli, record }
}
