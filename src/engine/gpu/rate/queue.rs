//! Blocks on their way: run and read back, several at a time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::buffers::{self, Buffers};
use super::kernels::Kernels;
use super::layout::Layout;
use crate::engine::EngineError;
use crate::engine::gpu::Gpu;
use crate::engine::rate::{Block, BlockResult, Frame};
use crate::network::rate::{BLOCK_STEPS_MAX, Rate};

/// Blocks that were submitted, and staging buffers that nobody uses.
#[derive(Debug, Default)]
pub(super) struct Queue {
    in_flight: VecDeque<Submitted>,
    staging: Vec<wgpu::Buffer>,
}

/// A block that runs, or ran.
#[derive(Debug)]
struct Submitted {
    block: Block,
    index: wgpu::SubmissionIndex,
    staging: wgpu::Buffer,
    mapping: Arc<AtomicU8>,
}

const MAPPING: u8 = 0;
const MAPPED: u8 = 1;
const UNMAPPABLE: u8 = 2;

impl Queue {
    /// Submits a block: its steps, its frame, and the copy of what it returns.
    pub(super) fn submit(
        &mut self,
        gpu: &Gpu,
        layout: &Layout,
        (buffers, kernels): (&Buffers, &Kernels),
        block: Block,
    ) -> Result<(), EngineError> {
        let staging = self.staging.pop().unwrap_or_else(|| buffers::staging(gpu, layout.bytes().staging));
        let label = Some("block");
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label });
        encoder.clear_buffer(&buffers.largest_bits, 0, None);
        let mut step = 0;
        while step < block.steps {
            let end = block.steps.min(step + layout.submission_steps);
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            (step..end).for_each(|step| kernels.step(&mut pass, step));
            drop(pass);
            step = end;
            if step < block.steps {
                gpu.queue.submit([encoder.finish()]);
                encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label });
            }
        }
        if block.frame {
            kernels.frame(&mut encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()));
        }
        copy_results(&mut encoder, layout, buffers, (&staging, block.frame));
        let index = gpu.queue.submit([encoder.finish()]);
        let mapping = map(&staging);
        self.in_flight.push_back(Submitted { block, index, staging, mapping });
        gpu.check()
    }

    /// Waits for the oldest block.
    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    pub(super) fn collect(&mut self, gpu: &Gpu, network: &Rate) -> Result<BlockResult, EngineError> {
        let submitted = self.in_flight.pop_front().expect("a block in flight");
        submitted.wait(gpu)?;
        let block = submitted.block;
        let result = {
            let view = submitted.staging.get_mapped_range(..).map_err(|error| gpu.failed(&error.to_string()))?;
            let words: &[f32] = bytemuck::cast_slice(&view);
            let (largest, rest) = words.split_at(BLOCK_STEPS_MAX as usize + 1);
            let frame = block.frame.then(|| frame(network, largest[BLOCK_STEPS_MAX as usize], rest));
            BlockResult { block, largest: largest[..block.steps as usize].to_vec(), frame }
        };
        submitted.staging.unmap();
        self.staging.push(submitted.staging);
        Ok(result)
    }
}

/// The frame of a block, from its rates and totals.
fn frame(network: &Rate, residual: f32, words: &[f32]) -> Frame {
    let (rates, totals) = words.split_at(network.neurons());
    let patterns = network.patterns.count();
    Frame {
        rates: rates.to_vec(),
        overlaps: totals.chunks_exact(4).take(patterns).map(|own| network.overlap_scale * own[0]).collect(),
        mean: totals[4 * patterns] / network.neurons() as f32,
        residual,
    }
}

impl Submitted {
    fn wait(&self, gpu: &Gpu) -> Result<(), EngineError> {
        if self.mapping.load(Ordering::Acquire) == MAPPING {
            gpu.wait(Some(self.index.clone()))?;
        }
        if self.mapping.load(Ordering::Acquire) == MAPPED {
            return Ok(());
        }
        gpu.check()?;
        Err(gpu.failed("its results cannot be read"))
    }
}

/// Copies the largest values, and of a frame the rates and the totals.
fn copy_results(
    encoder: &mut wgpu::CommandEncoder,
    layout: &Layout,
    buffers: &Buffers,
    (staging, frame): (&wgpu::Buffer, bool),
) {
    let bytes = layout.bytes();
    encoder.copy_buffer_to_buffer(&buffers.largest_bits, 0, staging, 0, bytes.largest);
    if frame {
        let rates = 4 * layout.neurons;
        encoder.copy_buffer_to_buffer(&buffers.state, 0, staging, bytes.largest, rates);
        encoder.copy_buffer_to_buffer(&buffers.totals, 0, staging, bytes.largest + rates, bytes.totals);
    }
}

/// Asks for a buffer to be mapped once the submissions that use it are done.
fn map(staging: &wgpu::Buffer) -> Arc<AtomicU8> {
    let mapping = Arc::new(AtomicU8::new(MAPPING));
    let slot = Arc::clone(&mapping);
    staging.map_async(wgpu::MapMode::Read, .., move |result| {
        slot.store(if result.is_ok() { MAPPED } else { UNMAPPABLE }, Ordering::Release);
    });
    mapping
}

/// The rates and their rests, waiting for them.
pub(super) fn rates(gpu: &Gpu, layout: &Layout, buffers: &Buffers) -> Result<[Vec<f32>; 2], EngineError> {
    let bytes = 8 * layout.neurons;
    let staging = buffers::staging(gpu, bytes);
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("snapshot") });
    encoder.copy_buffer_to_buffer(&buffers.state, 0, &staging, 0, bytes);
    let index = gpu.queue.submit([encoder.finish()]);
    let mapping = map(&staging);
    let block = Block { start_step: 0, steps: 0, frame: false };
    let submitted = Submitted { block, index, staging, mapping };
    submitted.wait(gpu)?;
    let view = submitted.staging.get_mapped_range(..).map_err(|error| gpu.failed(&error.to_string()))?;
    let values: &[f32] = bytemuck::cast_slice(&view);
    let (rates, rests) = values.split_at(layout.rests as usize);
    Ok([rates.to_vec(), rests.to_vec()])
}
