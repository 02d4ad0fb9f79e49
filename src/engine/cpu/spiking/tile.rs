//! A tile: some neurons of one population with all their state, so that threads share nothing but counts.

use crate::network::spiking::{Spiking, Synapse};

/// Neurons of a tile: what a block needs of them stays in the first-level cache.
pub(super) const TILE: usize = 256;

/// The state of up to [`TILE`] neurons of one population.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// Index of the population.
    pub(super) population: usize,
    /// First neuron, numbered within the population.
    pub(super) first: usize,
    /// Membrane potentials, `[neuron]`.
    pub(super) potentials: Vec<i32>,
    /// Remaining refractory steps, `[neuron]`.
    pub(super) refractory: Vec<u32>,
    /// Synaptic inputs, `[input][neuron]`, inputs in the order of the population's; a jump has none.
    pub(super) inputs: Vec<Vec<i32>>,
    /// Drive and stimuli a step, `[neuron]`.
    pub(super) external: Vec<i32>,
    /// Spike words of the last block, `[neuron]`.
    pub(super) spikes: Vec<u32>,
    /// The Philox words of the last call, `[word][neuron]`; empty without noise.
    pub(super) noise_words: [Vec<u32>; 4],
    /// The number of that call.
    pub(super) noise_call: Option<u64>,
    /// The patterns of all neurons, neuron by neuron.
    patterns: Vec<u32>,
    /// Where the patterns of each neuron start, `[neuron + 1]`; empty where nobody has any.
    pattern_offsets: Vec<u32>,
    /// Own spikes, a ring of words by step / 32, `[word][neuron]`.
    pub(super) history: Vec<Vec<u32>>,
}

impl Tile {
    /// Number of neurons.
    pub(super) fn size(&self) -> usize {
        self.potentials.len()
    }

    /// The patterns to which a neuron belongs, ascending.
    #[inline(always)]
    pub(super) fn patterns_of(&self, neuron: usize) -> &[u32] {
        match self.pattern_offsets.get(neuron..neuron + 2) {
            Some(&[start, end]) => &self.patterns[start as usize..end as usize],
            _ => &[],
        }
    }

    /// n_i: to how many patterns a neuron belongs.
    #[inline(always)]
    pub(super) fn memberships(&self, neuron: usize) -> i32 {
        self.patterns_of(neuron).len() as i32
    }

    /// Own spikes of the 32 steps from `step` on (before 0: none).
    #[inline(always)]
    pub(super) fn own_spikes(&self, step: i64) -> OwnSpikes<'_> {
        let words = self.history.len() as i64;
        let word = |at: i64| &self.history[at.rem_euclid(words) as usize][..];
        let first = step.div_euclid(32);
        OwnSpikes { low: word(first), high: word(first + 1), bit: step.rem_euclid(32) as u32 }
    }

    /// Writes the spikes of a block into the ring of own spikes, over what was there a turn ago.
    pub(super) fn remember_spikes(&mut self, start_step: u64, steps: u32) {
        let words = self.history.len();
        let (word, bit) = ((start_step / 32) as usize, (start_step % 32) as u32);
        let mask = (u64::from(u32::MAX) >> (32 - steps)) << bit;
        for half in 0..2 {
            let mask = (mask >> (32 * half)) as u32;
            if mask == 0 {
                continue;
            }
            for (ring, &spikes) in self.history[(word + half) % words].iter_mut().zip(&self.spikes) {
                *ring = (*ring & !mask) | ((u64::from(spikes) << bit) >> (32 * half)) as u32;
            }
        }
    }
}

/// A window of 32 steps on the neurons' own spikes.
#[derive(Clone, Copy)]
pub(super) struct OwnSpikes<'a> {
    low: &'a [u32],
    high: &'a [u32],
    bit: u32,
}

impl OwnSpikes<'_> {
    /// The spikes of a neuron, bit s for the window's step s.
    #[inline(always)]
    pub(super) fn of(&self, neuron: usize) -> u32 {
        ((u64::from(self.high[neuron]) << 32 | u64::from(self.low[neuron])) >> self.bit) as u32
    }
}

/// The tiles of a network, state zero.
pub(super) fn tiles(network: &Spiking) -> Vec<Tile> {
    let own_history_steps = network.own_history_steps() as usize;
    // The ring holds the window that a block reads, the block, and a word where they are cut.
    let history_words = if own_history_steps == 0 { 0 } else { (own_history_steps + 32) / 32 + 2 };
    let mut tiles = Vec::new();
    for (index, population) in network.populations.iter().enumerate() {
        for first in (0..population.size as usize).step_by(TILE) {
            let size = (population.size as usize - first).min(TILE);
            let input_size = |&projection: &usize| if is_current(network, projection) { size } else { 0 };
            let (patterns, pattern_offsets) = memberships(network, index, first, size);
            tiles.push(Tile {
                population: index,
                first,
                potentials: vec![0; size],
                refractory: vec![0; size],
                inputs: population.inputs.iter().map(|input| vec![0; input_size(input)]).collect(),
                external: vec![0; size],
                spikes: vec![0; size],
                noise_words: std::array::from_fn(|_| vec![0; if population.noise == 0 { 0 } else { size }]),
                noise_call: None,
                patterns,
                pattern_offsets,
                history: vec![vec![0; size]; history_words],
            });
        }
    }
    tiles
}

/// The patterns of `size` neurons of a population from `first` on, and where those of each neuron start.
fn memberships(network: &Spiking, population: usize, first: usize, size: usize) -> (Vec<u32>, Vec<u32>) {
    if population != network.pattern_population || network.patterns.count() == 0 {
        return (Vec::new(), Vec::new());
    }
    let (mut patterns, mut offsets) = (Vec::new(), vec![0]);
    for neuron in first..first + size {
        patterns.extend(network.patterns.of(neuron).map(|pattern| pattern as u32));
        offsets.push(patterns.len() as u32);
    }
    (patterns, offsets)
}

/// Whether a projection has an input that is part of the state.
pub(super) fn is_current(network: &Spiking, projection: usize) -> bool {
    matches!(network.projections[projection].synapse, Synapse::Current { .. })
}
