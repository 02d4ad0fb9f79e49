//! Engines carry a network forward. They differ in speed, never in one bit; those of rate networks, which compute in
//! floats, within a stated bound.
//!
//! The order that holds between blocks: the spikes of block k are counted before any block reads them, which is
//! block k + 1 at the earliest, since a block is no longer than the shortest delay.

pub mod cpu;
pub mod gpu;
pub mod hopfield;
pub mod rate;

mod conduct;
mod spiking;

pub use conduct::{Conductor, Rewire, conducted};
pub use spiking::{Alarm, Block, BlockResult, Changed};

use crate::network::spiking::Spiking;

/// A network that engines carry forward: what they take and give for it.
pub trait Dynamics {
    /// What is computed at once.
    type Block: Copy + std::fmt::Debug;
    /// What happened in a block.
    type BlockResult;
    /// The whole state, in the form that all engines share.
    type Snapshot;

    /// Whether the trial ends with this result, whatever was still to come.
    fn is_last(_: &Self::BlockResult) -> bool {
        false
    }
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

/// Where an engine's time went since it was opened: what bounds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Blocks that were computed.
    pub blocks: u64,
    /// Dispatches to a device.
    pub dispatches: u64,
    /// Submissions to a device.
    pub submissions: u64,
    /// Seconds that the device was computing, where it has clocks.
    pub device_s: Option<f64>,
    /// Phases on the host with their seconds, one after the other.
    pub host: Vec<(&'static str, f64)>,
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
    /// What was to be learned or forgotten cannot be.
    #[error("{message}")]
    Program {
        /// What and why.
        message: String,
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
pub trait Engine<D: Dynamics = Spiking> {
    /// What computes.
    fn info(&self) -> &EngineInfo;

    /// Where the time went; empty for engines that do not measure.
    fn profile(&self) -> Profile {
        Profile::default()
    }

    /// How many blocks are worth keeping in flight before the oldest is collected; at least 1.
    fn queue_blocks(&self) -> usize;

    /// Goes to the start of a trial, which drops what is in flight. Where all trials are carried at once, or there is only
    /// one, the engine is there already.
    ///
    /// # Errors
    /// If the device fails.
    fn begin(&mut self, _trial: u32) -> Result<(), EngineError> {
        Ok(())
    }

    /// Queues the next block of the network's schedule.
    ///
    /// # Errors
    /// If the device fails.
    fn submit(&mut self, block: D::Block) -> Result<(), EngineError>;

    /// Waits for the oldest block that was queued and not yet collected.
    ///
    /// # Errors
    /// If the device fails.
    ///
    /// # Panics
    /// If nothing is in flight.
    fn collect(&mut self) -> Result<D::BlockResult, EngineError>;

    /// Gives the buffers of a result back, to be used again.
    fn recycle(&mut self, _result: D::BlockResult) {}

    /// The whole state after the last block, which must have been collected.
    ///
    /// # Errors
    /// If the device fails.
    fn snapshot(&mut self) -> Result<D::Snapshot, EngineError>;

    /// Goes on from `snapshot`. Nothing may be in flight.
    ///
    /// # Errors
    /// If the device fails.
    fn restore(&mut self, snapshot: &D::Snapshot) -> Result<(), EngineError>;
}
