//! The datasets that grow while a run goes on, and the batches that make them grow.

use std::ops::Range;

use hdf5::Dataset;

use super::frames::Frames;
use crate::model::spiking::SpikeRecord;
use crate::record::extend::Extendible;
use crate::record::traces::{Rows, Trace};
use crate::record::writer::Content;
use crate::simulate::Spike;

/// What the simulation hands over at once.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The first step after it.
    pub(crate) end_step: u64,
    /// All spikes, in order of step, then neuron.
    pub(crate) spikes: Vec<Spike>,
    /// Overlaps, `[bin][pattern]`.
    pub(crate) overlaps: Rows,
    /// Rates, `[bin][population]`.
    pub(crate) rates: Rows,
    /// Frames of each recorded population.
    pub(crate) frames: Vec<Frames>,
}

/// All datasets that grow.
#[derive(Debug)]
pub(crate) struct Sinks {
    /// Which spikes are recorded.
    pub(crate) record: SpikeRecord,
    pub(crate) dt_ms: f64,
    /// Number of populations.
    pub(crate) populations: usize,
    /// Spikes of each recorded population.
    pub(crate) spikes: Vec<SpikeSink>,
    /// Overlaps, if they are on.
    pub(crate) overlaps: Option<Trace>,
    /// The rate of each population; empty if off.
    pub(crate) rates: Vec<Trace>,
    /// Potentials and inputs, one entry a layout of frames.
    pub(crate) reports: Vec<Report>,
}

/// Spikes of one population.
#[derive(Debug)]
pub(crate) struct SpikeSink {
    /// Index of the population.
    pub(crate) population: usize,
    /// Its neurons, numbered across populations.
    pub(crate) neurons: Range<u32>,
    pub(crate) timestamps: Extendible,
    pub(crate) node_ids: Extendible,
}

/// Potentials of one population, and its inputs.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) data: Extendible,
    /// [start, stop, dt] of the report, ms: to be corrected where a run ends early.
    pub(crate) time: Dataset,
    pub(crate) inputs: Option<Trace>,
}

/// Times and ids of the spikes of a batch that are to be recorded, for each recorded population.
pub(crate) type Selected = Vec<(Vec<f64>, Vec<u64>)>;

impl Sinks {
    /// Steps as a time to be read by people.
    fn rounded_ms(&self, steps: u64) -> f64 {
        (steps as f64 * self.dt_ms * 1e6).round() / 1e6
    }
}

impl Content for Sinks {
    type Batch = Batch;
    type Ready = Selected;
    type Conclusion = ();
    /// Spikes written of each population.
    type Written = Vec<u64>;

    /// The spikes that are to be recorded.
    fn prepare(&self, batch: &Batch) -> Selected {
        let (spikes, record, dt_ms) = (&batch.spikes, &self.record, self.dt_ms);
        let steps = record.start_step..record.stop_step;
        let every = record.every.max(1);
        let of_population = |neurons: &Range<u32>| {
            let recorded = spikes.iter().filter(|spike| {
                neurons.contains(&spike.neuron)
                    && steps.contains(&spike.step)
                    && (every == 1 || (spike.neuron - neurons.start).is_multiple_of(every))
            });
            recorded.map(|spike| ((spike.step + 1) as f64 * dt_ms, u64::from(spike.neuron - neurons.start))).unzip()
        };
        self.spikes.iter().map(|sink| of_population(&sink.neurons)).collect()
    }

    fn append(&mut self, batch: &Batch, spikes: &Selected) -> hdf5::Result<()> {
        for (sink, (times_ms, ids)) in self.spikes.iter_mut().zip(spikes) {
            sink.timestamps.append(times_ms)?;
            sink.node_ids.append(ids)?;
        }
        if let Some(overlaps) = &mut self.overlaps {
            overlaps.append(&batch.overlaps.times, &batch.overlaps.values)?;
        }
        let populations = self.rates.len();
        for (population, rates) in self.rates.iter_mut().enumerate() {
            let column: Vec<f32> = batch.rates.values.iter().skip(population).step_by(populations).copied().collect();
            rates.append(&batch.rates.times, &column)?;
        }
        for (report, frames) in self.reports.iter_mut().zip(&batch.frames) {
            report.data.append(&frames.potentials)?;
            if let Some(inputs) = &mut report.inputs {
                inputs.append(&frames.times_ms, &frames.inputs)?;
            }
        }
        Ok(())
    }

    fn growth_bytes(&self, batch: &Batch, spikes: &Selected) -> u64 {
        let spikes = self.spikes.iter().zip(spikes).map(|(sink, (times_ms, ids))| {
            sink.timestamps.growth_bytes(times_ms.len()) + sink.node_ids.growth_bytes(ids.len())
        });
        let overlaps = self.overlaps.iter().map(|trace| trace.growth_bytes(batch.overlaps.times.len()));
        let rates = self.rates.iter().map(|trace| trace.growth_bytes(batch.rates.times.len()));
        let reports = self.reports.iter().zip(&batch.frames).map(|(report, frames)| {
            let rows = frames.times_ms.len();
            report.data.growth_bytes(rows) + report.inputs.as_ref().map_or(0, |inputs| inputs.growth_bytes(rows))
        });
        spikes.chain(overlaps).chain(rates).chain(reports).sum()
    }

    fn end_of(batch: &Batch) -> u64 {
        batch.end_step
    }

    fn told(&self, end: u64) -> String {
        format!("the first {} ms of the run", self.rounded_ms(end))
    }

    /// Ends the reports where a run ended early.
    fn end_early(&self, end: u64) -> hdf5::Result<()> {
        let stop_ms = end as f64 * self.dt_ms;
        for report in &self.reports {
            let [start_ms, _, every_ms] = report.time.read_raw::<f64>()?[..] else { continue };
            report.time.write_raw(&[start_ms, stop_ms, every_ms])?;
        }
        Ok(())
    }

    fn conclude(&self, (): &()) -> hdf5::Result<()> {
        Ok(())
    }

    fn written(&self) -> Vec<u64> {
        let mut counts = vec![0; self.populations];
        for sink in &self.spikes {
            counts[sink.population] = sink.timestamps.rows() as u64;
        }
        counts
    }
}
