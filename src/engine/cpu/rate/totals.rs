//! The sums of the chunks summed. Twin of shaders/rate/totals.wgsl.

use super::sums::halve;
use crate::network::rate::LANES;

/// Σ over chunks of `partials[chunk][vector]`, in the order of a chunk: column by column, then halved.
pub(super) fn total(partials: &[f32], vectors: usize, vector: usize) -> f32 {
    let mut lanes = [0f32; LANES];
    for (chunk, partial) in partials.chunks_exact(vectors).enumerate() {
        lanes[chunk % LANES] += partial[vector];
    }
    halve(lanes)
}
