//! The loop: blocks go to the engine, several in flight, and their results to an observer, in order.

mod spiking;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

pub use spiking::{Collect, Spike, append_in_order, spikes_in_order};

use crate::engine::{Dynamics, Engine, EngineError};
use crate::network::spiking::Spiking;
use crate::schedule::Timeline;

/// Sees a run: its first state, then every block in order; and each trial so, where they are carried one after the other.
pub trait Observer<D: Dynamics = Spiking> {
    /// Before the first block of a trial.
    ///
    /// # Errors
    /// Ends the run.
    fn start(&mut self, _state: &D::Snapshot) -> anyhow::Result<()> {
        Ok(())
    }

    /// After each block. `Break` ends the run there: blocks that are in flight are not looked at.
    ///
    /// # Errors
    /// Ends the run.
    fn block(&mut self, result: &D::BlockResult) -> anyhow::Result<ControlFlow<()>>;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All blocks were computed, or the observer had seen enough.
    Complete,
    /// `stop` was set: the blocks in flight were finished and observed.
    Interrupted,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An observer failed, such as a recorder whose disk is full.
    #[error(transparent)]
    Observer(anyhow::Error),
}

/// Runs all trials of `network`, one after the other.
///
/// # Errors
/// If the engine or the observer fails.
pub fn run_trials<D: Timeline>(
    network: &D,
    engine: &mut dyn Engine<D>,
    observer: &mut dyn Observer<D>,
    stop: &AtomicBool,
) -> Result<Ended, SimulateError> {
    for trial in 0..network.trials_in_turn() {
        engine.begin(trial)?;
        match carry(network.blocks(), engine, observer, stop)? {
            Way::AllBlocks => {}
            Way::SeenEnough => break,
            Way::Stopped => return Ok(Ended::Interrupted),
        }
    }
    Ok(Ended::Complete)
}

/// Runs `blocks`, those of the engine's network from its state on, to their end, to where the observer has seen enough,
/// or until `stop` is set.
///
/// # Errors
/// If the engine or the observer fails.
pub fn run<D: Dynamics>(
    blocks: impl Iterator<Item = D::Block>,
    engine: &mut dyn Engine<D>,
    observer: &mut dyn Observer<D>,
    stop: &AtomicBool,
) -> Result<Ended, SimulateError> {
    Ok(match carry(blocks, engine, observer, stop)? {
        Way::AllBlocks | Way::SeenEnough => Ended::Complete,
        Way::Stopped => Ended::Interrupted,
    })
}

/// How a trial ended.
enum Way {
    /// With its last block, or where a guard ended it.
    AllBlocks,
    /// The observer had seen enough.
    SeenEnough,
    /// `stop` was set.
    Stopped,
}

fn carry<D: Dynamics>(
    mut blocks: impl Iterator<Item = D::Block>,
    engine: &mut dyn Engine<D>,
    observer: &mut dyn Observer<D>,
    stop: &AtomicBool,
) -> Result<Way, SimulateError> {
    observer.start(&engine.snapshot()?).map_err(SimulateError::Observer)?;
    let mut in_flight = 0;
    let mut interrupted = false;
    loop {
        while in_flight < engine.queue_blocks() && !interrupted {
            // The flag is read before the schedule, so that a stop after the last block changes nothing.
            let stopping = stop.load(Ordering::Relaxed);
            let Some(block) = blocks.next() else { break };
            if stopping {
                interrupted = true;
                break;
            }
            engine.submit(block)?;
            in_flight += 1;
        }
        if in_flight == 0 {
            return Ok(if interrupted { Way::Stopped } else { Way::AllBlocks });
        }
        let result = engine.collect()?;
        in_flight -= 1;
        let then = observer.block(&result).map_err(SimulateError::Observer)?;
        let is_last = D::is_last(&result);
        engine.recycle(result);
        if then.is_break() {
            return Ok(Way::SeenEnough);
        }
        if is_last {
            return Ok(Way::AllBlocks);
        }
    }
}
