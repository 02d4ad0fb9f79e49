//! Draws the patterns from the seed, or packs the given ones.

use rayon::prelude::*;

use crate::model::spiking::{PatternSource, Spiking};
use crate::network::hopfield::memories::words;
use crate::network::patterns::Patterns;
use crate::random::{Draws, Stream};

/// The patterns of a model, as bit rows over the population they live in.
pub(super) fn compile(model: &Spiking) -> Patterns {
    let Some(patterns) = &model.patterns else { return Patterns::default() };
    let size = model.populations[patterns.population].size;
    let packed = pack(model.seed, size, (patterns.count, patterns.activity), &patterns.source);
    match model.learned_count() {
        0 => packed,
        // What is to be learned has its place, and no members yet.
        learned => with_room(&packed, learned),
    }
}

/// The same patterns, and so many more without members.
fn with_room(patterns: &Patterns, more: usize) -> Patterns {
    let mut members: Vec<Vec<u32>> = (0..patterns.count()).map(|pattern| patterns.members(pattern)).collect();
    members.resize(patterns.count() + more, Vec::new());
    Patterns::from_members(patterns.neurons(), &members)
}

/// So many patterns of an activity over `size` neurons.
pub(super) fn pack(seed: u64, size: u32, (count, activity): (usize, f64), source: &PatternSource) -> Patterns {
    match source {
        PatternSource::Given(members) => Patterns::from_members(size as usize, members),
        PatternSource::Drawn { exact } => {
            let members: Vec<Vec<u32>> =
                (0..count as u32).into_par_iter().map(|pattern| draw(seed, pattern, size, activity, *exact)).collect();
            Patterns::from_members(size as usize, &members)
        }
    }
}

/// The members of one pattern: a sequence of draws of its own, so that no pattern depends on another.
fn draw(seed: u64, pattern: u32, size: u32, activity: f64, exact: bool) -> Vec<u32> {
    let mut draws = Draws::new(seed, Stream::Patterns, 0, pattern);
    if exact {
        return draws.subset(size, fraction_of(size, activity));
    }
    let below = (activity * 4_294_967_296.0 + 0.5).floor() as u64;
    (0..size).filter(|_| u64::from(draws.word()) < below).collect()
}

/// The same as bits, `words(size)` words of 64 bits a pattern.
pub(super) fn columns(seed: u64, size: u32, (count, activity): (usize, f64), source: &PatternSource) -> Vec<u64> {
    let words = words(size as usize);
    let mut columns = vec![0u64; count * words];
    columns.par_chunks_mut(words).enumerate().for_each(|(pattern, column)| {
        let drawn = match source {
            PatternSource::Given(members) => return members[pattern].iter().for_each(|&member| set(column, member)),
            PatternSource::Drawn { exact } => *exact,
        };
        let mut draws = Draws::new(seed, Stream::Patterns, 0, pattern as u32);
        if drawn {
            draws.subset(size, fraction_of(size, activity)).into_iter().for_each(|member| set(column, member));
        } else {
            let below = (activity * 4_294_967_296.0 + 0.5).floor() as u64;
            (0..size).filter(|_| u64::from(draws.word()) < below).for_each(|member| set(column, member));
        }
    });
    columns
}

fn set(column: &mut [u64], member: u32) {
    column[member as usize / 64] |= 1 << (member % 64);
}

/// round(fraction × size), half up, at most `size`.
pub(super) fn fraction_of(size: u32, fraction: f64) -> u32 {
    ((fraction * f64::from(size) + 0.5).floor() as u32).min(size)
}
