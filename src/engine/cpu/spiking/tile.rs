//! A tile: some neurons of one population with all their state, so that threads share nothing but counts.

use std::ops::Range;

use rayon::prelude::*;

use super::history::History;
use crate::engine::cpu::lanes::LANES_MAX;
use crate::network::spiking::{Own, Population, Spiking, Synapse};
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
    /// Synaptic inputs that differ between neurons, `[input][neuron]`, inputs in the order of the population's, private
    /// ones last; padded. Empty for jumps and where all neurons have the same input.
    pub(super) inputs: Vec<Vec<i32>>,
    /// What is its neurons' own of the population's parameters; padded.
    pub(super) own: Own,
    /// Drive and stimuli a step.
    pub(super) external: External,
    /// The bytes of noise of the last call of Philox, `[word][neuron]`, padded; empty without noise.
    pub(super) noise_words: [Vec<i32>; 4],
    /// The number of that call, where some of its bytes are still to be used.
    pub(super) noise_call: Option<u64>,
    /// n_i, `[neuron]`, padded; empty where no input is scaled by it. Below 2^16, or vectors do not use it.
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
    /// The patterns of all neurons, neuron by neuron in the order of `order`.
    patterns: Numbers,
    /// The neurons by their memberships: a loop over as many patterns as for the last neuron ends where it was foreseen.
    order: Vec<u8>,
    /// How many memberships so many neurons of `order` in a row have.
    runs: Vec<Run>,
    /// Where the patterns of each neuron are, `[neuron]`; empty where nobody has any.
    ranges: Vec<Range<u32>>,
    /// The neurons of all patterns, pattern by pattern.
    neurons: Vec<u8>,
    /// Where the neurons of each pattern start, `[pattern + 1]`.
    starts: Vec<u32>,
    /// The number of the set of patterns.
    set: usize,
}

/// Neurons with as many memberships, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// n_i of each.
    pub(super) memberships: usize,
    /// Number of them.
    pub(super) neurons: usize,
}

/// Numbers of patterns, as small as they can be: at a million neurons they are most of what a block reads.
#[derive(Clone, Debug)]
pub(super) enum Numbers {
    /// Below 2^8.
    Bytes(Vec<u8>),
    /// Below 2^16.
    Halves(Vec<u16>),
    /// Any.
    Words(Vec<u32>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

/// A number of a pattern.
pub(super) trait Number: Copy {
    /// As an index.
    fn index(self) -> usize;
}

impl Number for u8 {
    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Number for u16 {
    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Number for u32 {
    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

impl Members {
    /// Of `size` neurons of a population from `first` on.
    fn new(network: &Spiking, population: usize, first: usize, size: usize) -> Self {
        const { assert!(TILE <= 1 << u8::BITS, "a neuron of a tile is a byte") };
        let own = network.patterns_of(population).filter(|own| own.count() > 0);
        let (Some(own), Some(set)) = (own, network.set_of(population)) else { return Self::default() };
        let count = own.count();
        let memberships = |neuron: u8| own.memberships(first + usize::from(neuron)) as usize;
        let mut order: Vec<u8> = (0..size).map(|neuron| neuron as u8).collect();
        order.sort_by_key(|&neuron| memberships(neuron));
        let same = |one: &u8, other: &u8| memberships(*one) == memberships(*other);
        let runs = order.chunk_by(same);
        let runs = runs.map(|run| Run { memberships: memberships(run[0]), neurons: run.len() }).collect();
        let (mut patterns, mut ranges, mut starts) = (Vec::new(), vec![0..0; size], vec![0; count + 1]);
        for &neuron in &order {
            let start = patterns.len() as u32;
            patterns.extend(own.of(first + usize::from(neuron)).map(|pattern| pattern as u32));
            ranges[usize::from(neuron)] = start..patterns.len() as u32;
        }
        patterns.iter().for_each(|&pattern| starts[pattern as usize + 1] += 1);
        for pattern in 0..count {
            starts[pattern + 1] += starts[pattern];
        }
        let mut next = starts.clone();
        let mut neurons = vec![0; patterns.len()];
        for (neuron, range) in ranges.iter().enumerate() {
            for at in range.clone() {
                let place = &mut next[patterns[at as usize] as usize];
                neurons[*place as usize] = neuron as u8;
                *place += 1;
            }
        }
        let patterns = match count {
            ..=0x100 => Numbers::Bytes(patterns.iter().map(|&pattern| pattern as u8).collect()),
            0x101..=0x1_0000 => Numbers::Halves(patterns.iter().map(|&pattern| pattern as u16).collect()),
            _ => Numbers::Words(patterns),
        };
        Self { patterns, order, runs, ranges, neurons, starts, set }
    }

    /// The number of the set of patterns.
    pub(super) fn set(&self) -> usize {
        self.set
    }

    /// The patterns of all neurons, neuron by neuron in the order of [`Members::order`].
    pub(super) fn patterns(&self) -> &Numbers {
        &self.patterns
    }

    /// The neurons by their memberships, and how many in a row have as many.
    #[inline(always)]
    pub(super) fn order(&self) -> (&[u8], &[Run]) {
        (&self.order, &self.runs)
    }

    /// Where those of a neuron are among them.
    #[inline(always)]
    fn range(&self, neuron: usize) -> Range<usize> {
        self.ranges.get(neuron).map_or(0..0, |range| range.start as usize..range.end as usize)
    }

    /// n_i: to how many patterns a neuron belongs.
    #[inline(always)]
    pub(super) fn memberships(&self, neuron: usize) -> usize {
        self.range(neuron).len()
    }

    /// Calls `take` with each pattern of a neuron of the tile, ascending.
    #[inline(always)]
    pub(super) fn for_each_pattern(&self, neuron: usize, take: impl FnMut(usize)) {
        let range = self.range(neuron);
        match &self.patterns {
            Numbers::Bytes(patterns) => patterns[range].iter().map(|pattern| pattern.index()).for_each(take),
            Numbers::Halves(patterns) => patterns[range].iter().map(|pattern| pattern.index()).for_each(take),
            Numbers::Words(patterns) => patterns[range].iter().map(|pattern| pattern.index()).for_each(take),
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
        self.members.memberships(neuron) as i32
    }

    fn new(network: &Spiking, index: usize, first: usize, size: usize) -> Self {
        let population = &network.populations[index];
        let padded = padded(size);
        let members = Members::new(network, index, first, size);
        let scaled = population.inputs.iter().any(|&input| network.projections[input].by_memberships);
        let mut memberships = vec![0; if scaled { padded } else { 0 }];
        for (neuron, count) in memberships.iter_mut().enumerate().take(size) {
            *count = members.memberships(neuron).min(usize::from(u16::MAX)) as u16;
        }
        let inputs = network.inputs_of(index).count();
        Self {
            population: index,
            first,
            size,
            potentials: vec![0; padded],
            refractory: vec![0; padded],
            inputs: vec![Vec::new(); inputs],
            own: own(&population.own, first, size),
            external: External::Shared(population.drive),
            noise_words: std::array::from_fn(|_| vec![0; if population.noise == 0 { 0 } else { padded }]),
            noise_call: None,
            memberships,
            members,
            history: History::new(network.own_history_steps()),
            fired: Vec::new(),
            reach: Reach { inputs: vec![0; inputs], ..Reach::default() },
        }
    }

    /// Asks for what a block reads, so that it is near when the tile's turn comes. Arrays of a tile are too short for the
    /// processor to guess what comes next.
    pub(super) fn prefetch(&self) {
        near(&self.potentials);
        near(&self.refractory);
        self.inputs.iter().for_each(|inputs| near(inputs));
        if self.noise_call.is_some() {
            self.noise_words.iter().for_each(|words| near(words));
        }
        [&self.own.decays, &self.own.noises, &self.own.thresholds].into_iter().for_each(|own| near(own));
        self.own.gains.iter().for_each(|gains| near(gains));
        near(&self.memberships);
        near(&self.members.order);
        match &self.members.patterns {
            Numbers::Bytes(patterns) => near(patterns),
            Numbers::Halves(patterns) => near(patterns),
            Numbers::Words(patterns) => near(patterns),
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

/// The part of some neurons, padded; drives are part of the external input.
fn own(of_all: &Own, first: usize, size: usize) -> Own {
    let part = |values: &Vec<i32>| {
        let mut own = values.get(first..first + size).unwrap_or_default().to_vec();
        own.resize(if own.is_empty() { 0 } else { padded(size) }, 0);
        own
    };
    Own {
        decays: part(&of_all.decays),
        gains: of_all.gains.iter().map(part).collect(),
        drives: Vec::new(),
        noises: part(&of_all.noises),
        thresholds: part(&of_all.thresholds),
    }
}

/// Asks for all lines of a slice.
#[inline(always)]
pub(super) fn near<T>(slice: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of_val(slice)).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: SSE is part of x86-64; the address is within the slice, and a hint reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(slice.as_ptr().cast::<i8>().add(line)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = slice;
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

/// Whether an input is part of the state.
pub(super) fn is_current(network: &Spiking, input: usize) -> bool {
    matches!(network.synapse(input), Synapse::Current { .. })
}
