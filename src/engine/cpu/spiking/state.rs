//! The engine's state in the form that all engines share, and back.

use super::Engine;
use super::shared::SharedInputs;
use super::tile::is_current;
use crate::network::spiking::{Course, Snapshot};

/// The whole state. No block is being computed.
pub(super) fn snapshot(engine: &Engine) -> Snapshot {
    let network = &engine.network;
    let mut snapshot = Snapshot {
        step: engine.step,
        potentials: Vec::with_capacity(network.neurons()),
        refractory: Vec::with_capacity(network.neurons()),
        inputs: vec![Vec::new(); network.inputs()],
        counts: counts(engine),
        history: vec![0; network.own_history_steps().div_ceil(32) as usize * network.neurons()],
        course: Course::default(),
    };
    for index in 0..engine.team.tiles() {
        let tile = engine.team.tile(index);
        let (size, population) = (tile.size(), &network.populations[tile.population]);
        snapshot.potentials.extend_from_slice(&tile.potentials[..size]);
        snapshot.refractory.extend(tile.refractory[..size].iter().map(|steps| steps.cast_unsigned()));
        for (place, input) in network.inputs_of(tile.population).enumerate() {
            let inputs = &mut snapshot.inputs[input];
            match engine.shared.of_input(input) {
                Some(value) => inputs.resize(inputs.len() + size, value),
                None if is_current(network, input) => inputs.extend_from_slice(&tile.inputs[place][..size]),
                None => {}
            }
        }
        let first = population.first as usize + tile.first;
        for word in 0..network.own_history_steps().div_ceil(32) {
            let words = &mut snapshot.history[word as usize * network.neurons() + first..][..size];
            tile.history.write(engine.step, word, words);
        }
    }
    snapshot
}

fn counts(engine: &Engine) -> Vec<u32> {
    let layout = engine.layout;
    let slots = (engine.rows.len() / layout.len()) as u64;
    let mut counts = Vec::new();
    for back in (1..=u64::from(engine.network.delay_steps_max())).rev() {
        match engine.step.checked_sub(back) {
            Some(step) => {
                let row = &engine.rows[(step % slots) as usize * layout.len()..][..layout.len()];
                counts.extend_from_slice(&row[..layout.saturated_potentials(0)]);
                counts.resize(counts.len() + layout.len() - layout.saturated_potentials(0), 0);
            }
            None => counts.resize(counts.len() + layout.len(), 0),
        }
    }
    counts
}

/// Takes over `snapshot`. No block is being computed.
pub(super) fn restore(engine: &mut Engine, snapshot: &Snapshot) {
    let network = engine.network.clone();
    (engine.step, engine.submitted_step) = (snapshot.step, snapshot.step);
    engine.waiting.clear();
    engine.shared = SharedInputs::of(&network, &snapshot.inputs);
    for index in 0..engine.team.tiles() {
        let mut tile = engine.team.tile(index);
        let population = &network.populations[tile.population];
        let (size, padded) = (tile.size(), tile.padded());
        let first = population.first as usize + tile.first;
        tile.potentials[..size].copy_from_slice(&snapshot.potentials[first..first + size]);
        for (refractory, &steps) in tile.refractory.iter_mut().zip(&snapshot.refractory[first..first + size]) {
            *refractory = steps.cast_signed();
        }
        for (place, input) in network.inputs_of(tile.population).enumerate() {
            let inputs = &mut tile.inputs;
            inputs[place].clear();
            if is_current(&network, input) && !engine.shared.has(input) {
                inputs[place].resize(padded, 0);
                let from = tile.first;
                tile.inputs[place][..size].copy_from_slice(&snapshot.inputs[input][from..from + size]);
            }
        }
        let words = 0..network.own_history_steps().div_ceil(32) as usize;
        let history = words.map(|word| &snapshot.history[word * network.neurons() + first..][..size]);
        tile.history.read(snapshot.step, history);
        tile.noise_call = None;
        tile.measure();
    }
    restore_counts(engine, snapshot);
    engine.active_stimuli.clear();
    engine.stimulate(snapshot.step);
}

fn restore_counts(engine: &mut Engine, snapshot: &Snapshot) {
    engine.rows.fill(0);
    let length = engine.layout.len();
    let slots = (engine.rows.len() / length) as u64;
    let rows = (snapshot.counts.len() / length) as u64;
    for (at, row) in snapshot.counts.chunks_exact(length).enumerate() {
        if let Some(step) = (snapshot.step + at as u64).checked_sub(rows) {
            let slot = (step % slots) as usize;
            engine.rows[slot * length..(slot + 1) * length].copy_from_slice(row);
        }
    }
}
