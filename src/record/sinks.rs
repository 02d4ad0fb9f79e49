//! The datasets that grow while a run goes on, and the batches that make them grow.

use std::ops::Range;

use hdf5::Dataset;

use super::bins::Rows;
use super::extend::Extendible;
use super::frames::Frames;
use crate::model::spiking::SpikeRecord;
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

/// Values over time.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) time: Extendible,
    pub(crate) value: Extendible,
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

impl Trace {
    fn append(&mut self, times_ms: &[f64], values: &[f32]) -> hdf5::Result<()> {
        self.time.append(times_ms)?;
        self.value.append(values)
    }

    fn growth_bytes(&self, rows: usize) -> u64 {
        self.time.growth_bytes(rows) + self.value.growth_bytes(rows)
    }
}

impl Sinks {
    /// The spikes that are to be recorded.
    pub(crate) fn select(&self, spikes: &[Spike], record: &SpikeRecord, dt_ms: f64) -> Selected {
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

    /// Appends a batch.
    pub(crate) fn append(&mut self, batch: &Batch, spikes: &Selected) -> hdf5::Result<()> {
        for (sink, (times_ms, ids)) in self.spikes.iter_mut().zip(spikes) {
            sink.timestamps.append(times_ms)?;
            sink.node_ids.append(ids)?;
        }
        if let Some(overlaps) = &mut self.overlaps {
            overlaps.append(&batch.overlaps.times_ms, &batch.overlaps.values)?;
        }
        let populations = self.rates.len();
        for (population, rates) in self.rates.iter_mut().enumerate() {
            let column: Vec<f32> = batch.rates.values.iter().skip(population).step_by(populations).copied().collect();
            rates.append(&batch.rates.times_ms, &column)?;
        }
        for (report, frames) in self.reports.iter_mut().zip(&batch.frames) {
            report.data.append(&frames.potentials)?;
            if let Some(inputs) = &mut report.inputs {
                inputs.append(&frames.times_ms, &frames.inputs)?;
            }
        }
        Ok(())
    }

    /// Bytes by which a batch makes the file longer, at most.
    pub(crate) fn growth_bytes(&self, batch: &Batch, spikes: &Selected) -> u64 {
        let spikes = self.spikes.iter().zip(spikes).map(|(sink, (times_ms, ids))| {
            sink.timestamps.growth_bytes(times_ms.len()) + sink.node_ids.growth_bytes(ids.len())
        });
        let overlaps = self.overlaps.iter().map(|trace| trace.growth_bytes(batch.overlaps.times_ms.len()));
        let rates = self.rates.iter().map(|trace| trace.growth_bytes(batch.rates.times_ms.len()));
        let reports = self.reports.iter().zip(&batch.frames).map(|(report, frames)| {
            let rows = frames.times_ms.len();
            report.data.growth_bytes(rows) + report.inputs.as_ref().map_or(0, |inputs| inputs.growth_bytes(rows))
        });
        spikes.chain(overlaps).chain(rates).chain(reports).sum()
    }

    /// Ends the reports at `stop_ms`, where a run ended early.
    pub(crate) fn end_reports(&self, stop_ms: f64) -> hdf5::Result<()> {
        for report in &self.reports {
            let [start_ms, _, every_ms] = report.time.read_raw::<f64>()?[..] else { continue };
            report.time.write_raw(&[start_ms, stop_ms, every_ms])?;
        }
        Ok(())
    }

    /// Spikes written of each of `populations` populations.
    pub(crate) fn spike_counts(&self, populations: usize) -> Vec<u64> {
        let mut counts = vec![0; populations];
        for sink in &self.spikes {
            counts[sink.population] = sink.timestamps.rows() as u64;
        }
        counts
    }
}
