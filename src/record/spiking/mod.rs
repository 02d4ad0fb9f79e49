//! Recording a spiking network: spikes, overlaps, rates and potentials.

mod bins;
mod frames;
mod hash;
mod layout;
mod sinks;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub use hash::{Hashing, Totals};
pub(crate) use layout::StimulusRow;

use self::bins::{Bins, Overlaps, append_rates};
use self::frames::{FrameLayout, Frames};
use self::sinks::{Batch, Sinks};
use super::writer::Completion;
use super::{Existing, Head, RecordError, Recorded, Taking, recorder};
use crate::engine::{BlockResult, EngineInfo};
use crate::model;
use crate::network::spiking::{Snapshot, Spiking};
use crate::simulate::{Ended, Observer, spikes_in_order};

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The results file.
    pub path: PathBuf,
    /// The hash of all spikes; `None` if the run did not come to its end.
    pub run_hash: Option<String>,
    /// Steps taken.
    pub steps: u64,
    /// All spikes of each population, from the counts.
    pub spikes: Vec<u64>,
    /// Spikes of each population in the file.
    pub recorded_spikes: Vec<u64>,
    /// Saturations of the potentials of each population.
    pub saturated_potentials: Vec<u64>,
    /// Saturations of the inputs of each projection.
    pub saturated_inputs: Vec<u64>,
    /// Size of the file, bytes.
    pub bytes: u64,
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
        let totals = self.0.taking.hashing.totals().clone();
        Ok(Summary {
            path,
            run_hash,
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
    overlaps: Option<(Bins, Overlaps)>,
    rates: Option<Bins>,
    frames: Vec<FrameLayout>,
    sizes: Vec<u32>,
    spikes_recorded: bool,
    dt_ms: f64,
    steps: u64,
    batch: Batch,
}

impl Taken {
    fn new(run: &Run<'_>, frames: Vec<FrameLayout>) -> Self {
        let (model, network) = (run.model, run.network);
        let layout = network.counts_layout();
        let overlaps = model.record.overlaps_bin_steps.filter(|_| layout.patterns > 0).map(|bin_steps| {
            let overlaps = Overlaps {
                members: network.patterns.sizes().to_vec(),
                neurons: network.populations[network.pattern_population].size,
                spikes: layout.spikes(network.pattern_population),
                reference_rate_hz: model.record.reference_rate_hz,
                dt_ms: model.dt_ms,
            };
            (Bins::new(network, 0..layout.spikes(layout.populations), bin_steps), overlaps)
        });
        let rates = model.record.rates_bin_steps;
        let rates = rates.map(|steps| Bins::new(network, layout.spikes(0)..layout.spikes(layout.populations), steps));
        let batch = Batch { frames: vec![Frames::default(); frames.len()], ..Batch::default() };
        Self {
            hashing: Hashing::new(network),
            overlaps,
            rates,
            frames,
            sizes: network.populations.iter().map(|population| population.size).collect(),
            spikes_recorded: !model.record.spikes.populations.is_empty(),
            dt_ms: model.dt_ms,
            steps: network.steps,
            batch,
        }
    }

    /// Ends the bins that have begun.
    fn end_bins(&mut self) {
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.end(|bin| overlaps.append(bin, &mut self.batch.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.end(|bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.batch.rates));
        }
    }
}

impl Taking<Spiking> for Taken {
    type Content = Sinks;

    fn start(&mut self, state: &Snapshot) {
        for (layout, frames) in self.frames.iter().zip(&mut self.batch.frames) {
            if layout.is_due(state.step, self.steps) {
                layout.append_state(state.step as f64 * self.dt_ms, state, frames);
            }
        }
    }

    fn take(&mut self, result: &BlockResult) -> ControlFlow<()> {
        let spikes = spikes_in_order(result);
        self.hashing.take(result, &spikes);
        if self.spikes_recorded {
            if self.batch.spikes.is_empty() {
                self.batch.spikes = spikes;
            } else {
                self.batch.spikes.extend_from_slice(&spikes);
            }
        }
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.add(result, |bin| overlaps.append(bin, &mut self.batch.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.add(result, |bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.batch.rates));
        }
        let end_step = result.block.end_step();
        for (layout, frames) in self.frames.iter().zip(&mut self.batch.frames) {
            if result.block.probe && layout.is_due(end_step, self.steps) {
                layout.append_probes(end_step as f64 * self.dt_ms, &result.probes, frames);
            }
        }
        ControlFlow::Continue(())
    }

    fn batch(&mut self, last: bool) -> Batch {
        if last {
            self.end_bins();
        }
        let next = Batch { frames: vec![Frames::default(); self.frames.len()], ..Batch::default() };
        Batch { end_step: self.hashing.totals().steps, ..std::mem::replace(&mut self.batch, next) }
    }

    fn values(&self) -> usize {
        let batch = &self.batch;
        let frames = batch.frames.iter().map(|frames| frames.potentials.len() + frames.inputs.len());
        let traces = batch.overlaps.values.len() + batch.rates.values.len();
        batch.spikes.len().max(traces).max(frames.sum())
    }

    fn completion(&self) -> Completion<Sinks> {
        Completion { run_hash: self.hashing.run_hash(), conclusion: () }
    }
}

/// Whether a results file can hold the run, and where its probes are.
fn fit(run: &Run<'_>) -> Result<Vec<FrameLayout>, RecordError> {
    let unfit = |what: String| Err(RecordError::Unfit { what });
    for population in &run.model.populations {
        let name = &population.name;
        if name.is_empty() || name == "." || name.contains(['/', '\0']) {
            return unfit(format!("a population called `{}`; call it something without `/`", name.escape_debug()));
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
