//! The buffers of one network on one device, made once.

use super::layout::{Layout, TURN_STRIDE};
use super::parameters;
use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines::{empty, filled};
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
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let turns_buffer = empty(gpu, "turns", bytes.turns, uniform);
        gpu.queue.write_buffer(&turns_buffer, 0, &turns);
        let weights: &[f32] = match &network.coupling {
            Coupling::Dense(weights) => weights,
            Coupling::LowRank { .. } | Coupling::Uniform { .. } => &[],
        };
        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        Self {
            turns: turns_buffer,
            state: empty(gpu, "state", bytes.state, storage),
            bits: filled(gpu, "bits", &network.member_bits()),
            partials: empty(gpu, "partials", bytes.partials, storage),
            totals: empty(gpu, "totals", bytes.totals, storage),
            stored: empty(gpu, "stored", bytes.stored, storage),
            weights: filled(gpu, "weights", bytemuck::cast_slice(weights)),
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
