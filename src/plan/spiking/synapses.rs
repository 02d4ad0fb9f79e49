//! Counts the connections that a projection stands for: those whose weight is not zero.

use serde::Serialize;

use super::wired;
use crate::network::patterns::Patterns;
use crate::network::spiking::{Count, Projection, Spiking};
use crate::random::{Draws, Stream};

/// Pairs of words compared at most for an exact count: a few tenths of a second.
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
            let ends = Ends::of(network, projection);
            counted(&ends, ends.source.words_per_neuron() as u64, |one, other| ends.share(one, other))
        }
        Count::Field(field) => {
            let (ends, field) = (Ends::of(network, projection), &network.fields[field]);
            let terms = field.terms.len() as u64 / field.sums() as u64 + 1;
            let first = network.counts_layout().patterns_of(network.set_of(projection.source).unwrap_or(0));
            let cost = u64::from(ends.target.memberships_max()) * terms + field.terms_of(field.sums() - 1).len() as u64;
            counted(&ends, cost, |target, source| {
                let has = |entry: u32| match (entry as usize).checked_sub(first) {
                    Some(pattern) if pattern < ends.source.count() => ends.source.has(source, pattern),
                    _ => true,
                };
                field.weight(ends.target.of(target), has) != 0
            })
        }
    }
}

/// The patterns at the ends of a projection.
struct Ends<'a> {
    source: &'a Patterns,
    target: &'a Patterns,
    /// Whether they are one population.
    is_one: bool,
    autapses: bool,
}

impl<'a> Ends<'a> {
    fn of(network: &'a Spiking, projection: &Projection) -> Self {
        let of = |population| network.patterns_of(population).unwrap_or(&network.patterns);
        let is_one = projection.source == projection.target;
        Self {
            source: of(projection.source),
            target: of(projection.target),
            is_one,
            autapses: !projection.subtract_own,
        }
    }

    fn share(&self, target: usize, source: usize) -> bool {
        self.target.row(target).iter().zip(self.source.row(source)).any(|(one, other)| one & other != 0)
    }

    /// Whether a pair of a target and a source can be connected.
    fn is_pair(&self, target: usize, source: usize) -> bool {
        !self.is_one || self.autapses || target != source
    }
}

/// Ordered pairs that are connected: all are looked at, or, where that would take too long, some; looking at one takes
/// so many words.
fn counted(ends: &Ends<'_>, words: u64, is_connected: impl Fn(usize, usize) -> bool) -> Synapses {
    let (targets, sources) = (ends.target.neurons(), ends.source.neurons());
    let words_of_all = (targets as u64 * sources as u64).saturating_mul(words.max(1));
    if words_of_all / 2 > EXACT_WORDS_MAX {
        let pairs = u32::try_from(EXACT_WORDS_MAX / words.max(1)).unwrap_or(u32::MAX).clamp(1000, SAMPLED_PAIRS);
        return sampled(ends, pairs, is_connected);
    }
    let of_target = |target: usize| {
        (0..sources).filter(|&source| ends.is_pair(target, source) && is_connected(target, source)).count() as u64
    };
    Synapses::exactly((0..targets).map(of_target).sum())
}

fn global(network: &Spiking, projection: &Projection) -> u64 {
    let size = |population: usize| u64::from(network.populations[population].size);
    let targets = if projection.by_memberships {
        let patterns = network.patterns_of(projection.target).unwrap_or(&network.patterns);
        (0..patterns.neurons()).filter(|&neuron| patterns.memberships(neuron) > 0).count() as u64
    } else {
        size(projection.target)
    };
    targets * (size(projection.source) - u64::from(projection.subtract_own))
}

/// The same from random pairs: a binomial estimate with its standard error.
fn sampled(ends: &Ends<'_>, pairs: u32, is_connected: impl Fn(usize, usize) -> bool) -> Synapses {
    let (targets, sources) = (ends.target.neurons() as u32, ends.source.neurons() as u32);
    // Without autapses the source is one of the N - 1 that are not the target.
    let without = u32::from(ends.is_one && !ends.autapses);
    let mut draws = Draws::new(0, Stream::Wiring, 0, 0);
    let hits = (0..pairs)
        .filter(|_| {
            let target = draws.below(targets);
            let source = draws.below(sources - without);
            let source = source + u32::from(without == 1 && source >= target);
            is_connected(target as usize, source as usize)
        })
        .count();
    let all = f64::from(targets) * f64::from(sources - without);
    let fraction = hits as f64 / f64::from(pairs);
    let standard_error = all * (fraction * (1.0 - fraction) / f64::from(pairs)).sqrt();
    Synapses { count: (all * fraction).round() as u64, exact: false, standard_error: standard_error.round() as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_share_a_pattern_are_counted_both_ways_and_once() {
        // {0, 1, 2} and {2, 3}: pairs 01 02 12 23, ordered 8; 4 has none; autapses 0 1 2 3.
        let patterns = Patterns::from_members(5, &[vec![0, 1, 2], vec![2, 3]]);
        let sharing = |patterns: &Patterns, autapses| {
            let ends = Ends { source: patterns, target: patterns, is_one: true, autapses };
            counted(&ends, 1, |one, other| ends.share(one, other)).count
        };
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
            let ends = Ends { source: &patterns, target: &patterns, is_one: true, autapses };
            let share = |one, other| ends.share(one, other);
            let (truth, estimate) = (counted(&ends, 1, share).count, sampled(&ends, SAMPLED_PAIRS, share));
            assert!(truth > 40_000 && truth < 70_000, "{truth}");
            assert!(estimate.standard_error > 0 && !estimate.exact);
            assert!(estimate.count.abs_diff(truth) < 4 * estimate.standard_error, "{estimate:?}, in truth {truth}");
        }
    }
}
