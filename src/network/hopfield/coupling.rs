//! The weights of binary networks: of low rank and never stored, diluted in compressed rows, or a matrix.

use super::memories::{self, Memories};

/// Where the fields come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coupling {
    /// A product of the patterns.
    LowRank(LowRank),
    /// The same where a connection exists.
    Sparse(Sparse),
    /// Given one by one.
    Matrix(Matrix),
}

/// W_ij = Σ_μ (α ξ_i^μ - β)(γ ξ_j^μ - δ).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// α.
    pub alpha: i64,
    /// β.
    pub beta: i64,
    /// γ.
    pub gamma: i64,
    /// δ.
    pub delta: i64,
}

impl Rule {
    /// W_ij of two neurons that are active in `common` patterns together, in `target` and `source` alone, of `count`.
    #[inline(always)]
    #[must_use]
    pub const fn weight(self, common: i64, [target, source]: [i64; 2], count: i64) -> i64 {
        let Self { alpha, beta, gamma, delta } = self;
        alpha * gamma * common - alpha * delta * target - beta * gamma * source + beta * delta * count
    }

    /// W_ii of a neuron that is active in `memberships` of `count` patterns.
    #[inline(always)]
    #[must_use]
    pub const fn own(self, memberships: i64, count: i64) -> i64 {
        self.weight(memberships, [memberships, memberships], count)
    }
}

/// Weights of low rank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowRank {
    /// The weights.
    pub rule: Rule,
    /// What a neuron reads.
    pub readout: Readout,
}

/// d_i = dot D_i + (on + membership k_i) K + total G + base_i - own_i S_i, with D_i = Σ_{μ of i} n^μ, G = Σ_μ n^μ, K
/// the number of neurons that are on, k_i that of the patterns of i. Exact where |d_i| < 2^63, whatever comes between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readout {
    /// Of D_i.
    pub dot: i64,
    /// Of K.
    pub on: i64,
    /// Of K k_i.
    pub membership: i64,
    /// Of G.
    pub total: i64,
    /// What does not depend on the state, `[neuron]`.
    pub base: Vec<i64>,
    /// The neuron's own weight: own + own_membership k_i; zeros where it counts.
    pub own: i64,
    /// See `own`.
    pub own_membership: i64,
}

/// What of a state all neurons read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// K: neurons that are on.
    pub on: u64,
    /// G = Σ_μ n^μ.
    pub total: u64,
}

impl Readout {
    /// What is the same for all neurons.
    #[inline(always)]
    #[must_use]
    pub const fn shared(&self, sums: Sums) -> i64 {
        let of_on = self.on.wrapping_mul(sums.on as i64);
        of_on.wrapping_add(self.total.wrapping_mul(sums.total as i64))
    }

    /// What each of a neuron's patterns adds, where D_i lacks `offset` for each of them.
    #[inline(always)]
    #[must_use]
    pub const fn per_membership(&self, on: u64, offset: i64) -> i64 {
        self.membership.wrapping_mul(on as i64).wrapping_add(self.dot.wrapping_mul(offset))
    }

    /// d_i, from the neuron's base, what is shared, what each pattern adds, D_i, k_i and S_i.
    #[inline(always)]
    #[must_use]
    pub const fn field(&self, base: i64, [shared, each]: [i64; 2], [dot, memberships, value]: [i64; 3]) -> i64 {
        let own = self.own.wrapping_add(self.own_membership.wrapping_mul(memberships)).wrapping_mul(value);
        let field = self.dot.wrapping_mul(dot).wrapping_add(each.wrapping_mul(memberships)).wrapping_add(shared);
        field.wrapping_add(base).wrapping_sub(own)
    }
}

/// Weights of low rank where a connection exists; rows are compressed and hold no weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparse {
    /// The weights.
    pub rule: Rule,
    /// Where the sources of each target start, `[neuron + 1]`.
    pub offsets: Vec<u64>,
    /// Sources, ascending for each target.
    pub sources: Vec<u32>,
}

impl Sparse {
    /// The sources of a target.
    #[inline(always)]
    #[must_use]
    pub fn sources_of(&self, target: usize) -> &[u32] {
        &self.sources[self.offsets[target] as usize..self.offsets[target + 1] as usize]
    }

    /// Σ_j W_ij S_j over the sources of a target; `value` gives S_j.
    #[inline(always)]
    pub fn sum(&self, memories: &Memories, target: usize, value: impl Fn(usize) -> i64) -> i64 {
        let memberships = memories.memberships();
        let (count, own) = (memories.count() as i64, i64::from(memberships[target]));
        let sources = self.sources_of(target).iter().map(|&source| source as usize);
        let terms = sources.map(|source| {
            let common: u32 = memories.row(target).zip(memories.row(source)).map(|(i, j)| (i & j).count_ones()).sum();
            let weight = self.rule.weight(i64::from(common), [own, i64::from(memberships[source])], count);
            weight.wrapping_mul(value(source))
        });
        terms.fold(0, i64::wrapping_add)
    }
}

/// Weights given one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// W_ij, `[target][source]`; the diagonal is zero where a neuron's own state does not count.
    pub weights: Vec<i32>,
}

impl Matrix {
    /// The weights of a target.
    #[inline(always)]
    #[must_use]
    pub fn row(&self, target: usize, neurons: usize) -> &[i32] {
        &self.weights[target * neurons..(target + 1) * neurons]
    }

    /// Σ_j W_ij S_j of a target: twice those that are on less all of them in signed states.
    #[inline(always)]
    #[must_use]
    pub fn sum(&self, target: usize, (neurons, signed): (usize, bool), state: &[u64]) -> i64 {
        let row = self.row(target, neurons);
        let on: i64 = row.iter().enumerate().map(|(j, &w)| i64::from(w) * i64::from(memories::bit(state, j))).sum();
        if signed { 2 * on - row.iter().map(|&w| i64::from(w)).sum::<i64>() } else { on }
    }
}
