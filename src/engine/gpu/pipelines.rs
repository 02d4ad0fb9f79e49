//! Pipelines out of shaders, buffers, and what is read back from them: what engines of any model need.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use wgpu::util::DeviceExt;

use super::Gpu;
use super::shaders::{Access, Shader};
use crate::engine::EngineError;

/// A pipeline and what it is bound to.
#[derive(Debug)]
pub(super) struct Kernel {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) bindings: wgpu::BindGroup,
}

/// How a shader becomes a pipeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings<'a> {
    /// Length of what it reads at a dynamic offset.
    pub(super) record_bytes: usize,
    /// Values of its overrides.
    pub(super) constants: &'a [(&'a str, f64)],
    /// Its workgroups find zeros in their memory; otherwise they write whatever they read, and nobody spends time on it.
    pub(super) zeroed: bool,
}

impl Kernel {
    /// A shader with the buffers of its variables.
    pub(super) fn new<'b>(
        gpu: &Gpu,
        shader: &Shader,
        settings: Settings<'_>,
        buffer: impl Fn(&str) -> &'b wgpu::Buffer,
    ) -> Self {
        let label = Some(shader.name);
        let entries: Vec<_> = shader.bindings.iter().map(|&(binding, _, access)| entry(binding, access)).collect();
        let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: &entries });
        let entries: Vec<_> = shader
            .bindings
            .iter()
            .map(|&(binding, name, access)| {
                let record = wgpu::BufferSize::new(settings.record_bytes as u64);
                let size = if access == Access::DynamicUniform { record } else { None };
                let resource =
                    wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer: buffer(name), offset: 0, size });
                wgpu::BindGroupEntry { binding, resource }
            })
            .collect();
        let group = wgpu::BindGroupDescriptor { label, layout: &layout, entries: &entries };
        let bindings = gpu.device.create_bind_group(&group);
        Self { pipeline: pipeline(gpu, shader, &layout, settings), bindings }
    }
}

fn pipeline(
    gpu: &Gpu,
    shader: &Shader,
    bindings: &wgpu::BindGroupLayout,
    settings: Settings<'_>,
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
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: settings.constants,
            zero_initialize_workgroup_memory: settings.zeroed,
        },
        cache: None,
    })
}

fn entry(binding: u32, access: Access) -> wgpu::BindGroupLayoutEntry {
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

/// A buffer of zeros.
pub(super) fn empty(gpu: &Gpu, label: &str, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
}

/// A buffer that is only read, at least one word long.
pub(super) fn filled(gpu: &Gpu, label: &str, words: &[u32]) -> wgpu::Buffer {
    let contents = if words.is_empty() { bytemuck::cast_slice(&[0u32; 4]) } else { bytemuck::cast_slice(words) };
    let usage = wgpu::BufferUsages::STORAGE;
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
}

/// Words on their way back from the device.
#[derive(Debug)]
pub(super) struct Staging {
    buffer: wgpu::Buffer,
    submission: Option<wgpu::SubmissionIndex>,
    mapping: Arc<AtomicU8>,
}

const MAPPING: u8 = 0;
const MAPPED: u8 = 1;
const UNMAPPABLE: u8 = 2;

impl Staging {
    pub(super) fn new(gpu: &Gpu, label: &str, bytes: u64) -> Self {
        let buffer = empty(gpu, label, bytes, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
        Self { buffer, submission: None, mapping: Arc::new(AtomicU8::new(MAPPING)) }
    }

    /// Where results are copied to.
    pub(super) fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }

    /// Asks for the words once a submission is done.
    pub(super) fn expect(&mut self, submission: wgpu::SubmissionIndex) {
        self.submission = Some(submission);
        self.mapping = Arc::new(AtomicU8::new(MAPPING));
        let slot = Arc::clone(&self.mapping);
        self.buffer.map_async(wgpu::MapMode::Read, .., move |result| {
            slot.store(if result.is_ok() { MAPPED } else { UNMAPPABLE }, Ordering::Release);
        });
    }

    /// Waits for the words and lets `read` see them.
    pub(super) fn read<T>(&self, gpu: &Gpu, read: impl FnOnce(&[u32]) -> T) -> Result<T, EngineError> {
        if self.mapping.load(Ordering::Acquire) == MAPPING {
            gpu.wait(self.submission.clone())?;
        }
        if self.mapping.load(Ordering::Acquire) != MAPPED {
            gpu.check()?;
            return Err(gpu.failed("its results cannot be read"));
        }
        let view = self.buffer.get_mapped_range(..).map_err(|error| gpu.failed(&error.to_string()))?;
        Ok(read(bytemuck::cast_slice(&view)))
    }

    /// Gives the buffer back to the device.
    pub(super) fn release(&self) {
        self.buffer.unmap();
    }
}
