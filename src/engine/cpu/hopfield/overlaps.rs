//! Counts how many neurons that are on are active in each pattern. Twin of shaders/hopfield/overlaps.wgsl.

use super::kernels::Kernels;
use crate::network::hopfield::Memories;
use crate::network::hopfield::memories::common;

/// The counts of the patterns from `first` on, as many as `counts` has places.
#[inline(always)]
pub(super) fn overlaps(memories: &Memories, state: &[u64], first: usize, counts: &mut [u32]) {
    for (pattern, count) in (first..).zip(counts) {
        *count = common(memories.column(pattern), state);
    }
}

/// The same with the best instructions there are.
pub(super) fn overlaps_with(kernels: Kernels, memories: &Memories, state: &[u64], first: usize, counts: &mut [u32]) {
    super::kernels::with_instructions!(kernels, overlaps(memories: &Memories, state: &[u64], first: usize, counts: &mut [u32]));
}
