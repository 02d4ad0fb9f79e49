//! Buffers, bind groups and pipelines of one network on one device, made once.

use wgpu::util::DeviceExt;

use super::layout::{BLOCK_STRIDE, Layout};
use super::parameters::{self, TABLE_RECORDS};
use crate::engine::gpu::Gpu;
use crate::engine::gpu::shaders::{ARRIVALS, INTEGRATE, STATE, Shader};
use crate::network::spiking::{Spiking, Synapse};

/// Everything that lives on the device.
#[derive(Debug)]
pub(super) struct Buffers {
    pub(super) blocks: wgpu::Buffer,
    pub(super) state: wgpu::Buffer,
    pub(super) external: wgpu::Buffer,
    pub(super) counts: wgpu::Buffer,
    pub(super) output: wgpu::Buffer,
    pub(super) arrivals: Kernel,
    pub(super) integrate: Kernel,
    pub(super) probe: Option<Kernel>,
}

/// A pipeline and what it is bound to.
#[derive(Debug)]
pub(super) struct Kernel {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) bindings: wgpu::BindGroup,
}

/// How a shader uses a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A uniform at a dynamic offset.
    DynamicUniform,
    /// A uniform.
    Uniform,
    /// Storage that is only read.
    Read,
    /// Storage that is written too.
    ReadWrite,
}

/// A binding of group 0: its number, the variable of the shader, how it is used.
pub type Binding = (u32, &'static str, Access);

/// Bindings of `arrivals`, its tables in uniform buffers or in storage.
#[must_use]
pub fn arrivals_bindings(tables: Access) -> [Binding; 4] {
    [BLOCK, (2, "projections", tables), (6, "counts", Access::ReadWrite), (8, "window", Access::ReadWrite)]
}

/// Bindings of `integrate`, its tables and its window in uniform buffers or in storage.
#[must_use]
pub fn integrate_bindings(tables: Access, window: Access) -> [Binding; 9] {
    [
        BLOCK,
        (1, "populations", tables),
        (2, "projections", tables),
        (3, "state", Access::ReadWrite),
        (4, "external_input", Access::Read),
        (5, "patterns", Access::Read),
        (6, "counts", Access::ReadWrite),
        (7, "output", Access::ReadWrite),
        (8, "window", window),
    ]
}

/// Bindings of `variables` in `state`.
#[must_use]
pub fn state_bindings() -> [Binding; 4] {
    [BLOCK, (3, "state", Access::Read), (7, "output", Access::ReadWrite), (9, "probes", Access::Read)]
}

const BLOCK: Binding = (0, "block", Access::DynamicUniform);

impl Buffers {
    pub(super) fn new(gpu: &Gpu, network: &Spiking, layout: &Layout) -> Self {
        let bytes = layout.bytes();
        let mut populations = parameters::populations(network);
        populations.resize(populations.len().max(TABLE_RECORDS as usize), parameters::Population::default());
        let mut projections = parameters::projections(network, layout);
        projections.resize(projections.len().max(TABLE_RECORDS as usize), parameters::Projection::default());
        let mut places: Vec<u32> =
            network.probes.iter().map(|probe| layout.place(network, probe.variable, probe.neuron)).collect();
        places.resize(places.len().max(1), 0);

        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let blocks = empty(gpu, "blocks", bytes.blocks, uniform);
        let populations = filled(gpu, "populations", bytemuck::cast_slice(&populations));
        let projections = filled(gpu, "projections", bytemuck::cast_slice(&projections));
        let state = empty(gpu, "state", bytes.state, storage);
        let external = empty(gpu, "external", bytes.external, storage);
        let patterns = filled(gpu, "patterns", bytemuck::cast_slice(&transposed(network)));
        let counts = empty(gpu, "counts", bytes.counts, storage);
        let output = empty(gpu, "output", bytes.output, storage);
        let window = empty(gpu, "window", bytes.window, storage | wgpu::BufferUsages::UNIFORM);
        let probes = filled(gpu, "probes", bytemuck::cast_slice(&places));

        let find = |name: &str| match name {
            "block" => &blocks,
            "populations" => &populations,
            "projections" => &projections,
            "state" => &state,
            "external_input" => &external,
            "patterns" => &patterns,
            "counts" => &counts,
            "output" => &output,
            "window" => &window,
            _ => &probes,
        };
        let tables = uniform_if(layout.has_small_tables());
        let near = uniform_if(gpu.device().software && layout.has_small_window());
        let at = |access| usize::from(access != Access::Uniform);
        let arrivals = kernel(gpu, ARRIVALS[at(tables)], &arrivals_bindings(tables), &[], find);
        let shader = INTEGRATE[at(tables)][at(near)];
        let integrate = kernel(gpu, shader, &integrate_bindings(tables, near), &overrides(network), find);
        let probe = (!network.probes.is_empty()).then(|| kernel(gpu, STATE, &state_bindings(), &[], find));
        Self { blocks, state, external, counts, output, arrivals, integrate, probe }
    }
}

fn uniform_if(small: bool) -> Access {
    if small { Access::Uniform } else { Access::Read }
}

/// What of the shader falls away for this network.
fn overrides(network: &Spiking) -> [(&'static str, f64); 4] {
    let inputs_max = network.populations.iter().map(|population| population.inputs.len()).max().unwrap_or(0);
    let with_noise = network.populations.iter().any(|population| population.noise != 0);
    let with_jumps = network.projections.iter().any(|projection| projection.synapse == Synapse::Jump);
    [
        ("inputs_max", inputs_max as f64),
        ("with_noise", f64::from(u8::from(with_noise))),
        ("with_jumps", f64::from(u8::from(with_jumps))),
        ("with_held_rows", f64::from(u8::from(network.patterns.words_per_neuron() <= 4))),
    ]
}

/// Bit rows as `[word][neuron]`, so that neighbouring invocations read neighbouring words; one word if there are none.
fn transposed(network: &Spiking) -> Vec<u32> {
    let patterns = &network.patterns;
    let (neurons, words) = (patterns.neurons(), patterns.words_per_neuron());
    let mut rows = vec![0; (neurons * words).max(1)];
    for (neuron, row) in patterns.words().chunks_exact(words.max(1)).enumerate() {
        for (word, &bits) in row.iter().enumerate() {
            rows[word * neurons + neuron] = bits;
        }
    }
    rows
}

fn empty(gpu: &Gpu, label: &str, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
}

fn filled(gpu: &Gpu, label: &str, contents: &[u8]) -> wgpu::Buffer {
    let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::UNIFORM;
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
}

/// A buffer for results, to be mapped.
pub(super) fn staging(gpu: &Gpu, label: &str, size: u64) -> wgpu::Buffer {
    empty(gpu, label, size, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)
}

fn kernel<'a>(
    gpu: &Gpu,
    shader: Shader,
    bindings: &[Binding],
    constants: &[(&str, f64)],
    find: impl Fn(&str) -> &'a wgpu::Buffer,
) -> Kernel {
    let label = Some(shader.name);
    let record = wgpu::BufferSize::new(size_of::<parameters::Block>() as u64);
    let entries: Vec<_> = bindings.iter().map(|&(binding, _, access)| layout_entry(binding, access)).collect();
    let bind_layout =
        gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: &entries });
    let entries: Vec<_> = bindings
        .iter()
        .map(|&(binding, name, access)| {
            let size = if access == Access::DynamicUniform { record } else { None };
            let buffer = wgpu::BufferBinding { buffer: find(name), offset: 0, size };
            wgpu::BindGroupEntry { binding, resource: wgpu::BindingResource::Buffer(buffer) }
        })
        .collect();
    let bind_group =
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label, layout: &bind_layout, entries: &entries });
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label,
        bind_group_layouts: &[Some(&bind_layout)],
        immediate_size: 0,
    });
    let module = unsafe {
        gpu.device.create_shader_module_trusted(
            wgpu::ShaderModuleDescriptor { label, source: wgpu::ShaderSource::Wgsl(shader.source().into()) },
            wgpu::ShaderRuntimeChecks::unchecked(),
        )
    };
    let pipeline = gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label,
        layout: Some(&layout),
        module: &module,
        entry_point: Some(shader.entry_point),
        compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
        cache: None,
    });
    Kernel { pipeline, bindings: bind_group }
}

fn layout_entry(binding: u32, access: Access) -> wgpu::BindGroupLayoutEntry {
    let ty = match access {
        Access::DynamicUniform | Access::Uniform => wgpu::BufferBindingType::Uniform,
        Access::Read => wgpu::BufferBindingType::Storage { read_only: true },
        Access::ReadWrite => wgpu::BufferBindingType::Storage { read_only: false },
    };
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset: access == Access::DynamicUniform,
            min_binding_size: None,
        },
        count: None,
    }
}

/// Byte offset of a block's record.
pub(super) fn block_offset(index: u64) -> u64 {
    index * BLOCK_STRIDE
}
