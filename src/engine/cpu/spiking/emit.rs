//! What a tile's spikes in a block add: to the counts of its population and of the patterns, to the list of who fired.

use super::integrate::Scratch;
use super::job::Job;
use super::tile::Tile;
use crate::network::patterns::SetBits;

/// Adds to an entry of a step.
#[inline(always)]
pub(super) fn add(job: &Job, scratch: &mut Scratch, (step, entry): (usize, usize), count: u32) {
    if count != 0 {
        scratch.emitted[step * job.layout.len() + entry] += count;
    }
}

/// Counts the spikes that `scratch.spikes` has of the tile's neurons, and lists them in `tile.fired`.
#[inline(always)]
pub(super) fn emit(job: &Job, tile: &mut Tile, scratch: &mut Scratch) {
    let Scratch { spikes, emitted, .. } = scratch;
    let (row, own) = (job.layout.len(), job.layout.spikes(tile.population));
    let first_pattern = job.layout.patterns_of(tile.members.set());
    tile.fired.clear();
    // Few neurons fire in a block: sixteen are looked at together.
    for (first, words) in (0..tile.size()).step_by(16).zip(spikes.chunks(16)) {
        if words.iter().fold(0, |any, &word| any | word) == 0 {
            continue;
        }
        for (neuron, &word) in (first..tile.size()).zip(words).filter(|&(_, &word)| word != 0) {
            let word = word.cast_unsigned();
            tile.fired.push((neuron as u32, word));
            for step in SetBits(word) {
                let counts = &mut emitted[step as usize * row..][..row];
                counts[own] += 1;
                tile.members.for_each_pattern(neuron, |pattern| counts[first_pattern + pattern] += 1);
            }
        }
    }
}
