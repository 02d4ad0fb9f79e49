//! Sums over a chunk of neurons, in the fixed order of `network::rate`. Twin of shaders/rate/sums.wgsl.

use std::ops::Range;

use crate::network::rate::{CHUNK, Factor, LANES, Rate};

/// What the sums of all chunks share.
#[derive(Clone, Copy)]
pub(super) struct Sums<'a> {
    pub(super) network: &'a Rate,
    /// One bit a neuron for each pattern, `[pattern][word]`.
    pub(super) bits: &'a [u32],
    /// Words of a row of `bits`.
    pub(super) words: usize,
    /// The state that the stage looks at, `[neuron]`, zeros up to a whole number of lanes.
    pub(super) trial: &'a [f32],
    /// Which sums: those of patterns, and with the number of patterns the plain sum.
    pub(super) vectors: &'a Range<usize>,
}

/// Puts Σ_j x_j y_j over the neurons j of a chunk into `partials[vector]`.
#[inline(always)]
pub(super) fn sums(context: Sums<'_>, chunk: usize, partials: &mut [f32]) {
    let first = chunk * CHUNK;
    let trial = &context.trial[first..context.trial.len().min(first + CHUNK)];
    let patterns = context.network.patterns.count();
    for vector in context.vectors.clone() {
        partials[vector] = if vector == patterns {
            column_sum(trial)
        } else {
            let row = &context.bits[vector * context.words + first / 32..(vector + 1) * context.words];
            pattern_sum(trial, row, context.network.source)
        };
    }
}

/// Σ x_j y_j, x a pattern.
#[inline(always)]
fn pattern_sum(trial: &[f32], bits: &[u32], factor: Factor) -> f32 {
    let mut lanes = [0f32; LANES];
    let choice = Choice::new(factor.member, factor.other);
    for (row, bits) in trial.chunks_exact(LANES).zip(bits.chunks_exact(LANES / WORD)) {
        for ((lanes, row), &word) in lanes.chunks_exact_mut(WORD).zip(row.chunks_exact(WORD)).zip(bits) {
            for at in 0..WORD {
                lanes[at] += choice.of(word, at) * row[at];
            }
        }
    }
    halve(lanes)
}

/// Bits in a word.
pub(super) const WORD: usize = 32;

/// One number for members and one for the others, as bits: chosen without a branch or a shift by another number in each
/// lane, so that a loop over the bits of a word becomes vectors with any instructions.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    other: u32,
    difference: u32,
}

impl Choice {
    #[inline(always)]
    pub(super) fn new(member: f32, other: f32) -> Self {
        Self { other: other.to_bits(), difference: member.to_bits() ^ other.to_bits() }
    }

    /// The number for the bit `at` of a word.
    #[inline(always)]
    pub(super) fn of(self, word: u32, at: usize) -> f32 {
        let mask = u32::from(word & MASKS[at] != 0).wrapping_neg();
        f32::from_bits(self.other ^ (mask & self.difference))
    }
}

const MASKS: [u32; WORD] = {
    let mut masks = [1; WORD];
    let mut bit = 0;
    while bit < WORD {
        masks[bit] <<= bit;
        bit += 1;
    }
    masks
};

/// The sum of up to a chunk of values: column by column, then halved.
#[inline(always)]
pub(super) fn column_sum(values: &[f32]) -> f32 {
    let mut lanes = [0f32; LANES];
    let rows = values.chunks_exact(LANES);
    let rest = rows.remainder();
    for row in rows {
        lanes.iter_mut().zip(row).for_each(|(lane, value)| *lane += value);
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, value)| *lane += value);
    halve(lanes)
}

/// The sum of all lanes: the upper half is added to the lower half until one is left.
#[inline(always)]
pub(super) fn halve(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] += lanes[lane + half];
        }
        half /= 2;
    }
    lanes[0]
}
