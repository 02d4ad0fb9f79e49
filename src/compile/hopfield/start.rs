//! Makes the first state of each trial.

use super::super::patterns::fraction_of;
use crate::model::hopfield::{Hopfield as Model, Start};
use crate::network::hopfield::memories::{Memories, bit, set_bits, words};
use crate::random::{Draws, Stream};

/// The first states, `[trial][word]`.
pub(super) fn states(model: &Model, memories: &Memories, trials: u32) -> Vec<u64> {
    (0..trials).flat_map(|trial| state(model, memories, trial)).collect()
}

fn state(model: &Model, memories: &Memories, trial: u32) -> Vec<u64> {
    let mut state = match model.start_pattern {
        Some(pattern) => memories.column(pattern).to_vec(),
        None => vec![0; words(model.size as usize)],
    };
    match &model.start {
        Start::Pattern => {}
        Start::Given(on) => {
            state.fill(0);
            on.iter().for_each(|&neuron| state[neuron as usize / 64] |= 1 << (neuron % 64));
        }
        Start::Random => random(model, &mut state, trial, |_| true),
        Start::Flip(fraction) => flip_all(model, &mut state, trial, fraction_of(model.size, *fraction)),
        Start::Overlap(overlap) if model.signed => {
            flip_all(model, &mut state, trial, fraction_of(model.size, (1.0 - overlap) / 2.0));
        }
        Start::Overlap(overlap) => move_active(model, &mut state, trial, *overlap),
        Start::Keep(fraction) => {
            let known = cues(model, trial, 0).subset(model.size, fraction_of(model.size, *fraction));
            random(model, &mut state, trial, |neuron| known.binary_search(&neuron).is_err());
        }
    }
    state
}

fn cues(model: &Model, trial: u32, index: u32) -> Draws {
    Draws::new(model.seed, Stream::Cues, trial, index)
}

fn flip(state: &mut [u64], neuron: u32) {
    state[neuron as usize / 64] ^= 1 << (neuron % 64);
}

fn flip_all(model: &Model, state: &mut [u64], trial: u32, count: u32) {
    cues(model, trial, 0).subset(model.size, count).into_iter().for_each(|neuron| flip(state, neuron));
}

/// As many members switched off as others on, (1 - m) M (N - M)/N of M members: the activity stays and the overlap is m.
fn move_active(model: &Model, state: &mut [u64], trial: u32, overlap: f64) {
    let size = model.size as usize;
    let active: Vec<u32> = set_bits(state).map(|neuron| neuron as u32).collect();
    let others: Vec<u32> = (0..size).filter(|&neuron| !bit(state, neuron)).map(|neuron| neuron as u32).collect();
    let fraction = (1.0 - overlap) * others.len() as f64 / size as f64;
    let count = fraction_of(active.len() as u32, fraction).min(others.len() as u32);
    for (index, neurons) in (0u32..).zip([&active, &others]) {
        let chosen = cues(model, trial, index).subset(neurons.len() as u32, count);
        chosen.into_iter().for_each(|at| flip(state, neurons[at as usize]));
    }
}

/// Random states of the neurons that `is_free` names.
fn random(model: &Model, state: &mut [u64], trial: u32, is_free: impl Fn(u32) -> bool) {
    let activity = match &model.patterns {
        Some(patterns) if !model.signed => patterns.activity,
        _ => 0.5,
    };
    let below = (activity * 4_294_967_296.0 + 0.5).floor() as u64;
    let mut draws = Draws::new(model.seed, Stream::InitialState, trial, 0);
    for neuron in 0..model.size {
        let is_on = u64::from(draws.word()) < below;
        if is_free(neuron) && is_on != bit(state, neuron as usize) {
            flip(state, neuron);
        }
    }
}
