//! The CPU engine of binary networks: trials, patterns and neurons shared out to threads, one sweep at a time.

mod dots;
mod fields;
mod kernels;
mod overlaps;
mod share;
mod visits;

use std::collections::VecDeque;
use std::sync::Arc;

use rayon::prelude::*;

use self::dots::{Passes, Rows};
use self::fields::{Context, fields_with};
use self::kernels::Kernels;
use self::overlaps::overlaps_with;
use self::share::{COUNTING_WORDS, shared_out, shares};
use self::visits::{Scratch, Trial, visits_with};
use super::host::{self, Instructions};
use crate::engine::hopfield::{Sweep, Swept};
use crate::engine::{self, EngineError, EngineInfo};
use crate::network::hopfield::coupling::{Coupling, Sums};
use crate::network::hopfield::memories::ones;
use crate::network::hopfield::{Hopfield, Memories, Snapshot};

/// A binary network on the processor.
pub struct Engine {
    network: Arc<Hopfield>,
    info: EngineInfo,
    kernels: Kernels,
    threads: usize,
    /// `None`: everything runs on the calling thread.
    pool: Option<rayon::ThreadPool>,
    state: Snapshot,
    /// The states that a synchronous sweep makes.
    next: Vec<u64>,
    /// What a synchronous sweep of low rank reads.
    rows: Rows,
    passes: Passes,
    /// One a trial that runs at a time.
    scratch: Vec<Scratch>,
    finished: VecDeque<Swept>,
    spare: Vec<Swept>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("info", &self.info).field("sweep", &self.state.sweep).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine at the start of the network's trials, on so many threads (0: one a core).
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn new(network: Arc<Hopfield>, threads: usize) -> Result<Self, EngineError> {
        let best = Instructions::available().last().copied().unwrap_or(Instructions::Baseline);
        Self::with_instructions(network, threads, best)
    }

    /// The same with instructions of one's choice, one of [`Engine::instructions`]: for comparisons.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn with_instructions(
        network: Arc<Hopfield>,
        threads: usize,
        instructions: Instructions,
    ) -> Result<Self, EngineError> {
        let instructions =
            if Instructions::available().contains(&instructions) { instructions } else { Instructions::Baseline };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if threads == 0 { cores } else { threads }.min(shares(&network));
        let adapter = host::processor_name();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|k| format!("attractor-{k}"));
        let pool = match threads {
            1 => None,
            _ => Some(pool.build().map_err(|error| EngineError::Device {
                adapter: adapter.clone(),
                message: format!("{threads} threads could not be started: {error}"),
            })?),
        };
        let plural = if threads == 1 { "" } else { "s" };
        let none = Memories::default();
        let is_read = network.synchronous && matches!(network.coupling, Coupling::LowRank(_));
        let needed = if is_read { &network.memories } else { &none };
        let driver = format!("{threads} thread{plural}, {}", instructions.name());
        Ok(Self {
            info: EngineInfo { engine: "cpu".to_owned(), adapter, driver },
            kernels: Kernels { instructions, vector_popcount: host::has_vector_popcount() },
            threads,
            pool,
            state: network.initial_state(),
            next: vec![0; network.state_words()],
            rows: Rows::new(needed),
            passes: Passes::default(),
            scratch: vec![Scratch::default(); threads],
            finished: VecDeque::new(),
            spare: Vec::new(),
            network,
        })
    }

    /// Instructions for which there is a kernel and which this processor has.
    #[must_use]
    pub fn instructions() -> Vec<Instructions> {
        Instructions::available()
    }

    /// All neurons of all trials at once, trial by trial.
    fn update_together(&mut self, sweep: Sweep) {
        let network = Arc::clone(&self.network);
        let (words, patterns) = (network.state_words(), network.memories.count());
        for trial in 0..network.trials() {
            let state = &mut self.state.states[trial * words..(trial + 1) * words];
            let counts = &mut self.state.counts[trial * patterns..(trial + 1) * patterns];
            self.passes.set(counts);
            let total = counts.iter().map(|&count| u64::from(count)).sum();
            let context = Context {
                network: &network,
                trial: trial as u32,
                sweep: sweep.number,
                state,
                kernels: self.kernels,
                rows: &self.rows,
                passes: &self.passes,
                sums: Sums { on: ones(state).into(), total },
            };
            let (pool, kernels) = (self.pool.as_ref(), self.kernels);
            shared_out(pool, self.threads, &mut self.next, |first, next| fields_with(kernels, &context, first, next));
            state.copy_from_slice(&self.next);
            let (memories, state) = (&network.memories, &*state);
            // Counting takes a few microseconds in all but large networks, less than waking a thread.
            let pool = pool.filter(|_| words * patterns >= COUNTING_WORDS);
            shared_out(pool, self.threads, counts, |first, counts| {
                overlaps_with(kernels, memories, state, first, counts);
            });
        }
    }

    /// One neuron after the other, trials side by side.
    fn update_in_order(&mut self, sweep: Sweep) {
        let (network, kernels) = (&*self.network, self.kernels);
        let (words, patterns) = (network.state_words(), network.memories.count());
        let mut counts = self.state.counts.chunks_mut(patterns.max(1));
        let states = self.state.states.chunks_mut(words).enumerate();
        let mut trials: Vec<Trial<'_>> = states
            .map(|(number, state)| Trial {
                number: number as u32,
                sweep: sweep.number,
                state,
                counts: counts.next().unwrap_or_default(),
            })
            .collect();
        match &self.pool {
            Some(pool) => {
                let share = trials.len().div_ceil(self.scratch.len());
                let shares = trials.par_chunks_mut(share).zip(&mut self.scratch);
                pool.install(|| {
                    shares.for_each(|(trials, scratch)| {
                        trials.iter_mut().for_each(|trial| visits_with(kernels, network, trial, scratch));
                    });
                });
            }
            None => trials.iter_mut().for_each(|trial| visits_with(kernels, network, trial, &mut self.scratch[0])),
        }
    }
}

impl engine::Engine<Hopfield> for Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn queue_blocks(&self) -> usize {
        1
    }

    fn submit(&mut self, sweep: Sweep) -> Result<(), EngineError> {
        assert_eq!(sweep.number, self.state.sweep, "sweeps follow each other");
        if self.network.synchronous {
            self.update_together(sweep);
        } else {
            self.update_in_order(sweep);
        }
        self.state.sweep += 1;
        let mut result = self.spare.pop().unwrap_or_else(|| Swept { sweep, states: Vec::new(), counts: Vec::new() });
        result.sweep = sweep;
        result.states.clone_from(&self.state.states);
        result.counts.clone_from(&self.state.counts);
        self.finished.push_back(result);
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    fn collect(&mut self) -> Result<Swept, EngineError> {
        Ok(self.finished.pop_front().expect("a sweep in flight"))
    }

    fn recycle(&mut self, result: Swept) {
        self.spare.push(result);
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        Ok(self.state.clone())
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.state.clone_from(snapshot);
        self.finished.clear();
        Ok(())
    }
}
