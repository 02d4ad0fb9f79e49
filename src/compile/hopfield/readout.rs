//! What a neuron reads of the counts of the patterns, for weights of low rank.
//!
//! With M^μ = Σ_j (γ ξ_j^μ - δ) S_j the field is H_i = α Σ_{μ of i} M^μ - β Σ_μ M^μ - W_ii S_i. Binary states have
//! M^μ = γ n^μ - δ K; signed ones M^μ = 2 γ n^μ - 2 δ K + e^μ, e^μ = δ N - γ size^μ.

use crate::network::hopfield::coupling::{Readout, Rule, Sums};
use crate::network::hopfield::memories::{Memories, ones, set_bits};

/// The readout of H_i.
pub(super) fn readout(rule: Rule, memories: &Memories, signed: bool, self_coupling: bool) -> Readout {
    let Rule { alpha, beta, gamma, delta } = rule;
    let per_state = 1 + i64::from(signed);
    let count = memories.count() as i64;
    let own = if self_coupling { 0 } else { beta * delta * count };
    let own_membership = if self_coupling { 0 } else { rule.own(1, 1) - beta * delta };
    Readout {
        dot: alpha * gamma * per_state,
        on: beta * delta * per_state * count,
        membership: -alpha * delta * per_state,
        total: -beta * gamma * per_state,
        base: base(rule, memories, signed),
        own,
        own_membership,
    }
}

/// α Σ_{μ of i} e^μ - β Σ_μ e^μ of signed states; zero in binary ones.
fn base(Rule { alpha, beta, gamma, delta }: Rule, memories: &Memories, signed: bool) -> Vec<i64> {
    let neurons = memories.neurons();
    if !signed {
        return vec![0; neurons];
    }
    let constant = |size: &u32| delta * neurons as i64 - gamma * i64::from(*size);
    let constants: Vec<i64> = memories.sizes().iter().map(constant).collect();
    let all: i64 = constants.iter().sum();
    let of = |neuron| {
        let row: Vec<u64> = memories.row(neuron).collect();
        alpha * set_bits(&row).map(|pattern| constants[pattern]).sum::<i64>() - beta * all
    };
    (0..neurons).map(of).collect()
}

/// The readout of d_i = Q H_i - R_i.
pub(super) fn with_thresholds(mut readout: Readout, factor: i64, threshold: impl Fn(usize) -> i64) -> Readout {
    for value in [
        &mut readout.dot,
        &mut readout.on,
        &mut readout.membership,
        &mut readout.total,
        &mut readout.own,
        &mut readout.own_membership,
    ] {
        *value *= factor;
    }
    for (neuron, base) in readout.base.iter_mut().enumerate() {
        *base = *base * factor - threshold(neuron);
    }
    readout
}

/// The fields of all neurons in a state; `value` gives S_i.
pub(super) fn fields(readout: &Readout, memories: &Memories, state: &[u64], value: impl Fn(usize) -> i64) -> Vec<i64> {
    let mut state = state.to_vec();
    if let (Some(last), rest) = (state.last_mut(), memories.neurons() % 64)
        && rest > 0
    {
        *last &= (1 << rest) - 1;
    }
    let counts: Vec<u32> = memories.counts(&state).collect();
    let sums = Sums { on: ones(&state).into(), total: counts.iter().map(|&count| u64::from(count)).sum() };
    let (shared, each) = (readout.shared(sums), readout.per_membership(sums.on, 0));
    let field = |neuron: usize| {
        let row: Vec<u64> = memories.row(neuron).collect();
        let dot: i64 = set_bits(&row).map(|pattern| i64::from(counts[pattern])).sum();
        let memberships = i64::from(memories.memberships()[neuron]);
        readout.field(readout.base[neuron], [shared, each], [dot, memberships, value(neuron)])
    };
    (0..memories.neurons()).map(field).collect()
}
