//! The CPU engine of the spiking model: tiles of neurons shared out to threads, one block at a time.

mod arrivals;
mod integrate;
mod probe;
mod state;
mod tile;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use self::arrivals::{Input, Rows};
use self::integrate::{Context, Scratch, integrate_with};
use self::tile::Tile;
use super::host::{self, Instructions};
use crate::engine::{self, Block, BlockResult, EngineError, EngineInfo};
use crate::network::spiking::{BLOCK_STEPS_MAX, CountsLayout, Snapshot, Spiking};

/// The spiking network on the processor.
pub struct Engine {
    network: Arc<Spiking>,
    layout: CountsLayout,
    info: EngineInfo,
    instructions: Instructions,
    /// `None`: everything runs on the calling thread.
    pool: Option<rayon::ThreadPool>,
    tiles: Vec<Tile>,
    /// One a share of the work.
    scratch: Vec<Scratch>,
    /// Rows of counts of the last steps, a ring by step.
    rows: Vec<u32>,
    /// Counts of the block that is being computed, `[step][entry]`.
    emitted: Vec<AtomicU32>,
    step: u64,
    active_stimuli: Vec<bool>,
    finished: VecDeque<BlockResult>,
    spare: Vec<BlockResult>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("info", &self.info).field("step", &self.step).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine at the network's initial state, on so many threads (0: one a core).
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn new(network: Arc<Spiking>, threads: usize) -> Result<Self, EngineError> {
        let best = Instructions::available().last().copied().unwrap_or(Instructions::Baseline);
        Self::with_instructions(network, threads, best)
    }

    /// The same with instructions of one's choice, one of [`Engine::instructions`]: for comparisons.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn with_instructions(
        network: Arc<Spiking>,
        threads: usize,
        instructions: Instructions,
    ) -> Result<Self, EngineError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let tiles = tile::tiles(&network);
        // More threads than tiles would have nothing to do.
        let threads = if threads == 0 { cores } else { threads }.min(tiles.len());
        let adapter = host::processor_name();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|k| format!("attractor-{k}"));
        let pool = match threads {
            1 => None,
            _ => Some(pool.build().map_err(|error| EngineError::Device {
                adapter: adapter.clone(),
                message: format!("{threads} threads could not be started: {error}"),
            })?),
        };
        let instructions =
            if Instructions::available().contains(&instructions) { instructions } else { Instructions::Baseline };
        let layout = network.counts_layout();
        let slots = network.delay_steps_max().max(1) + BLOCK_STEPS_MAX;
        let plural = if threads == 1 { "" } else { "s" };
        let mut engine = Self {
            layout,
            info: EngineInfo {
                engine: "cpu".to_owned(),
                adapter,
                driver: format!("{threads} thread{plural}, {}", instructions.name()),
            },
            instructions,
            pool,
            tiles,
            scratch: (0..threads).map(|_| Scratch::new()).collect(),
            rows: vec![0; slots as usize * layout.len()],
            emitted: (0..BLOCK_STEPS_MAX as usize * layout.len()).map(|_| AtomicU32::new(0)).collect(),
            step: 0,
            active_stimuli: Vec::new(),
            finished: VecDeque::new(),
            spare: Vec::new(),
            network,
        };
        let initial = engine.network.initial_state();
        state::restore(&mut engine, &initial);
        Ok(engine)
    }

    /// Instructions for which there is a kernel and which this processor has.
    #[must_use]
    pub fn instructions() -> Vec<Instructions> {
        Instructions::available()
    }

    fn update_external(&mut self, step: u64) {
        let active = self.network.active_stimuli(step);
        if active != self.active_stimuli || step == 0 {
            let external = self.network.external(step);
            for tile in &mut self.tiles {
                let first = self.network.populations[tile.population].first as usize + tile.first;
                let size = tile.size();
                tile.external.copy_from_slice(&external[first..first + size]);
            }
            self.active_stimuli = active;
        }
    }

    fn compute(&mut self, block: Block) {
        let rows = Rows { counts: &self.rows, layout: self.layout };
        let inputs: Vec<Vec<Input<'_>>> = self
            .network
            .populations
            .iter()
            .map(|population| {
                let span = (block.start_step, block.steps);
                population.inputs.iter().map(|&index| Input::new(&self.network, index, &rows, span)).collect()
            })
            .collect();
        let context =
            Context { network: &self.network, layout: self.layout, block, inputs: &inputs, emitted: &self.emitted };
        let (instructions, tiles) = (self.instructions, &mut self.tiles);
        match &self.pool {
            Some(pool) => {
                // One share of consecutive tiles a thread: the work of all neurons is the same.
                let share = tiles.len().div_ceil(self.scratch.len());
                let shares = tiles.par_chunks_mut(share).zip(&mut self.scratch);
                pool.install(|| {
                    shares.for_each(|(tiles, scratch)| {
                        tiles.iter_mut().for_each(|tile| integrate_with(instructions, &context, tile, scratch));
                    });
                });
            }
            None => {
                let scratch = &mut self.scratch[0];
                tiles.iter_mut().for_each(|tile| integrate_with(instructions, &context, tile, scratch));
            }
        }
    }

    /// Moves the block's counts into the ring and into `counts`.
    fn take_counts(&mut self, block: Block, counts: &mut Vec<u32>) {
        let length = self.layout.len();
        let slots = (self.rows.len() / length) as u64;
        counts.clear();
        counts.extend(
            self.emitted[..block.steps as usize * length].iter_mut().map(|count| std::mem::take(count.get_mut())),
        );
        for (step, row) in counts.chunks_exact(length).enumerate() {
            let slot = ((block.start_step + step as u64) % slots) as usize;
            self.rows[slot * length..(slot + 1) * length].copy_from_slice(row);
        }
    }

    fn copy_spikes(&self, spikes: &mut Vec<u32>) {
        spikes.clear();
        for tile in &self.tiles {
            spikes.extend_from_slice(&tile.spikes);
        }
    }
}

impl engine::Engine for Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn queue_blocks(&self) -> usize {
        1
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        assert_eq!(block.start_step, self.step, "blocks follow each other");
        assert!((1..=self.network.block_steps()).contains(&block.steps), "a block longer than the shortest delay");
        self.update_external(block.start_step);
        self.compute(block);
        let mut result = self.spare.pop().unwrap_or_else(|| BlockResult {
            block,
            spikes: Vec::new(),
            counts: Vec::new(),
            probes: Vec::new(),
        });
        result.block = block;
        self.take_counts(block, &mut result.counts);
        self.copy_spikes(&mut result.spikes);
        result.probes.clear();
        if block.probe {
            probe::probe(self, &mut result.probes);
        }
        self.step = block.end_step();
        self.finished.push_back(result);
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        Ok(self.finished.pop_front().expect("a block in flight"))
    }

    fn recycle(&mut self, result: BlockResult) {
        self.spare.push(result);
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        Ok(state::snapshot(self))
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        state::restore(self, snapshot);
        Ok(())
    }
}

impl Engine {
    fn load_row(&self, slot: usize) -> &[u32] {
        &self.rows[slot * self.layout.len()..(slot + 1) * self.layout.len()]
    }

    fn reset_counts(&mut self) {
        self.rows.fill(0);
        self.emitted.iter().for_each(|count| count.store(0, Ordering::Relaxed));
    }
}
