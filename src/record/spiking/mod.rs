//! Recording a spiking network: spikes, overlaps, rates and potentials.

mod bins;
mod frames;
mod hash;
mod layout;
mod program;
mod sinks;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub use hash::{Hashing, Totals};
pub(crate) use layout::StimulusRow;
pub(crate) use program::{ChangeRow, ENDED, ENDED_BYTES, ENDED_MS};

use self::bins::{Bin, Bins, Overlaps, append_rates};
use self::frames::{FrameLayout, Frames};
use self::program::Learned;
use self::sinks::{Batch, Concluded, Part, Sinks};
use super::traces::Rows;
use super::writer::Completion;
use super::{Existing, Head, RecordError, Recorded, Taking, recorder};
use crate::engine::{Alarm, BlockResult, Changed, EngineInfo};
use crate::model;
use crate::network::patterns::Patterns;
use crate::network::spiking::{Snapshot, Spiking};
use crate::simulate::{Ended, Observer, append_in_order};

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

/// What is taken from a run.
#[derive(Debug)]
struct Taken {
    hashing: Hashing,
    overlaps: Option<(Bins, Vec<Overlaps>)>,
    /// Members of each pattern of the first population as a trial starts.
    members: Vec<u32>,
    rates: Option<Bins>,
    frames: Vec<FrameLayout>,
    names: Vec<String>,
    sizes: Vec<u32>,
    guard: model::spiking::Guard,
    trials: u32,
    spikes_recorded: bool,
    dt_ms: f64,
    /// Steps of a trial, and those made of the present one.
    steps: u64,
    steps_made: u64,
    /// The trial at hand, and those that are over and not handed over yet.
    part: Part,
    over: Vec<Part>,
    guarded: Vec<Guarded>,
    learned: Vec<LearnedPattern>,
}

impl Taken {
    fn new(run: &Run<'_>, frames: Vec<FrameLayout>) -> Self {
        let (model, network) = (run.model, run.network);
        let layout = network.counts_layout();
        let members = network.patterns.sizes().to_vec();
        let overlaps = model.record.overlaps_bin_steps.filter(|_| layout.patterns > 0).map(|bin_steps| {
            let of_set = |(set, (population, patterns)): (usize, (usize, &Patterns))| Overlaps {
                first: layout.patterns_of(set),
                members: patterns.sizes().to_vec(),
                coming: Vec::new(),
                neurons: network.populations[population].size,
                spikes: layout.spikes(population),
                reference_rate_hz: model.record.reference_rate_hz,
                dt_ms: model.dt_ms,
            };
            let overlaps = network.pattern_sets().enumerate().map(of_set).collect();
            (Bins::new(network, 0..layout.spikes(layout.populations), bin_steps), overlaps)
        });
        let rates = model.record.rates_bin_steps;
        let rates = rates.map(|steps| Bins::new(network, layout.spikes(0)..layout.spikes(layout.populations), steps));
        Self {
            hashing: Hashing::new(network),
            overlaps,
            members,
            rates,
            part: Part { frames: vec![Frames::default(); frames.len()], ..Part::default() },
            frames,
            names: network.populations.iter().map(|population| population.name.clone()).collect(),
            sizes: network.populations.iter().map(|population| population.size).collect(),
            guard: model.guard,
            trials: model.trials,
            spikes_recorded: !model.record.spikes.populations.is_empty(),
            dt_ms: model.dt_ms,
            steps: network.steps,
            steps_made: 0,
            over: Vec::new(),
            guarded: Vec::new(),
            learned: Vec::new(),
        }
    }

    /// Ends the bins that have begun.
    fn end_bins(&mut self) {
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.end(|bin| append_overlaps(bin, overlaps, &mut self.part.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.end(|bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.part.rates));
        }
    }

    /// An empty part of a trial, in place of the one at hand.
    fn next_part(&mut self, trial: usize) -> Part {
        // The next part will be about as large.
        let spikes = Vec::with_capacity(self.part.spikes.len());
        let empty = Part { trial, spikes, frames: vec![Frames::default(); self.frames.len()], ..Part::default() };
        std::mem::replace(&mut self.part, empty)
    }

    fn take_change(&mut self, changed: &Changed, step: u64) {
        let (pattern, members) = match changed {
            Changed::Learned { pattern, members } => {
                let (time_ms, trial) = (step as f64 * self.dt_ms, self.part.trial);
                self.part.learned.push(Learned { time_ms, pattern: *pattern, members: members.clone() });
                let (pattern, members) = (*pattern, members.len());
                self.learned.push(LearnedPattern { trial, time_ms, pattern, members });
                (pattern, members as u32)
            }
            Changed::Forgotten { pattern } => (*pattern, 0),
        };
        if let Some((bins, overlaps)) = &mut self.overlaps {
            overlaps[0].change(pattern, members, bins.has_begun());
        }
    }

    fn take_alarm(&mut self, alarm: Alarm, end_step: u64) {
        let why = match alarm {
            Alarm::Silence => {
                let silent_ms = self.guard.silence_steps.unwrap_or_default() as f64 * self.dt_ms;
                format!("silence: no neuron fired for {} ms", round(silent_ms))
            }
            Alarm::Rate { population } => format!(
                "rate_max: `{}` fired at more than {} Hz over 50 ms",
                self.names[population],
                round(self.guard.rate_max_hz.unwrap_or_default())
            ),
        };
        self.part.stopped = Some(end_step);
        self.guarded.push(Guarded { trial: self.part.trial, ended_ms: end_step as f64 * self.dt_ms, why });
    }
}

/// A number to be read by people.
fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

impl Taking<Spiking> for Taken {
    type Content = Sinks;

    fn start(&mut self, state: &Snapshot) {
        let trial = state.course.trial;
        if trial as usize != self.part.trial {
            self.end_bins();
            let over = self.next_part(trial as usize);
            self.over.push(over);
            self.hashing.begin(trial);
            if let Some((_, overlaps)) = &mut self.overlaps {
                // Only those of the first population are learned and forgotten.
                overlaps[0].members.clone_from(&self.members);
                overlaps[0].coming.clear();
            }
        }
        self.steps_made = state.step;
        for (layout, frames) in self.frames.iter().zip(&mut self.part.frames) {
            if layout.is_due(state.step, self.steps) {
                layout.append_state(state.step as f64 * self.dt_ms, state, frames);
            }
        }
    }

    fn take(&mut self, result: &BlockResult) -> ControlFlow<()> {
        result.changes.iter().for_each(|changed| self.take_change(changed, result.block.start_step));
        let before = self.part.spikes.len();
        append_in_order(result, &mut self.part.spikes);
        self.hashing.take(result, &self.part.spikes[before..]);
        if !self.spikes_recorded {
            self.part.spikes.truncate(before);
        }
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.add(result, |bin| append_overlaps(bin, overlaps, &mut self.part.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.add(result, |bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.part.rates));
        }
        let end_step = result.block.end_step();
        for (layout, frames) in self.frames.iter().zip(&mut self.part.frames) {
            if result.block.probe && layout.is_due(end_step, self.steps) {
                layout.append_probes(end_step as f64 * self.dt_ms, &result.probes, frames);
            }
        }
        self.steps_made = end_step;
        if let Some(alarm) = result.alarm {
            self.take_alarm(alarm, end_step);
        }
        ControlFlow::Continue(())
    }

    fn batch(&mut self, last: bool) -> Batch {
        if last {
            self.end_bins();
        }
        let trial = self.part.trial;
        let mut parts = std::mem::take(&mut self.over);
        parts.push(self.next_part(trial));
        Batch { end_step: trial as u64 * self.steps + self.steps_made, parts }
    }

    fn values(&self) -> usize {
        let of_part = |part: &Part| {
            let frames = part.frames.iter().map(|frames| frames.potentials.len() + frames.inputs.len());
            let overlaps: usize = part.overlaps.iter().map(|rows| rows.values.len()).sum();
            let traces = overlaps + part.rates.values.len();
            part.spikes.len().max(traces).max(frames.sum())
        };
        self.over.iter().chain([&self.part]).map(of_part).sum()
    }

    fn completion(&self) -> Completion<Sinks> {
        let several = self.trials > 1;
        let of_trial = |(trial, run_hash)| {
            let guarded = self.guarded.iter().find(|own| own.trial == trial);
            Concluded {
                run_hash: several.then_some(run_hash),
                guarded: guarded.map(|own| (own.why.clone(), own.ended_ms)),
            }
        };
        let conclusion = self.hashing.trial_hashes().enumerate().map(of_trial).collect();
        Completion { run_hash: self.hashing.run_hash(), conclusion }
    }
}

/// Appends the overlaps of a bin with the patterns of each population.
fn append_overlaps(bin: &Bin<'_>, overlaps: &mut [Overlaps], rows: &mut Vec<Rows>) {
    rows.resize_with(overlaps.len(), Rows::default);
    overlaps.iter_mut().zip(rows).for_each(|(overlaps, rows)| overlaps.append(bin, rows));
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
