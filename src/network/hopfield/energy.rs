//! The energy of a state, exactly: an integer times a fraction.

use super::memories::{bit, ones, set_bits};
use super::{Coupling, Hopfield, Thresholds};

/// Makes energies of integers: E = top / bottom × e, e = -Σ_{i≠j} Q W_ij S_i S_j + 2 Σ R_i S_i.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Energy {
    /// Numerator of half the unit of the fields.
    pub top: i128,
    /// Its denominator.
    pub bottom: i128,
}

impl Hopfield {
    /// The integer e of [`Energy`] of a state with its counts n^μ.
    #[must_use]
    pub fn energy_integer(&self, state: &[u64], counts: &[u32]) -> i128 {
        let pairs = match &self.coupling {
            Coupling::LowRank(low_rank) => low_rank_pairs(self, low_rank.rule, ones(state), counts),
            Coupling::Sparse(_) | Coupling::Matrix(_) => self.stored_pairs(state),
        };
        2 * self.threshold_sum(state) - i128::from(self.factor) * pairs
    }

    /// Σ R_i S_i.
    fn threshold_sum(&self, state: &[u64]) -> i128 {
        let on: i128 = match &self.thresholds {
            Thresholds::Same(value) => i128::from(*value) * i128::from(ones(state)),
            Thresholds::Each(values) => set_bits(state).map(|neuron| i128::from(values[neuron])).sum(),
        };
        let all: i128 = match &self.thresholds {
            Thresholds::Same(value) => i128::from(*value) * i128::from(self.neurons),
            Thresholds::Each(values) => values.iter().map(|&value| i128::from(value)).sum(),
        };
        if self.signed { 2 * on - all } else { on }
    }

    /// Σ_{i≠j} W_ij S_i S_j, term by term.
    fn stored_pairs(&self, state: &[u64]) -> i128 {
        let value = |neuron: usize| self.value(bit(state, neuron));
        let field = |target: usize| match &self.coupling {
            Coupling::Sparse(sparse) => {
                let others = |source: usize| if source == target { 0 } else { value(source) };
                sparse.sum(&self.memories, target, others)
            }
            Coupling::Matrix(matrix) => {
                let neurons = self.neurons as usize;
                let own = i64::from(matrix.row(target, neurons)[target]) * value(target);
                matrix.sum(target, (neurons, self.signed), state) - own
            }
            Coupling::LowRank(_) => 0,
        };
        (0..self.neurons as usize).map(|target| i128::from(value(target)) * i128::from(field(target))).sum()
    }
}

/// Σ_{i≠j} W_ij S_i S_j from the counts alone: Σ_μ X^μ M^μ - Σ_i W_ii S_i².
fn low_rank_pairs(network: &Hopfield, rule: super::coupling::Rule, on: u32, counts: &[u32]) -> i128 {
    let (neurons, on, count) = (i128::from(network.neurons), i128::from(on), network.memories.count() as i128);
    let [alpha, beta, gamma, delta] = [rule.alpha, rule.beta, rule.gamma, rule.delta].map(i128::from);
    let state_sum = if network.signed { 2 * on - neurons } else { on };
    let mut pairs = 0;
    // Σ_i k_i S_i² and Σ_i S_i².
    let (mut memberships, mut squares) = (0, on);
    for (&common, &size) in counts.iter().zip(network.memories.sizes()) {
        let (common, size) = (i128::from(common), i128::from(size));
        let members = if network.signed { 2 * common - size } else { common };
        pairs += (alpha * members - beta * state_sum) * (gamma * members - delta * state_sum);
        memberships += if network.signed { size } else { common };
    }
    if network.signed {
        squares = neurons;
    }
    let own = (alpha - beta) * (gamma - delta) * memberships + beta * delta * (count * squares - memberships);
    pairs - own
}
