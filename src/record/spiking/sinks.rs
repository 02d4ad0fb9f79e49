//! The datasets that grow while a run goes on, and the batches that make them grow.

use std::ops::Range;

use hdf5::{Dataset, File, Group};

use super::frames::Frames;
use super::program::{ENDED, ENDED_MS, Learned, LearnedSink, ended};
use crate::model::spiking::SpikeRecord;
use crate::record::extend::Extendible;
use crate::record::held::Held;
use crate::record::layout::RUN_HASH_BYTES;
use crate::record::traces::{Rows, Trace};
use crate::record::writer::{Content, ascii};
use crate::simulate::Spike;

/// What the simulation hands over at once.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// How far the run is: steps of this trial, and all of those before it.
    pub(crate) end_step: u64,
    /// Of each trial that it is about, in order.
    pub(crate) parts: Vec<Part>,
}

/// What belongs to one trial.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Number of the trial.
    pub(crate) trial: usize,
    /// All spikes, in order of step, then neuron.
    pub(crate) spikes: Vec<Spike>,
    /// Overlaps of each population with patterns, `[bin][pattern]`.
    pub(crate) overlaps: Vec<Rows>,
    /// Rates, `[bin][population]`.
    pub(crate) rates: Rows,
    /// Frames of each recorded population.
    pub(crate) frames: Vec<Frames>,
    /// What was learned.
    pub(crate) learned: Vec<Learned>,
    /// A guard ended the trial before its time.
    pub(crate) is_cut: bool,
    /// The trial is over, and another one has begun.
    pub(crate) concluded: Option<Concluded>,
}

/// All datasets that grow.
#[derive(Debug)]
pub(crate) struct Sinks {
    /// Which spikes are recorded.
    pub(crate) record: SpikeRecord,
    pub(crate) dt_ms: f64,
    /// Steps of a trial.
    pub(crate) steps: u64,
    /// Number of populations.
    pub(crate) populations: usize,
    /// Those of each trial.
    pub(crate) trials: Vec<TrialSinks>,
}

/// The datasets of one trial.
#[derive(Debug)]
pub(crate) struct TrialSinks {
    /// Where its attributes are.
    pub(crate) location: Held<Group>,
    /// Spikes of each recorded population.
    pub(crate) spikes: Vec<SpikeSink>,
    /// Overlaps of each population with patterns; empty if off.
    pub(crate) overlaps: Vec<Trace>,
    /// The rate of each population; empty if off.
    pub(crate) rates: Vec<Trace>,
    /// Potentials and inputs, one entry a layout of frames.
    pub(crate) reports: Vec<Report>,
    /// What is learned, where anything is.
    pub(crate) learned: Option<LearnedSink>,
}

/// Spikes of one population.
#[derive(Debug)]
pub(crate) struct SpikeSink {
    /// Index of the population.
    pub(crate) population: usize,
    /// Its neurons, numbered across populations.
    pub(crate) neurons: Range<u32>,
    pub(crate) timestamps: Extendible<f64>,
    pub(crate) node_ids: Extendible<u64>,
}

/// Potentials of one population, and its inputs.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) data: Extendible<f32>,
    /// [start, stop, dt] of the report, ms: to be corrected where a run ends early.
    pub(crate) time: Held<Dataset>,
    pub(crate) inputs: Option<Trace>,
}

/// Times and ids of spikes that are to be recorded.
type Selection = (Vec<f64>, Vec<u64>);

/// Those of a batch, for each part and each recorded population.
pub(crate) type Selected = Vec<Vec<Selection>>;

impl TrialSinks {
    /// Closes its objects between two writes.
    pub(crate) fn rest(&mut self, file: &File) {
        self.location.rest(file);
        for sink in &mut self.spikes {
            sink.timestamps.rest(file);
            sink.node_ids.rest(file);
        }
        for report in &mut self.reports {
            report.data.rest(file);
            report.time.rest(file);
        }
        let inputs = self.reports.iter_mut().filter_map(|report| report.inputs.as_mut());
        self.overlaps.iter_mut().chain(&mut self.rates).chain(inputs).for_each(|trace| trace.rest(file));
        self.learned.iter_mut().for_each(|learned| learned.rest(file));
    }

    fn append(&mut self, part: &Part, spikes: &[Selection]) -> hdf5::Result<()> {
        for (sink, (times_ms, ids)) in self.spikes.iter_mut().zip(spikes) {
            sink.timestamps.append(times_ms)?;
            sink.node_ids.append(ids)?;
        }
        for (overlaps, rows) in self.overlaps.iter_mut().zip(&part.overlaps) {
            overlaps.append(&rows.times, &rows.values)?;
        }
        let populations = self.rates.len();
        for (population, rates) in self.rates.iter_mut().enumerate() {
            let column: Vec<f32> = part.rates.values.iter().skip(population).step_by(populations).copied().collect();
            rates.append(&part.rates.times, &column)?;
        }
        for (report, frames) in self.reports.iter_mut().zip(&part.frames) {
            report.data.append(&frames.potentials)?;
            if let Some(inputs) = &mut report.inputs {
                inputs.append(&frames.times_ms, &frames.inputs)?;
            }
        }
        if let Some(learned) = &mut self.learned {
            part.learned.iter().try_for_each(|one| learned.append(one))?;
        }
        if part.is_cut {
            self.end_reports()?;
        }
        part.concluded.as_ref().map_or(Ok(()), |concluded| self.conclude(concluded))
    }

    fn conclude(&self, concluded: &Concluded) -> hdf5::Result<()> {
        let location = self.location.open()?;
        if let Some(run_hash) = &concluded.run_hash {
            location.attr("run_hash")?.write_scalar(&ascii::<RUN_HASH_BYTES>(run_hash))?;
        }
        if let Some((words, ended_ms)) = &concluded.guarded {
            location.attr(ENDED)?.write_scalar(&ended(words))?;
            location.attr(ENDED_MS)?.write_scalar(ended_ms)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> hdf5::Result<()> {
        for sink in &mut self.spikes {
            sink.timestamps.flush()?;
            sink.node_ids.flush()?;
        }
        for report in &mut self.reports {
            report.data.flush()?;
        }
        let inputs = self.reports.iter_mut().filter_map(|report| report.inputs.as_mut());
        self.overlaps.iter_mut().chain(&mut self.rates).chain(inputs).try_for_each(Trace::flush)
    }

    fn growth_bytes(&self, part: &Part, spikes: &[Selection]) -> u64 {
        let spikes = self.spikes.iter().zip(spikes).map(|(sink, (times_ms, ids))| {
            sink.timestamps.growth_bytes(times_ms.len()) + sink.node_ids.growth_bytes(ids.len())
        });
        let overlaps = self.overlaps.iter().zip(&part.overlaps);
        let overlaps = overlaps.map(|(trace, rows)| trace.growth_bytes(rows.times.len()));
        let rates = self.rates.iter().map(|trace| trace.growth_bytes(part.rates.times.len()));
        let reports = self.reports.iter().zip(&part.frames).map(|(report, frames)| {
            let rows = frames.times_ms.len();
            report.data.growth_bytes(rows) + report.inputs.as_ref().map_or(0, |inputs| inputs.growth_bytes(rows))
        });
        let learned = self.learned.iter().map(|sink| sink.growth_bytes(&part.learned));
        spikes.chain(overlaps).chain(rates).chain(reports).chain(learned).sum()
    }

    /// Ends the reports behind their last frames: readers count frames by it.
    fn end_reports(&self) -> hdf5::Result<()> {
        for report in &self.reports {
            let time = report.time.open()?;
            let [start_ms, _, every_ms] = time.read_raw::<f64>()?[..] else { continue };
            time.write_raw(&[start_ms, start_ms + report.data.rows() as f64 * every_ms, every_ms])?;
        }
        Ok(())
    }
}

/// What is known of a trial at its end.
#[derive(Clone, Debug)]
pub(crate) struct Concluded {
    /// `None`: it is that of the run.
    pub(crate) run_hash: Option<String>,
    /// Why a guard ended it, in words, and when, ms.
    pub(crate) guarded: Option<(String, f64)>,
}

impl Sinks {
    /// Steps as a time to be read by people.
    fn rounded_ms(&self, steps: u64) -> f64 {
        (steps as f64 * self.dt_ms * 1e6).round() / 1e6
    }

    /// The trial that a run is in, and the steps it has made.
    fn place(&self, end: u64) -> (usize, u64) {
        let trial = (end / self.steps.max(1)).min(self.trials.len() as u64 - 1);
        (trial as usize, end - trial * self.steps)
    }
}

impl Sinks {
    /// The spikes that are to be recorded, for each of the populations.
    fn select(&self, sinks: &[SpikeSink], spikes: &[Spike]) -> Vec<Selection> {
        let record = &self.record;
        let steps = record.start_step..record.stop_step;
        let every = record.every.max(1);
        let mut selected = vec![Selection::default(); sinks.len()];
        // Those of a step are in order of neuron, so that each population's are one piece.
        for spikes in spikes.chunk_by(|one, other| one.step == other.step) {
            if !steps.contains(&spikes[0].step) {
                continue;
            }
            let time_ms = (spikes[0].step + 1) as f64 * self.dt_ms;
            for (sink, (times_ms, ids)) in sinks.iter().zip(&mut selected) {
                let before = |neuron: u32| spikes.partition_point(|spike| spike.neuron < neuron);
                let own = spikes[before(sink.neurons.start)..before(sink.neurons.end)].iter();
                let own = own.map(|spike| spike.neuron - sink.neurons.start);
                // All of them is what is mostly asked for, and then their number is known before.
                match every {
                    1 => ids.extend(own.map(u64::from)),
                    _ => ids.extend(own.filter(|id| id.is_multiple_of(every)).map(u64::from)),
                }
                times_ms.resize(ids.len(), time_ms);
            }
        }
        selected
    }
}

impl Content for Sinks {
    type Batch = Batch;
    type Ready = Selected;
    /// Of each trial.
    type Conclusion = Vec<Concluded>;
    /// Spikes written of each population.
    type Written = Vec<u64>;

    /// The spikes that are to be recorded.
    fn prepare(&self, batch: &Batch) -> Selected {
        let of_part = |part: &Part| self.select(&self.trials[part.trial].spikes, &part.spikes);
        batch.parts.iter().map(of_part).collect()
    }

    fn append(&mut self, batch: &Batch, spikes: &Selected) -> hdf5::Result<()> {
        let mut parts = batch.parts.iter().zip(spikes);
        parts.try_for_each(|(part, spikes)| self.trials[part.trial].append(part, spikes))
    }

    fn flush(&mut self) -> hdf5::Result<()> {
        self.trials.iter_mut().try_for_each(TrialSinks::flush)
    }

    fn growth_bytes(&self, batch: &Batch, spikes: &Selected) -> u64 {
        let parts = batch.parts.iter().zip(spikes);
        parts.map(|(part, spikes)| self.trials[part.trial].growth_bytes(part, spikes)).sum()
    }

    fn end_of(batch: &Batch) -> u64 {
        batch.end_step
    }

    fn told(&self, end: u64) -> String {
        match self.place(end) {
            (0, steps) => format!("the first {} ms of the run", self.rounded_ms(steps)),
            (trial, steps) => format!("trials before {trial} and the first {} ms of that", self.rounded_ms(steps)),
        }
    }

    /// Ends the reports where a run ended early.
    fn end_early(&self, end: u64) -> hdf5::Result<()> {
        let (trial, _) = self.place(end);
        self.trials[trial..].iter().try_for_each(TrialSinks::end_reports)
    }

    fn conclude(&self, conclusion: &Vec<Concluded>) -> hdf5::Result<()> {
        self.trials.iter().zip(conclusion).try_for_each(|(trial, concluded)| trial.conclude(concluded))
    }

    fn written(&self) -> Vec<u64> {
        let mut counts = vec![0; self.populations];
        for sink in self.trials.iter().flat_map(|trial| &trial.spikes) {
            counts[sink.population] += sink.timestamps.rows() as u64;
        }
        counts
    }
}
