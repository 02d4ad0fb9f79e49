//! Recording a spiking network: spikes, overlaps, rates and potentials.

mod bins;
mod frames;
mod hash;
mod layout;
mod program;
mod sinks;
mod taken;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub use hash::{Hashing, Totals};
pub(crate) use layout::StimulusRow;
pub(crate) use program::{ChangeRow, ENDED, ENDED_BYTES, ENDED_MS};

use self::frames::FrameLayout;
use self::taken::Taken;
use super::{Existing, Head, RecordError, Recorded, recorder};
use crate::engine::{BlockResult, EngineInfo};
use crate::model;
use crate::network::spiking::{Snapshot, Spiking};
use crate::simulate::{Ended, Observer};

/// A run, as far as its results file describes it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The model, for units, names and what is to be recorded.
    pub model: &'a model::spiking::Spiking,
    /// The network that was compiled from it.
    pub network: &'a Spiking,
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
    /// The hash of all spikes; `None` if the run did not come to its end.
    pub run_hash: Option<String>,
    /// The hash of each trial, of those that began; one where there is a single one.
    pub trial_hashes: Vec<String>,
    /// What guards ended, in order of the trials.
    pub guarded: Vec<Guarded>,
    /// What was learned, in order of the trials, then of time.
    pub learned: Vec<LearnedPattern>,
    /// Steps taken, in all trials together.
    pub steps: u64,
    /// All spikes of each population, from the counts.
    pub spikes: Vec<u64>,
    /// Spikes of each population in the file.
    pub recorded_spikes: Vec<u64>,
    /// Saturations of the potentials of each population.
    pub saturated_potentials: Vec<u64>,
    /// Saturations of each input: of projections, then of private ones.
    pub saturated_inputs: Vec<u64>,
    /// Size of the file, bytes.
    pub bytes: u64,
}

/// A trial that a guard has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Guarded {
    /// Number of the trial.
    pub trial: usize,
    /// When, ms.
    pub ended_ms: f64,
    /// Why, in words.
    pub why: String,
}

/// A pattern that was learned.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedPattern {
    /// Number of the trial.
    pub trial: usize,
    /// When, ms.
    pub time_ms: f64,
    /// Number of the pattern.
    pub pattern: usize,
    /// Number of its members.
    pub members: usize,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Steps taken.
    pub steps: u64,
    /// Spikes of all populations.
    pub spikes: u64,
}

/// Records a run in a results file. Dropped before [`Recorder::finish`], it closes the file with what it received.
#[derive(Debug)]
pub struct Recorder(recorder::Recorder<Spiking, Taken>);

impl Recorder {
    /// Makes the results file, whole but for what the run will add, and starts the thread that writes it.
    ///
    /// # Errors
    /// If the file exists and may not be replaced, or cannot be created.
    pub fn create(path: &Path, existing: Existing, run: &Run<'_>) -> Result<Self, RecordError> {
        let frames = fit(run)?;
        let head = Head { config_toml: run.config_toml, engine: run.engine, deflate: run.model.record.deflate };
        let taken = Taken::new(run, frames.clone());
        recorder::Recorder::create((path, existing), &head, taken, |file| layout::lay_out(file, run, &frames)).map(Self)
    }

    /// How far the run has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let Totals { steps, spikes, .. } = self.0.taking.hashing.totals();
        Progress { steps: *steps, spikes: spikes.iter().sum() }
    }

    /// Closes the file: complete, with the run hash, or as far as the run came.
    ///
    /// # Errors
    /// If the file could not be written.
    pub fn finish(mut self, ended: Ended) -> Result<Summary, RecordError> {
        let (Recorded { path, run_hash, bytes }, recorded_spikes) = self.0.finish(ended)?;
        let taken = &mut self.0.taking;
        let totals = taken.hashing.totals().clone();
        Ok(Summary {
            path,
            run_hash,
            trial_hashes: taken.hashing.trial_hashes().collect(),
            guarded: std::mem::take(&mut taken.guarded),
            learned: std::mem::take(&mut taken.learned),
            steps: totals.steps,
            spikes: totals.spikes,
            recorded_spikes,
            saturated_potentials: totals.saturated_potentials,
            saturated_inputs: totals.saturated_inputs,
            bytes,
        })
    }
}

impl Observer for Recorder {
    fn start(&mut self, state: &Snapshot) -> anyhow::Result<()> {
        self.0.start(state)
    }

    fn block(&mut self, result: &BlockResult) -> anyhow::Result<ControlFlow<()>> {
        self.0.block(result)
    }
}

/// What groups of patterns and overlaps hold, besides groups of further populations.
const RESERVED: [&str; 5] = ["members", "offsets", "bits", "time", "value"];

/// Whether a results file can hold the run, and where its probes are.
fn fit(run: &Run<'_>) -> Result<Vec<FrameLayout>, RecordError> {
    let unfit = |what: String| Err(RecordError::Unfit { what });
    for population in &run.model.populations {
        let name = &population.name;
        if name.is_empty() || name == "." || name.contains(['/', '\0']) {
            return unfit(format!("a population called `{}`; call it something without `/`", name.escape_debug()));
        }
    }
    for set in &run.network.further_patterns {
        let name = &run.model.populations[set.population].name;
        if RESERVED.contains(&name.as_str()) {
            return unfit(format!("patterns of a further population called `{name}`; call it something else"));
        }
    }
    if run.model.record.deflate && !hdf5::filters::deflate_available() {
        return unfit(
            "deflated spikes in this build, whose HDF5 has no deflate; use `compression = \"none\"`".to_owned(),
        );
    }
    let records: Vec<_> =
        run.model.record.voltages.iter().filter(|record| !record.neurons.is_empty()).cloned().collect();
    let frames = FrameLayout::all(&records, run.network);
    match frames.iter().find(|layout| !layout.matches(&run.network.probes)) {
        None => Ok(frames),
        Some(layout) => unfit(format!(
            "the voltages of `{}`: the network was compiled for other probes than the model asks for",
            run.model.populations[layout.population].name
        )),
    }
}
