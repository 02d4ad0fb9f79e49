//! A tile: some neurons of one population with all their state, so that threads share nothing but counts.

use crate::network::spiking::{Spiking, Synapse};

/// Neurons that go through the kernel together, one a lane.
pub(super) const LANES: usize = 16;
/// Neurons of a tile: enough work for a thread's turn.
pub(super) const TILE: usize = 512;

/// The state of up to [`TILE`] neurons of one population, padded to whole groups of [`LANES`].
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// Index of the population.
    pub(super) population: usize,
    /// First neuron, numbered within the population.
    pub(super) first: usize,
    /// Number of neurons.
    pub(super) size: usize,
    /// Membrane potentials, [group][lane].
    pub(super) potentials: Vec<[i32; LANES]>,
    /// Remaining refractory steps, [group][lane].
    pub(super) refractory: Vec<[u32; LANES]>,
    /// Synaptic inputs, [group][input][lane], inputs in the order of the population's (a jump has an unused one).
    pub(super) inputs: Vec<[i32; LANES]>,
    /// Drive and stimuli a step, [group][lane].
    pub(super) external: Vec<[i32; LANES]>,
    /// Spike words of the last block, [group][lane].
    pub(super) spikes: Vec<[u32; LANES]>,
    /// Own spikes, a ring of words by step / 32: [word][group][lane].
    pub(super) history: Vec<[u32; LANES]>,
}

impl Tile {
    /// Number of groups.
    pub(super) fn groups(&self) -> usize {
        self.potentials.len()
    }

    /// Number of real neurons in a group.
    pub(super) fn lanes(&self, group: usize) -> usize {
        (self.size - group * LANES).min(LANES)
    }

    /// Number of words of the ring of own spikes.
    pub(super) fn history_words(&self) -> usize {
        self.history.len() / self.groups()
    }

    /// Own spikes of the 32 steps from `step` on (before 0: none), bit s for step + s, one word a lane.
    pub(super) fn own_spikes(&self, group: usize, step: i64) -> [u32; LANES] {
        let words = self.history_words() as i64;
        let place = |word: i64| word.rem_euclid(words) as usize * self.groups() + group;
        let (word, bit) = (step.div_euclid(32), step.rem_euclid(32) as u32);
        let (low, high) = (&self.history[place(word)], &self.history[place(word + 1)]);
        std::array::from_fn(|lane| ((u64::from(high[lane]) << 32 | u64::from(low[lane])) >> bit) as u32)
    }

    /// Writes the spikes of a block into the ring of own spikes, over what was there a turn ago.
    pub(super) fn remember_spikes(&mut self, group: usize, start_step: u64, steps: u32) {
        let words = self.history_words();
        let groups = self.groups();
        let (word, bit) = ((start_step / 32) as usize, (start_step % 32) as u32);
        let mask = (u64::from(u32::MAX) >> (32 - steps)) << bit;
        for half in 0..2 {
            let mask = (mask >> (32 * half)) as u32;
            if mask == 0 {
                continue;
            }
            let ring = &mut self.history[(word + half) % words * groups + group];
            for (lane, ring) in ring.iter_mut().enumerate() {
                let spikes = ((u64::from(self.spikes[group][lane]) << bit) >> (32 * half)) as u32;
                *ring = (*ring & !mask) | spikes;
            }
        }
    }
}

/// The tiles of a network, state zero.
pub(super) fn tiles(network: &Spiking) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let own_history_steps = network.own_history_steps();
    for (index, population) in network.populations.iter().enumerate() {
        for first in (0..population.size as usize).step_by(TILE) {
            let size = (population.size as usize - first).min(TILE);
            let groups = size.div_ceil(LANES);
            // The ring holds the window that a block reads, the block, and a word where they are cut.
            let history_words = if own_history_steps == 0 { 0 } else { (own_history_steps as usize + 32) / 32 + 2 };
            tiles.push(Tile {
                population: index,
                first,
                size,
                potentials: vec![[0; LANES]; groups],
                refractory: vec![[0; LANES]; groups],
                inputs: vec![[0; LANES]; groups * population.inputs.len()],
                external: vec![[0; LANES]; groups],
                spikes: vec![[0; LANES]; groups],
                history: vec![[0; LANES]; groups * history_words],
            });
        }
    }
    tiles
}

/// Whether a projection has an input that is part of the state.
pub(super) fn is_current(network: &Spiking, projection: usize) -> bool {
    matches!(network.projections[projection].synapse, Synapse::Current { .. })
}
