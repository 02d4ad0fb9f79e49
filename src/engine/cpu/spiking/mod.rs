//! The CPU engine of the spiking model: tiles of neurons, taken by threads, one block at a time.

mod arrivals;
mod deliver;
mod draws;
mod emit;
mod fields;
mod history;
mod individual;
mod integrate;
mod job;
mod noise;
mod pattern_counts;
mod probe;
mod reach;
mod saturating;
mod shared;
mod state;
mod tables;
mod team;
mod tile;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use self::arrivals::Rows;
use self::deliver::{Arrivals, Arriving};
use self::job::Job;
use self::shared::SharedInputs;
use self::team::Team;
use self::tile::External;
use super::host::{self, Instructions};
use crate::engine::{self, Block, BlockResult, EngineError, EngineInfo, Profile, Rewire};
use crate::network::spiking::{BLOCK_STEPS_MAX, CountsLayout, Snapshot, Spiking};

/// The spiking network on the processor.
///
/// While one block's result is looked at, the threads carry the next one. The order that holds: a block starts when the
/// one before it is done, its counts are in the ring, and its probes were read.
pub struct Engine {
    network: Arc<Spiking>,
    layout: CountsLayout,
    info: EngineInfo,
    team: Team,
    /// The inputs that all neurons of a population share.
    shared: SharedInputs,
    /// What arrives through wired projections in the block that is being computed.
    arrivals: Arc<Arrivals>,
    /// Rows of counts of the last steps, a ring by step.
    rows: Vec<u32>,
    /// The step after the last block that was done.
    step: u64,
    /// The step after the last block that was submitted.
    submitted_step: u64,
    active_stimuli: Vec<bool>,
    /// Blocks that wait, and the one that is being computed.
    waiting: VecDeque<Block>,
    running: Option<Arc<Job>>,
    spare: Vec<BlockResult>,
    profile: Profile,
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
        let instructions =
            if Instructions::available().contains(&instructions) { instructions } else { Instructions::Baseline };
        let team = Team::new(Arc::clone(&network), tiles, threads, instructions).map_err(|error| {
            let message = format!("{threads} threads could not be started: {error}");
            EngineError::Device { adapter: adapter.clone(), message }
        })?;
        let layout = network.counts_layout();
        let slots = network.delay_steps_max().max(1) + BLOCK_STEPS_MAX;
        let plural = if team.threads() == 1 { "" } else { "s" };
        let mut engine = Self {
            layout,
            info: EngineInfo {
                engine: "cpu".to_owned(),
                adapter,
                driver: format!("{} thread{plural}, {}", team.threads(), instructions.name()),
            },
            team,
            shared: SharedInputs::default(),
            arrivals: Arc::new(Arrivals::new(&network)),
            rows: vec![0; slots as usize * layout.len()],
            step: 0,
            submitted_step: 0,
            active_stimuli: Vec::new(),
            waiting: VecDeque::new(),
            running: None,
            spare: Vec::new(),
            profile: Profile { host: vec![("prepare", 0.0), ("compute", 0.0), ("gather", 0.0)], ..Profile::default() },
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

    /// Gives the tiles the external input of `step` if it is another than before.
    fn stimulate(&mut self, step: u64) {
        let active = self.network.active_stimuli(step);
        if active == self.active_stimuli && step != 0 {
            return;
        }
        let external = self.network.external(step);
        for index in 0..self.team.tiles() {
            let mut tile = self.team.tile(index);
            let first = self.network.populations[tile.population].first as usize + tile.first;
            let own = &external[first..first + tile.size()];
            tile.external = if own.iter().all(|value| *value == own[0]) {
                External::Shared(own[0])
            } else {
                let mut padded = own.to_vec();
                padded.resize(tile.padded(), 0);
                External::Each(padded)
            };
        }
        self.active_stimuli = active;
    }

    /// Lets the threads begin with the next block that waits, if none is being computed.
    fn start_next(&mut self) {
        if self.running.is_some() {
            return;
        }
        let Some(block) = self.waiting.pop_front() else { return };
        let started = Instant::now();
        self.stimulate(block.start_step);
        let rows = Rows { counts: &self.rows, layout: self.layout };
        let arriving = Arriving::of(&self.network, &self.team, block);
        let wired = (arriving, Arc::clone(&self.arrivals));
        let job = Job::new(&self.network, (block, self.team.tiles()), &rows, wired, &mut self.shared);
        let job = Arc::new(job);
        self.team.start(Arc::clone(&job));
        self.running = Some(job);
        self.profile.host[0].1 += started.elapsed().as_secs_f64();
    }

    /// Puts a block's counts into the ring.
    fn keep_counts(&mut self, block: Block, counts: &[u32]) {
        let length = self.layout.len();
        let slots = (self.rows.len() / length) as u64;
        for (step, row) in counts.chunks_exact(length).enumerate() {
            let slot = ((block.start_step + step as u64) % slots) as usize;
            self.rows[slot * length..(slot + 1) * length].copy_from_slice(row);
        }
    }

    /// Spike words of the last block, `[neuron]`.
    fn spikes(&self, spikes: &mut Vec<u32>) {
        spikes.clear();
        spikes.resize(self.network.neurons(), 0);
        for index in 0..self.team.tiles() {
            let tile = self.team.tile(index);
            let first = self.network.populations[tile.population].first as usize + tile.first;
            tile.fired.iter().for_each(|&(neuron, word)| spikes[first + neuron as usize] = word);
        }
    }
}

impl Rewire for Engine {
    fn rewire(&mut self, network: Arc<Spiking>, state: &Snapshot) -> Result<(), EngineError> {
        // Tiles and threads hold the network: with all of them new, nothing of the old one is left.
        let mut next = Self::with_instructions(network, self.team.threads(), self.team.instructions())?;
        next.profile = std::mem::take(&mut self.profile);
        *self = next;
        state::restore(self, state);
        Ok(())
    }
}

impl engine::Engine for Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn profile(&self) -> Profile {
        self.profile.clone()
    }

    fn queue_blocks(&self) -> usize {
        if self.team.threads() == 1 { 1 } else { 2 }
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        assert_eq!(block.start_step, self.submitted_step, "blocks follow each other");
        assert!((1..=self.network.block_steps()).contains(&block.steps), "a block longer than the shortest delay");
        self.submitted_step = block.end_step();
        self.waiting.push_back(block);
        self.start_next();
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        let job = self.running.take().expect("a block in flight");
        let block = job.block;
        let started = Instant::now();
        let counts = self.team.finish(&job);
        let finished = Instant::now();
        self.keep_counts(block, &counts);
        self.step = block.end_step();
        let mut result = self.spare.pop().unwrap_or_else(|| BlockResult::new(block));
        (result.block, result.counts) = (block, counts);
        self.spikes(&mut result.spikes);
        result.probes.clear();
        if block.probe {
            probe::probe(self, &mut result.probes);
        }
        self.profile.blocks += 1;
        self.profile.host[1].1 += (finished - started).as_secs_f64();
        self.profile.host[2].1 += finished.elapsed().as_secs_f64();
        self.start_next();
        Ok(result)
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
