//! What is told of a state: its overlaps and its energy as numbers, its distance from a pattern.

use super::outcome::End;
use crate::network::hopfield::memories::ones;
use crate::network::hopfield::{Energy, Hopfield};

/// Makes numbers of states.
#[derive(Clone, Debug)]
pub(crate) struct Observables {
    neurons: u32,
    signed: bool,
    /// a, for overlaps of binary states.
    activity: f64,
    sizes: Vec<u32>,
    energy: Energy,
}

impl Observables {
    pub(crate) fn new(network: &Hopfield, activity: f64) -> Self {
        Self {
            neurons: network.neurons,
            signed: network.signed,
            activity,
            sizes: network.memories.sizes().to_vec(),
            energy: network.energy,
        }
    }

    /// Overlaps with all patterns from the counts of a state and the number of neurons that are on: Σ p_j S_j / N, for
    /// binary states Σ (ξ_j - a) S_j / (N a (1 - a)).
    pub(crate) fn overlaps(&self, counts: &[u32], on: u32) -> impl Iterator<Item = f64> + '_ {
        let (neurons, on) = (f64::from(self.neurons), f64::from(on));
        let (a, signed) = (self.activity, self.signed);
        let counts = counts.to_vec();
        counts.into_iter().zip(&self.sizes).map(move |(count, &size)| {
            let (count, size) = (f64::from(count), f64::from(size));
            if signed {
                (4.0 * count - 2.0 * size - 2.0 * on + neurons) / neurons
            } else {
                (count - a * on) / (neurons * a * (1.0 - a))
            }
        })
    }

    /// Number of neurons in which a state differs from a pattern.
    pub(crate) fn distance(&self, pattern: usize, counts: &[u32], on: u32) -> u64 {
        u64::from(self.sizes[pattern] + on - 2 * counts[pattern])
    }

    /// E of its integer: correctly rounded as long as both sides of the fraction are below 2^53.
    pub(crate) fn energy(&self, integer: i128) -> f64 {
        let (top, bottom) = (integer.unsigned_abs(), self.energy.bottom.unsigned_abs());
        let divisor = gcd(top, bottom);
        let magnitude = (top / divisor) as f64 * self.energy.top as f64 / (bottom / divisor) as f64;
        if integer < 0 { -magnitude } else { magnitude }
    }

    /// What a state is by its overlaps.
    pub(crate) fn end(&self, state: &[u64], counts: &[u32]) -> End {
        let on = ones(state);
        let exact = (0..self.sizes.len()).find(|&pattern| self.distance(pattern, counts, on) == 0);
        let overlaps: Vec<f64> = self.overlaps(counts, on).collect();
        End::of(&overlaps, self.neurons, exact)
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
