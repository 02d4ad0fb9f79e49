//! The configuration of a binary network as written. `None` is what could not be read, and is reported already.

mod network;
mod start;
mod weights;

use std::path::Path;

use super::echo::Echo;
use super::kinds::{Flag, Whole};
use super::patterns::{self, Patterns};
use super::section::Section;
use super::spiking::integer;
use super::tree::{Table, Value};
use super::trials;

pub(crate) use network::{Network, Rule, Threshold};
pub(crate) use start::{Start, Way};
pub(crate) use weights::Weights;

/// What is not written of patterns.
const PATTERNS: patterns::Defaults = patterns::Defaults { activity: "0.5", exact: false, population: None };

/// A binary network, its run and its record.
#[derive(Clone, Debug)]
pub(crate) struct Hopfield {
    pub(crate) seed: Option<u64>,
    pub(crate) sweeps: Option<u64>,
    pub(crate) trials: Option<u64>,
    /// `None`: there are none.
    pub(crate) patterns: Option<Patterns>,
    pub(crate) network: Network,
    pub(crate) start: Start,
    /// The states of all sweeps.
    pub(crate) record_states: Option<bool>,
}

/// Reads everything but `model`, which chose this.
pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path) -> Hopfield {
    let seed = root.or("seed", &Whole { least: 0, most: u64::MAX, example: 1 }, integer(1));
    let sweeps = root.required("sweeps", &Whole { least: 0, most: 1 << 40, example: 50 });
    let trials = trials::read(root);
    let patterns = patterns::read(root, directory, PATTERNS);
    let network = network::read(root, directory);
    let start = start::read(root, directory);
    let record_states = record(root);
    for key in ["dt", "duration"] {
        root.misplaced(key, "spiking and rate networks: a binary network counts `sweeps`");
    }
    root.misplaced("stimuli", "spiking and rate networks");
    for key in ["populations", "projections", "guard", "protocol"] {
        root.misplaced(key, "spiking networks");
    }
    Hopfield { seed, sweeps, trials, patterns, network, start, record_states }
}

fn record(root: &mut Section<'_, '_>) -> Option<bool> {
    let empty = Table::default();
    let table = root.table("record").unwrap_or(&empty);
    let mut section = Section::new("record", table, root.problems);
    let states = section.or("states", &Flag, Value::Boolean(false));
    let echo = section.finish();
    root.put("record", Echo::Table(echo));
    states
}
