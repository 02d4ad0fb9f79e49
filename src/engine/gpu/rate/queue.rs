//! Blocks on their way: run and read back, several at a time.

use std::collections::VecDeque;

use super::buffers::Buffers;
use super::kernels::Kernels;
use super::layout::Layout;
use crate::engine::EngineError;
use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines::Staging;
use crate::engine::rate::{Block, BlockResult, Frame};
use crate::network::rate::{BLOCK_STEPS_MAX, Rate};

/// Blocks that were submitted, and staging buffers that nobody uses.
#[derive(Debug, Default)]
pub(super) struct Queue {
    in_flight: VecDeque<Submitted>,
    staging: Vec<Staging>,
}

/// A block that runs, or ran.
#[derive(Debug)]
struct Submitted {
    block: Block,
    staging: Staging,
}

impl Queue {
    /// Submits a block: its steps, its frame, and the copy of what it returns.
    pub(super) fn submit(
        &mut self,
        gpu: &Gpu,
        layout: &Layout,
        (buffers, kernels): (&Buffers, &Kernels),
        block: Block,
    ) -> Result<(), EngineError> {
        let staging = self.staging.pop();
        let mut staging = staging.unwrap_or_else(|| Staging::new(gpu, "results", layout.bytes().staging));
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
        copy_results(&mut encoder, layout, buffers, (staging.buffer(), block.frame));
        staging.expect(gpu.queue.submit([encoder.finish()]));
        self.in_flight.push_back(Submitted { block, staging });
        gpu.check()
    }

    /// Waits for the oldest block.
    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    pub(super) fn collect(&mut self, gpu: &Gpu, network: &Rate) -> Result<BlockResult, EngineError> {
        let Submitted { block, staging } = self.in_flight.pop_front().expect("a block in flight");
        let result = staging.read(gpu, |words| {
            let words: &[f32] = bytemuck::cast_slice(words);
            let (largest, rest) = words.split_at(BLOCK_STEPS_MAX as usize + 1);
            let frame = block.frame.then(|| frame(network, largest[BLOCK_STEPS_MAX as usize], rest));
            BlockResult { block, largest: largest[..block.steps as usize].to_vec(), frame }
        })?;
        staging.release();
        self.staging.push(staging);
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

/// The rates and their rests, waiting for them.
pub(super) fn rates(gpu: &Gpu, layout: &Layout, buffers: &Buffers) -> Result<[Vec<f32>; 2], EngineError> {
    let bytes = 8 * layout.neurons;
    let mut staging = Staging::new(gpu, "snapshot", bytes);
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("snapshot") });
    encoder.copy_buffer_to_buffer(&buffers.state, 0, staging.buffer(), 0, bytes);
    staging.expect(gpu.queue.submit([encoder.finish()]));
    staging.read(gpu, |words| {
        let values: &[f32] = bytemuck::cast_slice(words);
        let (rates, rests) = values.split_at(layout.rests as usize);
        [rates.to_vec(), rests.to_vec()]
    })
}
