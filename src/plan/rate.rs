//! The plan of a run of a rate network.

use serde::Serialize;

use crate::engine::gpu;
use crate::model::rate::{Coupling as ModelCoupling, Rate as Model, Record};
use crate::network::rate::{Coupling, Rate};
use crate::schedule::Timeline;

/// The program itself with HDF5, on Linux.
const PROGRAM_BYTES: u64 = 18_000_000;
/// What an HDF5 file takes besides its data.
const FILE_BYTES: u64 = 40_000;
/// Values of a neuron: r, y, slopes, input, field, the start, and frames on their way to the file.
const VALUES_PER_NEURON: u64 = 12;

/// What a rate network stands for, and what running it takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Number of neurons.
    pub neurons: usize,
    /// Number of patterns.
    pub patterns: usize,
    /// How W r is computed.
    pub representation: Representation,
    /// Weights that are not zero, autapses among them.
    pub synapses: u64,
    /// Sums over all neurons kept instead of the weights; 0 where these are stored.
    pub sums_per_stage: usize,
    /// Bytes a matrix of the weights takes or would take.
    pub matrix_bytes: u64,
    /// Number of steps.
    pub steps: u64,
    /// Evaluations of W r in a step.
    pub stages: usize,
    /// Number of blocks.
    pub blocks: u64,
    /// What it takes.
    pub memory: Memory,
}

/// How W r is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Representation {
    /// From one sum a pattern: the weights are a product of two thin matrices.
    LowRank,
    /// From one sum: all weights are the same.
    GlobalSum,
    /// From N² stored weights.
    Stored,
}

/// Memory in bytes, without the driver of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// The stored weights.
    pub weight_bytes: u64,
    /// At the most with the CPU engine, the program itself included.
    pub host_bytes: u64,
    /// All of it on the device with the GPU engine.
    pub device_bytes: u64,
}

/// The size of a results file in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FileSize {
    /// Overlaps, mean rates and residuals.
    pub traces_bytes: u64,
    /// Rates of chosen neurons.
    pub neurons_bytes: u64,
    /// All of it, patterns included.
    pub total_bytes: u64,
}

impl Plan {
    /// The plan of a network that was compiled from `model`.
    #[must_use]
    pub fn new(model: &Model, network: &Rate) -> Self {
        let neurons = network.neurons();
        let all = neurons as u64 * neurons as u64;
        let nonzero = |scale: f32| if scale == 0.0 { 0 } else { all };
        let (representation, sums_per_stage, synapses) = match &network.coupling {
            Coupling::LowRank { scale } => (Representation::LowRank, network.patterns.count(), nonzero(*scale)),
            Coupling::Uniform { scale } => (Representation::GlobalSum, 1, nonzero(*scale)),
            Coupling::Dense(weights) => {
                (Representation::Stored, 0, weights.iter().filter(|&&weight| weight != 0.0).count() as u64)
            }
        };
        let weight_bytes = if representation == Representation::Stored { 4 * all } else { 0 };
        let host_bytes = PROGRAM_BYTES + host_bytes(model);
        let memory = Memory { weight_bytes, host_bytes, device_bytes: gpu::rate::device_bytes(network) };
        Self {
            neurons,
            patterns: network.patterns.count(),
            representation,
            synapses,
            sums_per_stage,
            matrix_bytes: 4 * all,
            steps: network.steps,
            stages: network.stages.len(),
            blocks: network.blocks().count() as u64,
            memory,
        }
    }
}

/// Bytes of host memory that a model will take, told before anything is allocated.
#[must_use]
pub fn host_bytes(model: &Model) -> u64 {
    let neurons = u64::from(model.size);
    let matrices = match model.coupling {
        ModelCoupling::Hebbian { .. } | ModelCoupling::Uniform => 0,
        ModelCoupling::Gaussian => 1,
        // As it was read, and scaled.
        ModelCoupling::Matrix(_) => 1 + u64::from(model.strength != 1.0),
    };
    let patterns = model.patterns.as_ref().map_or(0, |own| {
        // Bit rows by neuron and by pattern, and members one by one as drawn and on their way to the file.
        let bits = neurons * (own.count as u64).div_ceil(32) * 4 + own.count as u64 * neurons.div_ceil(64) * 8;
        bits.saturating_add((8.0 * own.activity * neurons as f64 * own.count as f64) as u64)
    });
    let weights = neurons.saturating_mul(neurons).saturating_mul(4 * matrices);
    weights.saturating_add(patterns).saturating_add(4 * VALUES_PER_NEURON * neurons)
}

/// The size of the results file.
#[must_use]
pub fn file_size(network: &Rate, record: &Record) -> FileSize {
    let rows = |interval: Option<u64>| interval.map_or(0, |steps| network.steps.div_ceil(steps) + 1);
    let patterns = network.patterns.count() as u64;
    let neurons = record.neurons.len() as u64;
    let overlaps = rows(record.overlaps_bin_steps) * (8 + 4 * patterns);
    let traces_bytes = overlaps + 2 * rows(record.rates_bin_steps) * (8 + 4);
    let neurons_bytes = if neurons == 0 { 0 } else { rows(Some(record.every_steps)) * (8 + 4 * neurons) };
    let members: u64 = network.patterns.sizes().iter().map(|&size| u64::from(size)).sum();
    let total_bytes = FILE_BYTES + 4 * members + 8 * patterns + traces_bytes + neurons_bytes;
    FileSize { traces_bytes, neurons_bytes, total_bytes }
}
