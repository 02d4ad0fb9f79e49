//! The GPU engine of spiking networks.
//!
//! One dispatch carries all neurons through a block; many blocks go into one submission; what they return is copied
//! to a staging buffer that is mapped while later submissions run. The order that holds:
//!
//! - the dispatches of a submission run one after the other, each seeing all counts of those before it;
//! - a submission's copy to its staging buffer precedes the next submission's first dispatch;
//! - blocks are collected in the order in which they were submitted.

mod buffers;
mod fit;
mod kernels;
mod layout;
pub mod parameters;
mod queue;
mod read_only;
mod state;
mod tables;
mod wirings;

use std::sync::Arc;

use buffers::Buffers;
use kernels::Kernels;
use layout::Layout;
use queue::Submissions;

use crate::engine::gpu::Gpu;
use crate::engine::{Block, BlockResult, Engine as EngineTrait, EngineError, EngineInfo, Profile, Rewire};
use crate::network::spiking::{Snapshot, Spiking};

/// Submissions worth keeping in flight: one runs, one waits, one is being filled or read.
const SUBMISSIONS_IN_FLIGHT: usize = 3;

/// Bytes of all buffers that the engine makes for `network`, its staging buffers included.
#[must_use]
pub fn device_bytes(network: &Spiking) -> u64 {
    let bytes = Layout::new(network, true).bytes();
    let tables =
        bytes.blocks + bytes.populations + bytes.projections + bytes.probes + bytes.wirings + bytes.connections;
    let fields = [bytes.state, bytes.external, bytes.patterns, bytes.counts, bytes.output, bytes.window];
    tables + fields.iter().sum::<u64>() + SUBMISSIONS_IN_FLIGHT as u64 * bytes.staging
}

/// Bytes of device memory that a step moves for a neuron, as a mean over all neurons and over the steps of a full block.
#[must_use]
pub fn step_bytes_a_neuron(network: &Spiking) -> f64 {
    Layout::new(network, true).block_bytes_a_neuron() / f64::from(network.block_steps())
}

/// Carries a spiking network forward on a GPU.
#[derive(Debug)]
pub struct Engine {
    gpu: Gpu,
    network: Arc<Spiking>,
    layout: Layout,
    buffers: Buffers,
    kernels: Kernels,
    info: EngineInfo,
    submissions: Submissions,
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
    pub fn new(gpu: &Gpu, network: Arc<Spiking>) -> Result<Self, EngineError> {
        let layout = Layout::new(&network, gpu.workgroups_gather());
        layout.check(&network, gpu.device())?;
        let buffers = Buffers::new(gpu, &network, &layout);
        let kernels = Kernels::new(gpu, &network, &layout, &buffers);
        gpu.check()?;
        let device = gpu.device();
        let info = EngineInfo {
            engine: "gpu".to_owned(),
            adapter: device.name.clone(),
            driver: format!("{} ({})", device.driver, device.backend),
        };
        let submissions = Submissions::new(gpu, &network, &layout);
        let mut engine =
            Self { gpu: gpu.clone(), network, layout, buffers, kernels, info, submissions, step: 0, stimuli: None };
        engine.restore(&engine.network.initial_state())?;
        Ok(engine)
    }

    /// Submits the blocks that wait.
    fn flush(&mut self) -> Result<(), EngineError> {
        self.submissions.flush(&self.gpu, &self.layout, (&self.buffers, &self.kernels))
    }

    /// Puts the external input of `step` on the device if it is another than before.
    fn stimulate(&mut self, step: u64) -> Result<(), EngineError> {
        let active = self.network.stimuli.iter().map(|stimulus| stimulus.is_active(step));
        if self.stimuli.as_ref().is_some_and(|known| active.eq(known.iter().copied())) {
            return Ok(());
        }
        self.flush()?;
        let external = self.network.external(step);
        self.gpu.queue.write_buffer(&self.buffers.external_input, 0, bytemuck::cast_slice(&external));
        self.stimuli = Some(self.network.active_stimuli(step));
        Ok(())
    }
}

impl Rewire for Engine {
    fn rewire(&mut self, network: Arc<Spiking>, state: &Snapshot) -> Result<(), EngineError> {
        let layout = Layout::new(&network, self.gpu.workgroups_gather());
        let constants = |network: &Spiking| kernels::constants(network, &layout);
        if layout == self.layout && constants(&network) == constants(&self.network) {
            self.buffers.rewire(&self.gpu, &network, &layout);
            self.submissions.rewire(&network);
            (self.network, self.stimuli) = (network, None);
        } else {
            let profile = self.submissions.profile();
            *self = Self::new(&self.gpu.clone(), network)?;
            self.submissions.go_on_from(profile);
        }
        self.restore(state)
    }
}

impl EngineTrait for Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn profile(&self) -> Profile {
        self.submissions.profile()
    }

    fn queue_blocks(&self) -> usize {
        SUBMISSIONS_IN_FLIGHT * self.layout.batch_blocks as usize
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        debug_assert_eq!(block.start_step, self.step, "a block starts where the last one ended");
        self.stimulate(block.start_step)?;
        self.step = block.end_step();
        self.submissions.add(&self.layout, block);
        if self.submissions.is_full(&self.layout) {
            self.flush()?;
        }
        Ok(())
    }

    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        if !self.submissions.any_in_flight() {
            self.flush()?;
        }
        self.submissions.collect(&self.gpu, &self.layout)
    }

    fn recycle(&mut self, result: BlockResult) {
        self.submissions.recycle(result);
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        let bytes = self.layout.bytes();
        let state = queue::read(&self.gpu, &self.buffers.state, bytes.state)?;
        let counts = queue::read(&self.gpu, &self.buffers.counts, bytes.counts)?;
        Ok(state::unpack(&self.network, &self.layout, self.step, bytemuck::cast_slice(&state), &counts))
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        let (state, counts) = state::pack(&self.network, &self.layout, snapshot);
        self.gpu.queue.write_buffer(&self.buffers.state, 0, bytemuck::cast_slice(&state));
        self.gpu.queue.write_buffer(&self.buffers.counts, 0, bytemuck::cast_slice(&counts));
        self.step = snapshot.step;
        self.gpu.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gpu::devices;

    #[test]
    #[ignore = "needs a GPU or software Vulkan; CI runs these"]
    fn a_device_that_is_lost_is_an_error_and_no_panic() {
        let name = devices().into_iter().find(|device| device.usable.is_ok()).expect("an adapter").name;
        let gpu = Gpu::open(Some(&name)).expect("the adapter opens");
        let mut engine = Engine::new(&gpu, Arc::new(fit::tests::network(10))).expect("the engine starts");
        let block = Block { start_step: 0, steps: 1, probe: false };
        engine.submit(block).expect("the block is taken");
        engine.collect().expect("the block is done");
        gpu.device.destroy();
        let next = engine.submit(Block { start_step: 1, ..block }).and_then(|()| engine.collect());
        let error = next.expect_err("the device is gone");
        assert!(matches!(&error, EngineError::Device { adapter, .. } if *adapter == name), "{error}");
        assert!(engine.snapshot().is_err());
    }
}
