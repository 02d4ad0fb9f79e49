//! Recording a binary network: overlaps, energy, flips and distance of each trial a sweep, its states, what it came to.

mod course;
mod hash;
mod layout;
mod observables;
mod outcome;
mod sinks;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use course::Rest;
pub use hash::Hashing;
pub use outcome::{End, Outcome};

use self::course::bytes;
use self::observables::Observables;
use self::sinks::{Batch, Concluded, Rows, Sinks};
use super::writer::Completion;
use super::{Existing, Head, RecordError, Recorded, Taking, recorder};
use crate::engine::EngineInfo;
use crate::engine::hopfield::Swept;
use crate::model;
use crate::network::hopfield::memories::ones;
use crate::network::hopfield::{Hopfield, Snapshot};
use crate::simulate::{Ended, Observer};

/// A run, as far as its results file describes it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The model, for what is to be recorded.
    pub model: &'a model::hopfield::Hopfield,
    /// The network that was compiled from it.
    pub network: &'a Arc<Hopfield>,
    /// The configuration after every default and override: feeding it back repeats the run.
    pub config_toml: &'a str,
    /// What computes.
    pub engine: &'a EngineInfo,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The results file.
    pub path: PathBuf,
    /// The hash of all states; `None` if the run did not come to its end.
    pub run_hash: Option<String>,
    /// Sweeps made, of the longest trial.
    pub sweeps: u64,
    /// What each trial came to.
    pub outcomes: Vec<Outcome>,
    /// Size of the file, bytes.
    pub bytes: u64,
}

/// Records a run in a results file. Dropped before [`Recorder::finish`], it closes the file with what it received.
#[derive(Debug)]
pub struct Recorder(recorder::Recorder<Hopfield, Taken>);

impl Recorder {
    /// Makes the results file, whole but for what the run will add, and starts the thread that writes it.
    ///
    /// # Errors
    /// If the file exists and may not be replaced, or cannot be created.
    pub fn create(path: &Path, existing: Existing, run: &Run<'_>) -> Result<Self, RecordError> {
        let head = Head { config_toml: run.config_toml, engine: run.engine, deflate: false };
        let taken = Taken::new(run);
        recorder::Recorder::create((path, existing), &head, taken, |file| layout::lay_out(file, run)).map(Self)
    }

    /// Closes the file: complete, with the run hash, or as far as the run came.
    ///
    /// # Errors
    /// If the file could not be written.
    pub fn finish(mut self, ended: Ended) -> Result<Summary, RecordError> {
        let (Recorded { path, run_hash, bytes }, ()) = self.0.finish(ended)?;
        let taken = &self.0.taking;
        Ok(Summary { path, run_hash, sweeps: taken.hashing.sweeps(), outcomes: taken.outcomes(), bytes })
    }
}

impl Observer<Hopfield> for Recorder {
    fn start(&mut self, state: &Snapshot) -> anyhow::Result<()> {
        self.0.start(state)
    }

    fn block(&mut self, result: &Swept) -> anyhow::Result<ControlFlow<()>> {
        self.0.block(result)
    }
}

/// What is taken from a run.
#[derive(Debug)]
struct Taken {
    network: Arc<Hopfield>,
    observables: Observables,
    states_recorded: bool,
    hashing: Hashing,
    /// n^μ of the last state of each trial.
    counts: Vec<Vec<u32>>,
    rows: Vec<Rows>,
}

impl Taken {
    fn new(run: &Run<'_>) -> Self {
        let trials = run.network.trials();
        let activity = run.model.patterns.as_ref().map_or(0.5, |patterns| patterns.activity);
        Self {
            network: Arc::clone(run.network),
            observables: Observables::new(run.network, activity),
            states_recorded: run.model.record_states,
            hashing: Hashing::new(run.network),
            counts: vec![Vec::new(); trials],
            rows: vec![Rows::default(); trials],
        }
    }

    fn outcomes(&self) -> Vec<Outcome> {
        let outcome = |(course, counts): (&course::Course, &Vec<u32>)| Outcome {
            rest: course.rest(),
            sweeps: course.sweeps(),
            end: self.observables.end(course.state(), counts),
        };
        self.hashing.courses().iter().zip(&self.counts).map(outcome).collect()
    }

    /// Appends a row of a trial.
    fn append(&mut self, trial: usize, sweeps: u64, (state, counts, flips): (&[u64], &[u32], u64)) {
        let (rows, on) = (&mut self.rows[trial], ones(state));
        rows.sweeps.push(sweeps as f64);
        rows.overlaps.extend(self.observables.overlaps(counts, on).map(|overlap| overlap as f32));
        rows.energy.push(self.observables.energy(self.network.energy_integer(state, counts)));
        rows.flips.push(flips);
        if let Some(pattern) = self.network.start_pattern {
            rows.distance.push(self.observables.distance(pattern, counts, on));
        }
        if self.states_recorded {
            rows.states.extend(&bytes(state)[..self.network.neurons.div_ceil(8) as usize]);
        }
        counts.clone_into(&mut self.counts[trial]);
    }
}

impl Taking<Hopfield> for Taken {
    type Content = Sinks;

    fn start(&mut self, state: &Snapshot) {
        let (words, patterns) = (self.network.state_words(), self.network.memories.count());
        for (trial, own) in state.states.chunks(words).enumerate() {
            let counts = &state.counts[trial * patterns..(trial + 1) * patterns];
            self.append(trial, state.sweep, (own, counts, 0));
        }
    }

    fn take(&mut self, result: &Swept) -> ControlFlow<()> {
        let mut seen = Vec::new();
        let then = self.hashing.take(result, |trial, _, flips| seen.push((trial, flips)));
        let (words, patterns) = (self.network.state_words(), self.network.memories.count());
        for (trial, flips) in seen {
            let state = &result.states[trial * words..(trial + 1) * words];
            let counts = &result.counts[trial * patterns..(trial + 1) * patterns];
            self.append(trial, result.sweep.number + 1, (state, counts, flips));
        }
        then
    }

    fn batch(&mut self, _: bool) -> Batch {
        let empty = vec![Rows::default(); self.rows.len()];
        Batch { sweeps: self.hashing.sweeps(), rows: std::mem::replace(&mut self.rows, empty) }
    }

    fn values(&self) -> usize {
        self.rows.iter().map(|rows| rows.overlaps.len() + 5 * rows.sweeps.len() + rows.states.len() / 8).sum()
    }

    fn completion(&self) -> Completion<Sinks> {
        let several = self.hashing.courses().len() > 1;
        let concluded = self
            .hashing
            .courses()
            .iter()
            .zip(self.outcomes())
            .map(|(course, outcome)| Concluded { run_hash: several.then(|| course.run_hash()), outcome });
        Completion { run_hash: self.hashing.run_hash(), conclusion: concluded.collect() }
    }
}
