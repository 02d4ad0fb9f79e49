//! The work of one block: what all tiles read, made before it starts.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Condvar, Mutex};

use super::arrivals::{OwnInput, Rows};
use super::deliver::{Arrivals, Arriving, AtTile};
use super::shared::{Saturated, SharedInputs};
use super::tile::Tile;
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
    /// The spikes that arrive through wired projections, where they are delivered to, and the chunks of that which are due.
    pub(super) arriving: Vec<Arriving>,
    pub(super) arrivals: Arc<Arrivals>,
    pub(super) due: Vec<usize>,
    /// The first chunk of those that are due that nobody has taken, and how many are not done.
    pub(super) next_due: AtomicUsize,
    pub(super) due_left: AtomicUsize,
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
        (block, tiles): (Block, usize),
        rows: &Rows<'_>,
        (arriving, arrivals): (Vec<Arriving>, Arc<Arrivals>),
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
            let mut inputs: Vec<OwnInput> =
                own.map(|(place, &input)| OwnInput::new(network, (input, place), rows, block)).collect();
            let is_delivered = |input: &&mut OwnInput| input.wiring().is_some() && input.arriving != 0;
            let delivered = inputs.iter_mut().filter(is_delivered);
            delivered.enumerate().for_each(|(place, input)| input.delivered = Some(place));
            PopulationJob { base, inputs }
        });
        let populations = populations.collect();
        let due = arrivals.due(&arriving);
        Self {
            block,
            layout,
            populations,
            arriving,
            arrivals,
            next_due: AtomicUsize::new(0),
            due_left: AtomicUsize::new(due.len()),
            due,
            next_tile: AtomicUsize::new(0),
            tiles_left: AtomicUsize::new(tiles),
            counts: Mutex::new(counts),
            done: Condvar::new(),
        }
    }

    /// What was delivered to a tile, in the order of the inputs at which something is.
    pub(super) fn delivered(&self, network: &Spiking, tile: &Tile) -> Vec<AtTile<'_>> {
        let inputs = self.populations[tile.population].inputs.iter().filter(|input| input.delivered.is_some());
        let wirings = inputs.filter_map(OwnInput::wiring);
        wirings.map(|index| self.arrivals.at_tile(&network.wirings[index], index, tile.first)).collect()
    }
}
