//! The work of one block: what all tiles read, made before it starts.

use std::sync::atomic::AtomicUsize;
use std::sync::{Condvar, Mutex};

use super::arrivals::{OwnInput, Rows};
use super::shared::{Saturated, SharedInputs};
use crate::engine::Block;
use crate::network::spiking::{BLOCK_STEPS_MAX, CountsLayout, Spiking};

/// One number a step of a block.
pub(super) type Steps<T> = [T; BLOCK_STEPS_MAX as usize];

/// A block that is being computed.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) block: Block,
    pub(super) layout: CountsLayout,
    /// Of each population.
    pub(super) populations: Vec<PopulationJob>,
    /// The first tile that nobody has taken.
    pub(super) next_tile: AtomicUsize,
    /// Tiles that are not done.
    pub(super) tiles_left: AtomicUsize,
    /// The counts of the block, `[step][entry]`, as far as tiles are done.
    pub(super) counts: Mutex<Vec<u32>>,
    /// All tiles are done.
    pub(super) done: Condvar,
}

/// What the tiles of a population read.
#[derive(Debug)]
pub(super) struct PopulationJob {
    /// What is added to decay V in each step: the half that rounds, and gain I of inputs that all neurons share.
    pub(super) base: Steps<i64>,
    /// The inputs that differ between neurons, in the order of the population's.
    pub(super) inputs: Vec<OwnInput>,
}

impl Job {
    /// Reads what arrives in `block`; inputs that all neurons share are carried through it.
    pub(super) fn new(
        network: &Spiking,
        block: Block,
        tiles: usize,
        rows: &Rows<'_>,
        shared: &mut SharedInputs,
    ) -> Self {
        let layout = network.counts_layout();
        let mut counts = vec![0; block.steps as usize * layout.len()];
        let populations = network.populations.iter().enumerate().map(|(index, population)| {
            let mut base = [1i64 << (population.shift - 1); BLOCK_STEPS_MAX as usize];
            for &Saturated { step, projection } in &shared.advance(network, index, (block, rows), &mut base) {
                counts[step * layout.len() + layout.saturated_inputs(projection)] += population.size;
            }
            let own = population.inputs.iter().enumerate().filter(|&(_, &input)| !shared.has(input));
            let inputs = own.map(|(place, &input)| OwnInput::new(network, (input, place), rows, block)).collect();
            PopulationJob { base, inputs }
        });
        let populations = populations.collect();
        Self {
            block,
            layout,
            populations,
            next_tile: AtomicUsize::new(0),
            tiles_left: AtomicUsize::new(tiles),
            counts: Mutex::new(counts),
            done: Condvar::new(),
        }
    }
}
