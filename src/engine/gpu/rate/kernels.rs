//! The shaders of rate networks as pipelines, and the dispatches of a step and of a frame.

use super::buffers::Buffers;
use super::layout::{Layout, TURN_STRIDE};
use super::{parameters, shaders};
use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines;
use crate::engine::gpu::shaders::{Access, Shader};
use crate::network::rate::{BLOCK_STEPS_MAX, Coupling, Rate};

/// All pipelines, with the workgroups of each.
#[derive(Debug)]
pub(super) struct Kernels {
    sums: Kernel,
    totals: Kernel,
    /// Only where a matrix is stored.
    fields: Option<Kernel>,
    integrate: Kernel,
    observe: Kernel,
    /// Of all sums: for frames.
    all_sums: [u32; 2],
    all_totals: [u32; 2],
    stages: u32,
    has_sums: bool,
}

/// A kernel and its workgroups.
#[derive(Debug)]
struct Kernel {
    kernel: pipelines::Kernel,
    has_turn: bool,
    groups: [u32; 2],
}

impl Kernels {
    pub(super) fn new(gpu: &Gpu, network: &Rate, layout: &Layout, buffers: &Buffers) -> Self {
        let constants = parameters::constants(network, layout);
        let limit = gpu.device().limits.workgroups;
        let groups = |tasks: u64| Layout::groups(tasks, limit);
        let make = |shader: &Shader, tasks: u64| {
            let has_turn = shader.bindings.iter().any(|binding| binding.2 == Access::DynamicUniform);
            let record_bytes = size_of::<parameters::Turn>();
            let settings = pipelines::Settings { record_bytes, constants: &constants, zeroed: true };
            let kernel = pipelines::Kernel::new(gpu, shader, settings, |name| buffers.of_variable(name));
            Kernel { kernel, has_turn, groups: groups(tasks) }
        };
        let vectors = layout.vectors.end - layout.vectors.start;
        let is_stored = matches!(network.coupling, Coupling::Dense(_));
        Self {
            sums: make(&shaders::sums(), layout.chunks * vectors),
            totals: make(&shaders::totals(), vectors),
            fields: is_stored.then(|| make(&shaders::fields(), layout.neurons)),
            integrate: make(&shaders::integrate(), layout.neuron_groups()),
            observe: make(&shaders::observe(), layout.neuron_groups()),
            all_sums: groups(layout.chunks * layout.vectors_all),
            all_totals: groups(layout.vectors_all),
            stages: network.stages.len() as u32,
            has_sums: vectors > 0,
        }
    }

    /// A step, whose number in the block is `step`.
    pub(super) fn step(&self, pass: &mut wgpu::ComputePass<'_>, step: u32) {
        for stage in 0..self.stages {
            let turn = step * self.stages + stage;
            self.prepare(pass, turn);
            self.integrate.run(pass, turn, self.integrate.groups);
        }
    }

    /// The frame at the end of a block: how far it is from rest, then all sums.
    pub(super) fn frame(&self, pass: &mut wgpu::ComputePass<'_>) {
        let look = BLOCK_STEPS_MAX * self.stages;
        self.prepare(pass, look);
        self.observe.run(pass, look, self.observe.groups);
        self.sums.run(pass, look + 1, self.all_sums);
        self.totals.run(pass, look + 1, self.all_totals);
    }

    /// Computes what W y is made of.
    fn prepare(&self, pass: &mut wgpu::ComputePass<'_>, turn: u32) {
        if let Some(fields) = &self.fields {
            fields.run(pass, turn, fields.groups);
        }
        if self.has_sums {
            self.sums.run(pass, turn, self.sums.groups);
            self.totals.run(pass, turn, self.totals.groups);
        }
    }
}

impl Kernel {
    fn run(&self, pass: &mut wgpu::ComputePass<'_>, turn: u32, [x, y]: [u32; 2]) {
        let offset = turn * TURN_STRIDE as u32;
        pass.set_pipeline(&self.kernel.pipeline);
        pass.set_bind_group(0, &self.kernel.bindings, if self.has_turn { std::slice::from_ref(&offset) } else { &[] });
        pass.dispatch_workgroups(x, y, 1);
    }
}
