//! What arrives at neurons in each step of a block: integer counts times an integer weight. Twin of
//! shaders/spiking/arrivals.wgsl.

use std::sync::Arc;

use super::deliver::AtTile;
use super::fields::fields;
use super::job::Steps;
use super::pattern_counts::PatternCounts;
use super::tile::Tile;
use crate::engine::Block;
use crate::fixed::round_shift;
use crate::network::patterns::Patterns;
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
    /// What a spike of its own brings each neuron of the population through a field.
    own: Option<Arc<[i32]>>,
    /// Where what is delivered to a tile is among all that is: the number of wired inputs before it at which something
    /// arrives. `None` where nothing is delivered.
    pub(super) delivered: Option<usize>,
    /// Of what is not delivered, before it is multiplied by memberships.
    count_reach: CountReach,
    /// The largest n_i that it is multiplied by, or 1.
    factor_max: u32,
}

/// Bounds of what neurons count in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CountReach {
    /// In any step, as a magnitude.
    pub(super) step_max: i64,
    /// Summed up over the steps, each with its own largest magnitude.
    pub(super) block_max: i64,
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
    /// From what was delivered to the tile.
    Delivered,
}

impl OwnInput {
    /// Reads the counts of steps start - delay .. start - delay + steps from the ring of rows.
    pub(super) fn new(network: &Spiking, (index, place): (usize, usize), rows: &Rows<'_>, block: Block) -> Self {
        let projection = network.projections[index].clone();
        let spikes = rows.spikes_arriving(&projection, block);
        let arriving = (0u32..).zip(&spikes).fold(0, |bits, (step, &count)| bits | u32::from(count != 0) << step);
        let mut patterns = PatternCounts::default();
        let memberships_max = network.patterns_of(projection.target).map_or(0, Patterns::memberships_max);
        let mut own = None;
        let step_max = match projection.count {
            Count::Patterns => {
                if arriving != 0 {
                    let set = network.set_of(projection.source).unwrap_or(0);
                    patterns = PatternCounts::new((rows, set), &projection, block, memberships_max);
                }
                patterns.sum_max()
            }
            Count::Field(field) => {
                let field = &network.fields[field];
                if arriving != 0 {
                    patterns = fields(field, rows, (projection.delay_steps, block), memberships_max);
                }
                own = Some(Arc::clone(&field.own));
                (patterns.sum_max() + i64::from(field.own_reach)).min(field.reach.into())
            }
            Count::Spikes => i64::from(spikes.iter().copied().max().unwrap_or(0)),
            Count::Wired(_) => 0,
        };
        let factor_max = if projection.by_memberships { memberships_max } else { 1 };
        let count_reach = CountReach { step_max, block_max: step_max * i64::from(block.steps) };
        let delivered = None;
        Self { index, place, projection, spikes, arriving, patterns, own, delivered, count_reach, factor_max }
    }

    /// Bounds of what the neurons of a tile count.
    #[inline(always)]
    pub(super) fn reach(&self, delivered: &[AtTile<'_>]) -> CountReach {
        let CountReach { step_max, block_max } =
            self.delivered.map_or(self.count_reach, |place| delivered[place].reach());
        let factor = i64::from(self.factor_max);
        CountReach { step_max: step_max * factor, block_max: block_max * factor }
    }

    /// The index of its wiring, if it is wired.
    pub(super) fn wiring(&self) -> Option<usize> {
        match self.projection.count {
            Count::Wired(wiring) => Some(wiring),
            Count::Patterns | Count::Field(_) | Count::Spikes => None,
        }
    }

    /// Whether it is part of the state.
    pub(super) fn is_current(&self) -> bool {
        matches!(self.projection.synapse, Synapse::Current { .. })
    }

    /// Whether vectors of 32-bit numbers can carry what it counts.
    pub(super) fn fits_vectors(&self, reach: CountReach) -> bool {
        let factors_fit = u16::try_from(self.factor_max).is_ok();
        self.arriving == 0 || factors_fit && reach.step_max <= i64::from(i32::MAX)
    }

    /// How its counts are read; a table leaves memberships out.
    #[inline(always)]
    pub(super) fn width(&self) -> Width {
        let differs = self.projection.count != Count::Spikes || self.projection.subtract_own;
        if self.delivered.is_some() {
            Width::Delivered
        } else if self.arriving == 0 || !differs {
            Width::Same
        } else if self.patterns.is_narrow() && self.count_reach.step_max <= i64::from(u16::MAX) {
            Width::Narrow
        } else {
            Width::Wide
        }
    }

    /// Whether 32 bits hold the product of every count and the weight, and the half that rounds it.
    pub(super) fn has_short_products(&self, reach: CountReach) -> bool {
        let weight = i64::from(self.projection.weight).abs();
        reach.step_max * weight + (1i64 << self.projection.weight_shift) < i64::from(i32::MAX)
    }

    /// All that arrives in a block of so many steps is no more, as a magnitude. Each step rounds up.
    pub(super) fn arrivals_max(&self, reach: CountReach, steps: u32) -> i64 {
        let weight = i64::from(self.projection.weight).abs();
        round_shift(reach.block_max * weight, self.projection.weight_shift) + i64::from(steps) + 1
    }

    /// The count of one neuron of a tile in a step: patterns or spikes, own ones taken away, times n_i if asked for.
    pub(super) fn count(&self, (tile, delivered): (&Tile, &[AtTile<'_>]), neuron: usize, step: usize, own: u32) -> i32 {
        let mut count = match self.projection.count {
            Count::Patterns | Count::Field(_) if self.arriving == 0 => 0,
            Count::Patterns | Count::Field(_) => {
                let mut sum = self.patterns.uniform()[step];
                tile.members.for_each_pattern(neuron, |pattern| sum += self.patterns.at(pattern, step));
                sum
            }
            Count::Spikes => self.spikes[step],
            Count::Wired(_) => match self.delivered {
                Some(place) if self.arriving >> step & 1 == 1 => delivered[place].step(step)[neuron],
                _ => 0,
            },
        };
        if own >> step & 1 == 1 {
            count -= self.own(tile, neuron);
        }
        if self.projection.by_memberships { count * tile.memberships(neuron) } else { count }
    }

    /// What one spike of a neuron of the tile takes away from its own count.
    #[inline(always)]
    pub(super) fn own(&self, tile: &Tile, neuron: usize) -> i32 {
        match (self.projection.count, &self.own) {
            (Count::Patterns, _) => tile.memberships(neuron),
            (Count::Field(_), Some(own)) => own[tile.first + neuron],
            _ => 1,
        }
    }
}
