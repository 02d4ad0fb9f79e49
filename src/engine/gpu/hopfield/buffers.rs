//! The buffers of one binary network on one device, made once.

use super::layout::Layout;
use super::parameters::long;
use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines::{empty, filled};
use crate::network::hopfield::{Coupling, Hopfield};

/// Everything that lives on the device, by the names that the shaders use.
#[derive(Debug)]
pub(super) struct Buffers {
    pub(super) sweeps: wgpu::Buffer,
    pub(super) states: wgpu::Buffer,
    pub(super) counts: wgpu::Buffer,
    pub(super) order: wgpu::Buffer,
    rows: wgpu::Buffer,
    columns: wgpu::Buffer,
    neurons: wgpu::Buffer,
    weights: wgpu::Buffer,
    gain: wgpu::Buffer,
}

impl Buffers {
    pub(super) fn new(gpu: &Gpu, network: &Hopfield, layout: &Layout) -> Self {
        let bytes = layout.bytes();
        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let gain = network.gain.as_ref().map_or(&[][..], |gain| &gain.table);
        Self {
            sweeps: empty(gpu, "sweep", bytes.records, uniform),
            states: empty(gpu, "states", bytes.states, storage),
            counts: empty(gpu, "counts", bytes.counts, storage),
            order: empty(gpu, "order", bytes.order, storage),
            rows: filled(gpu, "rows", &rows(network)),
            columns: filled(gpu, "columns", &columns(network)),
            neurons: filled(gpu, "neurons", &neurons(network)),
            weights: filled(gpu, "weights", &weights(network)),
            gain: filled(gpu, "gain", gain),
        }
    }

    /// The buffer of a variable of the shaders.
    pub(super) fn of_variable(&self, name: &str) -> &wgpu::Buffer {
        match name {
            "sweep" => &self.sweeps,
            "states" => &self.states,
            "counts" => &self.counts,
            "order" => &self.order,
            "rows" => &self.rows,
            "columns" => &self.columns,
            "neurons" => &self.neurons,
            "weights" => &self.weights,
            "gain" => &self.gain,
            other => unreachable!("the shaders have no `{other}`"),
        }
    }
}

/// The two halves of words of 64 bits, low first.
pub(super) fn halves(words: &[u64]) -> impl Iterator<Item = u32> + '_ {
    words.iter().flat_map(|&word| [word as u32, (word >> 32) as u32])
}

/// Rows of bits: for a synchronous sweep `[word][neuron]`, for visits `[neuron][word]`.
fn rows(network: &Hopfield) -> Vec<u32> {
    let (neurons, memories) = (network.neurons as usize, &network.memories);
    let words = 2 * memories.row_words();
    let mut rows = vec![0; neurons * words];
    for neuron in 0..neurons {
        for (at, word) in memories.row(neuron).enumerate() {
            for (half, bits) in halves(&[word]).enumerate() {
                let word = 2 * at + half;
                let place = if network.synchronous { word * neurons + neuron } else { neuron * words + word };
                rows[place] = bits;
            }
        }
    }
    rows
}

fn columns(network: &Hopfield) -> Vec<u32> {
    (0..network.memories.count()).flat_map(|pattern| halves(network.memories.column(pattern))).collect()
}

fn neurons(network: &Hopfield) -> Vec<u32> {
    let mut neurons = Vec::with_capacity(4 * network.neurons as usize);
    for (neuron, &memberships) in network.memories.memberships().iter().enumerate() {
        let constant = match &network.coupling {
            Coupling::LowRank(low_rank) => low_rank.readout.base[neuron],
            Coupling::Sparse(_) | Coupling::Matrix(_) => network.thresholds.of(neuron),
        };
        let [low, high] = long(constant);
        neurons.extend([low, high, memberships, 0]);
    }
    neurons
}

fn weights(network: &Hopfield) -> Vec<u32> {
    match &network.coupling {
        Coupling::LowRank(_) => Vec::new(),
        Coupling::Sparse(sparse) => {
            let offsets = sparse.offsets.iter().map(|&offset| offset as u32);
            offsets.chain(sparse.sources.iter().copied()).collect()
        }
        Coupling::Matrix(matrix) => {
            let neurons = network.neurons as usize;
            let place = |at: usize| if network.synchronous { at % neurons * neurons + at / neurons } else { at };
            (0..neurons * neurons).map(|at| matrix.weights[place(at)] as u32).collect()
        }
    }
}
