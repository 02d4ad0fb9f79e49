//! How far a chunk of neurons is from rest. Twin of shaders/rate/observe.wgsl.

use super::integrate::{Context, largest, phi};
use crate::network::rate::CHUNK;

/// The largest |-y + φ(u + W y)| of the neurons of a chunk, as the bits of a float.
#[inline(always)]
pub(super) fn observe(context: Context<'_>, chunk: usize, trial: &[f32]) -> u32 {
    let mut slopes = [0f32; CHUNK];
    let slopes = &mut slopes[..trial.len()];
    phi(context, chunk, slopes);
    slopes.iter_mut().zip(trial).for_each(|(slope, value)| *slope -= value);
    largest(slopes)
}
