//! The GPU engine of rate networks.
//!
//! A stage of a step is a few dispatches, each of which sees all that those before it wrote: sums over chunks of neurons,
//! their totals (or the fields of a stored matrix), then all neurons move. A block is one submission, or several where
//! its steps would take long; several blocks are in flight, each with a staging buffer of its own.

mod buffers;
mod kernels;
mod layout;
pub mod parameters;
mod queue;
pub mod shaders;

use std::sync::Arc;

use buffers::Buffers;
use kernels::Kernels;
use layout::Layout;
use queue::Queue;

use crate::engine::gpu::Gpu;
use crate::engine::rate::{Block, BlockResult};
use crate::engine::{Engine as EngineTrait, EngineError, EngineInfo};
use crate::network::rate::{BLOCK_STEPS_MAX, Rate, Snapshot};

/// Blocks worth keeping in flight.
const BLOCKS_IN_FLIGHT: usize = 4;

/// Bytes of all buffers that the engine makes for `network`, its staging buffers included.
#[must_use]
pub fn device_bytes(network: &Rate) -> u64 {
    Layout::new(network).device_bytes(BLOCKS_IN_FLIGHT as u64)
}

/// Carries a rate network forward on a GPU.
#[derive(Debug)]
pub struct Engine {
    gpu: Gpu,
    network: Arc<Rate>,
    layout: Layout,
    buffers: Buffers,
    kernels: Kernels,
    info: EngineInfo,
    queue: Queue,
    /// The next step to be submitted.
    step: u64,
    /// The stimuli whose input is on the device.
    stimuli: Option<Vec<bool>>,
}

impl Engine {
    /// An engine for `network` on `gpu`, at the network's initial state.
    ///
    /// # Errors
    /// If the device cannot hold the network, or fails.
    pub fn new(gpu: &Gpu, network: Arc<Rate>) -> Result<Self, EngineError> {
        let layout = Layout::new(&network);
        layout.check(gpu.device())?;
        let buffers = Buffers::new(gpu, &network, &layout);
        let kernels = Kernels::new(gpu, &network, &layout, &buffers);
        gpu.check()?;
        let device = gpu.device();
        let info = EngineInfo {
            engine: "gpu".to_owned(),
            adapter: device.name.clone(),
            driver: format!("{} ({})", device.driver, device.backend),
        };
        let initial = network.initial_state();
        let queue = Queue::default();
        let mut engine =
            Self { gpu: gpu.clone(), network, layout, buffers, kernels, info, queue, step: 0, stimuli: None };
        engine.take_over(&initial)?;
        Ok(engine)
    }

    /// Puts the external input of `step` on the device if it is another than before.
    fn stimulate(&mut self, step: u64) {
        let active = self.network.active_stimuli(step);
        if self.stimuli.as_ref() != Some(&active) {
            let external = self.network.external(step);
            self.gpu.queue.write_buffer(&self.buffers.external_input, 0, bytemuck::cast_slice(&external));
            self.stimuli = Some(active);
        }
    }

    fn take_over(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        let layout = &self.layout;
        for (start, values) in [(0, &snapshot.rates), (layout.rests, &snapshot.rests), (layout.trial, &snapshot.rates)]
        {
            self.gpu.queue.write_buffer(&self.buffers.state, 4 * start, bytemuck::cast_slice(values));
        }
        self.step = snapshot.step;
        self.gpu.check()
    }
}

impl EngineTrait<Rate> for Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn queue_blocks(&self) -> usize {
        BLOCKS_IN_FLIGHT
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        assert_eq!(block.start_step, self.step, "blocks follow each other");
        assert!(block.steps <= BLOCK_STEPS_MAX, "a block of more than {BLOCK_STEPS_MAX} steps");
        self.stimulate(block.start_step);
        self.step = block.end_step();
        self.queue.submit(&self.gpu, &self.layout, (&self.buffers, &self.kernels), block)
    }

    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        self.queue.collect(&self.gpu, &self.network)
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        let [rates, rests] = queue::rates(&self.gpu, &self.layout, &self.buffers)?;
        Ok(Snapshot { step: self.step, rates, rests })
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.take_over(snapshot)
    }
}
