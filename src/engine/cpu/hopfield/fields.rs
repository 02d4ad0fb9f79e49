//! A synchronous sweep of 64 neurons: their fields and their next states. Twin of shaders/hopfield/fields.wgsl.

use super::dots::{Passes, Rows};
use super::kernels::Kernels;
use crate::network::hopfield::coupling::{Coupling, Sums};
use crate::network::hopfield::memories::bit;
use crate::network::hopfield::{Hopfield, Readout};

/// What the neurons of a trial read in a sweep.
pub(super) struct Context<'a> {
    pub(super) network: &'a Hopfield,
    pub(super) trial: u32,
    pub(super) sweep: u64,
    /// The state before it.
    pub(super) state: &'a [u64],
    pub(super) kernels: Kernels,
    pub(super) rows: &'a Rows,
    pub(super) passes: &'a Passes,
    pub(super) sums: Sums,
}

/// The next states of the neurons of some words, from `first` on.
#[inline(always)]
pub(super) fn fields(context: &Context<'_>, first: usize, next: &mut [u64]) {
    for (word, next) in (first..).zip(next) {
        *next = match &context.network.coupling {
            Coupling::LowRank(low_rank) => low_rank_word(context, &low_rank.readout, word),
            Coupling::Sparse(_) | Coupling::Matrix(_) => stored_word(context, word),
        };
    }
}

#[inline(always)]
fn low_rank_word(context: &Context<'_>, readout: &Readout, word: usize) -> u64 {
    let network = context.network;
    let (first, state) = (word * 64, context.state[word]);
    let shared = [readout.shared(context.sums), readout.per_membership(context.sums.on, context.passes.offset())];
    let mut fields = context.passes.dots(context.kernels, context.rows, word);
    let memberships = &network.memories.memberships()[first..];
    let base = &readout.base[first..];
    for (lane, ((field, &memberships), &base)) in fields.iter_mut().zip(memberships).zip(base).enumerate() {
        let read = [*field, i64::from(memberships), network.value(state >> lane & 1 == 1)];
        *field = readout.field(base, shared, read);
    }
    let end = (network.neurons as usize - first).min(64);
    if network.gain.is_some() {
        let decide = |lane: usize| {
            let neuron = (first + lane) as u32;
            network.decide(fields[lane], state >> lane & 1 == 1, (context.trial, context.sweep, neuron))
        };
        return (0..end).fold(0, |next, lane| next | u64::from(decide(lane)) << lane);
    }
    let (mut above, mut ties) = (0u64, 0u64);
    for (lane, &field) in fields.iter().enumerate() {
        above |= u64::from(field > 0) << lane;
        ties |= u64::from(field == 0) << lane;
    }
    let kept = if network.tie_on { u64::MAX } else { state };
    (above | ties & kept) & (u64::MAX >> (64 - end))
}

/// Fields from weights that are stored, one neuron after the other.
fn stored_word(context: &Context<'_>, word: usize) -> u64 {
    let network = context.network;
    let end = (network.neurons as usize - word * 64).min(64);
    let mut next = 0;
    for at in 0..end {
        let neuron = word * 64 + at;
        let field = stored_field(network, neuron, context.state);
        let is_on = bit(context.state, neuron);
        let is_next = network.decide(field, is_on, (context.trial, context.sweep, neuron as u32));
        next |= u64::from(is_next) << at;
    }
    next
}

/// d_i from weights that are stored.
pub(super) fn stored_field(network: &Hopfield, neuron: usize, state: &[u64]) -> i64 {
    let sum = match &network.coupling {
        Coupling::LowRank(_) => 0,
        Coupling::Sparse(sparse) => sparse.sum(&network.memories, neuron, |source| network.value(bit(state, source))),
        Coupling::Matrix(matrix) => matrix.sum(neuron, (network.neurons as usize, network.signed), state),
    };
    network.factor.wrapping_mul(sum).wrapping_sub(network.thresholds.of(neuron))
}

/// The same with the best instructions there are.
pub(super) fn fields_with(kernels: Kernels, context: &Context<'_>, first: usize, next: &mut [u64]) {
    super::kernels::with_instructions!(kernels, fields(context: &Context<'_>, first: usize, next: &mut [u64]));
}
