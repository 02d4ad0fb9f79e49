//! An asynchronous sweep of one trial: every neuron is visited in a random order, and the counts follow each flip. Twin
//! of shaders/hopfield/visits.wgsl.

use super::fields::stored_field;
use super::kernels::Kernels;
use crate::network::hopfield::coupling::{Coupling, Sums};
use crate::network::hopfield::memories::{bit, ones};
use crate::network::hopfield::{Hopfield, Readout};

/// Patterns that are added at once: the digits of half a word of a row.
const PIECE: usize = 32;

/// What an asynchronous sweep needs, kept between sweeps.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    keys: Vec<u64>,
    /// n^μ, with zeros up to a whole word of a row.
    counts: Vec<u32>,
    row: Vec<u64>,
}

/// One trial.
pub(super) struct Trial<'a> {
    pub(super) number: u32,
    pub(super) sweep: u64,
    pub(super) state: &'a mut [u64],
    pub(super) counts: &'a mut [u32],
}

/// Visits every neuron once.
#[inline(always)]
pub(super) fn visits(network: &Hopfield, trial: &mut Trial<'_>, scratch: &mut Scratch) {
    match &network.coupling {
        Coupling::LowRank(low_rank) => low_rank_visits(network, &low_rank.readout, trial, scratch),
        Coupling::Sparse(_) | Coupling::Matrix(_) => stored_visits(network, trial, scratch),
    }
}

#[inline(always)]
fn low_rank_visits(network: &Hopfield, readout: &Readout, trial: &mut Trial<'_>, scratch: &mut Scratch) {
    let Scratch { keys, counts, row } = scratch;
    counts.clear();
    counts.extend_from_slice(trial.counts);
    counts.resize(network.memories.row_words() * 64, 0);
    let total = trial.counts.iter().map(|&count| u64::from(count)).sum();
    let mut sums = Sums { on: ones(trial.state).into(), total };
    // So many words of a row add up to less than 2^32 in each place.
    let words_max = (u32::MAX / (2 * network.neurons)).max(1) as usize;
    for &key in keys.iter() {
        let neuron = key as u32 as usize;
        row.clear();
        row.extend(network.memories.row(neuron));
        let is_on = bit(trial.state, neuron);
        let memberships = i64::from(network.memories.memberships()[neuron]);
        let read = [dot(row, counts, words_max) as i64, memberships, network.value(is_on)];
        let field =
            readout.field(readout.base[neuron], [readout.shared(sums), readout.per_membership(sums.on, 0)], read);
        let is_next = network.decide(field, is_on, (trial.number, trial.sweep, neuron as u32));
        if is_next != is_on {
            trial.state[neuron / 64] ^= 1 << (neuron % 64);
            change_counts(row, counts, if is_next { 1 } else { u32::MAX });
            if is_next {
                sums = Sums { on: sums.on + 1, total: sums.total + memberships as u64 };
            } else {
                sums = Sums { on: sums.on - 1, total: sums.total - memberships as u64 };
            }
        }
    }
    trial.counts.copy_from_slice(&counts[..trial.counts.len()]);
}

/// Σ of the counts whose bit is set.
#[inline(always)]
fn dot(row: &[u64], counts: &[u32], words_max: usize) -> u64 {
    let mut total = 0;
    for (row, counts) in row.chunks(words_max).zip(counts.chunks(words_max.saturating_mul(64))) {
        let mut sums = [0u32; PIECE];
        for (&word, counts) in row.iter().zip(counts.as_chunks::<64>().0) {
            for (half, counts) in counts.as_chunks::<PIECE>().0.iter().enumerate() {
                let bits = (word >> (PIECE * half)) as u32;
                for at in 0..PIECE {
                    sums[at] = sums[at].wrapping_add(counts[at] & (bits >> at & 1).wrapping_neg());
                }
            }
        }
        total += sums.iter().map(|&sum| u64::from(sum)).sum::<u64>();
    }
    total
}

/// Adds to the counts whose bit is set.
#[inline(always)]
fn change_counts(row: &[u64], counts: &mut [u32], change: u32) {
    for (&word, counts) in row.iter().zip(counts.as_chunks_mut::<64>().0) {
        for (half, counts) in counts.as_chunks_mut::<PIECE>().0.iter_mut().enumerate() {
            let bits = (word >> (PIECE * half)) as u32;
            for (at, count) in counts.iter_mut().enumerate() {
                *count = count.wrapping_add(change & (bits >> at & 1).wrapping_neg());
            }
        }
    }
}

fn stored_visits(network: &Hopfield, trial: &mut Trial<'_>, scratch: &mut Scratch) {
    for &key in &scratch.keys {
        let neuron = key as u32 as usize;
        let is_on = bit(trial.state, neuron);
        let field = stored_field(network, neuron, trial.state);
        let is_next = network.decide(field, is_on, (trial.number, trial.sweep, neuron as u32));
        trial.state[neuron / 64] ^= u64::from(is_next != is_on) << (neuron % 64);
    }
    for (count, new) in trial.counts.iter_mut().zip(network.memories.counts(trial.state)) {
        *count = new;
    }
}

/// The same with the best instructions there are.
pub(super) fn visits_with(kernels: Kernels, network: &Hopfield, trial: &mut Trial<'_>, scratch: &mut Scratch) {
    network.order(trial.number, trial.sweep, &mut scratch.keys);
    super::kernels::with_instructions!(
        kernels,
        visits(network: &Hopfield, trial: &mut Trial<'_>, scratch: &mut Scratch)
    );
}
