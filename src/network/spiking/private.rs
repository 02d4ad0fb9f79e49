//! Private inputs: what each neuron of a population has for itself, counted in the step in which it arrives.

use super::Synapse;
use crate::fixed;

/// An input of every neuron of a population from a source of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Private {
    /// Index of the population.
    pub population: usize,
    /// What is counted.
    pub source: Source,
    /// As of a projection. The largest count times it, and half a unit of `weight_shift`, fit an `i32`.
    pub weight: i32,
    /// See `weight`; 0..=31.
    pub weight_shift: u32,
    /// Current or jump.
    pub synapse: Synapse,
}

/// What a private input counts in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Events of a Poisson process.
    Poisson(Poisson),
    /// The neuron's own spike, so that its weight is an adaptation.
    OwnSpikes,
}

/// How many events of a Poisson process fall into a step: the inverse of its distribution, read by a draw of 32 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poisson {
    /// So many there are at least.
    pub base: u32,
    /// Ascending, 2^bits - 1 of them: the count is `base` and the number of those below the draw. Those that fill the
    /// list are 2^32 - 1, below which every draw is.
    pub below: Vec<u32>,
}

impl Poisson {
    /// The number of halvings that find a draw's place: 2^bits - 1 numbers are in `below`.
    #[must_use]
    pub fn bits(&self) -> u32 {
        (self.below.len() + 1).ilog2()
    }

    /// The largest count.
    #[must_use]
    pub fn count_max(&self) -> u32 {
        self.base + self.below.partition_point(|&entry| entry < u32::MAX) as u32
    }

    /// The count that a draw gives.
    #[inline(always)]
    #[must_use]
    pub fn count(&self, draw: u32) -> u32 {
        let mut found = 0;
        for bit in (0..self.bits()).rev() {
            let probe = found + (1usize << bit);
            if self.below[probe - 1] < draw {
                found = probe;
            }
        }
        self.base + found as u32
    }
}

impl Private {
    /// The largest count.
    #[must_use]
    pub fn count_max(&self) -> u32 {
        match &self.source {
            Source::Poisson(poisson) => poisson.count_max(),
            Source::OwnSpikes => 1,
        }
    }

    /// What `count` adds: an integer in the unit of the synapse, rounded once.
    #[inline(always)]
    #[must_use]
    pub const fn arrival(&self, count: u32) -> i32 {
        fixed::round_shift(count as i64 * self.weight as i64, self.weight_shift) as i32
    }

    /// No |arrival| is larger.
    #[must_use]
    pub fn arrival_max(&self) -> i64 {
        i64::from(self.arrival(self.count_max())).abs() + 1
    }

    /// "poisson" or "adaptation".
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.source {
            Source::Poisson(_) => "poisson",
            Source::OwnSpikes => "adaptation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_the_number_of_entries_below_the_draw() {
        for (base, entries) in [(0, vec![]), (3, vec![7]), (0, vec![0, 10, 10, 4_000_000_000]), (1, vec![5; 6])] {
            let mut below = entries.clone();
            below.resize((entries.len() + 1).next_power_of_two() - 1, u32::MAX);
            let poisson = Poisson { base, below };
            for draw in [0, 1, 5, 6, 7, 8, 10, 11, 3_999_999_999, 4_000_000_001, u32::MAX] {
                let expected = base + entries.iter().filter(|&&entry| entry < draw).count() as u32;
                assert_eq!(poisson.count(draw), expected, "{entries:?}, {draw}");
            }
            assert_eq!(poisson.count_max(), base + entries.len() as u32);
        }
    }
}
