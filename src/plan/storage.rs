//! What a run takes: memory of the host and of a device, and the size of the results file.

use serde::Serialize;

use crate::model::spiking::Record;
use crate::network::spiking::{BLOCK_STEPS_MAX, Spiking};

/// Blocks whose results wait, in flight or on their way to the file.
const WAITING_BLOCKS: u64 = 16;
/// Bytes of a recorded spike: its time as f64, its neuron as u64.
const SPIKE_BYTES: u64 = 16;
/// What an HDF5 file takes besides its data: superblock, headers, chunks that are not full.
const FILE_BYTES: u64 = 200_000;

/// Memory in bytes, without the program itself and the driver of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Bit rows of the patterns.
    pub pattern_bytes: u64,
    /// Potentials, refractory counters, inputs, stimuli, own spikes.
    pub state_bytes: u64,
    /// Counts of past steps.
    pub counts_bytes: u64,
    /// Results of blocks in flight.
    pub results_bytes: u64,
    /// All of it with the CPU engine: patterns and state are held by the network and by the engine.
    pub host_bytes: u64,
    /// All of it on the device with the GPU engine.
    pub device_bytes: u64,
}

impl Memory {
    /// What a network takes.
    #[must_use]
    pub fn new(network: &Spiking) -> Self {
        let neurons = network.neurons() as u64;
        let row = 4 * network.counts_layout().len() as u64;
        let inputs: u64 = network.projections.iter().map(|own| u64::from(network.populations[own.target].size)).sum();
        let own_words = u64::from(network.own_history_steps().div_ceil(32));
        let block_steps = u64::from(network.block_steps());
        let pattern_bytes = 4 * network.patterns.words().len() as u64;
        // Potential, refractory counter and external input of each neuron; its inputs; its own spikes.
        let state_bytes = 4 * (3 * neurons + inputs + own_words * neurons);
        let counts_bytes = row * (u64::from(network.delay_steps_max()) + 2 * u64::from(BLOCK_STEPS_MAX));
        let results_bytes = WAITING_BLOCKS * (4 * neurons + row * block_steps);
        Self {
            pattern_bytes,
            state_bytes,
            counts_bytes,
            results_bytes,
            host_bytes: 2 * pattern_bytes + state_bytes + counts_bytes + results_bytes,
            device_bytes: pattern_bytes + state_bytes + counts_bytes + results_bytes / 2,
        }
    }
}

/// The size of a results file in bytes, at the rates given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FileSize {
    /// Recorded spikes at these rates.
    pub spikes_bytes: u64,
    /// Overlaps and rates.
    pub traces_bytes: u64,
    /// Potentials and inputs.
    pub voltages_bytes: u64,
    /// All of it, patterns included.
    pub total_bytes: u64,
}

/// The size of the results file if the populations fire at `rates_hz`, before any compression.
#[must_use]
pub fn file_size(network: &Spiking, record: &Record, dt_ms: f64, rates_hz: &[f64]) -> FileSize {
    let seconds = |steps: u64| steps as f64 * dt_ms / 1000.0;
    let spike_time = seconds(record.spikes.stop_step.min(network.steps).saturating_sub(record.spikes.start_step));
    let recorded = record.spikes.populations.iter().map(|&population| {
        let neurons = network.populations[population].size.div_ceil(record.spikes.every.max(1));
        f64::from(neurons) * rates_hz[population] * spike_time
    });
    let spikes_bytes = SPIKE_BYTES * recorded.sum::<f64>().round() as u64;
    let bins = |bin: Option<u64>| bin.map_or(0, |steps| network.steps.div_ceil(steps.max(1)));
    let traces_bytes = bins(record.overlaps_bin_steps) * (8 + 4 * network.patterns.count() as u64)
        + bins(record.rates_bin_steps) * 12 * network.populations.len() as u64;
    let voltages = record.voltages.iter().map(|own| {
        let inputs = network.populations[own.population].inputs.len() as u64;
        let variables = 1 + if own.inputs { inputs } else { 0 };
        network.steps.div_ceil(own.every_steps.max(1)) * own.neurons.len() as u64 * variables * 4
    });
    let voltages_bytes = voltages.sum();
    let members: u64 = network.patterns.sizes().iter().map(|&size| u64::from(size)).sum();
    let patterns_bytes = 4 * members + 8 * network.patterns.count() as u64;
    let total_bytes = FILE_BYTES + patterns_bytes + spikes_bytes + traces_bytes + voltages_bytes;
    FileSize { spikes_bytes, traces_bytes, voltages_bytes, total_bytes }
}
