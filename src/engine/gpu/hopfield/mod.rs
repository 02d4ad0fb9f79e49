//! The GPU engine of binary networks.
//!
//! A synchronous sweep is two dispatches for all neurons of all trials: `fields` makes the next states, `overlaps` counts
//! them. An asynchronous one is a row of dispatches of `visits`, each short enough for every watchdog. States and counts
//! go from slot to slot of a ring, so that a batch of sweeps is copied back in one go. The order that holds: a batch's
//! copy precedes the next batch's first dispatch.

mod batch;
mod buffers;
mod layout;
pub mod parameters;

use std::collections::VecDeque;
use std::sync::Arc;

use buffers::{Buffers, halves};
use layout::{Layout, RECORD_STRIDE, spread};

use crate::engine::gpu::Gpu;
use crate::engine::gpu::pipelines::{Kernel, Settings, Staging};
use crate::engine::gpu::shaders;
use crate::engine::hopfield::{Sweep, Swept};
use crate::engine::{Engine as EngineTrait, EngineError, EngineInfo, Profile};
use crate::network::hopfield::memories::ones;
use crate::network::hopfield::{Hopfield, Snapshot};

/// Batches worth keeping in flight: one runs, one waits, one is being filled or read.
const BATCHES_IN_FLIGHT: usize = 3;

/// Bytes of all buffers that the engine makes for `network`, its staging buffers included.
#[must_use]
pub fn device_bytes(network: &Hopfield, trials: usize) -> u64 {
    let bytes = Layout::with_trials(network, trials, false).bytes();
    let fields = [bytes.rows, bytes.columns, bytes.states, bytes.counts, bytes.neurons, bytes.weights, bytes.gain];
    fields.iter().sum::<u64>() + bytes.records + bytes.order + BATCHES_IN_FLIGHT as u64 * bytes.staging
}

/// Carries a binary network forward on a GPU.
#[derive(Debug)]
pub struct Engine {
    gpu: Gpu,
    network: Arc<Hopfield>,
    layout: Layout,
    buffers: Buffers,
    kernels: Kernels,
    info: EngineInfo,
    constants: parameters::Sweep,
    /// The next sweep to be submitted.
    sweep: u64,
    pending: Vec<Sweep>,
    in_flight: VecDeque<Batch>,
    /// Staging buffers that nobody uses.
    staging: Vec<Staging>,
    keys: Vec<u64>,
    /// Sweeps, dispatches and submissions so far.
    profile: Profile,
}

/// The dispatches of a sweep.
#[derive(Debug)]
struct Kernels {
    /// `fields` or `visits`.
    update: Kernel,
    overlaps: Kernel,
}

/// Sweeps that run, or ran and are read.
#[derive(Debug)]
struct Batch {
    sweeps: Vec<Sweep>,
    /// How many of them were collected.
    collected: usize,
    staging: Staging,
}

impl Engine {
    /// An engine for `network` on `gpu`, at the start of its trials.
    ///
    /// # Errors
    /// If the device cannot hold the network, or fails.
    pub fn new(gpu: &Gpu, network: Arc<Hopfield>) -> Result<Self, EngineError> {
        let layout = Layout::new(&network, gpu.device().software);
        layout.check(gpu.device())?;
        let buffers = Buffers::new(gpu, &network, &layout);
        let overrides = parameters::overrides(&network, &layout);
        let kernel = |shader: &shaders::Shader| {
            let record_bytes = size_of::<parameters::Sweep>();
            // A shader has only those that it uses.
            let source = shader.source();
            let known = |name: &&(&str, f64)| source.contains(&format!("override {}:", name.0));
            let constants: Vec<(&str, f64)> = overrides.iter().filter(known).copied().collect();
            let settings = Settings { record_bytes, constants: &constants, zeroed: true };
            Kernel::new(gpu, shader, settings, |name| buffers.of_variable(name))
        };
        let update = if network.synchronous { shaders::fields() } else { shaders::visits() };
        let kernels = Kernels { update: kernel(&update), overlaps: kernel(&shaders::overlaps()) };
        gpu.check()?;
        let device = gpu.device();
        let info = EngineInfo {
            engine: "gpu".to_owned(),
            adapter: device.name.clone(),
            driver: format!("{} ({})", device.driver, device.backend),
        };
        let constants = parameters::constants(&network);
        let mut engine = Self {
            gpu: gpu.clone(),
            network,
            layout,
            buffers,
            kernels,
            info,
            constants,
            sweep: 0,
            pending: Vec::new(),
            in_flight: VecDeque::new(),
            staging: Vec::new(),
            keys: Vec::new(),
            profile: Profile::default(),
        };
        engine.restore(&engine.network.initial_state())?;
        Ok(engine)
    }

    /// Submits the sweeps that wait, in as many submissions as no watchdog minds.
    fn flush(&mut self) -> Result<(), EngineError> {
        let Some(&first) = self.pending.first() else { return Ok(()) };
        let records = self.records();
        self.gpu.queue.write_buffer(&self.buffers.sweeps, 0, &records);
        if !self.network.synchronous {
            self.write_orders();
        }
        let staging = self.staging.pop();
        let bytes = self.layout.bytes().staging;
        let mut staging = staging.unwrap_or_else(|| Staging::new(&self.gpu, "results", bytes));
        let mut encoder = self.encoder();
        let (mut record, mut in_encoder) = (0, 0);
        for _ in 0..self.pending.len() {
            for part in 0..self.layout.records_per_sweep() {
                if in_encoder == self.layout.dispatches_max && !self.network.synchronous {
                    self.gpu.queue.submit([std::mem::replace(&mut encoder, self.encoder()).finish()]);
                    self.profile.submissions += 1;
                    in_encoder = 0;
                }
                let last = part + 1 == self.layout.records_per_sweep();
                self.profile.dispatches += self.dispatch(&mut encoder, record, last);
                record += 1;
                in_encoder += 1;
            }
        }
        self.copy_back(&mut encoder, &staging, first.number);
        staging.expect(self.gpu.queue.submit([encoder.finish()]));
        self.profile.submissions += 1;
        self.profile.blocks += self.pending.len() as u64;
        self.in_flight.push_back(Batch { sweeps: std::mem::take(&mut self.pending), collected: 0, staging });
        self.gpu.check()
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("sweeps") })
    }

    /// One part of a sweep; with its last part the counts of the patterns, where they do not come with it. How many
    /// dispatches that took.
    fn dispatch(&self, encoder: &mut wgpu::CommandEncoder, record: u64, last: bool) -> u64 {
        let limit = self.gpu.device().limits.workgroups;
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        let mut run = |kernel: &Kernel, groups: u64| {
            let [x, y] = spread(groups, limit);
            pass.set_pipeline(&kernel.pipeline);
            pass.set_bind_group(0, &kernel.bindings, &[(record * RECORD_STRIDE) as u32]);
            pass.dispatch_workgroups(x, y, 1);
        };
        let Layout { trials, state_words, patterns, .. } = self.layout;
        run(&self.kernels.update, if self.network.synchronous { trials * state_words / 2 } else { trials });
        let with_counts = last && (self.network.synchronous || self.layout.counts_after_visits);
        if with_counts {
            run(&self.kernels.overlaps, trials * (patterns + 1));
        }
        1 + u64::from(with_counts)
    }
}

impl EngineTrait<Hopfield> for Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn profile(&self) -> Profile {
        self.profile.clone()
    }

    fn queue_blocks(&self) -> usize {
        BATCHES_IN_FLIGHT * self.layout.batch as usize
    }

    fn submit(&mut self, sweep: Sweep) -> Result<(), EngineError> {
        debug_assert_eq!(sweep.number, self.sweep, "sweeps follow each other");
        self.sweep += 1;
        self.pending.push(sweep);
        if self.pending.len() as u64 == self.layout.batch {
            self.flush()?;
        }
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    fn collect(&mut self) -> Result<Swept, EngineError> {
        if self.in_flight.is_empty() {
            self.flush()?;
        }
        let batch = self.in_flight.front().expect("a sweep in flight");
        let sweep = batch.sweeps[batch.collected];
        let length = self.layout.slot_words().iter().sum::<u64>() as usize;
        let start = batch.collected * length;
        let (states, counts) = batch.staging.read(&self.gpu, |words| self.unpack(&words[start..start + length]))?;
        if batch.collected + 1 == batch.sweeps.len() {
            let done = self.in_flight.pop_front().expect("a batch in flight");
            done.staging.release();
            self.staging.push(done.staging);
        } else if let Some(batch) = self.in_flight.front_mut() {
            batch.collected += 1;
        }
        Ok(Swept { sweep, states, counts })
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        let [states, counts] = self.layout.slot_words();
        let slot = self.sweep % self.layout.slots;
        let mut staging = Staging::new(&self.gpu, "snapshot", 4 * (states + counts));
        let mut encoder = self.encoder();
        let from = 4 * slot * states;
        encoder.copy_buffer_to_buffer(&self.buffers.states, from, staging.buffer(), 0, 4 * states);
        let from = 4 * slot * counts;
        encoder.copy_buffer_to_buffer(&self.buffers.counts, from, staging.buffer(), 4 * states, 4 * counts);
        staging.expect(self.gpu.queue.submit([encoder.finish()]));
        let (states, counts) = staging.read(&self.gpu, |words| self.unpack(words))?;
        Ok(Snapshot { sweep: self.sweep, states, counts })
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        let [state_words, count_words] = self.layout.slot_words();
        let slot = snapshot.sweep % self.layout.slots;
        let states: Vec<u32> = halves(&snapshot.states).collect();
        let patterns = self.layout.patterns as usize;
        let mut counts: Vec<u32> = Vec::with_capacity(count_words as usize);
        for (trial, state) in snapshot.states.chunks(self.network.state_words()).enumerate() {
            counts.extend_from_slice(&snapshot.counts[trial * patterns..(trial + 1) * patterns]);
            counts.push(ones(state));
        }
        let queue = &self.gpu.queue;
        queue.write_buffer(&self.buffers.states, 4 * slot * state_words, bytemuck::cast_slice(&states));
        queue.write_buffer(&self.buffers.counts, 4 * slot * count_words, bytemuck::cast_slice(&counts));
        self.sweep = snapshot.sweep;
        self.pending.clear();
        self.gpu.check()
    }
}
