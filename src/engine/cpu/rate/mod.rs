//! The CPU engine of rate networks: chunks of neurons shared out to threads, one stage of a step at a time.

mod fields;
mod gain;
mod integrate;
mod kernels;
mod observe;
mod recurrent;
mod state;
mod sums;
mod threads;
mod totals;

use std::collections::VecDeque;
use std::sync::Arc;

use self::state::State;
use self::threads::Threads;
use super::host::{self, Instructions};
use crate::engine::rate::{Block, BlockResult};
use crate::engine::{self, EngineError, EngineInfo};
use crate::network::rate::{BLOCK_STEPS_MAX, Rate, Snapshot};

/// A rate network on the processor.
pub struct Engine {
    network: Arc<Rate>,
    info: EngineInfo,
    threads: Threads,
    state: State,
    step: u64,
    active_stimuli: Option<Vec<bool>>,
    finished: VecDeque<BlockResult>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("info", &self.info).field("step", &self.step).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine at the network's initial state, on so many threads (0: one a core, as far as they have enough to do).
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn new(network: Arc<Rate>, threads: usize) -> Result<Self, EngineError> {
        let best = Instructions::available().last().copied().unwrap_or(Instructions::Baseline);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if threads == 0 { cores.min(threads::worthwhile(&network)) } else { threads };
        Self::with_instructions(network, threads, best)
    }

    /// The same on exactly so many threads with instructions of one's choice, one of [`Engine::instructions`]: for
    /// comparisons.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn with_instructions(
        network: Arc<Rate>,
        threads: usize,
        instructions: Instructions,
    ) -> Result<Self, EngineError> {
        let adapter = host::processor_name();
        let instructions =
            if Instructions::available().contains(&instructions) { instructions } else { Instructions::Baseline };
        let threads =
            Threads::new(threads, instructions).map_err(|error| threads::failed(&adapter, threads, &error))?;
        let count = threads.count();
        let driver = format!("{count} thread{}, {}", if count == 1 { "" } else { "s" }, instructions.name());
        let mut engine = Self {
            info: EngineInfo { engine: "cpu".to_owned(), adapter, driver },
            threads,
            state: State::new(&network),
            step: 0,
            active_stimuli: None,
            finished: VecDeque::new(),
            network,
        };
        let initial = engine.network.initial_state();
        engine.take_over(&initial);
        Ok(engine)
    }

    /// Instructions for which there is a kernel and which this processor has.
    #[must_use]
    pub fn instructions() -> Vec<Instructions> {
        Instructions::available()
    }

    fn take_over(&mut self, snapshot: &Snapshot) {
        self.state.rates.copy_from_slice(&snapshot.rates);
        self.state.rests.copy_from_slice(&snapshot.rests);
        self.state.trial[..snapshot.rates.len()].copy_from_slice(&snapshot.rates);
        self.step = snapshot.step;
        self.finished.clear();
    }

    fn update_external(&mut self, step: u64) {
        let active = self.network.active_stimuli(step);
        if self.active_stimuli.as_ref() != Some(&active) {
            self.state.external = self.network.external(step);
            self.active_stimuli = Some(active);
        }
    }
}

impl engine::Engine<Rate> for Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn queue_blocks(&self) -> usize {
        1
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        assert_eq!(block.start_step, self.step, "blocks follow each other");
        assert!(block.steps <= BLOCK_STEPS_MAX, "a block of more than {BLOCK_STEPS_MAX} steps");
        self.update_external(block.start_step);
        let largest = (0..block.steps).map(|_| self.state.step(&self.network, &self.threads)).collect();
        let frame = block.frame.then(|| self.state.frame(&self.network, &self.threads));
        self.step = block.end_step();
        self.finished.push_back(BlockResult { block, largest, frame });
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        Ok(self.finished.pop_front().expect("a block in flight"))
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        Ok(Snapshot { step: self.step, rates: self.state.rates.clone(), rests: self.state.rests.clone() })
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.take_over(snapshot);
        Ok(())
    }
}
