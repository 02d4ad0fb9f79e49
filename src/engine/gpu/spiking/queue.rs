//! Submissions: blocks gathered, run and read back, several at a time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use super::buffers::{self, Buffers, block_offset};
use super::kernels::Kernels;
use super::layout::{Dispatches, Layout};
use super::parameters;
use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines::Kernel;
use crate::engine::{Block, BlockResult, EngineError, Profile};
use crate::network::spiking::Spiking;

/// Blocks on their way.
#[derive(Debug)]
pub(super) struct Submissions {
    /// What all records of blocks have in common.
    constants: parameters::Block,
    dispatches: Dispatches,
    probes: usize,
    /// Blocks not yet submitted, and their records.
    pending: Vec<Block>,
    records: Vec<u8>,
    in_flight: VecDeque<Submission>,
    clock: Option<Clock>,
    profile: Profile,
    /// Staging buffers and results that nobody uses.
    staging: Vec<wgpu::Buffer>,
    results: Vec<BlockResult>,
}

/// Bytes behind the results of a submission: when it began and ended, 64 bits each, where buffers may be cut.
const CLOCK_BYTES: u64 = 16;

/// The clock of a device that has one: two times a submission.
#[derive(Debug)]
struct Clock {
    queries: wgpu::QuerySet,
    ticks: wgpu::Buffer,
    /// Nanoseconds a tick.
    tick_ns: f64,
}

impl Clock {
    fn new(gpu: &Gpu) -> Option<Self> {
        let has_clock = gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY);
        has_clock.then(|| Self {
            queries: gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("times"),
                ty: wgpu::QueryType::Timestamp,
                count: 2,
            }),
            ticks: gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("ticks"),
                size: CLOCK_BYTES,
                usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            }),
            tick_ns: f64::from(gpu.queue.get_timestamp_period()),
        })
    }

    fn writes(&self) -> wgpu::ComputePassTimestampWrites<'_> {
        wgpu::ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(0),
            end_of_pass_write_index: Some(1),
        }
    }

    /// Puts both times behind the results.
    fn copy(&self, encoder: &mut wgpu::CommandEncoder, staging: &wgpu::Buffer, at: u64) {
        encoder.resolve_query_set(&self.queries, 0..2, &self.ticks, 0);
        encoder.copy_buffer_to_buffer(&self.ticks, 0, staging, at, CLOCK_BYTES);
    }

    fn seconds(&self, begun: u64, ended: u64) -> f64 {
        ended.saturating_sub(begun) as f64 * self.tick_ns * 1e-9
    }
}

/// Some blocks that run, or ran and are read.
#[derive(Debug)]
struct Submission {
    blocks: Vec<Block>,
    /// How many of them were collected.
    collected: usize,
    index: wgpu::SubmissionIndex,
    staging: wgpu::Buffer,
    mapping: Arc<AtomicU8>,
}

const MAPPING: u8 = 0;
const MAPPED: u8 = 1;
const UNMAPPABLE: u8 = 2;

impl Submissions {
    pub(super) fn new(gpu: &Gpu, network: &Spiking, layout: &Layout) -> Self {
        Self {
            constants: parameters::constants(network),
            dispatches: layout.dispatches(gpu.device().limits.workgroups),
            probes: network.probes.len(),
            pending: Vec::new(),
            records: Vec::new(),
            in_flight: VecDeque::new(),
            clock: Clock::new(gpu),
            profile: Profile { host: vec![("encode", 0.0), ("wait", 0.0), ("read", 0.0)], ..Profile::default() },
            staging: Vec::new(),
            results: Vec::new(),
        }
    }

    /// Goes on with another network of the same layout. Nothing is in flight.
    pub(super) fn rewire(&mut self, network: &Spiking) {
        self.constants = parameters::constants(network);
    }

    /// Goes on counting from what was measured before.
    pub(super) fn go_on_from(&mut self, profile: Profile) {
        self.profile = profile;
    }

    pub(super) fn any_in_flight(&self) -> bool {
        !self.in_flight.is_empty()
    }

    pub(super) fn is_full(&self, layout: &Layout) -> bool {
        self.pending.len() as u64 == layout.batch_blocks
    }

    /// Adds a block to the next submission.
    pub(super) fn add(&mut self, layout: &Layout, block: Block) {
        let record = parameters::Block {
            step_low: block.start_step as u32,
            step_high: (block.start_step >> 32) as u32,
            steps: block.steps,
            slot: (block.start_step % layout.slots) as u32,
            output: (self.pending.len() as u64 * layout.output_stride()) as u32,
            history_bit: (block.start_step % (layout.history_words * 32).max(1)) as u32,
            ..self.constants
        };
        self.records.resize(block_offset(self.pending.len() as u64) as usize, 0);
        self.records.extend_from_slice(bytemuck::bytes_of(&record));
        self.pending.push(block);
    }

    /// Submits the blocks that were added.
    pub(super) fn flush(
        &mut self,
        gpu: &Gpu,
        layout: &Layout,
        (buffers, kernels): (&Buffers, &Kernels),
    ) -> Result<(), EngineError> {
        let (Some(first), Some(last)) = (self.pending.first(), self.pending.last()) else { return Ok(()) };
        let started = Instant::now();
        let (start_step, end_step) = (first.start_step, last.end_step());
        let staging = self.staging.pop();
        let staging = staging.unwrap_or_else(|| buffers::staging(gpu, "results", layout.bytes().staging + CLOCK_BYTES));
        gpu.queue.write_buffer(&buffers.blocks, 0, &self.records);
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("blocks") });
        self.dispatch(&mut encoder, kernels);
        if let Some(clock) = &self.clock {
            clock.copy(&mut encoder, &staging, layout.bytes().staging);
        }
        copy_results(&mut encoder, layout, buffers, &staging, (start_step..end_step, self.pending.len() as u64));
        let index = gpu.queue.submit([encoder.finish()]);
        let mapping = map(&staging);
        let blocks = std::mem::take(&mut self.pending);
        self.records.clear();
        self.profile.submissions += 1;
        self.profile.host[0].1 += started.elapsed().as_secs_f64();
        self.in_flight.push_back(Submission { blocks, collected: 0, index, staging, mapping });
        gpu.check()
    }

    fn dispatch(&mut self, encoder: &mut wgpu::CommandEncoder, kernels: &Kernels) {
        let timestamp_writes = self.clock.as_ref().map(Clock::writes);
        let mut pass =
            encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: Some("blocks"), timestamp_writes });
        let mut dispatches = 0;
        for (index, block) in self.pending.iter().enumerate() {
            let mut run = |kernel: &Kernel, [x, y]: [u32; 2]| {
                pass.set_pipeline(&kernel.pipeline);
                pass.set_bind_group(0, &kernel.bindings, &[block_offset(index as u64) as u32]);
                pass.dispatch_workgroups(x, y, 1);
                dispatches += 1;
            };
            if let Some(fields) = &kernels.fields {
                run(fields, self.dispatches.fields);
            }
            if let Some(arrivals) = &kernels.arrivals {
                run(arrivals, self.dispatches.arrivals);
            }
            if let Some(deliver) = &kernels.deliver {
                run(deliver, self.dispatches.deliver);
            }
            run(&kernels.integrate, self.dispatches.integrate);
            if let (true, Some(probe)) = (block.probe, &kernels.probe) {
                run(probe, self.dispatches.probe);
            }
        }
        self.profile.dispatches += dispatches;
    }

    pub(super) fn profile(&self) -> Profile {
        self.profile.clone()
    }

    /// Waits for the oldest block.
    pub(super) fn collect(&mut self, gpu: &Gpu, layout: &Layout) -> Result<BlockResult, EngineError> {
        let submission = self.in_flight.front_mut().expect("a block is in flight");
        let started = Instant::now();
        submission.wait(gpu)?;
        let waited = Instant::now();
        let index = submission.collected;
        let block = submission.blocks[index];
        let mut result = self.results.pop().unwrap_or_else(|| BlockResult::new(block));
        result.block = block;
        {
            let view = submission.words(gpu)?;
            let words: &[u32] = bytemuck::cast_slice(&view);
            let mut copy = Pieces { words, at: index * layout.output_stride() as usize };
            copy.next(layout.neurons as usize, &mut result.spikes);
            copy.next(if block.probe { self.probes } else { 0 }, &mut result.probes);
            let row = block.start_step - submission.blocks[0].start_step;
            copy.at = (layout.batch_blocks * layout.output_stride() + row * layout.row) as usize;
            copy.next(block.steps as usize * layout.row as usize, &mut result.counts);
            if let (0, Some(clock)) = (index, &self.clock) {
                let ticks: &[u64] = bytemuck::cast_slice(&view[layout.bytes().staging as usize..][..16]);
                *self.profile.device_s.get_or_insert(0.0) += clock.seconds(ticks[0], ticks[1]);
            }
        }
        self.profile.blocks += 1;
        self.profile.host[1].1 += (waited - started).as_secs_f64();
        self.profile.host[2].1 += waited.elapsed().as_secs_f64();
        submission.collected += 1;
        if submission.collected == submission.blocks.len() {
            self.retire();
        }
        Ok(result)
    }

    /// Takes back what the oldest submission used.
    fn retire(&mut self) {
        let Some(done) = self.in_flight.pop_front() else { return };
        done.staging.unmap();
        self.staging.push(done.staging);
        if self.pending.capacity() == 0 {
            self.pending = done.blocks;
            self.pending.clear();
        }
    }

    pub(super) fn recycle(&mut self, result: BlockResult) {
        self.results.push(result);
    }
}

impl Submission {
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

    /// Its results, once they are there.
    fn words(&self, gpu: &Gpu) -> Result<wgpu::BufferView, EngineError> {
        self.staging.get_mapped_range(..).map_err(|error| gpu.failed(&error.to_string()))
    }
}

/// Results, taken piece by piece.
struct Pieces<'a> {
    words: &'a [u32],
    at: usize,
}

impl Pieces<'_> {
    fn next<T: bytemuck::Pod>(&mut self, len: usize, to: &mut Vec<T>) {
        to.clear();
        to.extend_from_slice(bytemuck::cast_slice(&self.words[self.at..self.at + len]));
        self.at += len;
    }
}

/// Copies what `count` blocks of the steps `steps` return.
fn copy_results(
    encoder: &mut wgpu::CommandEncoder,
    layout: &Layout,
    buffers: &Buffers,
    staging: &wgpu::Buffer,
    (steps, count): (std::ops::Range<u64>, u64),
) {
    encoder.copy_buffer_to_buffer(&buffers.output, 0, staging, 0, 4 * count * layout.output_stride());
    // The rows are a piece of a ring: perhaps one at its end and one at its start.
    let slot = steps.start % layout.slots;
    let total = steps.end - steps.start;
    let first = total.min(layout.slots - slot);
    let row_bytes = 4 * layout.row;
    let rows = 4 * layout.batch_blocks * layout.output_stride();
    encoder.copy_buffer_to_buffer(&buffers.counts, slot * row_bytes, staging, rows, first * row_bytes);
    if total > first {
        let rest = (total - first) * row_bytes;
        encoder.copy_buffer_to_buffer(&buffers.counts, 0, staging, rows + first * row_bytes, rest);
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

/// The words of a whole buffer, waiting for them.
pub(super) fn read(gpu: &Gpu, buffer: &wgpu::Buffer, bytes: u64) -> Result<Vec<u32>, EngineError> {
    let staging = buffers::staging(gpu, "snapshot", bytes);
    let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("snapshot") });
    encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, bytes);
    let index = gpu.queue.submit([encoder.finish()]);
    let mapping = map(&staging);
    let submission = Submission { blocks: Vec::new(), collected: 0, index, staging, mapping };
    submission.wait(gpu)?;
    let view = submission.words(gpu)?;
    Ok(bytemuck::cast_slice(&view).to_vec())
}
