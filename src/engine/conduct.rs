//! Carries out the program of a spiking network around any engine: learns, forgets, guards, goes from trial to trial.
//!
//! A change acts on all that arrives from its step on, spikes on their way included: the input of neuron i in step t is
//! Σ_j w_ij(t) S_j(t - D). So the counts of past steps get the members that a pattern has now.

mod guard;

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Block, BlockResult, Changed, Engine, EngineError, EngineInfo, Profile};
use crate::network::patterns::SetBits;
use crate::network::spiking::{Action, Change, Course, Memories, Snapshot, Spiking};

/// An engine that can go on with another network.
pub trait Rewire: Engine {
    /// Goes on with `network`, which differs from the one before in its patterns, its weights and its trial, from `state`.
    /// Nothing may be in flight.
    ///
    /// # Errors
    /// If the device fails or cannot hold the network.
    fn rewire(&mut self, network: Arc<Spiking>, state: &Snapshot) -> Result<(), EngineError>;
}

/// The engine, with what carries out its network's program where there is one.
pub fn conducted<E: Rewire + 'static>(engine: E, network: &Arc<Spiking>) -> Box<dyn Engine> {
    if network.program.is_empty() { Box::new(engine) } else { Box::new(Conductor::new(engine, network)) }
}

/// An engine that carries out the program of its network.
pub struct Conductor<E> {
    engine: E,
    /// As it was compiled: before any change, in the first trial.
    first: Arc<Spiking>,
    course: Course,
    /// Blocks that the engine has.
    in_flight: usize,
    /// Results that had to be collected before somebody asked for them.
    ready: VecDeque<BlockResult>,
    /// What was changed before blocks that are not collected yet, by their first steps.
    changed: VecDeque<(u64, Changed)>,
    /// A guard has ended the trial.
    over: bool,
    /// Nothing was asked of the engine yet: it is at the start of the first trial.
    fresh: bool,
}

impl<E: Rewire> Conductor<E> {
    /// Around an engine of `network` that is at its initial state.
    pub fn new(engine: E, network: &Arc<Spiking>) -> Self {
        Self {
            engine,
            first: Arc::clone(network),
            course: Course::default(),
            in_flight: 0,
            ready: VecDeque::new(),
            changed: VecDeque::new(),
            over: false,
            fresh: true,
        }
    }

    /// Collects what the engine has.
    fn drain(&mut self) -> Result<(), EngineError> {
        while self.in_flight > 0 {
            if let Some(result) = self.collect_next()? {
                self.ready.push_back(result);
            }
        }
        Ok(())
    }

    /// Drops what the engine has, and what waits.
    fn clear(&mut self) -> Result<(), EngineError> {
        while self.in_flight > 0 {
            let result = self.engine.collect()?;
            self.engine.recycle(result);
            self.in_flight -= 1;
        }
        self.ready.clear();
        self.changed.clear();
        self.over = false;
        Ok(())
    }

    /// The engine's next result as others see it; `None` after the end of the trial.
    fn collect_next(&mut self) -> Result<Option<BlockResult>, EngineError> {
        let mut result = self.engine.collect()?;
        self.in_flight -= 1;
        if self.over {
            self.engine.recycle(result);
            return Ok(None);
        }
        result.changes.clear();
        while self.changed.front().is_some_and(|(step, _)| *step == result.block.start_step) {
            result.changes.extend(self.changed.pop_front().map(|(_, changed)| changed));
        }
        result.alarm = guard::watch(&self.first, &mut self.course, &mut result);
        self.over = result.alarm.is_some();
        self.remember(&result);
        Ok(Some(result))
    }

    /// Keeps the spikes that a change to come looks at.
    fn remember(&mut self, result: &BlockResult) {
        let coming = self.first.program.changes[self.course.made..].iter();
        let Some(needed_from) = coming.filter_map(|change| self.needs_from(change)).min() else { return };
        if result.block.end_step() <= needed_from {
            return;
        }
        let population = &self.first.populations[self.first.pattern_population];
        let words = &result.spikes[population.first as usize..(population.first + population.size) as usize];
        let mut spikes: Vec<(u64, u32)> = Vec::new();
        for (neuron, &word) in (0..).zip(words).filter(|&(_, &word)| word != 0) {
            spikes.extend(SetBits(word).map(|bit| (result.block.start_step + u64::from(bit), neuron)));
        }
        spikes.sort_unstable();
        self.course.recent.extend(spikes.into_iter().filter(|&(step, _)| step >= needed_from));
    }

    /// The first step whose spikes a change looks at: its window, and what is on its way then.
    fn needs_from(&self, change: &Change) -> Option<u64> {
        match change.action {
            Action::Learn { window_steps, .. } => {
                Some(change.step.saturating_sub(window_steps.max(self.first.delay_steps_max().into())))
            }
            Action::Forget => None,
        }
    }

    /// Makes the changes that are due before `step`. Nothing is in flight.
    fn change(&mut self, step: u64) -> Result<(), EngineError> {
        let mut state = self.engine.snapshot()?;
        while let Some(&change) = self.first.program.changes.get(self.course.made).filter(|change| change.step == step)
        {
            self.course.made += 1;
            let members = match change.action {
                Action::Learn { window_steps, spikes_min } => {
                    let members = self.firing(step.saturating_sub(window_steps), spikes_min);
                    self.course.learned.push(members.clone());
                    members
                }
                Action::Forget => Vec::new(),
            };
            self.recount(&mut state, change.pattern, &members);
            let pattern = change.pattern;
            let changed = match change.action {
                Action::Learn { .. } => Changed::Learned { pattern, members },
                Action::Forget => Changed::Forgotten { pattern },
            };
            self.changed.push_back((step, changed));
        }
        let coming = self.first.program.changes[self.course.made..].iter();
        let needed_from = coming.filter_map(|change| self.needs_from(change)).min().unwrap_or(u64::MAX);
        self.course.recent.retain(|&(step, _)| step >= needed_from);
        let network = self.network()?;
        self.engine.rewire(network, &state)
    }

    /// The neurons with so many spikes from a step on, ascending.
    fn firing(&self, from_step: u64, spikes_min: u32) -> Vec<u32> {
        let mut spikes = vec![0u32; self.first.populations[self.first.pattern_population].size as usize];
        let counted = self.course.recent.iter().filter(|&&(step, _)| step >= from_step);
        counted.for_each(|&(_, neuron)| spikes[neuron as usize] += 1);
        (0..).zip(&spikes).filter(|&(_, &own)| own >= spikes_min).map(|(neuron, _)| neuron).collect()
    }

    /// Counts the spikes on their way of those who are members now.
    fn recount(&self, state: &mut Snapshot, pattern: usize, members: &[u32]) {
        let length = self.first.counts_layout().len();
        let rows = state.counts.len() / length;
        (0..rows).for_each(|row| state.counts[row * length + pattern] = 0);
        let Some(&last) = members.last() else { return };
        let mut is_member = vec![false; last as usize + 1];
        members.iter().for_each(|&member| is_member[member as usize] = true);
        for &(step, neuron) in &self.course.recent {
            let Some(row) = (step + rows as u64).checked_sub(state.step) else { continue };
            if is_member.get(neuron as usize) == Some(&true) {
                state.counts[row as usize * length + pattern] += 1;
            }
        }
    }

    /// The network as the course has made it.
    fn network(&self) -> Result<Arc<Spiking>, EngineError> {
        let Course { made, trial, .. } = self.course;
        if made == 0 && trial == 0 {
            return Ok(Arc::clone(&self.first));
        }
        let (patterns, changes) = (&self.first.patterns, &self.first.program.changes);
        let mut known: Vec<Vec<u32>> = (0..patterns.count()).map(|pattern| patterns.members(pattern)).collect();
        let mut stored = vec![true; known.len()];
        let coming = changes[made..].iter().filter(|change| matches!(change.action, Action::Learn { .. }));
        coming.for_each(|change| stored[change.pattern] = false);
        let mut learned = self.course.learned.iter();
        for change in &changes[..made] {
            match change.action {
                Action::Learn { .. } => known[change.pattern] = learned.next().cloned().unwrap_or_default(),
                Action::Forget => stored[change.pattern] = false,
            }
        }
        let same = (made == 0).then_some(&*self.first);
        let network = self.first.program.revise.network(Memories { known: &known, stored: &stored }, trial, same);
        network.map(Arc::new).map_err(|message| EngineError::Program { message })
    }
}

impl<E: Rewire> Engine for Conductor<E> {
    fn info(&self) -> &EngineInfo {
        self.engine.info()
    }

    fn profile(&self) -> Profile {
        self.engine.profile()
    }

    fn queue_blocks(&self) -> usize {
        self.engine.queue_blocks()
    }

    fn begin(&mut self, trial: u32) -> Result<(), EngineError> {
        if std::mem::take(&mut self.fresh) && trial == 0 {
            return Ok(());
        }
        self.clear()?;
        self.course = Course { trial, ..Course::default() };
        let network = self.network()?;
        let start = network.initial_state();
        self.engine.rewire(network, &start)
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        self.fresh = false;
        let next = self.first.program.changes.get(self.course.made);
        if next.is_some_and(|change| change.step == block.start_step) {
            self.drain()?;
            if !self.over {
                self.change(block.start_step)?;
            }
        }
        if !self.over {
            self.engine.submit(block)?;
            self.in_flight += 1;
        }
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "collecting what was never submitted is a mistake of the caller")]
    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        match self.ready.pop_front() {
            Some(result) => Ok(result),
            None => Ok(self.collect_next()?.expect("a block of a trial that goes on")),
        }
    }

    fn recycle(&mut self, result: BlockResult) {
        self.engine.recycle(result);
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        Ok(Snapshot { course: self.course.clone(), ..self.engine.snapshot()? })
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.fresh = false;
        self.clear()?;
        let is_same = (self.course.made, self.course.trial) == (snapshot.course.made, snapshot.course.trial)
            && self.course.learned == snapshot.course.learned;
        self.course = snapshot.course.clone();
        if is_same {
            return self.engine.restore(snapshot);
        }
        let network = self.network()?;
        self.engine.rewire(network, snapshot)
    }
}
