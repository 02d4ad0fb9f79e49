//! The layout of a results file of a rate network, the datasets that grow, and the batches that make them grow.

use hdf5::File;
use hdf5::types::VarLenUnicode;

use super::Run;
use crate::model::rate::{Rate as Model, StimulusTarget};
use crate::record::layout::{ordered_group, scalar, text, unicode};
use crate::record::patterns::Stored;
use crate::record::traces::{Rows, Trace};
use crate::record::writer::Content;

/// What the one population is called.
pub(crate) const POPULATION: &str = "network";
/// When the network diverged, ms; NaN if it did not.
pub(crate) const DIVERGED: &str = "diverged_ms";

/// A row of the table of stimuli.
#[derive(Clone, Debug, hdf5::H5Type)]
#[repr(C)]
pub(crate) struct StimulusRow {
    pub(crate) kind: VarLenUnicode,
    pub(crate) target: VarLenUnicode,
    /// Number of the pattern; -1 for a pulse.
    pub(crate) pattern: i64,
    pub(crate) start_ms: f64,
    pub(crate) stop_ms: f64,
    pub(crate) amplitude: f64,
}

/// What the simulation hands over at once.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The first step after it.
    pub(crate) end_step: u64,
    /// Overlaps, `[row][pattern]`.
    pub(crate) overlaps: Rows,
    /// Mean rates.
    pub(crate) rates: Rows,
    /// Residuals.
    pub(crate) residuals: Rows,
    /// Rates of chosen neurons, `[row][neuron]`.
    pub(crate) neurons: Rows,
    /// The network diverged.
    pub(crate) diverged_ms: Option<f64>,
}

/// A trace, and the rows of a batch that it takes.
type Sink = (Trace, fn(&Batch) -> &Rows);

/// Where they go.
pub(crate) struct Sinks {
    file: File,
    dt_ms: f64,
    traces: Vec<Sink>,
    diverged_ms: f64,
}

/// Lays out all but the attributes of the root.
pub(super) fn lay_out(file: &File, run: &Run<'_>) -> hdf5::Result<Sinks> {
    scalar(file, DIVERGED, &f64::NAN)?;
    if let Some(patterns) = &run.model.patterns {
        let (activity, seed) = (patterns.activity, run.model.seed);
        let rows = &run.network.patterns;
        let stored = Stored { sizes: rows.sizes(), activity, seed, population: POPULATION, is_further: false };
        stored.lay_out(file, (0..rows.count()).map(|pattern| rows.members(pattern)))?;
    }
    stimuli(file, run.model)?;
    Ok(Sinks { file: file.clone(), dt_ms: run.model.dt_ms, traces: traces(file, run)?, diverged_ms: f64::NAN })
}

fn stimuli(file: &File, model: &Model) -> hdf5::Result<()> {
    let rows = model.stimuli.iter().map(|stimulus| {
        let (kind, pattern) = match stimulus.target {
            StimulusTarget::Cue { pattern, .. } => ("cue", pattern as i64),
            StimulusTarget::Pulse | StimulusTarget::Group { .. } => ("pulse", -1),
        };
        Ok(StimulusRow {
            kind: unicode(kind)?,
            target: unicode(POPULATION)?,
            pattern,
            start_ms: stimulus.start_step as f64 * model.dt_ms,
            stop_ms: stimulus.stop_step as f64 * model.dt_ms,
            amplitude: stimulus.amplitude,
        })
    });
    let rows = rows.collect::<hdf5::Result<Vec<_>>>()?;
    file.new_dataset_builder().with_data(&rows).create("stimuli").map(|_| ())
}

fn traces(file: &File, run: &Run<'_>) -> hdf5::Result<Vec<Sink>> {
    let record = &run.model.record;
    let rows_max = |every_steps: u64| run.network.steps.div_ceil(every_steps) + 1;
    let mut traces: Vec<Sink> = Vec::new();
    if let Some(steps) = record.overlaps_bin_steps {
        let width = [run.network.patterns.count()];
        let trace = Trace::create(&file.create_group("overlaps")?, "ms", &width, rows_max(steps))?;
        traces.push((trace, |batch| &batch.overlaps));
    }
    if let Some(steps) = record.rates_bin_steps {
        let group = ordered_group(file, "rates")?.create_group(POPULATION)?;
        let rates = Trace::create(&group, "ms", &[], rows_max(steps))?;
        text(&*rates.value.dataset()?, "units", "1")?;
        traces.push((rates, |batch| &batch.rates));
        let residuals = Trace::create(&file.create_group("residual")?, "ms", &[], rows_max(steps))?;
        text(&*residuals.value.dataset()?, "units", "1")?;
        traces.push((residuals, |batch| &batch.residuals));
    }
    if !record.neurons.is_empty() {
        let group = file.create_group("neurons")?;
        let ids: Vec<u64> = record.neurons.iter().map(|&neuron| u64::from(neuron)).collect();
        group.new_dataset_builder().with_data(&ids).create("node_ids")?;
        let neurons = Trace::create(&group, "ms", &[ids.len()], rows_max(record.every_steps))?;
        text(&*neurons.value.dataset()?, "units", "1")?;
        traces.push((neurons, |batch| &batch.neurons));
    }
    Ok(traces)
}

impl Content for Sinks {
    type Batch = Batch;
    type Ready = ();
    type Conclusion = ();
    type Written = ();

    fn prepare(&self, _: &Batch) {}

    fn growth_bytes(&self, batch: &Batch, (): &()) -> u64 {
        self.traces.iter().map(|(trace, rows)| trace.growth_bytes(rows(batch).times.len())).sum()
    }

    fn append(&mut self, batch: &Batch, (): &()) -> hdf5::Result<()> {
        for (trace, rows) in &mut self.traces {
            let Rows { times, values } = rows(batch);
            trace.append(times, values)?;
        }
        self.diverged_ms = batch.diverged_ms.unwrap_or(self.diverged_ms);
        Ok(())
    }

    fn flush(&mut self) -> hdf5::Result<()> {
        self.traces.iter_mut().try_for_each(|(trace, _)| trace.flush())
    }

    fn end_of(batch: &Batch) -> u64 {
        batch.end_step
    }

    fn told(&self, end: u64) -> String {
        format!("the first {} ms of the run", end as f64 * self.dt_ms)
    }

    fn end_early(&self, _: u64) -> hdf5::Result<()> {
        if self.diverged_ms.is_nan() { Ok(()) } else { self.file.attr(DIVERGED)?.write_scalar(&self.diverged_ms) }
    }

    fn conclude(&self, (): &()) -> hdf5::Result<()> {
        Ok(())
    }

    fn written(&self) {}
}
