//! Fields: what Hebbian weights of any rule and coupling bring a neuron, as sums over a row of counts.
//!
//! With `w_ij = c Σ_{μν} A[μ][ν] (ξ_i^μ - b)(ξ_j^ν - a)` the input of neuron i is c times
//!
//! ```text
//! Σ_{μ in i} F^μ + U      F^μ = Σ_ν A[μ][ν] M^ν - a (Σ_ν A[μ][ν]) S      U = -b Σ_μ F^μ
//! ```
//!
//! where M^ν counts the spikes of the members of ν in the source, and S all its spikes. Each F^μ, and U, is a sum of counts
//! times fractions, made in 64 bits and rounded once, half up, to a fraction of a count.

use std::sync::Arc;

use crate::fixed::round_shift;

/// What a projection counts where patterns do not simply excite themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Fraction bits k of all that comes out: it is in units of 2^-k of a count. They are part of `weight_shift`.
    pub bits: u32,
    /// Fraction bits that coefficients have beyond k; 0..=31.
    pub shift: u32,
    /// Where the terms of each sum start: those of F^μ for each pattern of the target, then those of U; `[P + 2]`.
    pub starts: Vec<u32>,
    /// The terms of all sums.
    pub terms: Vec<Term>,
    /// s_i = w_ii / c of each target, 2^-k: what a spike of its own brings it. Empty where that counts.
    pub own: Arc<[i32]>,
    /// No |s_i| is larger, 2^-k; 0 where own spikes count.
    pub own_reach: u32,
    /// No |field| is larger, whoever fires, own spikes taken away or not; 2^-k.
    pub reach: u32,
}

/// A count and what it is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Entry of a row of counts.
    pub entry: u32,
    /// In 2^-(k + shift).
    pub coefficient: i64,
}

impl Field {
    /// Number of sums: one a pattern of the target, and U.
    #[must_use]
    pub fn sums(&self) -> usize {
        self.starts.len() - 1
    }

    /// The terms of a sum.
    #[inline(always)]
    #[must_use]
    pub fn terms_of(&self, sum: usize) -> &[Term] {
        &self.terms[self.starts[sum] as usize..self.starts[sum + 1] as usize]
    }

    /// w_ij / c of a pair, 2^-k: the target's patterns, and whether the source counts at an entry.
    #[must_use]
    pub fn weight(&self, patterns: impl Iterator<Item = usize>, counts: impl Fn(u32) -> bool) -> i64 {
        let of_sum = |sum: usize| -> i64 {
            self.terms_of(sum).iter().filter(|term| counts(term.entry)).map(|term| term.coefficient).sum()
        };
        let total = patterns.map(&of_sum).sum::<i64>() + of_sum(self.sums() - 1);
        round_shift(total, self.shift)
    }

    /// A sum over a row of counts, 2^-k.
    #[must_use]
    pub fn sum(&self, sum: usize, row: &[u32]) -> i32 {
        let terms = self.terms_of(sum).iter();
        let total: i64 = terms.map(|term| term.coefficient.wrapping_mul(i64::from(row[term.entry as usize]))).sum();
        round_shift(total, self.shift) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_rounded_once_and_half_up() {
        let term = |entry, coefficient| Term { entry, coefficient };
        // 0.5 counts of entry 0 less a quarter of entry 2; then nothing; then minus one and a half of entry 1.
        let field = Field {
            bits: 0,
            shift: 2,
            starts: vec![0, 2, 2, 3],
            terms: vec![term(0, 2), term(2, -1), term(1, -6)],
            own: Arc::new([]),
            own_reach: 0,
            reach: 0,
        };
        assert_eq!(field.sums(), 3);
        for (row, expected) in [
            ([0, 0, 0], [0, 0, 0]),
            ([1, 1, 0], [1, 0, -1]),
            ([1, 1, 1], [0, 0, -1]),
            ([0, 3, 2], [0, 0, -4]),
            ([0, 0, 3], [-1, 0, 0]),
        ] {
            let sums: Vec<i32> = (0..3).map(|sum| field.sum(sum, &row)).collect();
            assert_eq!(sums, expected, "{row:?}");
        }
    }
}
