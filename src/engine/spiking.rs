//! What goes between the pipeline and the engines of spiking networks: blocks of steps, and what happened in them.

use super::Dynamics;
use crate::network::spiking::{Snapshot, Spiking};

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
}

impl Dynamics for Spiking {
    type Block = Block;
    type BlockResult = BlockResult;
    type Snapshot = Snapshot;
}
