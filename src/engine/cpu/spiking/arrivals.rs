//! What arrives at a group of neurons in each step of a block, per input: integer counts times an integer weight.

use super::integrate::Context;
use super::tile::{TILE, Tile};
use crate::network::patterns::SetBits;
use crate::network::spiking::{Count, CountsLayout, Projection, Spiking};

/// A projection that ends in a population, with the counts that arrive through it in the block.
pub(super) struct Input<'a> {
    /// Index of the projection.
    pub(super) index: usize,
    pub(super) projection: &'a Projection,
    /// M^μ of each step of the block, `[pattern][step]`; only for `Count::Patterns`.
    pattern_counts: Vec<[i32; 32]>,
    /// No count of the block is larger, n_i included.
    count_max: i64,
    /// Spikes of the source that arrive in each step; only for `Count::Spikes`.
    spike_counts: [i32; 32],
    /// Arrivals that are the same for every neuron.
    shared: Option<[i64; 32]>,
    /// Nothing arrives at anyone.
    silent: bool,
}

impl<'a> Input<'a> {
    /// Reads the counts of steps start - delay .. start - delay + steps from the ring of rows.
    pub(super) fn new(network: &'a Spiking, index: usize, rows: &Rows<'_>, (start, steps): (u64, u32)) -> Self {
        let projection = &network.projections[index];
        let layout = network.counts_layout();
        let mut input = Self {
            index,
            projection,
            pattern_counts: Vec::new(),
            spike_counts: [0; 32],
            shared: None,
            silent: true,
            count_max: 0,
        };
        if projection.count == Count::Patterns {
            input.pattern_counts = vec![[0; 32]; layout.patterns];
        }
        for step in 0..steps as usize {
            let emitted = (start + step as u64).checked_sub(u64::from(projection.delay_steps));
            let Some(row) = emitted.map(|step| rows.row(step)) else { continue };
            let spikes = row[layout.spikes(projection.source)] as i32;
            input.spike_counts[step] = spikes;
            input.silent &= spikes == 0;
            if spikes != 0 {
                for (counts, &count) in input.pattern_counts.iter_mut().zip(&row[..layout.patterns]) {
                    counts[step] = count as i32;
                }
            }
        }
        input.count_max = count_max(network, &input);
        if projection.count == Count::Spikes && !projection.by_memberships && !projection.subtract_own {
            input.shared = Some(input.spike_counts.map(|count| projection.arrival(count)));
        }
        input
    }
}

/// A bound on every neuron's count in the block: all patterns' counts, or all spikes, times the largest n_i.
fn count_max(network: &Spiking, input: &Input<'_>) -> i64 {
    let largest = |counts: &[i32; 32]| i64::from(counts.iter().copied().max().unwrap_or(0));
    let counts = match input.projection.count {
        Count::Patterns => input.pattern_counts.iter().map(largest).sum(),
        Count::Spikes => largest(&input.spike_counts),
    };
    counts * if input.projection.by_memberships { network.patterns.count() as i64 } else { 1 }
}

/// Rows of counts of the last steps, a ring by step.
pub(super) struct Rows<'a> {
    pub(super) counts: &'a [u32],
    pub(super) layout: CountsLayout,
}

impl Rows<'_> {
    fn row(&self, step: u64) -> &[u32] {
        let slots = (self.counts.len() / self.layout.len()) as u64;
        let start = (step % slots) as usize * self.layout.len();
        &self.counts[start..start + self.layout.len()]
    }
}

/// What arrives in each step of a block.
#[derive(Default)]
pub(super) enum Arrivals {
    /// Nothing.
    #[default]
    Silent,
    /// The same at every neuron of the tile, `[step]`.
    Shared(Box<[i64; 32]>),
    /// `[step][neuron]`, where it fits 32 bits: as good as always.
    Narrow(Box<[[i32; TILE]; 32]>),
    /// `[step][neuron]`, where it does not.
    Wide(Box<[[i64; TILE]; 32]>),
}

impl Arrivals {
    /// What arrives at a neuron of the tile in a step of the block.
    #[inline(always)]
    pub(super) fn at(&self, step: usize, neuron: usize) -> i64 {
        match self {
            Self::Silent => 0,
            Self::Shared(arriving) => arriving[step],
            Self::Narrow(arriving) => i64::from(arriving[step][neuron]),
            Self::Wide(arriving) => arriving[step][neuron],
        }
    }

    /// The 32-bit table, kept from the last block where there was one.
    fn narrow(&mut self) -> Box<[[i32; TILE]; 32]> {
        match std::mem::take(self) {
            Self::Narrow(table) => table,
            _ => Box::new([[0; TILE]; 32]),
        }
    }
}

/// Fills `arriving` with what arrives at a tile through `input`.
#[inline(always)]
pub(super) fn arrivals(context: &Context<'_>, input: &Input<'_>, tile: &Tile, arriving: &mut Arrivals) {
    if input.silent {
        // A table is kept for the next block: what arrives is told by its zeros.
        match arriving {
            Arrivals::Narrow(table) => table[..context.block.steps as usize].as_flattened_mut().fill(0),
            _ => *arriving = Arrivals::Silent,
        }
        return;
    }
    if let Some(shared) = input.shared {
        *arriving = Arrivals::Shared(Box::new(shared));
        return;
    }
    let (size, steps) = (tile.size().min(TILE), context.block.steps as usize);
    let (weight, shift) = (i64::from(input.projection.weight), input.projection.weight_shift);
    let half = if shift == 0 { 0 } else { 1i64 << (shift - 1) };
    let mut table = arriving.narrow();
    counts(context, input, tile, &mut table);
    if input.count_max * weight.abs() + half < i64::from(i32::MAX) {
        let (weight, half) = (weight as i32, half as i32);
        for row in &mut table[..steps] {
            for count in &mut row[..size] {
                *count = (*count * weight + half) >> shift;
            }
        }
        *arriving = Arrivals::Narrow(table);
    } else {
        let mut wide = Box::new([[0i64; TILE]; 32]);
        for (wide, row) in wide.iter_mut().zip(&table[..steps]) {
            for (wide, &count) in wide.iter_mut().zip(row) {
                *wide = input.projection.arrival(count);
            }
        }
        *arriving = Arrivals::Wide(wide);
    }
}

/// The count of every neuron in every step: patterns or spikes, own ones taken away, times n_i if asked for.
#[inline(always)]
fn counts(context: &Context<'_>, input: &Input<'_>, tile: &Tile, counts: &mut [[i32; TILE]; 32]) {
    let projection = input.projection;
    let (size, steps) = (tile.size().min(TILE), context.block.steps as usize);
    match projection.count {
        Count::Patterns => {
            for neuron in 0..size {
                let patterns = tile.patterns_of(neuron);
                match steps {
                    0..=8 => sum_patterns::<8>(patterns, &input.pattern_counts, neuron, counts),
                    9..=16 => sum_patterns::<16>(patterns, &input.pattern_counts, neuron, counts),
                    _ => sum_patterns::<32>(patterns, &input.pattern_counts, neuron, counts),
                }
            }
        }
        Count::Spikes => {
            counts.iter_mut().zip(&input.spike_counts).take(steps).for_each(|(row, &count)| row[..size].fill(count));
        }
    }
    if projection.subtract_own {
        let own = tile.own_spikes(context.block.start_step as i64 - i64::from(projection.delay_steps));
        let within = u32::MAX >> (32 - steps);
        for (neuron, word) in (0..size).map(|neuron| (neuron, own.of(neuron) & within)) {
            let own_weight = if projection.count == Count::Patterns { tile.memberships(neuron) } else { 1 };
            for step in SetBits(word) {
                counts[step as usize][neuron] -= own_weight;
            }
        }
    }
    if projection.by_memberships {
        for row in &mut counts[..steps] {
            row[..size].iter_mut().enumerate().for_each(|(neuron, count)| *count *= tile.memberships(neuron));
        }
    }
}

/// Adds M^μ of every step for each pattern μ of a neuron: a vector of steps a pattern.
#[inline(always)]
fn sum_patterns<const STEPS: usize>(
    patterns: &[u32],
    pattern_counts: &[[i32; 32]],
    neuron: usize,
    counts: &mut [[i32; TILE]; 32],
) {
    let mut sums = [0i32; STEPS];
    for &pattern in patterns {
        for (sum, added) in sums.iter_mut().zip(&pattern_counts[pattern as usize]) {
            *sum += added;
        }
    }
    for (row, sum) in counts.iter_mut().zip(sums) {
        row[neuron] = sum;
    }
}
