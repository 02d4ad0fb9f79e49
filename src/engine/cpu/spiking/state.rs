//! The engine's state in the form that all engines share, and back.

use super::Engine;
use super::probe;
use super::tile::{LANES, is_current};
use crate::network::spiking::{Snapshot, Variable};

/// The whole state.
pub(super) fn snapshot(engine: &Engine) -> Snapshot {
    let network = &engine.network;
    let mut potentials = Vec::with_capacity(network.neurons());
    let mut refractory = Vec::with_capacity(network.neurons());
    for tile in &engine.tiles {
        potentials.extend_from_slice(&tile.potentials.as_flattened()[..tile.size]);
        refractory.extend_from_slice(&tile.refractory.as_flattened()[..tile.size]);
    }
    let inputs = (0..network.projections.len()).map(|projection| input(engine, projection)).collect();
    Snapshot { step: engine.step, potentials, refractory, inputs, counts: counts(engine), history: history(engine) }
}

fn input(engine: &Engine, projection: usize) -> Vec<i32> {
    if !is_current(&engine.network, projection) {
        return Vec::new();
    }
    let population = &engine.network.populations[engine.network.projections[projection].target];
    let neurons = population.first..population.first + population.size;
    neurons.map(|neuron| probe::value(engine, Variable::Input(projection), neuron)).collect()
}

fn counts(engine: &Engine) -> Vec<u32> {
    let layout = engine.layout;
    let slots = (engine.rows.len() / layout.len()) as u64;
    let mut counts = Vec::new();
    for back in (1..=u64::from(engine.network.delay_steps_max())).rev() {
        match engine.step.checked_sub(back) {
            Some(step) => {
                let row = engine.load_row((step % slots) as usize);
                counts.extend_from_slice(&row[..layout.saturated_potentials(0)]);
                counts.resize(counts.len() + layout.len() - layout.saturated_potentials(0), 0);
            }
            None => counts.resize(counts.len() + layout.len(), 0),
        }
    }
    counts
}

fn history(engine: &Engine) -> Vec<u32> {
    let steps = engine.network.own_history_steps();
    let neurons = engine.network.neurons();
    let mut history = vec![0u32; steps.div_ceil(32) as usize * neurons];
    for tile in engine.tiles.iter().filter(|tile| !tile.history.is_empty()) {
        let first = engine.network.populations[tile.population].first as usize + tile.first;
        for word in 0..steps.div_ceil(32) {
            let bits = (steps - 32 * word).min(32);
            // Bit 31 is the latest of 32 steps: reversed, bit 0 is.
            let start = engine.step as i64 - i64::from(32 * (word + 1));
            for group in 0..tile.groups() {
                let own = tile.own_spikes(group, start);
                for lane in 0..tile.lanes(group) {
                    let latest_first = own[lane].reverse_bits() & (u32::MAX >> (32 - bits));
                    history[word as usize * neurons + first + group * LANES + lane] = latest_first;
                }
            }
        }
    }
    history
}

/// Takes over `snapshot`.
pub(super) fn restore(engine: &mut Engine, snapshot: &Snapshot) {
    let network = engine.network.clone();
    engine.step = snapshot.step;
    engine.finished.clear();
    for tile in &mut engine.tiles {
        let population = &network.populations[tile.population];
        let first = population.first as usize + tile.first;
        for at in 0..tile.size {
            let (group, lane) = (at / LANES, at % LANES);
            tile.potentials[group][lane] = snapshot.potentials[first + at];
            tile.refractory[group][lane] = snapshot.refractory[first + at];
            for (input, &projection) in population.inputs.iter().enumerate() {
                if let Some(&value) = snapshot.inputs[projection].get(tile.first + at) {
                    tile.inputs[group * population.inputs.len() + input][lane] = value;
                }
            }
        }
        tile.history.iter_mut().for_each(|word| *word = [0; LANES]);
    }
    restore_counts(engine, snapshot);
    restore_history(engine, snapshot);
    engine.active_stimuli.clear();
    engine.update_external(snapshot.step);
}

fn restore_counts(engine: &mut Engine, snapshot: &Snapshot) {
    engine.reset_counts();
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

fn restore_history(engine: &mut Engine, snapshot: &Snapshot) {
    let neurons = engine.network.neurons();
    let network = engine.network.clone();
    for tile in engine.tiles.iter_mut().filter(|tile| !tile.history.is_empty()) {
        let first = network.populations[tile.population].first as usize + tile.first;
        let (words, groups) = (tile.history_words(), tile.groups());
        for back in 0..network.own_history_steps() {
            let Some(step) = snapshot.step.checked_sub(u64::from(back) + 1) else { break };
            for at in 0..tile.size {
                let bit = snapshot.history[(back / 32) as usize * neurons + first + at] >> (back % 32) & 1;
                let word = (step / 32) as usize % words;
                tile.history[word * groups + at / LANES][at % LANES] |= bit << (step % 32);
            }
        }
    }
}
