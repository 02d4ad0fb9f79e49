//! Counts the connections that a projection stands for: those whose weight is not zero.

use serde::Serialize;

use super::wired;
use crate::network::patterns::Patterns;
use crate::network::spiking::{Count, Projection, Spiking};
use crate::random::{Draws, Stream};

/// Pairs of bit-row words compared at most for an exact count: a few tenths of a second.
const EXACT_WORDS_MAX: u64 = 1 << 28;
/// Pairs drawn where an exact count would take too long: a standard error of at most 0.05 % of all pairs.
const SAMPLED_PAIRS: u32 = 1_000_000;

/// A number of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Synapses {
    /// How many.
    pub count: u64,
    /// Counted pair by pair or by a formula; otherwise estimated from pairs drawn at random.
    pub exact: bool,
    /// Standard error of an estimate; 0 where exact.
    pub standard_error: u64,
}

impl Synapses {
    pub(super) const fn exactly(count: u64) -> Self {
        Self { count, exact: true, standard_error: 0 }
    }
}

/// The connections of a projection, autapses only where they count.
pub(super) fn count(network: &Spiking, projection: &Projection) -> Synapses {
    if projection.weight == 0 {
        return Synapses::exactly(0);
    }
    match projection.count {
        Count::Spikes => Synapses::exactly(global(network, projection)),
        Count::Wired(wiring) => wired::count(network, &network.wirings[wiring], projection.by_memberships),
        Count::Patterns => {
            let neurons = network.patterns.neurons() as u64;
            let words = neurons * neurons / 2 * network.patterns.words_per_neuron() as u64;
            if words <= EXACT_WORDS_MAX {
                Synapses::exactly(sharing(&network.patterns, !projection.subtract_own))
            } else {
                sampled(&network.patterns, !projection.subtract_own)
            }
        }
    }
}

fn global(network: &Spiking, projection: &Projection) -> u64 {
    let size = |population: usize| u64::from(network.populations[population].size);
    let targets = if projection.by_memberships {
        (0..network.patterns.neurons()).filter(|&neuron| network.patterns.memberships(neuron) > 0).count() as u64
    } else {
        size(projection.target)
    };
    targets * (size(projection.source) - u64::from(projection.subtract_own))
}

/// Ordered pairs of neurons that share a pattern.
fn sharing(patterns: &Patterns, autapses: bool) -> u64 {
    let neurons = patterns.neurons();
    let pairs: u64 =
        (0..neurons).map(|one| (one + 1..neurons).filter(|&other| share(patterns, one, other)).count() as u64).sum();
    let own = if autapses { (0..neurons).filter(|&one| patterns.memberships(one) > 0).count() as u64 } else { 0 };
    2 * pairs + own
}

/// The same from random pairs: a binomial estimate with its standard error.
fn sampled(patterns: &Patterns, autapses: bool) -> Synapses {
    let neurons = patterns.neurons() as u32;
    let mut draws = Draws::new(0, Stream::Wiring, 0, 0);
    let hits = (0..SAMPLED_PAIRS)
        .filter(|_| {
            let one = draws.below(neurons);
            let other = draws.below(neurons - u32::from(!autapses));
            // Without autapses the other is one of the N - 1 that are not `one`.
            let other = other + u32::from(!autapses && other >= one);
            share(patterns, one as usize, other as usize)
        })
        .count();
    let pairs = f64::from(neurons) * f64::from(neurons - u32::from(!autapses));
    let fraction = hits as f64 / f64::from(SAMPLED_PAIRS);
    let standard_error = pairs * (fraction * (1.0 - fraction) / f64::from(SAMPLED_PAIRS)).sqrt();
    Synapses { count: (pairs * fraction).round() as u64, exact: false, standard_error: standard_error.round() as u64 }
}

fn share(patterns: &Patterns, one: usize, other: usize) -> bool {
    patterns.row(one).iter().zip(patterns.row(other)).any(|(one, other)| one & other != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_share_a_pattern_are_counted_both_ways_and_once() {
        // {0, 1, 2} and {2, 3}: pairs 01 02 12 23, ordered 8; 4 has none; autapses 0 1 2 3.
        let patterns = Patterns::from_members(5, &[vec![0, 1, 2], vec![2, 3]]);
        assert_eq!(sharing(&patterns, false), 8);
        assert_eq!(sharing(&patterns, true), 12);
        assert_eq!(sharing(&Patterns::from_members(5, &[]), true), 0);
    }

    #[test]
    fn the_estimate_is_within_its_error() {
        let members: Vec<Vec<u32>> =
            (0..40).map(|pattern| Draws::new(1, Stream::Patterns, 0, pattern).subset(400, 40)).collect();
        let patterns = Patterns::from_members(400, &members);
        for autapses in [false, true] {
            let (truth, estimate) = (sharing(&patterns, autapses), sampled(&patterns, autapses));
            assert!(truth > 40_000 && truth < 70_000, "{truth}");
            assert!(estimate.standard_error > 0 && !estimate.exact);
            assert!(estimate.count.abs_diff(truth) < 4 * estimate.standard_error, "{estimate:?}, in truth {truth}");
        }
    }
}
