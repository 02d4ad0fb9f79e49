//! Recording a rate network: overlaps, mean rates, residuals, and the rates of chosen neurons.

mod hash;
mod sinks;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub use hash::Hashing;
pub(crate) use sinks::{DIVERGED, POPULATION, StimulusRow};

use self::sinks::{Batch, Sinks};
use super::writer::Completion;
use super::{Existing, Head, RecordError, Recorded, Taking, recorder};
use crate::engine::EngineInfo;
use crate::engine::rate::{BlockResult, Frame};
use crate::model::rate::{Rate as Model, Record};
use crate::network::rate::{Rate, Snapshot};
use crate::simulate::{Ended, Observer};

/// A run, as far as its results file describes it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The model, for units and what is to be recorded.
    pub model: &'a Model,
    /// The network that was compiled from it.
    pub network: &'a Rate,
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
    /// The hash of the states; `None` if the run did not come to its end.
    pub run_hash: Option<String>,
    /// Steps taken that are in the file.
    pub steps: u64,
    /// The last state that was looked at, without its rates.
    pub last: Frame,
    /// The network has diverged: the step and its largest |r| (NaN: no number).
    pub diverged: Option<Divergence>,
    /// Size of the file, bytes.
    pub bytes: u64,
}

/// Rates that have no end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divergence {
    /// The step after which it shows.
    pub step: u64,
    /// The largest |r| then; NaN if one is no number.
    pub largest: f32,
}

impl Divergence {
    /// The first step of a block after which the network has diverged.
    #[must_use]
    pub fn find(network: &Rate, result: &BlockResult) -> Option<Self> {
        let at = result.largest.iter().position(|&largest| network.is_divergent(largest))?;
        Some(Self { step: result.block.start_step + at as u64 + 1, largest: result.largest[at] })
    }
}

/// Records a run in a results file. Dropped before [`Recorder::finish`], it closes the file with what it received.
#[derive(Debug)]
pub struct Recorder(recorder::Recorder<Rate, Taken>);

impl Recorder {
    /// Makes the results file, whole but for what the run will add, and starts the thread that writes it.
    ///
    /// # Errors
    /// If the file exists and may not be replaced, or cannot be created.
    pub fn create(path: &Path, existing: Existing, run: &Run<'_>) -> Result<Self, RecordError> {
        let head = Head { config_toml: run.config_toml, engine: run.engine, deflate: false };
        let taken = Taken::new(run);
        recorder::Recorder::create((path, existing), &head, taken, |file| sinks::lay_out(file, run)).map(Self)
    }

    /// Closes the file: complete, with the run hash, or as far as the run came. A network that has diverged has not
    /// come to its end.
    ///
    /// # Errors
    /// If the file could not be written.
    pub fn finish(mut self, ended: Ended) -> Result<Summary, RecordError> {
        let diverged = self.0.taking.diverged;
        let ended = if diverged.is_some() { Ended::Interrupted } else { ended };
        let (Recorded { path, run_hash, bytes }, ()) = self.0.finish(ended)?;
        let taken = &self.0.taking;
        Ok(Summary { path, run_hash, steps: taken.steps, last: taken.last.clone(), diverged, bytes })
    }
}

impl Observer<Rate> for Recorder {
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
    /// For its limits and lengths only.
    network: Rate,
    record: Record,
    dt_ms: f64,
    /// Steps taken.
    steps: u64,
    last: Frame,
    diverged: Option<Divergence>,
    batch: Batch,
}

impl Taken {
    fn new(run: &Run<'_>) -> Self {
        Self {
            hashing: Hashing::new(run.network),
            network: run.network.without_arrays(),
            record: run.model.record.clone(),
            dt_ms: run.model.dt_ms,
            steps: 0,
            last: Frame::default(),
            diverged: None,
            batch: Batch::default(),
        }
    }

    /// Whether something is due so many steps apart, and at the end.
    fn is_due(&self, every_steps: u64) -> bool {
        self.steps.is_multiple_of(every_steps) || self.steps == self.network.steps
    }

    fn take_frame(&mut self, frame: &Frame) {
        let time = self.steps as f64 * self.dt_ms;
        if self.record.overlaps_bin_steps.is_some_and(|steps| self.is_due(steps)) {
            self.batch.overlaps.times.push(time);
            self.batch.overlaps.values.extend_from_slice(&frame.overlaps);
        }
        if self.record.rates_bin_steps.is_some_and(|steps| self.is_due(steps)) {
            self.batch.rates.times.push(time);
            self.batch.rates.values.push(frame.mean);
            self.batch.residuals.times.push(time);
            self.batch.residuals.values.push(frame.residual);
        }
        if !self.record.neurons.is_empty() && self.is_due(self.record.every_steps) {
            self.batch.neurons.times.push(time);
            let rates = self.record.neurons.iter().map(|&neuron| frame.rates[neuron as usize]);
            self.batch.neurons.values.extend(rates);
        }
        self.last = Frame { rates: Vec::new(), ..frame.clone() };
    }
}

impl Taking<Rate> for Taken {
    type Content = Sinks;

    fn start(&mut self, state: &Snapshot) {
        self.steps = state.step;
    }

    fn take(&mut self, result: &BlockResult) -> ControlFlow<()> {
        self.diverged = Divergence::find(&self.network, result);
        if let Some(divergence) = self.diverged {
            self.batch.diverged_ms = Some(divergence.step as f64 * self.dt_ms);
            return ControlFlow::Break(());
        }
        self.hashing.take(result);
        self.steps = result.block.end_step();
        if let Some(frame) = &result.frame {
            self.take_frame(frame);
        }
        ControlFlow::Continue(())
    }

    fn batch(&mut self, _last: bool) -> Batch {
        let batch = std::mem::take(&mut self.batch);
        Batch { end_step: self.steps, ..batch }
    }

    fn values(&self) -> usize {
        self.batch.overlaps.values.len().max(self.batch.neurons.values.len())
    }

    fn completion(&self) -> Completion<Sinks> {
        Completion { run_hash: self.hashing.run_hash(), conclusion: () }
    }
}
