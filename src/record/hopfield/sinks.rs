//! The datasets of each trial, and the batches that make them grow.

use hdf5::types::FixedAscii;
use hdf5::{File, Group};

use super::outcome::Outcome;
use crate::record::held::Held;
use crate::record::layout::RUN_HASH_BYTES;
use crate::record::traces::Trace;
use crate::record::writer::{Content, ascii};

/// Bytes reserved for the outcome, which is known at the end.
pub(crate) const OUTCOME_BYTES: usize = 256;

/// Rows of one trial.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// Number of sweeps made.
    pub(crate) sweeps: Vec<f64>,
    /// `[row][pattern]`
    pub(crate) overlaps: Vec<f32>,
    pub(crate) energy: Vec<f64>,
    pub(crate) flips: Vec<u64>,
    pub(crate) distance: Vec<u64>,
    /// `[row][byte]`
    pub(crate) states: Vec<u8>,
}

/// What the simulation hands over at once.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) sweeps: u64,
    /// One a trial.
    pub(crate) rows: Vec<Rows>,
}

/// The datasets and attributes of one trial.
#[derive(Debug)]
pub(crate) struct TrialSinks {
    /// Where its attributes are.
    pub(crate) location: Held<Group>,
    pub(crate) overlaps: Option<Trace>,
    pub(crate) energy: Trace<f64>,
    pub(crate) flips: Trace<u64>,
    pub(crate) distance: Option<Trace<u64>>,
    pub(crate) states: Option<Trace<u8>>,
}

impl TrialSinks {
    /// Closes its objects between two writes.
    pub(crate) fn rest(&mut self, file: &File) {
        self.location.rest(file);
        self.energy.rest(file);
        self.flips.rest(file);
        self.overlaps.iter_mut().for_each(|trace| trace.rest(file));
        self.distance.iter_mut().for_each(|trace| trace.rest(file));
        self.states.iter_mut().for_each(|trace| trace.rest(file));
    }

    fn append(&mut self, rows: &Rows) -> hdf5::Result<()> {
        let times = &rows.sweeps;
        self.energy.append(times, &rows.energy)?;
        self.flips.append(times, &rows.flips)?;
        if let Some(trace) = &mut self.overlaps {
            trace.append(times, &rows.overlaps)?;
        }
        if let Some(trace) = &mut self.distance {
            trace.append(times, &rows.distance)?;
        }
        if let Some(trace) = &mut self.states {
            trace.append(times, &rows.states)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> hdf5::Result<()> {
        self.energy.flush()?;
        self.flips.flush()?;
        self.overlaps.iter_mut().try_for_each(Trace::flush)?;
        self.distance.iter_mut().try_for_each(Trace::flush)?;
        self.states.iter_mut().try_for_each(Trace::flush)
    }

    fn growth_bytes(&self, rows: usize) -> u64 {
        self.energy.growth_bytes(rows)
            + self.flips.growth_bytes(rows)
            + self.overlaps.as_ref().map_or(0, |trace| trace.growth_bytes(rows))
            + self.distance.as_ref().map_or(0, |trace| trace.growth_bytes(rows))
            + self.states.as_ref().map_or(0, |trace| trace.growth_bytes(rows))
    }

    fn conclude(&self, conclusion: &Concluded) -> hdf5::Result<()> {
        let Concluded { run_hash, outcome } = conclusion;
        let location = self.location.open()?;
        if let Some(run_hash) = run_hash {
            location.attr("run_hash")?.write_scalar(&ascii::<RUN_HASH_BYTES>(run_hash))?;
        }
        let told: FixedAscii<OUTCOME_BYTES> = ascii(&outcome.to_string());
        location.attr("outcome")?.write_scalar(&told)?;
        let rest_sweep = outcome.rest.map_or(-1, |rest| rest.sweep as i64);
        location.attr("rest_sweep")?.write_scalar(&rest_sweep)?;
        location.attr("cycle_length")?.write_scalar(&outcome.rest.map_or(0, |rest| rest.length))?;
        let (pattern, overlap) = outcome.end.recalled().map_or((-1, f64::NAN), |(pattern, m)| (pattern as i64, m));
        location.attr("recalled_pattern")?.write_scalar(&pattern)?;
        location.attr("recalled_overlap")?.write_scalar(&overlap)
    }
}

/// What is known of a trial at its end.
#[derive(Clone, Debug)]
pub(crate) struct Concluded {
    /// `None`: it is that of the run.
    pub(crate) run_hash: Option<String>,
    pub(crate) outcome: Outcome,
}

/// All trials.
#[derive(Debug)]
pub(crate) struct Sinks {
    pub(crate) trials: Vec<TrialSinks>,
}

impl Content for Sinks {
    type Batch = Batch;
    type Ready = ();
    type Conclusion = Vec<Concluded>;
    type Written = ();

    fn prepare(&self, _: &Batch) {}

    fn growth_bytes(&self, batch: &Batch, (): &()) -> u64 {
        self.trials.iter().zip(&batch.rows).map(|(sinks, rows)| sinks.growth_bytes(rows.sweeps.len())).sum()
    }

    fn append(&mut self, batch: &Batch, (): &()) -> hdf5::Result<()> {
        self.trials.iter_mut().zip(&batch.rows).try_for_each(|(sinks, rows)| sinks.append(rows))
    }

    fn flush(&mut self) -> hdf5::Result<()> {
        self.trials.iter_mut().try_for_each(TrialSinks::flush)
    }

    fn end_of(batch: &Batch) -> u64 {
        batch.sweeps
    }

    fn told(&self, end: u64) -> String {
        format!("the first {end} sweeps of the run")
    }

    fn end_early(&self, _: u64) -> hdf5::Result<()> {
        Ok(())
    }

    fn conclude(&self, conclusion: &Vec<Concluded>) -> hdf5::Result<()> {
        self.trials.iter().zip(conclusion).try_for_each(|(sinks, concluded)| sinks.conclude(concluded))
    }

    fn written(&self) {}
}
