//! What goes between the pipeline and the engines of rate networks: blocks of steps, and what happened in them.

use super::Dynamics;
use crate::network::rate::{Rate, Snapshot};

/// Some consecutive steps taken at once. A block without steps looks at the state as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its first step.
    pub start_step: u64,
    /// Number of steps, up to [`crate::network::rate::BLOCK_STEPS_MAX`].
    pub steps: u32,
    /// Return the state after it.
    pub frame: bool,
}

impl Block {
    /// The first step after it.
    #[must_use]
    pub const fn end_step(&self) -> u64 {
        self.start_step + self.steps as u64
    }
}

/// What happened in a block.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockResult {
    /// Which block.
    pub block: Block,
    /// The largest |r| after each of its steps; NaN if one is no number.
    pub largest: Vec<f32>,
    /// The state after it, if asked for.
    pub frame: Option<Frame>,
}

/// The state at the end of a block, under the input of its last step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// r, `[neuron]`.
    pub rates: Vec<f32>,
    /// The overlap with each pattern.
    pub overlaps: Vec<f32>,
    /// The mean of r over neurons.
    pub mean: f32,
    /// The largest |-r + φ(u + W r)|: 0 at a fixed point.
    pub residual: f32,
}

impl Dynamics for Rate {
    type Block = Block;
    type BlockResult = BlockResult;
    type Snapshot = Snapshot;
}
