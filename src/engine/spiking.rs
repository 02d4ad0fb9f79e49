//! What goes between the pipeline and the engines of spiking networks: blocks of steps, and what happened in them.

use super::Dynamics;
use crate::network::spiking::{Snapshot, Spiking};

/// What the program of a network did to its memories before the first step of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// A pattern was learned.
    Learned {
        /// Its number.
        pattern: usize,
        /// Its members, ascending, numbered within their population; there may be none.
        members: Vec<u32>,
    },
    /// A pattern was forgotten.
    Forgotten {
        /// Its number.
        pattern: usize,
    },
}

/// Why a guard ended a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Nobody has fired for as long as the guard allows.
    Silence,
    /// A population has fired faster than the guard allows.
    Rate {
        /// Its index.
        population: usize,
    },
}

/// Some consecutive steps taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its first step.
    pub start_step: u64,
    /// Number of steps, 1 to the network's `block_steps`.
    pub steps: u32,
    /// Return the network's probes as they are after its last step.
    pub probe: bool,
}

impl Block {
    /// The first step after it.
    #[must_use]
    pub const fn end_step(&self) -> u64 {
        self.start_step + self.steps as u64
    }
}

/// What happened in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockResult {
    /// Which block.
    pub block: Block,
    /// Spike words, `[neuron]`: bit s is a spike in step `start_step + s`.
    pub spikes: Vec<u32>,
    /// Counts, `[step][entry]`, laid out as the network's `counts_layout` says.
    pub counts: Vec<u32>,
    /// Values of the network's probes after the block; empty if not asked for.
    pub probes: Vec<i32>,
    /// What was learned and forgotten before the block.
    pub changes: Vec<Changed>,
    /// The trial ends with this block, which was cut for it.
    pub alarm: Option<Alarm>,
}

impl BlockResult {
    /// Nothing has happened yet.
    #[must_use]
    pub const fn new(block: Block) -> Self {
        Self { block, spikes: Vec::new(), counts: Vec::new(), probes: Vec::new(), changes: Vec::new(), alarm: None }
    }

    /// Leaves only the first `steps` steps (at least 1), of rows of `row` counts. Probes are of the end, and go with it.
    pub(crate) fn cut(&mut self, steps: u32, row: usize) {
        if steps == self.block.steps {
            return;
        }
        (self.block.steps, self.block.probe) = (steps, false);
        self.counts.truncate(steps as usize * row);
        self.spikes.iter_mut().for_each(|word| *word &= (1 << steps) - 1);
        self.probes.clear();
    }
}

impl Dynamics for Spiking {
    type Block = Block;
    type BlockResult = BlockResult;
    type Snapshot = Snapshot;

    fn is_last(result: &BlockResult) -> bool {
        result.alarm.is_some()
    }
}
