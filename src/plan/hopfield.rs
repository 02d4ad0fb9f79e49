//! The plan of a binary network: how its weights are represented and what it takes.

use serde::Serialize;

use crate::engine::gpu;
use crate::model::hopfield::{Hopfield as Model, Weights};
use crate::network::hopfield::{Coupling, Hopfield};

/// The program itself with HDF5, on Linux.
const PROGRAM_BYTES: u64 = 16_000_000;
/// Bytes of memory that HDF5 takes for a trial, for each of the first ones and for all of them: what it knows of objects
/// is kept up to a limit.
const RECORDED_BYTES: u128 = 140_000;
const RECORDED_TRIALS_MAX: u128 = 500;
const FURTHER_BYTES: u128 = 12_500;
/// What an HDF5 file takes besides its data.
const FILE_BYTES: u64 = 40_000;
/// What it takes for the group of a trial, with its attributes.
const TRIAL_BYTES: u64 = 1_000;
/// What it takes for a trace: a group with two datasets.
const TRACE_BYTES: u64 = 1_600;
/// Values in a chunk of a dataset, which is written whole.
const CHUNK_VALUES: u64 = 16 * 1024;

/// What a binary network is and takes.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Number of neurons.
    pub neurons: u32,
    /// Number of patterns.
    pub patterns: usize,
    /// Number of trials.
    pub trials: usize,
    /// Number of sweeps, at most.
    pub sweeps: u64,
    /// How fields are computed.
    pub representation: Representation,
    /// Connections, ordered pairs of neurons.
    pub connections: u64,
    /// Bytes of what stands for the weights: nothing for those of low rank.
    pub weight_bytes: u64,
    /// Bytes a matrix of the weights would take, 4 a pair of neurons.
    pub matrix_bytes: u64,
    /// Bytes of host memory with the CPU engine, the program itself included.
    pub host_bytes: u64,
    /// Bytes of device memory with the GPU engine, without the driver.
    pub device_bytes: u64,
    /// Bytes of the results file, at most.
    pub file_bytes: u64,
}

/// How the fields of a network are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Representation {
    /// From the overlaps: exact, as the weights are a product of the patterns.
    LowRank,
    /// From the connections that exist, each weight computed from two rows of bits.
    CompressedRows,
    /// From the matrix that was given.
    Matrix,
}

/// The numbers that decide what a network takes.
#[derive(Clone, Copy)]
struct Sizes {
    neurons: u128,
    patterns: u128,
    trials: u128,
    /// Bytes of what stands for the weights.
    weights: u128,
}

impl Sizes {
    /// Bytes of the patterns: columns and rows of bits.
    fn pattern_bytes(self) -> u128 {
        // The CPU engine cuts the rows into words of its own.
        let rows =
            self.neurons.next_multiple_of(64) * (8 * self.patterns.div_ceil(64) + 2 * self.patterns.div_ceil(15));
        8 * self.patterns * self.neurons.div_ceil(64) + rows
    }

    fn host_bytes(self) -> u64 {
        // Base and memberships of a neuron; a state in the engine, before it, in two results, and as the file has it.
        let states = self.trials * (5 * self.neurons.div_ceil(8) + 16 * self.patterns);
        let recorded = (self.trials - 1).min(RECORDED_TRIALS_MAX) * RECORDED_BYTES + (self.trials - 1) * FURTHER_BYTES;
        u64::try_from(self.pattern_bytes() + 20 * self.neurons + self.weights + states + recorded).unwrap_or(u64::MAX)
    }
}

/// Bytes of host memory that a model will take.
pub(super) fn host_bytes(model: &Model) -> u64 {
    let neurons = u128::from(model.size);
    let weights = match (&model.weights, model.dilution) {
        // The matrix as exact fractions, then as integers.
        (Weights::Given(_), _) => 4 * neurons * neurons,
        (_, Some(dilution)) => (8.5 * dilution.probability * (neurons * neurons) as f64) as u128 + 8 * neurons,
        _ => 0,
    };
    let patterns = model.patterns.as_ref().map_or(0, |patterns| patterns.count as u128);
    Sizes { neurons, patterns, trials: model.trials.into(), weights }.host_bytes()
}

impl Plan {
    /// The plan of a model and the network that it makes, which may have been compiled for fewer trials.
    #[must_use]
    pub fn new(model: &Model, network: &Hopfield) -> Self {
        let neurons = u64::from(network.neurons);
        let all = neurons * neurons;
        let (representation, connections, weight_bytes) = match &network.coupling {
            Coupling::LowRank(low_rank) => {
                let own = low_rank.readout.own == 0 && low_rank.readout.own_membership == 0;
                let pairs = if network.memories.count() == 0 { 0 } else { all - if own { 0 } else { neurons } };
                (Representation::LowRank, pairs, 0)
            }
            Coupling::Sparse(sparse) => {
                let count = sparse.sources.len() as u64;
                (Representation::CompressedRows, count, 4 * count + 8 * neurons)
            }
            Coupling::Matrix(matrix) => {
                let count = matrix.weights.iter().filter(|&&weight| weight != 0).count() as u64;
                (Representation::Matrix, count, 4 * all)
            }
        };
        let (patterns, trials) = (network.memories.count(), model.trials as usize);
        let sizes = Sizes {
            neurons: neurons.into(),
            patterns: patterns as u128,
            trials: trials as u128,
            weights: weight_bytes.into(),
        };
        Self {
            neurons: network.neurons,
            patterns,
            trials,
            sweeps: network.sweeps,
            representation,
            connections,
            weight_bytes,
            matrix_bytes: 4 * all,
            host_bytes: PROGRAM_BYTES.saturating_add(sizes.host_bytes()),
            device_bytes: gpu::hopfield::device_bytes(network, trials),
            file_bytes: file_bytes(model, network),
        }
    }
}

/// Bytes of the results file if all sweeps are made.
fn file_bytes(model: &Model, network: &Hopfield) -> u64 {
    let rows = network.sweeps.saturating_add(1);
    let patterns = network.memories.count() as u64;
    // Bytes of a value, and values of a row: energy, flips, distance, overlaps, states.
    let distance = network.start_pattern.map(|_| (8, 1));
    let overlaps = (patterns > 0).then_some((4, patterns));
    let states = model.record_states.then(|| (1, u64::from(network.neurons).div_ceil(8)));
    let traces = [Some((8, 1)), Some((8, 1)), distance, overlaps, states].into_iter().flatten();
    let of_traces = traces.map(|(bytes, width)| {
        let datasets = dataset_bytes(rows, 8, 1).saturating_add(dataset_bytes(rows, bytes, width));
        datasets.saturating_add(TRACE_BYTES)
    });
    let trial = of_traces.fold(TRIAL_BYTES, u64::saturating_add);
    let members: u64 = network.memories.sizes().iter().map(|&size| u64::from(size)).sum();
    FILE_BYTES.saturating_add(u64::from(model.trials).saturating_mul(trial)).saturating_add(4 * members)
}

/// Bytes of a dataset in whole chunks, and of their index.
fn dataset_bytes(rows: u64, bytes: u64, width: u64) -> u64 {
    let chunk_rows = (CHUNK_VALUES / width.max(1)).clamp(1, rows);
    let chunks = rows.div_ceil(chunk_rows);
    chunks.saturating_mul(chunk_rows.saturating_mul(width * bytes).saturating_add(16))
}
