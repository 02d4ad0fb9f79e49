//! The engine's state in the form that all engines share, and back.

use super::Engine;
use super::probe::variable;
use super::tile::is_current;
use crate::network::spiking::{Snapshot, Variable};

/// The whole state.
pub(super) fn snapshot(engine: &Engine) -> Snapshot {
    let network = &engine.network;
    let mut potentials = Vec::with_capacity(network.neurons());
    let mut refractory = Vec::with_capacity(network.neurons());
    for tile in &engine.tiles {
        potentials.extend_from_slice(&tile.potentials);
        refractory.extend_from_slice(&tile.refractory);
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
    neurons.map(|neuron| variable(engine, Variable::Input(projection), neuron)).collect()
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
            let own = tile.own_spikes(start);
            for at in 0..tile.size() {
                let latest_first = own.of(at).reverse_bits() & (u32::MAX >> (32 - bits));
                history[word as usize * neurons + first + at] = latest_first;
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
        let range = first..first + tile.size();
        tile.potentials.copy_from_slice(&snapshot.potentials[range.clone()]);
        tile.refractory.copy_from_slice(&snapshot.refractory[range]);
        for (input, &projection) in tile.inputs.iter_mut().zip(&population.inputs) {
            if !input.is_empty() {
                let range = tile.first..tile.first + input.len();
                input.copy_from_slice(&snapshot.inputs[projection][range]);
            }
        }
        tile.history.iter_mut().for_each(|word| word.fill(0));
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
        let words = tile.history.len();
        for back in 0..network.own_history_steps() {
            let Some(step) = snapshot.step.checked_sub(u64::from(back) + 1) else { break };
            let history = &snapshot.history[(back / 32) as usize * neurons + first..][..tile.size()];
            for (word, history) in tile.history[(step / 32) as usize % words].iter_mut().zip(history) {
                *word |= (history >> (back % 32) & 1) << (step % 32);
            }
        }
    }
}
