//! Draws balanced patterns: each has the same number of members, and each neuron belongs to as many as any other, give or
//! take one; otherwise they are random.
//!
//! Every neuron is written down once for each of its patterns, the list is shuffled and dealt out. Where a pattern got a
//! neuron twice, it swaps one of the two for a member of another pattern drawn at random, as long as neither has it yet.

use std::collections::BTreeMap;

use crate::random::Draws;

/// Draws a neuron to be swapped at most so many times for each one that was dealt twice.
const TRIES: u64 = 10_000;

/// The members of `count` patterns of `members` of `size` neurons each, ascending.
pub(super) fn draw(draws: &mut Draws, size: u32, count: usize, members: u32) -> Vec<Vec<u32>> {
    // Where most are members it is easier to draw those who are not.
    if u64::from(members) * 2 > u64::from(size) {
        let others = draw(draws, size, count, size - members);
        return others.iter().map(|others| all_but(others, size)).collect();
    }
    let quotas = quotas(draws, size, count, members);
    let mut deal = Deal::new(shuffled(draws, &quotas), (size, count, members));
    if !deal.mend(draws) {
        return in_turn(draws, quotas, count, members);
    }
    let patterns = (0..count).map(|pattern| {
        let mut own = deal.neurons[pattern * members as usize..][..members as usize].to_vec();
        own.sort_unstable();
        own
    });
    patterns.collect()
}

/// Neurons as they were dealt to the patterns.
struct Deal {
    /// `[pattern][place]`
    neurons: Vec<u32>,
    members: usize,
    has: Table,
    /// Places whose neuron the pattern had already.
    places: Vec<usize>,
    /// How many copies too many a pattern has of a neuron.
    extra: BTreeMap<(usize, u32), u32>,
}

impl Deal {
    fn new(neurons: Vec<u32>, (size, count, members): (u32, usize, u32)) -> Self {
        let members = members.max(1) as usize;
        let (mut has, mut places, mut extra) = (Table::new(size, count), Vec::new(), BTreeMap::new());
        for (place, &neuron) in neurons.iter().enumerate() {
            let pattern = place / members;
            if has.get(pattern, neuron) {
                places.push(place);
                *extra.entry((pattern, neuron)).or_insert(0) += 1;
            } else {
                has.set(pattern, neuron, true);
            }
        }
        Self { neurons, members, has, places, extra }
    }

    /// Swaps what is there twice. `false`: there is something that cannot be swapped.
    fn mend(&mut self, draws: &mut Draws) -> bool {
        std::mem::take(&mut self.places).into_iter().all(|place| {
            // What was swapped away before is no copy any more.
            let is_extra = self.take_extra(place / self.members, self.neurons[place]);
            !is_extra
                || (0..TRIES).any(|_| {
                    let other_place = below(draws, self.neurons.len() as u64) as usize;
                    self.swap(place, other_place)
                })
        })
    }

    /// Swaps the neurons of two places, the first of which is a copy, if neither pattern has the other's.
    fn swap(&mut self, place: usize, other_place: usize) -> bool {
        let (pattern, neuron) = (place / self.members, self.neurons[place]);
        let (other_pattern, other) = (other_place / self.members, self.neurons[other_place]);
        if self.has.get(other_pattern, neuron) || self.has.get(pattern, other) {
            return false;
        }
        // A neuron of which the other pattern has a copy stays a member of it.
        if !self.take_extra(other_pattern, other) {
            self.has.set(other_pattern, other, false);
        }
        self.has.set(other_pattern, neuron, true);
        self.has.set(pattern, other, true);
        self.neurons.swap(place, other_place);
        true
    }

    /// Counts one copy less of a neuron, if there are any.
    fn take_extra(&mut self, pattern: usize, neuron: u32) -> bool {
        match self.extra.get_mut(&(pattern, neuron)) {
            Some(copies) if *copies > 0 => {
                *copies -= 1;
                true
            }
            _ => false,
        }
    }
}

/// To how many patterns each neuron belongs: those that belong to one more are drawn.
fn quotas(draws: &mut Draws, size: u32, count: usize, members: u32) -> Vec<u32> {
    let total = count as u64 * u64::from(members);
    let (least, more) = (total / u64::from(size), total % u64::from(size));
    let mut quotas = vec![least as u32; size as usize];
    draws.subset(size, more as u32).into_iter().for_each(|neuron| quotas[neuron as usize] += 1);
    quotas
}

/// Every neuron as often as it has patterns, in random order: Fisher and Yates.
fn shuffled(draws: &mut Draws, quotas: &[u32]) -> Vec<u32> {
    let each = (0u32..).zip(quotas);
    let mut list: Vec<u32> = each.flat_map(|(neuron, &quota)| std::iter::repeat_n(neuron, quota as usize)).collect();
    for last in (1..list.len()).rev() {
        list.swap(last, below(draws, last as u64 + 1) as usize);
    }
    list
}

/// A number below `bound`, which may need more than 32 bits.
fn below(draws: &mut Draws, bound: u64) -> u64 {
    match u32::try_from(bound) {
        Ok(bound) => u64::from(draws.below(bound)),
        // 64 bits for at most 2^51 places: the bias is below 2^-13 of a part.
        Err(_) => {
            let word = u64::from(draws.word()) << 32 | u64::from(draws.word());
            ((u128::from(word) * u128::from(bound)) >> 64) as u64
        }
    }
}

/// Pattern by pattern those that have most patterns left, at random among equals. It always comes out even, and is for the
/// few sizes that leave nothing to swap: these patterns avoid each other.
fn in_turn(draws: &mut Draws, mut left: Vec<u32>, count: usize, members: u32) -> Vec<Vec<u32>> {
    let patterns = (0..count).map(|_| {
        let mut order: Vec<(u32, u32, u32)> =
            (0u32..).zip(&left).map(|(neuron, &left)| (u32::MAX - left, draws.word(), neuron)).collect();
        order.sort_unstable();
        let mut own: Vec<u32> = order[..members as usize].iter().map(|&(_, _, neuron)| neuron).collect();
        own.sort_unstable();
        own.iter().for_each(|&neuron| left[neuron as usize] -= 1);
        own
    });
    patterns.collect()
}

/// Who is not in an ascending list.
fn all_but(list: &[u32], size: u32) -> Vec<u32> {
    let mut next = list.iter().peekable();
    (0..size).filter(|neuron| next.next_if_eq(&neuron).is_none()).collect()
}

/// Which pattern has which neuron, as bits.
struct Table {
    words: Vec<u64>,
    stride: usize,
}

impl Table {
    fn new(size: u32, count: usize) -> Self {
        let stride = size.div_ceil(64) as usize;
        Self { words: vec![0; stride * count], stride }
    }

    fn get(&self, pattern: usize, neuron: u32) -> bool {
        self.words[pattern * self.stride + neuron as usize / 64] >> (neuron % 64) & 1 == 1
    }

    fn set(&mut self, pattern: usize, neuron: u32, value: bool) {
        let (word, bit) = (&mut self.words[pattern * self.stride + neuron as usize / 64], 1 << (neuron % 64));
        if value { *word |= bit } else { *word &= !bit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn drawn(seed: u64, size: u32, count: usize, members: u32) -> Vec<Vec<u32>> {
        draw(&mut Draws::new(seed, Stream::Patterns, 0, 0), size, count, members)
    }

    fn quotas_of(patterns: &[Vec<u32>], size: u32) -> Vec<usize> {
        let mut quotas = vec![0; size as usize];
        patterns.iter().flatten().for_each(|&neuron| quotas[neuron as usize] += 1);
        quotas
    }

    #[test]
    fn every_size_comes_out_even() {
        for size in [1, 2, 3, 5, 7, 10, 64, 65, 100] {
            for count in [0, 1, 2, 3, 10, 33] {
                for members in (1..=size).filter(|members| size < 20 || members % 9 == 1) {
                    let patterns = drawn(1, size, count, members);
                    assert_eq!(patterns.len(), count);
                    for own in &patterns {
                        assert_eq!(own.len(), members as usize, "{size} {count} {members}");
                        assert!(own.windows(2).all(|pair| pair[0] < pair[1]), "ascending, nobody twice");
                        assert!(own.iter().all(|&neuron| neuron < size));
                    }
                    let quotas = quotas_of(&patterns, size);
                    let (least, most) = (quotas.iter().min().unwrap(), quotas.iter().max().unwrap());
                    assert!(most - least <= 1, "{size} {count} {members}: {least} to {most}");
                }
            }
        }
    }

    #[test]
    fn the_fallback_comes_out_even_too() {
        let mut draws = Draws::new(3, Stream::Patterns, 0, 0);
        let quotas = quotas(&mut draws, 10, 7, 4);
        let patterns = in_turn(&mut draws, quotas.clone(), 7, 4);
        assert!(patterns.iter().all(|own| own.len() == 4));
        assert_eq!(quotas_of(&patterns, 10), quotas.iter().map(|&quota| quota as usize).collect::<Vec<_>>());
    }

    /// Two patterns share as many neurons as by chance, but for the 1/P that evenness costs: with n_i fixed a pair of
    /// patterns has a neuron with n (n - 1)/(P (P - 1)), n = a P.
    #[test]
    fn patterns_are_otherwise_random() {
        let (size, count, members) = (4000, 60, 400);
        let patterns = drawn(5, size, count, members);
        let mut shared = Vec::new();
        for (one, own) in patterns.iter().enumerate() {
            for other in &patterns[..one] {
                shared.push(own.iter().filter(|neuron| other.binary_search(neuron).is_ok()).count() as f64);
            }
        }
        let mean = shared.iter().sum::<f64>() / shared.len() as f64;
        let expected = f64::from(size) * 6.0 * 5.0 / (60.0 * 59.0);
        assert!((mean - expected).abs() < 0.01, "{mean} shared, {expected} expected exactly");
        let variance = shared.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / shared.len() as f64;
        // N var(ξξ'), less what the fixed numbers of members explain of it: with q = E[ξξ'] = 30/3540 and cov(ξ, ξ') = q - a²
        // it is N (q (1 - q) - 2 q² (1 - a)²/(a (1 - a) + q - a²)), 28.35; 32.4 without the fixed memberships.
        assert!((variance / 28.35 - 1.0).abs() < 0.15, "variance {variance}");
        // Patterns that follow each other are no exception.
        let next: f64 = patterns
            .windows(2)
            .map(|pair| pair[0].iter().filter(|neuron| pair[1].binary_search(neuron).is_ok()).count() as f64)
            .sum::<f64>()
            / 59.0;
        assert!((next - expected).abs() < 5.0 * (28.35f64 / 59.0).sqrt(), "{next} shared with the next one");
        assert_ne!(patterns, drawn(6, size, count, members), "another seed, other patterns");
    }
}
