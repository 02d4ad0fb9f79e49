//! Engines carry a network forward. They differ in speed, never in one bit.
//!
//! The order that holds between blocks: the spikes of block k are counted before any block reads them, which is
//! block k + 1 at the earliest, since a block is no longer than the shortest delay.

pub mod cpu;
pub mod gpu;

use crate::network::spiking::Snapshot;

/// Some consecutive steps taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its first step.
    pub start_step: u64,
    /// Number of steps, 1 to the network's `block_steps`.
    pub steps: u32,
    /// Return the network's probes as they are after its last step.
    pub probe: bool,
}

impl Block {
    /// The first step after it.
    #[must_use]
    pub const fn end_step(&self) -> u64 {
        self.start_step + self.steps as u64
    }
}

/// What happened in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockResult {
    /// Which block.
    pub block: Block,
    /// Spike words, `[neuron]`: bit s is a spike in step `start_step + s`.
    pub spikes: Vec<u32>,
    /// Counts, `[step][entry]`, laid out as the network's `counts_layout` says.
    pub counts: Vec<u32>,
    /// Values of the network's probes after the block; empty if not asked for.
    pub probes: Vec<i32>,
}

/// What computes: for the results file and for messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineInfo {
    /// "cpu" or "gpu".
    pub engine: String,
    /// The processor or the adapter, by name.
    pub adapter: String,
    /// The driver and its version; for the CPU engine its threads and instruction set.
    pub driver: String,
}

/// Why an engine cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No adapter meets the request.
    #[error("{message}")]
    NoAdapter {
        /// What was asked for and what there is.
        message: String,
    },
    /// The network does not fit the device.
    #[error(
        "the network does not fit `{adapter}`: {what} needs {needed} bytes, and the device allows {allowed}; {hint}"
    )]
    TooLarge {
        /// Name of the device.
        adapter: String,
        /// Which buffer or limit.
        what: String,
        /// Bytes needed.
        needed: u64,
        /// Bytes allowed.
        allowed: u64,
        /// What would fit.
        hint: String,
    },
    /// The device failed while it ran.
    #[error("the device `{adapter}` failed: {message}")]
    Device {
        /// Name of the device.
        adapter: String,
        /// What it said.
        message: String,
    },
}

/// Carries a network forward, block by block. Results come back in the order of submission.
pub trait Engine {
    /// What computes.
    fn info(&self) -> &EngineInfo;

    /// How many blocks are worth keeping in flight before the oldest is collected; at least 1.
    fn queue_blocks(&self) -> usize;

    /// Queues the next block: it starts where the last one ended, and no stimulus starts or stops within it.
    ///
    /// # Errors
    /// If the device fails.
    fn submit(&mut self, block: Block) -> Result<(), EngineError>;

    /// Waits for the oldest block that was queued and not yet collected.
    ///
    /// # Errors
    /// If the device fails.
    ///
    /// # Panics
    /// If nothing is in flight.
    fn collect(&mut self) -> Result<BlockResult, EngineError>;

    /// Gives the buffers of a result back, to be used again.
    fn recycle(&mut self, _result: BlockResult) {}

    /// The whole state after the last block, which must have been collected.
    ///
    /// # Errors
    /// If the device fails.
    fn snapshot(&mut self) -> Result<Snapshot, EngineError>;

    /// Goes on from `snapshot`. Nothing may be in flight.
    ///
    /// # Errors
    /// If the device fails.
    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError>;
}
