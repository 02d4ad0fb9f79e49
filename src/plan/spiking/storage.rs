//! What a run takes: memory of the host and of a device, and the size of the results file.

use serde::Serialize;

use super::need;
use crate::engine::gpu;
use crate::model::spiking::Record;
use crate::network::spiking::{BLOCK_STEPS_MAX, Field, Spiking, Term};

/// The program itself with HDF5, on Linux.
const PROGRAM_BYTES: u64 = 18_000_000;
/// Blocks whose results wait, in flight or on their way to the file.
const WAITING_BLOCKS: u64 = 4;
/// Values in a chunk of a dataset: the file grows by whole chunks.
const CHUNK_VALUES: u64 = 16 * 1024;
/// What an HDF5 file takes besides its data.
const FILE_BYTES: u64 = 40_000;

/// Memory in bytes, without the driver of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Bit rows of the patterns, and their members one by one as the results file has them.
    pub pattern_bytes: u64,
    /// Potentials, refractory counters, inputs, stimuli, own spikes, parameters that differ between neurons.
    pub state_bytes: u64,
    /// Counts of past steps.
    pub counts_bytes: u64,
    /// Connections that are stored, and what arrives in a block through projections that are not of low rank.
    pub connections_bytes: u64,
    /// Results of blocks in flight.
    pub results_bytes: u64,
    /// At the most with the CPU engine, as the run starts, the program itself included.
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
        let inputs = (0..network.inputs()).map(|input| u64::from(network.populations[network.target(input)].size));
        let inputs: u64 = inputs.sum();
        let own_words = u64::from(network.own_history_steps().div_ceil(32));
        let block_steps = u64::from(network.block_steps());
        let words: u64 = network.pattern_sets().map(|(_, patterns)| patterns.words().len() as u64).sum();
        let pattern_bytes = 4 * (words + members(network)) + fields_bytes(network);
        // Potential, refractory counter and external input of each neuron; its inputs; its own spikes.
        let state_bytes = 4 * (3 * neurons + inputs + own_words * neurons + need::own_numbers(network));
        let counts_bytes = row * (u64::from(network.delay_steps_max()) + 2 * u64::from(BLOCK_STEPS_MAX));
        let wired = network.wirings.iter();
        let connections = wired.map(|wiring| {
            let stored = wiring.stored.as_ref().map_or(0, |rows| rows.bytes());
            stored + 4 * block_steps * u64::from(wiring.targets)
        });
        let connections_bytes = connections.sum();
        let results_bytes = WAITING_BLOCKS * (4 * neurons + row * block_steps);
        Self {
            pattern_bytes,
            state_bytes,
            counts_bytes,
            connections_bytes,
            results_bytes,
            host_bytes: PROGRAM_BYTES + need::host_bytes_of(network),
            device_bytes: gpu::spiking::device_bytes(network),
        }
    }
}

/// Members of all patterns of all populations.
fn members(network: &Spiking) -> u64 {
    let sizes = network.pattern_sets().flat_map(|(_, patterns)| patterns.sizes());
    sizes.map(|&size| u64::from(size)).sum()
}

/// Coefficients of the fields, and what own spikes bring through them.
fn fields_bytes(network: &Spiking) -> u64 {
    let of_field = |field: &Field| (size_of::<Term>() * field.terms.len() + 4 * field.own.len()) as u64;
    network.fields.iter().map(of_field).sum()
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
    let recorded_steps = record.spikes.stop_step.min(network.steps).saturating_sub(record.spikes.start_step);
    let recorded_s = recorded_steps as f64 * dt_ms / 1000.0;
    let spikes = record.spikes.populations.iter().map(|&population| {
        let neurons = network.populations[population].size.div_ceil(record.spikes.every.max(1));
        let spikes = (f64::from(neurons) * rates_hz[population] * recorded_s).round() as u64;
        spikes_bytes(spikes)
    });
    let trace_bytes = |bin_steps: Option<u64>, width: u64| {
        let bins = bin_steps.map_or(0, |steps| network.steps.div_ceil(steps.max(1)));
        rows_bytes(bins, 1, 8) + rows_bytes(bins, width, 4)
    };
    let patterns = network.patterns.count() as u64;
    let sets = network.pattern_sets().count() as u64;
    let overlaps_bytes = if patterns == 0 { 0 } else { sets * trace_bytes(record.overlaps_bin_steps, patterns) };
    let voltages = record.voltages.iter().map(|own| {
        let inputs = network.inputs_of(own.population).count() as u64;
        let (frames, neurons) = (network.steps.div_ceil(own.every_steps.max(1)), own.neurons.len() as u64);
        rows_bytes(frames, neurons, 4) + if own.inputs { rows_bytes(frames, neurons * inputs, 4) } else { 0 }
    });
    let members = members(network);
    let trials = u64::from(network.program.trials);
    let all_spikes_bytes = trials * spikes.sum::<u64>();
    let traces_bytes =
        trials * (overlaps_bytes + network.populations.len() as u64 * trace_bytes(record.rates_bin_steps, 1));
    let voltages_bytes = trials * voltages.sum::<u64>();
    let total_bytes = FILE_BYTES + 4 * members + 8 * patterns * sets + all_spikes_bytes + traces_bytes + voltages_bytes;
    FileSize { spikes_bytes: all_spikes_bytes, traces_bytes, voltages_bytes, total_bytes }
}

/// Spikes, whose number is not known before: whole chunks.
const fn spikes_bytes(spikes: u64) -> u64 {
    2 * 8 * spikes.next_multiple_of(CHUNK_VALUES)
}

/// A dataset of so many rows of so many values of so many bytes: whole chunks of whole rows, no longer than it is.
fn rows_bytes(rows: u64, values: u64, bytes: u64) -> u64 {
    let chunk_rows = (CHUNK_VALUES / values.max(1)).clamp(1, rows.max(1));
    rows.next_multiple_of(chunk_rows) * values * bytes
}
