//! The buffers of one network on one device, made once.

use wgpu::util::DeviceExt;

use super::layout::{BLOCK_STRIDE, Layout};
use super::parameters::{self, TABLE_RECORDS};
use super::wirings;
use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines::empty;
use crate::network::spiking::Spiking;

/// Everything that lives on the device, by the names that the shaders use.
#[derive(Debug)]
pub(super) struct Buffers {
    pub(super) blocks: wgpu::Buffer,
    pub(super) state: wgpu::Buffer,
    pub(super) external_input: wgpu::Buffer,
    pub(super) counts: wgpu::Buffer,
    pub(super) output: wgpu::Buffer,
    populations: wgpu::Buffer,
    projections: wgpu::Buffer,
    patterns: wgpu::Buffer,
    window: wgpu::Buffer,
    probes: wgpu::Buffer,
    wirings: wgpu::Buffer,
    connections: wgpu::Buffer,
}

impl Buffers {
    pub(super) fn new(gpu: &Gpu, network: &Spiking, layout: &Layout) -> Self {
        let bytes = layout.bytes();
        let contents = Contents::new(network, layout);
        let probes = network.probes.iter().map(|probe| layout.place(network, probe.variable, probe.neuron));
        let probes = padded(probes.collect(), 1);

        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        Self {
            blocks: empty(gpu, "blocks", bytes.blocks, uniform),
            state: empty(gpu, "state", bytes.state, storage),
            external_input: empty(gpu, "external_input", bytes.external, storage),
            counts: empty(gpu, "counts", bytes.counts, storage),
            output: empty(gpu, "output", bytes.output, storage),
            populations: filled(gpu, "populations", bytemuck::cast_slice(&contents.populations)),
            projections: filled(gpu, "projections", bytemuck::cast_slice(&contents.projections)),
            patterns: filled(gpu, "patterns", bytemuck::cast_slice(&contents.patterns)),
            window: empty(gpu, "window", bytes.window, storage | wgpu::BufferUsages::UNIFORM),
            probes: filled(gpu, "probes", bytemuck::cast_slice(&probes)),
            wirings: filled(gpu, "wirings", bytemuck::cast_slice(&contents.wirings)),
            connections: filled(gpu, "connections", bytemuck::cast_slice(&contents.connections)),
        }
    }

    /// Puts another network of the same layout on the device.
    pub(super) fn rewire(&self, gpu: &Gpu, network: &Spiking, layout: &Layout) {
        let contents = Contents::new(network, layout);
        gpu.queue.write_buffer(&self.populations, 0, bytemuck::cast_slice(&contents.populations));
        gpu.queue.write_buffer(&self.projections, 0, bytemuck::cast_slice(&contents.projections));
        gpu.queue.write_buffer(&self.patterns, 0, bytemuck::cast_slice(&contents.patterns));
        gpu.queue.write_buffer(&self.wirings, 0, bytemuck::cast_slice(&contents.wirings));
        gpu.queue.write_buffer(&self.connections, 0, bytemuck::cast_slice(&contents.connections));
    }

    /// The buffer of a variable of the shaders.
    pub(super) fn of_variable(&self, name: &str) -> &wgpu::Buffer {
        match name {
            "block" => &self.blocks,
            "populations" => &self.populations,
            "projections" => &self.projections,
            "state" => &self.state,
            "external_input" => &self.external_input,
            "patterns" => &self.patterns,
            "counts" => &self.counts,
            "output" => &self.output,
            "window" => &self.window,
            "probes" => &self.probes,
            "wirings" => &self.wirings,
            "connections" => &self.connections,
            other => unreachable!("the shaders have no `{other}`"),
        }
    }
}

/// What of the buffers depends on the weights and the patterns of a network.
struct Contents {
    populations: Vec<parameters::Population>,
    projections: Vec<parameters::Projection>,
    patterns: Vec<u32>,
    wirings: Vec<parameters::Wiring>,
    connections: Vec<u32>,
}

impl Contents {
    fn new(network: &Spiking, layout: &Layout) -> Self {
        let read_only = layout.read_only.contents(network, layout.group_size as usize, &layout.fields);
        Self {
            populations: padded(parameters::populations(network, layout), TABLE_RECORDS as usize),
            projections: padded(parameters::projections(network, layout), TABLE_RECORDS as usize),
            patterns: [read_only, layout.tables.words.clone()].concat(),
            wirings: padded(wirings::records(network, layout), 1),
            connections: padded(wirings::connections(network), 1),
        }
    }
}

/// At least `len` records.
fn padded<T: Default + Clone>(mut records: Vec<T>, len: usize) -> Vec<T> {
    records.resize(records.len().max(len), T::default());
    records
}

fn filled(gpu: &Gpu, label: &str, contents: &[u8]) -> wgpu::Buffer {
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
}

/// A buffer for results, to be mapped.
pub(super) fn staging(gpu: &Gpu, label: &str, size: u64) -> wgpu::Buffer {
    empty(gpu, label, size, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)
}

/// Byte offset of a block's record.
pub(super) fn block_offset(index: u64) -> u64 {
    index * BLOCK_STRIDE
}
