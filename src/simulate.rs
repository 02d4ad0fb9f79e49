//! The loop: blocks go to the engine, several in flight, and their results to an observer, in order.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::{BlockResult, Engine, EngineError};
use crate::network::spiking::{Snapshot, Spiking};
use crate::schedule::Schedule;

/// Sees a run: its first state, then every block in order.
pub trait Observer {
    /// Before the first block.
    ///
    /// # Errors
    /// Ends the run.
    fn start(&mut self, _state: &Snapshot) -> anyhow::Result<()> {
        Ok(())
    }

    /// After each block.
    ///
    /// # Errors
    /// Ends the run.
    fn block(&mut self, result: &BlockResult) -> anyhow::Result<()>;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All steps were taken.
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

/// Runs `network` on `engine` to its end, or until `stop` is set.
///
/// # Errors
/// If the engine or the observer fails.
pub fn run(
    network: &Spiking,
    engine: &mut dyn Engine,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Ended, SimulateError> {
    let state = engine.snapshot()?;
    observer.start(&state).map_err(SimulateError::Observer)?;
    let mut schedule = Schedule::new(network, state.step, network.block_steps());
    let mut in_flight = 0;
    let mut interrupted = false;
    loop {
        while in_flight < engine.queue_blocks() && !interrupted {
            // The flag is read before the schedule, so that a stop after the last block changes nothing.
            let stopping = stop.load(Ordering::Relaxed);
            let Some(block) = schedule.next() else { break };
            if stopping {
                interrupted = true;
                break;
            }
            engine.submit(block)?;
            in_flight += 1;
        }
        if in_flight == 0 {
            return Ok(if interrupted { Ended::Interrupted } else { Ended::Complete });
        }
        let result = engine.collect()?;
        in_flight -= 1;
        observer.block(&result).map_err(SimulateError::Observer)?;
        engine.recycle(result);
    }
}

/// One spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spike {
    /// The step in which the threshold was crossed.
    pub step: u64,
    /// The neuron, numbered across populations.
    pub neuron: u32,
}

/// The spikes of a block in order of step, then neuron.
#[must_use]
pub fn spikes_in_order(result: &BlockResult) -> Vec<Spike> {
    // A counting sort: how many spikes each step has, then each spike at its place.
    let mut next = [0usize; 33];
    for &word in &result.spikes {
        if word != 0 {
            crate::network::patterns::SetBits(word).for_each(|bit| next[bit as usize + 1] += 1);
        }
    }
    for step in 1..next.len() {
        next[step] += next[step - 1];
    }
    let mut spikes = vec![Spike { step: 0, neuron: 0 }; next[32]];
    for (neuron, &word) in result.spikes.iter().enumerate() {
        if word != 0 {
            for bit in crate::network::patterns::SetBits(word) {
                let place = &mut next[bit as usize];
                spikes[*place] = Spike { step: result.block.start_step + u64::from(bit), neuron: neuron as u32 };
                *place += 1;
            }
        }
    }
    spikes
}

/// Keeps all spikes and counts of a run in memory.
#[derive(Clone, Debug, Default)]
pub struct Collect {
    /// All spikes, in order of step, then neuron.
    pub spikes: Vec<Spike>,
    /// Counts of every step, [step][entry], as the network's `counts_layout` says.
    pub counts: Vec<u32>,
    /// The values of the probes, one entry for each block that had them: (the step after it, values).
    pub probes: Vec<(u64, Vec<i32>)>,
}

impl Observer for Collect {
    fn block(&mut self, result: &BlockResult) -> anyhow::Result<()> {
        self.spikes.extend(spikes_in_order(result));
        self.counts.extend_from_slice(&result.counts);
        if result.block.probe {
            self.probes.push((result.block.end_step(), result.probes.clone()));
        }
        Ok(())
    }
}
