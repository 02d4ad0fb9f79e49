//! The shaders of spiking networks as pipelines: what each is bound to and what of it a network needs.

use super::buffers::Buffers;
use super::layout::Layout;
use super::parameters::{self, HELD_INPUTS};
use crate::engine::gpu::Gpu;
use crate::engine::gpu::shaders::{ARRIVALS, INTEGRATE, PROBE, Shader};
use crate::network::spiking::{Count, Spiking, Synapse};

/// The dispatches of a block.
#[derive(Debug)]
pub(super) struct Kernels {
    pub(super) arrivals: Kernel,
    pub(super) integrate: Kernel,
    /// Only where something is probed.
    pub(super) probe: Option<Kernel>,
}

impl Kernels {
    pub(super) fn new(gpu: &Gpu, network: &Spiking, layout: &Layout, buffers: &Buffers) -> Self {
        let tables = uniform_if(layout.has_small_tables());
        let window = uniform_if(gpu.device().software && layout.has_small_window());
        let at = |access| usize::from(access != Access::Uniform);
        let sizes = sizes(network, layout);
        let sizes_and_traits = [&sizes[..], &traits(network)].concat();
        let make = |shader, bindings: &[Binding], constants: &[(&str, f64)]| {
            let (layout, bound) = bind(gpu, shader, bindings, buffers);
            Kernel { pipeline: pipeline(gpu, shader, &layout, constants), bindings: bound }
        };
        Self {
            arrivals: make(ARRIVALS[at(tables)], &arrivals_bindings(tables), &sizes),
            integrate: make(INTEGRATE[at(tables)][at(window)], &integrate_bindings(tables, window), &sizes_and_traits),
            probe: (!network.probes.is_empty()).then(|| make(PROBE, &probe_bindings(), &sizes)),
        }
    }
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

/// Bindings of `probe`.
#[must_use]
pub fn probe_bindings() -> [Binding; 4] {
    [BLOCK, (3, "state", Access::Read), (7, "output", Access::ReadWrite), (9, "probes", Access::Read)]
}

const BLOCK: Binding = (0, "block", Access::DynamicUniform);

fn uniform_if(small: bool) -> Access {
    if small { Access::Uniform } else { Access::Read }
}

/// What all shaders know of the layout.
fn sizes(network: &Spiking, layout: &Layout) -> Vec<(&'static str, f64)> {
    let sizes = [
        ("neuron_count", layout.neurons),
        ("population_count", layout.populations),
        ("projection_count", layout.projections),
        ("group_count", layout.groups),
        ("member_count", network.patterns.neurons() as u64),
        ("probe_count", layout.probes),
        ("slot_count", layout.slots),
        ("row_entries", layout.row),
        ("window_entries", layout.windows),
        ("refractory_start", layout.refractory),
        ("history_start", layout.history),
        ("history_words", layout.history_words),
        ("steps_per_entry", layout.steps_per_entry),
    ];
    sizes.into_iter().map(|(name, size)| (name, size as f64)).collect()
}

/// What of `integrate` falls away for this network.
fn traits(network: &Spiking) -> [(&'static str, f64); 5] {
    let inputs_max = network.populations.iter().map(|population| population.inputs.len()).max().unwrap_or(0);
    let with_noise = network.populations.iter().any(|population| population.noise != 0);
    let with_jumps = network.projections.iter().any(|projection| projection.synapse == Synapse::Jump);
    let places = network.populations.iter().flat_map(|population| population.inputs.iter().enumerate());
    let pattern_inputs = places
        .filter(|&(_, &input)| network.projections[input].count == Count::Patterns)
        .fold(0u32, |bits, (place, _)| bits | 1 << place.min(HELD_INPUTS as usize));
    [
        ("inputs_max", inputs_max as f64),
        ("pattern_inputs", f64::from(pattern_inputs)),
        ("with_noise", f64::from(u8::from(with_noise))),
        ("with_jumps", f64::from(u8::from(with_jumps))),
        ("with_held_rows", f64::from(u8::from(network.patterns.words_per_neuron() <= 4))),
    ]
}

fn bind(
    gpu: &Gpu,
    shader: Shader,
    bindings: &[Binding],
    buffers: &Buffers,
) -> (wgpu::BindGroupLayout, wgpu::BindGroup) {
    let label = Some(shader.name);
    let record = wgpu::BufferSize::new(size_of::<parameters::Block>() as u64);
    let entries: Vec<_> = bindings.iter().map(|&(binding, _, access)| layout_entry(binding, access)).collect();
    let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: &entries });
    let entries: Vec<_> = bindings
        .iter()
        .map(|&(binding, name, access)| {
            let size = if access == Access::DynamicUniform { record } else { None };
            let buffer = wgpu::BufferBinding { buffer: buffers.of_variable(name), offset: 0, size };
            wgpu::BindGroupEntry { binding, resource: wgpu::BindingResource::Buffer(buffer) }
        })
        .collect();
    let group = wgpu::BindGroupDescriptor { label, layout: &layout, entries: &entries };
    let group = gpu.device.create_bind_group(&group);
    (layout, group)
}

fn pipeline(
    gpu: &Gpu,
    shader: Shader,
    bindings: &wgpu::BindGroupLayout,
    constants: &[(&str, f64)],
) -> wgpu::ComputePipeline {
    let label = Some(shader.name);
    let layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label,
        bind_group_layouts: &[Some(bindings)],
        immediate_size: 0,
    });
    let source = wgpu::ShaderSource::Wgsl(shader.source().into());
    let checks = wgpu::ShaderRuntimeChecks { force_loop_bounding: false, ..wgpu::ShaderRuntimeChecks::checked() };
    // SAFETY: every loop of these shaders ends, since each turn takes a bit away, halves an interval or brings an
    // index nearer to a bound that stays. All other checks remain.
    let module =
        unsafe { gpu.device.create_shader_module_trusted(wgpu::ShaderModuleDescriptor { label, source }, checks) };
    gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label,
        layout: Some(&layout),
        module: &module,
        entry_point: Some(shader.entry_point),
        compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
        cache: None,
    })
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
