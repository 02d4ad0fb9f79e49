//! What arrives at neurons in each step of a block: integer counts times an integer weight. Twin of
//! shaders/spiking/arrivals.wgsl.

use super::job::Steps;
use super::pattern_counts::PatternCounts;
use super::tile::Tile;
use crate::engine::Block;
use crate::fixed::round_shift;
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
    pub(super) fn arriving(&self, delay_steps: u32, block: Block) -> impl Iterator<Item = (usize, &'a [u32])> + '_ {
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
    /// Counts of the patterns; none for `Count::Spikes`.
    pub(super) patterns: PatternCounts,
    /// No neuron's count has a larger magnitude, in any step, before it is multiplied by memberships; and after.
    pub(super) count_max: [i64; 2],
    /// 16 bits hold every n_i that it is multiplied by.
    factors_fit: bool,
}

/// How the kernel reads what an input counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// All neurons count the same.
    Same,
    /// From a table of 16 bits without a sign.
    Narrow,
    /// From a table of 32 bits.
    Wide,
}

impl OwnInput {
    /// Reads the counts of steps start - delay .. start - delay + steps from the ring of rows.
    pub(super) fn new(network: &Spiking, (index, place): (usize, usize), rows: &Rows<'_>, block: Block) -> Self {
        let projection = network.projections[index].clone();
        let spikes = rows.spikes_arriving(&projection, block);
        let arriving = (0u32..).zip(&spikes).fold(0, |bits, (step, &count)| bits | u32::from(count != 0) << step);
        let mut patterns = PatternCounts::default();
        let memberships_max = network.patterns.memberships_max();
        let count_max = match projection.count {
            Count::Patterns => {
                if arriving != 0 {
                    patterns = PatternCounts::new(rows, &projection, block, memberships_max);
                }
                patterns.sum_max()
            }
            Count::Spikes => i64::from(spikes.iter().copied().max().unwrap_or(0)),
        };
        let factor_max = if projection.by_memberships { memberships_max } else { 1 };
        let count_max = [count_max, count_max * i64::from(factor_max)];
        let factors_fit = u16::try_from(factor_max).is_ok();
        Self { index, place, projection, spikes, arriving, patterns, count_max, factors_fit }
    }

    /// Whether it is part of the state.
    pub(super) fn is_current(&self) -> bool {
        matches!(self.projection.synapse, Synapse::Current { .. })
    }

    /// Whether vectors of 32-bit numbers can carry what it counts.
    pub(super) fn fits_vectors(&self) -> bool {
        self.arriving == 0 || self.factors_fit && self.count_max[1] <= i64::from(i32::MAX)
    }

    /// How its counts are read; a table leaves memberships out.
    #[inline(always)]
    pub(super) fn width(&self) -> Width {
        let differs = self.projection.count == Count::Patterns || self.projection.subtract_own;
        if self.arriving == 0 || !differs {
            Width::Same
        } else if self.patterns.is_narrow() && self.count_max[0] <= i64::from(u16::MAX) {
            Width::Narrow
        } else {
            Width::Wide
        }
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
                tile.members.for_each_pattern(neuron, |pattern| sum += self.patterns.at(pattern, step));
                sum
            }
            Count::Spikes => self.spikes[step],
        };
        if own >> step & 1 == 1 {
            count -= self.own(tile, neuron);
        }
        if self.projection.by_memberships { count * tile.memberships(neuron) } else { count }
    }

    /// What one spike of a neuron of the tile takes away from its own count.
    #[inline(always)]
    pub(super) fn own(&self, tile: &Tile, neuron: usize) -> i32 {
        if self.projection.count == Count::Patterns { tile.memberships(neuron) } else { 1 }
    }
}
