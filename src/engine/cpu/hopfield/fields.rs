//! A synchronous sweep of 64 neurons: their fields and their next states. Twin of shaders/hopfield/fields.wgsl.
//!
//! D_i = Σ_{μ of i} n^μ comes from the binary digits of the counts: with plane k the patterns whose count has digit k,
//! D_i = Σ_k 2^k popcount(row_i & plane_k).

use super::Kernels;
use crate::network::hopfield::coupling::{Coupling, Sums};
use crate::network::hopfield::memories::{LANES, bit};
use crate::network::hopfield::{Hopfield, Readout};

/// The counts of the patterns digit by digit, `[digit][word]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Planes {
    words: usize,
    planes: Vec<u64>,
}

impl Planes {
    /// The digits of some counts.
    pub(super) fn set(&mut self, counts: &[u32]) {
        let digits = 32 - counts.iter().fold(0, |any, count| any | count).leading_zeros() as usize;
        self.words = counts.len().div_ceil(64);
        self.planes.clear();
        self.planes.resize(digits * self.words, 0);
        for (pattern, &count) in counts.iter().enumerate() {
            for (digit, plane) in self.planes.chunks_exact_mut(self.words).enumerate() {
                plane[pattern / 64] |= u64::from(count >> digit & 1) << (pattern % 64);
            }
        }
    }

    /// D_i of [`LANES`] neurons from their rows.
    #[inline(always)]
    fn dots(&self, rows: &[[u64; LANES]]) -> [u64; LANES] {
        let mut dots = [0; LANES];
        if self.planes.is_empty() {
            return dots;
        }
        for plane in self.planes.chunks_exact(self.words).rev() {
            let mut digit = [0u64; LANES];
            for (row, &plane) in rows.iter().zip(plane) {
                for lane in 0..LANES {
                    digit[lane] += u64::from((row[lane] & plane).count_ones());
                }
            }
            for lane in 0..LANES {
                dots[lane] = 2 * dots[lane] + digit[lane];
            }
        }
        dots
    }
}

/// What the neurons of a trial read in a sweep.
pub(super) struct Context<'a> {
    pub(super) network: &'a Hopfield,
    pub(super) trial: u32,
    pub(super) sweep: u64,
    /// The state before it.
    pub(super) state: &'a [u64],
    pub(super) planes: &'a Planes,
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
    let shared = readout.shared(context.sums);
    let (neurons, state) = (network.neurons as usize, context.state[word]);
    let memberships = network.memories.memberships();
    let mut next = 0;
    for group in 0..64 / LANES {
        let first = word * 64 + group * LANES;
        let dots = context.planes.dots(network.memories.group(first / LANES));
        for (lane, dot) in dots.into_iter().enumerate().take(neurons.saturating_sub(first)) {
            let neuron = first + lane;
            let is_on = state >> (neuron % 64) & 1 == 1;
            let read = [dot as i64, i64::from(memberships[neuron]), network.value(is_on)];
            let field = readout.field(neuron, shared, context.sums.on, read);
            let is_next = network.decide(field, is_on, (context.trial, context.sweep, neuron as u32));
            next |= u64::from(is_next) << (neuron % 64);
        }
    }
    next
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
    super::with_instructions!(kernels, fields(context: &Context<'_>, first: usize, next: &mut [u64]));
}
