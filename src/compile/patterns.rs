//! Draws the patterns from the seed, or packs the given ones.

use rayon::prelude::*;

use super::balanced;
use crate::model::spiking::{PatternSource, Spiking};
use crate::network::hopfield::memories::words;
use crate::network::patterns::Patterns;
use crate::network::spiking::PatternSet;
use crate::random::{Draws, Stream};

/// Sequences of draws from one population's patterns to those of the next: no population has more patterns.
const SEQUENCES: u32 = 1 << 20;

/// The patterns of a model, as bit rows over the population they live in, and those of further populations.
pub(super) fn compile(model: &Spiking) -> (Patterns, Vec<PatternSet>) {
    let Some(patterns) = &model.patterns else { return Default::default() };
    let packed = set(model, 0, patterns.population);
    match model.learned_count() {
        0 => (packed, further(model)),
        // What is to be learned has its place, and no members yet.
        learned => (with_room(&packed, learned), further(model)),
    }
}

/// The patterns of further populations.
pub(super) fn further(model: &Spiking) -> Vec<PatternSet> {
    let populations = model.patterns.iter().flat_map(|patterns| &patterns.further_populations).enumerate();
    populations.map(|(at, &population)| PatternSet { population, patterns: set(model, at + 1, population) }).collect()
}

/// The patterns of one population.
fn set(model: &Spiking, number: usize, population: usize) -> Patterns {
    let Some(patterns) = &model.patterns else { return Patterns::default() };
    let first = number as u32 * SEQUENCES;
    let size = model.populations[population].size;
    pack((model.seed, first), size, (patterns.count, patterns.activity), &patterns.source)
}

/// The same patterns, and so many more without members.
fn with_room(patterns: &Patterns, more: usize) -> Patterns {
    let mut members: Vec<Vec<u32>> = (0..patterns.count()).map(|pattern| patterns.members(pattern)).collect();
    members.resize(patterns.count() + more, Vec::new());
    Patterns::from_members(patterns.neurons(), &members)
}

/// So many patterns of an activity over `size` neurons, from the sequences of `seed` that start with `first`.
pub(super) fn pack(
    (seed, first): (u64, u32),
    size: u32,
    (count, activity): (usize, f64),
    source: &PatternSource,
) -> Patterns {
    match source {
        PatternSource::Given(members) => Patterns::from_members(size as usize, members),
        PatternSource::Drawn { exact } => {
            let draw = |pattern| draw(Draws::new(seed, Stream::Patterns, 0, first + pattern), size, activity, *exact);
            let members: Vec<Vec<u32>> = (0..count as u32).into_par_iter().map(draw).collect();
            Patterns::from_members(size as usize, &members)
        }
        PatternSource::Balanced => Patterns::from_members(size as usize, &even((seed, first), size, (count, activity))),
    }
}

/// The members of one pattern: a sequence of draws of its own, so that no pattern depends on another.
fn draw(mut draws: Draws, size: u32, activity: f64, exact: bool) -> Vec<u32> {
    if exact {
        return draws.subset(size, fraction_of(size, activity));
    }
    let below = (activity * 4_294_967_296.0 + 0.5).floor() as u64;
    (0..size).filter(|_| u64::from(draws.word()) < below).collect()
}

/// The members of all patterns, from one sequence of draws: every neuron has as many.
fn even((seed, first): (u64, u32), size: u32, (count, activity): (usize, f64)) -> Vec<Vec<u32>> {
    let mut draws = Draws::new(seed, Stream::Patterns, 0, first);
    balanced::draw(&mut draws, size, count, fraction_of(size, activity))
}

/// The same as bits, `words(size)` words of 64 bits a pattern.
pub(super) fn columns(seed: u64, size: u32, (count, activity): (usize, f64), source: &PatternSource) -> Vec<u64> {
    let words = words(size as usize);
    let mut columns = vec![0u64; count * words];
    let together = match source {
        PatternSource::Given(members) => members,
        PatternSource::Balanced => &even((seed, 0), size, (count, activity)),
        PatternSource::Drawn { .. } => &Vec::new(),
    };
    columns.par_chunks_mut(words).enumerate().for_each(|(pattern, column)| {
        let drawn = match source {
            PatternSource::Drawn { exact } => *exact,
            _ => return together[pattern].iter().for_each(|&member| set_bit(column, member)),
        };
        let mut draws = Draws::new(seed, Stream::Patterns, 0, pattern as u32);
        if drawn {
            draws.subset(size, fraction_of(size, activity)).into_iter().for_each(|member| set_bit(column, member));
        } else {
            let below = (activity * 4_294_967_296.0 + 0.5).floor() as u64;
            (0..size).filter(|_| u64::from(draws.word()) < below).for_each(|member| set_bit(column, member));
        }
    });
    columns
}

fn set_bit(column: &mut [u64], member: u32) {
    column[member as usize / 64] |= 1 << (member % 64);
}

/// round(fraction × size), half up, at most `size`.
pub(super) fn fraction_of(size: u32, fraction: f64) -> u32 {
    ((fraction * f64::from(size) + 0.5).floor() as u32).min(size)
}
