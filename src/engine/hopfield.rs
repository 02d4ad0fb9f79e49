//! What goes between the pipeline and the engines of binary networks: sweeps.

use super::Dynamics;
use crate::network::hopfield::{Hopfield, Snapshot};

/// A sweep: every neuron of every trial is updated once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// Its number, from 0.
    pub number: u64,
}

/// The trials after a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    /// Which sweep.
    pub sweep: Sweep,
    /// `[trial][word]`, one bit a neuron.
    pub states: Vec<u64>,
    /// n^μ, `[trial][pattern]`.
    pub counts: Vec<u32>,
}

impl Dynamics for Hopfield {
    type Block = Sweep;
    type BlockResult = Swept;
    type Snapshot = Snapshot;
}
