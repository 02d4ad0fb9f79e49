//! The buffers of one network on one device, made once.

use wgpu::util::DeviceExt;

use super::layout::{Layout, TURN_STRIDE};
use super::parameters;
use crate::engine::gpu::Gpu;
use crate::network::rate::{Coupling, Rate};

/// Everything that lives on the device, by the names that the shaders use.
#[derive(Debug)]
pub(super) struct Buffers {
    turns: wgpu::Buffer,
    pub(super) state: wgpu::Buffer,
    bits: wgpu::Buffer,
    partials: wgpu::Buffer,
    pub(super) totals: wgpu::Buffer,
    stored: wgpu::Buffer,
    weights: wgpu::Buffer,
    pub(super) external_input: wgpu::Buffer,
    pub(super) largest_bits: wgpu::Buffer,
}

impl Buffers {
    pub(super) fn new(gpu: &Gpu, network: &Rate, layout: &Layout) -> Self {
        let bytes = layout.bytes();
        let mut turns = vec![0u8; bytes.turns as usize];
        for (turn, record) in parameters::turns(network, layout).iter().zip(turns.chunks_mut(TURN_STRIDE as usize)) {
            record[..size_of_val(turn)].copy_from_slice(bytemuck::bytes_of(turn));
        }
        let mut bits = network.member_bits();
        bits.resize(bits.len().max(1), 0);
        let weights: &[f32] = match &network.coupling {
            Coupling::Dense(weights) => weights,
            Coupling::LowRank { .. } | Coupling::Uniform { .. } => &[0.0],
        };
        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        Self {
            turns: filled(gpu, "turns", &turns, wgpu::BufferUsages::UNIFORM),
            state: empty(gpu, "state", bytes.state, storage),
            bits: filled(gpu, "bits", bytemuck::cast_slice(&bits), wgpu::BufferUsages::STORAGE),
            partials: empty(gpu, "partials", bytes.partials, storage),
            totals: empty(gpu, "totals", bytes.totals, storage),
            stored: empty(gpu, "stored", bytes.stored, storage),
            weights: filled(gpu, "weights", bytemuck::cast_slice(weights), wgpu::BufferUsages::STORAGE),
            external_input: empty(gpu, "external_input", bytes.external, storage),
            largest_bits: empty(gpu, "largest_bits", bytes.largest, storage),
        }
    }

    /// The buffer of a variable of the shaders.
    pub(super) fn of_variable(&self, name: &str) -> &wgpu::Buffer {
        match name {
            "turn" => &self.turns,
            "state" => &self.state,
            "bits" => &self.bits,
            "partials" => &self.partials,
            "totals" => &self.totals,
            "stored" => &self.stored,
            "weights" => &self.weights,
            "external_input" => &self.external_input,
            "largest_bits" => &self.largest_bits,
            other => unreachable!("the shaders have no `{other}`"),
        }
    }
}

fn empty(gpu: &Gpu, label: &str, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
}

fn filled(gpu: &Gpu, label: &str, contents: &[u8], usage: wgpu::BufferUsages) -> wgpu::Buffer {
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
}

/// A buffer for results, to be mapped.
pub(super) fn staging(gpu: &Gpu, size: u64) -> wgpu::Buffer {
    empty(gpu, "results", size, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)
}
