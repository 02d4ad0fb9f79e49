//! What arrives at a group of neurons in each step of a block, per input: integer counts times an integer weight.

use super::integrate::{Context, Lanes, Steps};
use super::tile::{LANES, Tile};
use crate::network::patterns::SetBits;
use crate::network::spiking::{Count, CountsLayout, Projection, Spiking};

/// A projection that ends in a population, with the counts that arrive through it in the block.
pub(super) struct Input<'a> {
    /// Index of the projection.
    pub(super) index: usize,
    pub(super) projection: &'a Projection,
    /// M^μ of each step of the block, [pattern][step]; only for `Count::Patterns`.
    pattern_counts: Vec<[i32; 32]>,
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
        let mut input =
            Self { index, projection, pattern_counts: Vec::new(), spike_counts: [0; 32], shared: None, silent: true };
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
        if projection.count == Count::Spikes && !projection.by_memberships && !projection.subtract_own {
            input.shared = Some(input.spike_counts.map(|count| projection.arrival(count)));
        }
        input
    }
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

/// What arrives in each step of a block: the same for the whole group, or its own for every neuron.
pub(super) struct Arrivals {
    each: Option<Box<Steps<i64>>>,
    shared: [i64; 32],
    is_shared: bool,
}

impl Default for Arrivals {
    fn default() -> Self {
        Self { each: None, shared: [0; 32], is_shared: true }
    }
}

impl Arrivals {
    /// What arrives at a lane in a step of the block.
    #[inline(always)]
    pub(super) fn at(&self, step: usize, lane: usize) -> i64 {
        match &self.each {
            Some(each) if !self.is_shared => each[step][lane],
            _ => self.shared[step],
        }
    }
}

/// Fills `arriving` with what arrives at a group through `input`.
#[inline(always)]
pub(super) fn arrivals(context: &Context<'_>, input: &Input<'_>, tile: &Tile, group: usize, arriving: &mut Arrivals) {
    arriving.is_shared = input.silent || input.shared.is_some();
    if arriving.is_shared {
        arriving.shared = input.shared.unwrap_or([0; 32]);
        return;
    }
    let each = arriving.each.get_or_insert_with(|| Box::new([[0; LANES]; 32]));
    let projection = input.projection;
    let steps = context.block.steps as usize;
    let own: Lanes<u32> = if projection.subtract_own {
        tile.own_spikes(group, context.block.start_step as i64 - i64::from(projection.delay_steps))
    } else {
        [0; LANES]
    };
    for lane in 0..tile.lanes(group) {
        let row = membership_row(context.network, tile, group * LANES + lane);
        let memberships: u32 = row.iter().map(|word| word.count_ones()).sum();
        let mut counts = [0i32; 32];
        let own_weight = match projection.count {
            Count::Patterns => {
                sum_patterns(row, &input.pattern_counts, steps, &mut counts);
                memberships as i32
            }
            Count::Spikes => {
                counts = input.spike_counts;
                1
            }
        };
        let factor = if projection.by_memberships { memberships as i32 } else { 1 };
        for step in 0..steps {
            let own_spike = (own[lane] >> step & 1) as i32;
            each[step][lane] = projection.arrival((counts[step] - own_weight * own_spike) * factor);
        }
    }
}

/// The bit row of a neuron; empty outside the population that the patterns live in.
#[inline(always)]
fn membership_row<'a>(network: &'a Spiking, tile: &Tile, at: usize) -> &'a [u32] {
    if tile.population == network.pattern_population && network.patterns.count() > 0 {
        network.patterns.row(tile.first + at)
    } else {
        &[]
    }
}

/// Adds M^μ of every step for each pattern μ of the row.
#[inline(always)]
fn sum_patterns(row: &[u32], pattern_counts: &[[i32; 32]], steps: usize, counts: &mut [i32; 32]) {
    // Whole vectors of steps: as many as the block needs.
    let width = steps.next_multiple_of(8);
    for (at, &word) in row.iter().enumerate() {
        for bit in SetBits(word) {
            let added = &pattern_counts[at * 32 + bit as usize];
            for chunk in (0..width).step_by(8) {
                for step in chunk..chunk + 8 {
                    counts[step] += added[step];
                }
            }
        }
    }
}
