//! What arrives at neurons in each step of a block: integer counts times an integer weight. Twin of
//! shaders/spiking/arrivals.wgsl.

use super::job::Steps;
use super::tile::{Members, Number, Numbers, TILE, Tile};
use crate::engine::Block;
use crate::engine::cpu::lanes::{SIDE, transpose};
use crate::fixed::round_shift;
use crate::network::patterns::SetBits;
use crate::network::spiking::{BLOCK_STEPS_MAX, Count, CountsLayout, Projection, Spiking, Synapse};

/// Rows of counts of the last steps, a ring by step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a> {
    pub(super) counts: &'a [u32],
    pub(super) layout: CountsLayout,
}

impl<'a> Rows<'a> {
    fn row(&self, step: u64) -> &'a [u32] {
        let slots = (self.counts.len() / self.layout.len()) as u64;
        let start = (step % slots) as usize * self.layout.len();
        &self.counts[start..start + self.layout.len()]
    }

    /// The rows that arrive in each step of a block after a delay, with the step; none before the start of the run.
    fn arriving(&self, delay_steps: u32, block: Block) -> impl Iterator<Item = (usize, &'a [u32])> + '_ {
        (0..block.steps as usize).filter_map(move |step| {
            let emitted = (block.start_step + step as u64).checked_sub(u64::from(delay_steps))?;
            Some((step, self.row(emitted)))
        })
    }

    /// How many spikes of the source arrive in each step.
    pub(super) fn spikes_arriving(&self, projection: &Projection, block: Block) -> Steps<i32> {
        let mut counts = [0; BLOCK_STEPS_MAX as usize];
        for (step, row) in self.arriving(projection.delay_steps, block) {
            counts[step] = row[self.layout.spikes(projection.source)] as i32;
        }
        counts
    }
}

/// An input that differs between the neurons of a population, with what arrives in the block.
#[derive(Debug)]
pub(super) struct OwnInput {
    /// Index of the projection.
    pub(super) index: usize,
    /// Its place among the inputs of the population.
    pub(super) place: usize,
    pub(super) projection: Projection,
    /// Spikes of the source that arrive in each step.
    pub(super) spikes: Steps<i32>,
    /// Bit s: something arrives in step s.
    pub(super) arriving: u32,
    /// Counts of the patterns, `[pattern][step]`; none for `Count::Spikes`.
    pub(super) patterns: PatternCounts,
    /// No neuron's count is larger, in any step, before it is multiplied by memberships; and after.
    pub(super) count_max: [i64; 2],
}

/// M^μ of each step of a block.
#[derive(Debug, Default)]
pub(super) struct PatternCounts {
    /// Of steps side by side, `stride` for each pattern; where they do not fit, only `wide` has them.
    narrow: Vec<u16>,
    /// Numbers in a row of `narrow`: 8, 16 or 32.
    stride: usize,
    /// The same numbers, 32 for each pattern, where they do not fit 16 bits.
    wide: Vec<u32>,
    /// The patterns with a spike.
    active: Vec<u32>,
}

impl PatternCounts {
    fn new(rows: &Rows<'_>, projection: &Projection, block: Block) -> Self {
        let stride = (block.steps as usize).next_power_of_two().max(8);
        let patterns = rows.layout.patterns;
        let mut any = vec![0u32; patterns];
        let mut narrow = vec![0u16; patterns * stride];
        for (step, row) in rows.arriving(projection.delay_steps, block) {
            if row[rows.layout.spikes(projection.source)] != 0 {
                let counts = row[..patterns].iter();
                for ((&count, any), counts) in counts.zip(&mut any).zip(narrow.chunks_exact_mut(stride)) {
                    counts[step] = count as u16;
                    *any |= count;
                }
            }
        }
        let active = (0u32..).zip(&any).filter(|&(_, &any)| any != 0).map(|(pattern, _)| pattern).collect();
        let mut counts = Self { narrow, stride, wide: Vec::new(), active };
        if any.iter().fold(0, |all, any| all | any) > u32::from(u16::MAX) {
            counts.wide = vec![0; patterns * BLOCK_STEPS_MAX as usize];
            for (step, row) in rows.arriving(projection.delay_steps, block) {
                let counts = counts.wide.chunks_exact_mut(BLOCK_STEPS_MAX as usize).zip(row);
                counts.for_each(|(counts, &count)| counts[step] = count);
            }
        }
        counts
    }

    /// M^μ in a step.
    fn at(&self, pattern: usize, step: usize) -> u32 {
        match self.wide.get(pattern * BLOCK_STEPS_MAX as usize + step) {
            Some(&count) => count,
            None => u32::from(self.narrow[pattern * self.stride + step]),
        }
    }

    /// The most that one pattern counts in a step, and all of them together.
    fn largest(&self, steps: usize) -> (i64, i64) {
        let (mut most, mut total) = ([0u32; BLOCK_STEPS_MAX as usize], [0u64; BLOCK_STEPS_MAX as usize]);
        let mut take = |step: usize, count: u32| {
            most[step] = most[step].max(count);
            total[step] += u64::from(count);
        };
        if self.wide.is_empty() {
            for row in self.narrow.chunks_exact(self.stride.max(1)) {
                row.iter().enumerate().for_each(|(step, &count)| take(step, u32::from(count)));
            }
        } else {
            for row in self.wide.chunks_exact(BLOCK_STEPS_MAX as usize) {
                row.iter().enumerate().take(steps).for_each(|(step, &count)| take(step, count));
            }
        }
        let largest = |counts: &[u64]| counts.iter().copied().max().unwrap_or(0) as i64;
        (i64::from(most.iter().copied().max().unwrap_or(0)), largest(&total))
    }
}

impl OwnInput {
    /// Reads the counts of steps start - delay .. start - delay + steps from the ring of rows.
    pub(super) fn new(network: &Spiking, (index, place): (usize, usize), rows: &Rows<'_>, block: Block) -> Self {
        let projection = network.projections[index].clone();
        let spikes = rows.spikes_arriving(&projection, block);
        let arriving = (0u32..).zip(&spikes).fold(0, |bits, (step, &count)| bits | u32::from(count != 0) << step);
        let mut patterns = PatternCounts::default();
        let memberships_max = i64::from(network.patterns.memberships_max());
        let count_max = match projection.count {
            Count::Patterns => {
                if arriving != 0 {
                    patterns = PatternCounts::new(rows, &projection, block);
                }
                let (of_one, of_all) = patterns.largest(block.steps as usize);
                of_all.min(of_one * memberships_max)
            }
            Count::Spikes => i64::from(spikes.iter().copied().max().unwrap_or(0)),
        };
        let factor = if projection.by_memberships { memberships_max } else { 1 };
        Self { index, place, projection, spikes, arriving, patterns, count_max: [count_max, count_max * factor] }
    }

    /// Whether it is part of the state.
    pub(super) fn is_current(&self) -> bool {
        matches!(self.projection.synapse, Synapse::Current { .. })
    }

    /// Whether counts differ between neurons before they are multiplied by memberships.
    pub(super) fn has_table(&self) -> bool {
        self.arriving != 0 && (self.projection.count == Count::Patterns || self.projection.subtract_own)
    }

    /// Whether a table of 16 bits holds its counts.
    pub(super) fn is_narrow(&self) -> bool {
        self.count_max[0] <= i64::from(u16::MAX) && self.patterns.wide.is_empty()
    }

    /// Whether 32 bits hold the product of every count and the weight, and the half that rounds it.
    pub(super) fn has_short_products(&self) -> bool {
        let weight = i64::from(self.projection.weight).abs();
        self.count_max[1] * weight + (1i64 << self.projection.weight_shift) < i64::from(i32::MAX)
    }

    /// No |arrival| in a step is larger.
    pub(super) fn arrival_max(&self) -> i64 {
        let weight = i64::from(self.projection.weight).abs();
        round_shift(self.count_max[1] * weight, self.projection.weight_shift) + 1
    }

    /// The count of one neuron of a tile in a step: patterns or spikes, own ones taken away, times n_i if asked for.
    pub(super) fn count(&self, tile: &Tile, neuron: usize, step: usize, own: u32) -> i32 {
        let mut count = match self.projection.count {
            Count::Patterns if self.arriving == 0 => 0,
            Count::Patterns => {
                let mut sum = 0;
                tile.members.for_each_pattern(neuron, |pattern| sum += self.patterns.at(pattern, step) as i32);
                sum
            }
            Count::Spikes => self.spikes[step],
        };
        if own >> step & 1 == 1 {
            count -= if self.projection.count == Count::Patterns { tile.memberships(neuron) } else { 1 };
        }
        if self.projection.by_memberships { count * tile.memberships(neuron) } else { count }
    }
}

/// Counts of a tile, `[step][neuron]`.
pub(super) type Table = [[u16; TILE]; BLOCK_STEPS_MAX as usize];

/// Where the counts of neurons are summed: `[neuron][step]`, as many steps a neuron as a row of pattern counts has.
pub(super) type Sums = [u16; TILE * BLOCK_STEPS_MAX as usize];

/// Fills `table` with the count of every neuron in every step, own ones taken away.
#[inline(always)]
pub(super) fn counts(input: &OwnInput, tile: &Tile, block: Block, sums: &mut Sums, table: &mut Table) {
    let steps = block.steps;
    match input.projection.count {
        Count::Patterns => match input.patterns.stride {
            8 => sum_patterns::<8>(&input.patterns, tile, steps, sums, table),
            16 => sum_patterns::<16>(&input.patterns, tile, steps, sums, table),
            _ => sum_patterns::<32>(&input.patterns, tile, steps, sums, table),
        },
        Count::Spikes => {
            for (row, &count) in table.iter_mut().zip(&input.spikes).take(steps as usize) {
                row.fill(count as u16);
            }
        }
    }
    if input.projection.subtract_own {
        for (neuron, spikes) in tile.history.arriving(input.projection.delay_steps, (block.start_step, steps)) {
            let own = if input.projection.count == Count::Patterns { tile.memberships(neuron) as u16 } else { 1 };
            for step in SetBits(spikes) {
                table[step as usize][neuron] -= own;
            }
        }
    }
}

/// Σ M^μ over the patterns of each neuron, a vector of steps a pattern: gathered neuron by neuron, or, where few
/// patterns have spikes, scattered from those.
#[inline(always)]
fn sum_patterns<const STEPS: usize>(
    counts: &PatternCounts,
    tile: &Tile,
    steps: u32,
    sums: &mut Sums,
    table: &mut Table,
) {
    let (rows, _) = counts.narrow.as_chunks::<STEPS>();
    let (sums, _) = sums.as_chunks_mut::<STEPS>();
    sums[..tile.size()].fill([0; STEPS]);
    // A scattered sum is read and written for each pattern.
    if 2 * counts.active.len() < rows.len() {
        for &pattern in &counts.active {
            for &neuron in tile.members.neurons_of(pattern as usize) {
                add(&mut sums[usize::from(neuron)], &rows[pattern as usize]);
            }
        }
    } else {
        match tile.members.patterns() {
            Numbers::Bytes(patterns) => gather(&tile.members, patterns, rows, sums),
            Numbers::Halves(patterns) => gather(&tile.members, patterns, rows, sums),
            Numbers::Words(patterns) => gather(&tile.members, patterns, rows, sums),
        }
    }
    for at in (0..tile.size()).step_by(SIDE) {
        transpose(&sums[at..at + SIDE], &mut table[..steps as usize], at);
    }
}

/// The sums of all neurons, in order of their memberships: a processor that has to guess where each loop ends loses more
/// time than the loop takes.
#[inline(always)]
fn gather<N: Number, const STEPS: usize>(
    members: &Members,
    patterns: &[N],
    rows: &[[u16; STEPS]],
    sums: &mut [[u16; STEPS]],
) {
    let (mut order, runs) = members.order();
    let mut patterns = patterns;
    for run in runs {
        let (neurons, later) = order.split_at(run.neurons);
        order = later;
        for &neuron in neurons {
            let (own, others) = patterns.split_at(run.memberships);
            patterns = others;
            let mut sum = [0; STEPS];
            for pattern in own {
                add(&mut sum, &rows[pattern.index()]);
            }
            sums[usize::from(neuron)] = sum;
        }
    }
}

#[inline(always)]
fn add<const STEPS: usize>(sum: &mut [u16; STEPS], row: &[u16; STEPS]) {
    for (sum, &count) in sum.iter_mut().zip(row) {
        *sum = sum.wrapping_add(count);
    }
}
