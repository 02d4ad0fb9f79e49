//! Bins: counts of steps summed over (lo, hi], and made into rates and overlaps.

use std::ops::Range;

use crate::engine::BlockResult;
use crate::network::spiking::Spiking;
use crate::record::traces::Rows;

/// A bin that is over.
pub(crate) struct Bin<'a> {
    /// The first step after it.
    pub(crate) end_step: u64,
    /// Its length in steps; the last one may be shorter.
    pub(crate) steps: u64,
    /// What was counted in it.
    pub(crate) sums: &'a [u64],
}

/// Sums part of the counts of each step over bins of equal length.
#[derive(Clone, Debug)]
pub(crate) struct Bins {
    entries: Range<usize>,
    row_len: usize,
    bin_steps: u64,
    filled_steps: u64,
    end_step: u64,
    sums: Vec<u64>,
}

impl Bins {
    /// Bins of `bin_steps` over the given entries of a row of counts.
    pub(crate) fn new(network: &Spiking, entries: Range<usize>, bin_steps: u64) -> Self {
        let sums = vec![0; entries.len()];
        let row_len = network.counts_layout().len();
        Self { entries, row_len, bin_steps: bin_steps.max(1), filled_steps: 0, end_step: 0, sums }
    }

    /// Adds a block, and hands over each bin that it ends.
    pub(crate) fn add(&mut self, result: &BlockResult, mut over: impl FnMut(&Bin<'_>)) {
        self.end_step = result.block.start_step;
        for row in result.counts.chunks_exact(self.row_len) {
            for (sum, &count) in self.sums.iter_mut().zip(&row[self.entries.clone()]) {
                *sum += u64::from(count);
            }
            self.end_step += 1;
            self.filled_steps += 1;
            if self.filled_steps == self.bin_steps {
                self.end(&mut over);
            }
        }
    }

    /// Whether a bin has begun and is not over.
    pub(crate) fn has_begun(&self) -> bool {
        self.filled_steps > 0
    }

    /// Ends the last bin, if it has begun: it is shorter.
    pub(crate) fn end(&mut self, mut over: impl FnMut(&Bin<'_>)) {
        if self.filled_steps > 0 {
            over(&Bin { end_step: self.end_step, steps: self.filled_steps, sums: &self.sums });
            self.filled_steps = 0;
            self.sums.fill(0);
        }
    }
}

/// Makes overlaps of bins over the patterns and the spikes of all populations.
#[derive(Clone, Debug)]
pub(crate) struct Overlaps {
    /// Entry of a bin that counts the first pattern.
    pub(crate) first: usize,
    /// Number of members of each pattern; 0 where none is stored.
    pub(crate) members: Vec<u32>,
    /// Patterns that were learned while a bin went on, with their members: they are counted from the next bin on.
    pub(crate) coming: Vec<(usize, u32)>,
    /// Number of neurons of the population in which the patterns live.
    pub(crate) neurons: u32,
    /// Entry of a bin that counts all spikes of that population.
    pub(crate) spikes: usize,
    /// The difference of rates that is an overlap of 1, Hz.
    pub(crate) reference_rate_hz: f64,
    /// Time step, ms.
    pub(crate) dt_ms: f64,
}

impl Overlaps {
    /// A pattern is learned, with so many members, or forgotten, with none. Overlaps of a bin are of the patterns that are
    /// stored throughout it.
    pub(crate) fn change(&mut self, pattern: usize, members: u32, bin_has_begun: bool) {
        self.coming.retain(|&(other, _)| other != pattern);
        if bin_has_begun && members > 0 {
            self.coming.push((pattern, members));
        } else {
            self.members[pattern] = members;
        }
    }

    /// (r_on - r_off) / reference rate of each pattern; NaN where there is no member or no other neuron.
    pub(crate) fn append(&mut self, bin: &Bin<'_>, rows: &mut Rows) {
        let spikes = bin.sums[self.spikes];
        let seconds = bin.steps as f64 * self.dt_ms / 1000.0;
        rows.times.push(bin.end_step as f64 * self.dt_ms);
        rows.values.extend(self.members.iter().zip(&bin.sums[self.first..]).map(|(&members, &on)| {
            if members == 0 {
                return f32::NAN;
            }
            // Without others this is 0/0, which is the NaN that a mean over no neurons is.
            let rate_on_hz = on as f64 / (f64::from(members) * seconds);
            let rate_off_hz = (spikes - on) as f64 / (f64::from(self.neurons - members) * seconds);
            ((rate_on_hz - rate_off_hz) / self.reference_rate_hz) as f32
        }));
        self.coming.drain(..).for_each(|(pattern, members)| self.members[pattern] = members);
    }
}

/// Appends the rate of each population, Hz, from a bin over their spikes.
pub(crate) fn append_rates(bin: &Bin<'_>, sizes: &[u32], dt_ms: f64, rows: &mut Rows) {
    let seconds = bin.steps as f64 * dt_ms / 1000.0;
    rows.times.push(bin.end_step as f64 * dt_ms);
    rows.values
        .extend(sizes.iter().zip(bin.sums).map(|(&size, &sum)| (sum as f64 / (f64::from(size) * seconds)) as f32));
}
