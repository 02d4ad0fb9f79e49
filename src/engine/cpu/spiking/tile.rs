//! A tile: some neurons of one population with all their state, so that threads share nothing but counts.

use rayon::prelude::*;

use super::history::History;
use crate::engine::cpu::lanes::LANES_MAX;
use crate::network::spiking::{Population, Spiking, Synapse};
use crate::random::NOISE_MAX;

/// Neurons of a tile: what a block needs of them stays in the first-level cache.
pub(super) const TILE: usize = 256;

/// The state of up to [`TILE`] neurons of one population. Arrays that a vector reads are padded to whole vectors;
/// what happens behind the last neuron is never looked at.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// Index of the population.
    pub(super) population: usize,
    /// First neuron, numbered within the population.
    pub(super) first: usize,
    size: usize,
    /// Membrane potentials, `[neuron]`, padded.
    pub(super) potentials: Vec<i32>,
    /// Remaining refractory steps, `[neuron]`, padded.
    pub(super) refractory: Vec<i32>,
    /// Synaptic inputs that differ between neurons, `[input][neuron]`, inputs in the order of the population's;
    /// padded. Empty for jumps and where all neurons have the same input.
    pub(super) inputs: Vec<Vec<i32>>,
    /// Drive and stimuli a step.
    pub(super) external: External,
    /// The bytes of noise of the last call of Philox, `[word][neuron]`, padded; empty without noise.
    pub(super) noise_words: [Vec<i32>; 4],
    /// The number of that call, where some of its bytes are still to be used.
    pub(super) noise_call: Option<u64>,
    /// n_i, `[neuron]`, padded; empty where no input is scaled by it. Below 2^16, or it is not used.
    pub(super) memberships: Vec<u16>,
    /// Who belongs to which pattern.
    pub(super) members: Members,
    /// Own spikes, where projections leave autapses out.
    pub(super) history: History,
    /// Spikes of the last block: neuron of the tile, word.
    pub(super) fired: Vec<(u32, u32)>,
    /// Every |V| is at most this, and |I| of every input.
    pub(super) reach: Reach,
}

/// Bounds of the state: what lets a block be computed without looking at every sum for saturation.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// Of potentials.
    pub(super) potential: u32,
    /// Of each input.
    pub(super) inputs: Vec<u32>,
    /// Some refractory time is too long for the times of a block.
    pub(super) long_refractory: bool,
}

/// Drive and stimuli of the neurons of a tile, 2^-21 mV a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum External {
    /// The same for all.
    Shared(i32),
    /// `[neuron]`, padded.
    Each(Vec<i32>),
}

impl External {
    /// The largest absolute value.
    pub(super) fn reach(&self) -> u32 {
        match self {
            Self::Shared(value) => value.unsigned_abs(),
            Self::Each(values) => values.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0),
        }
    }

    /// Of one neuron.
    pub(super) fn of(&self, neuron: usize) -> i32 {
        match self {
            Self::Shared(value) => *value,
            Self::Each(values) => values[neuron],
        }
    }
}

/// Who belongs to which pattern, both ways: what arrives is gathered by neuron or scattered by pattern.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    /// The patterns of all neurons, neuron by neuron.
    patterns: Vec<u32>,
    /// Where the patterns of each neuron start, `[neuron + 1]`; empty where nobody has any.
    offsets: Vec<u32>,
    /// The neurons of all patterns, pattern by pattern.
    neurons: Vec<u8>,
    /// Where the neurons of each pattern start, `[pattern + 1]`.
    starts: Vec<u32>,
}

impl Members {
    /// Of `size` neurons of a population from `first` on.
    fn new(network: &Spiking, population: usize, first: usize, size: usize) -> Self {
        const { assert!(TILE <= 1 << u8::BITS, "a neuron of a tile is a byte") };
        let count = network.patterns.count();
        if population != network.pattern_population || count == 0 {
            return Self::default();
        }
        let mut members = Self { offsets: vec![0], starts: vec![0; count + 1], ..Self::default() };
        for neuron in first..first + size {
            members.patterns.extend(network.patterns.of(neuron).map(|pattern| pattern as u32));
            members.offsets.push(members.patterns.len() as u32);
        }
        members.patterns.iter().for_each(|&pattern| members.starts[pattern as usize + 1] += 1);
        for pattern in 0..count {
            members.starts[pattern + 1] += members.starts[pattern];
        }
        let mut next = members.starts.clone();
        members.neurons = vec![0; members.patterns.len()];
        for neuron in 0..size {
            for at in members.offsets[neuron]..members.offsets[neuron + 1] {
                let place = &mut next[members.patterns[at as usize] as usize];
                members.neurons[*place as usize] = neuron as u8;
                *place += 1;
            }
        }
        members.patterns.shrink_to_fit();
        members
    }

    /// The patterns to which a neuron of the tile belongs, ascending.
    #[inline(always)]
    pub(super) fn patterns_of(&self, neuron: usize) -> &[u32] {
        match self.offsets.get(neuron..neuron + 2) {
            Some(&[start, end]) => &self.patterns[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The neurons of the tile that belong to a pattern, ascending.
    #[inline(always)]
    pub(super) fn neurons_of(&self, pattern: usize) -> &[u8] {
        match self.starts.get(pattern..pattern + 2) {
            Some(&[start, end]) => &self.neurons[start as usize..end as usize],
            _ => &[],
        }
    }
}

impl Tile {
    /// Number of neurons.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Number of neurons with those that fill the last vector.
    pub(super) fn padded(&self) -> usize {
        padded(self.size)
    }

    /// n_i: to how many patterns a neuron belongs.
    #[inline(always)]
    pub(super) fn memberships(&self, neuron: usize) -> i32 {
        self.members.patterns_of(neuron).len() as i32
    }

    fn new(network: &Spiking, index: usize, first: usize, size: usize) -> Self {
        let population = &network.populations[index];
        let padded = padded(size);
        let members = Members::new(network, index, first, size);
        let scaled = population.inputs.iter().any(|&input| network.projections[input].by_memberships);
        let mut memberships = vec![0; if scaled { padded } else { 0 }];
        for (neuron, count) in memberships.iter_mut().enumerate().take(size) {
            *count = members.patterns_of(neuron).len().min(usize::from(u16::MAX)) as u16;
        }
        Self {
            population: index,
            first,
            size,
            potentials: vec![0; padded],
            refractory: vec![0; padded],
            inputs: vec![Vec::new(); population.inputs.len()],
            external: External::Shared(population.drive),
            noise_words: std::array::from_fn(|_| vec![0; if population.noise == 0 { 0 } else { padded }]),
            noise_call: None,
            memberships,
            members,
            history: History::new(network.own_history_steps(), padded),
            fired: Vec::new(),
            reach: Reach { inputs: vec![0; population.inputs.len()], ..Reach::default() },
        }
    }

    /// Sets the bounds from the state.
    pub(super) fn measure(&mut self) {
        let largest = |values: &[i32]| values.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0);
        self.reach.potential = largest(&self.potentials);
        for (reach, inputs) in self.reach.inputs.iter_mut().zip(&self.inputs) {
            *reach = largest(inputs);
        }
        self.reach.long_refractory = self.refractory.iter().any(|&steps| !(0..REFRACTORY_MAX).contains(&steps));
    }
}

/// Refractory times below this can be added to the times of a block.
const REFRACTORY_MAX: i32 = 1 << 30;

/// Whether a population's refractory time can be added to the times of a block.
pub(super) fn has_short_refractory(population: &Population) -> bool {
    i64::from(population.refractory_steps) < i64::from(REFRACTORY_MAX)
}

/// The most that the noise of a step adds, 2^-21 mV.
pub(super) fn noise_reach(population: &Population) -> i64 {
    i64::from(population.noise).abs() * i64::from(NOISE_MAX)
}

/// A number of neurons with those that fill the last vector.
fn padded(size: usize) -> usize {
    size.next_multiple_of(LANES_MAX)
}

/// The tiles of a network, state zero.
pub(super) fn tiles(network: &Spiking) -> Vec<Tile> {
    let places = network.populations.iter().enumerate().flat_map(|(index, population)| {
        let size = population.size as usize;
        (0..size).step_by(TILE).map(move |first| (index, first, (size - first).min(TILE)))
    });
    let places: Vec<_> = places.collect();
    places.into_par_iter().map(|(index, first, size)| Tile::new(network, index, first, size)).collect()
}

/// Whether a projection has an input that is part of the state.
pub(super) fn is_current(network: &Spiking, projection: usize) -> bool {
    matches!(network.projections[projection].synapse, Synapse::Current { .. })
}
