//! What was recorded of a rate network.

use ndarray::Array2;

use super::{Results, ResultsError};
use crate::record::rate::{DIVERGED, POPULATION, StimulusRow};

/// One value over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Times, ms, `[T]`, the start included.
    pub times_ms: Vec<f64>,
    /// Values at these times, `[T]`.
    pub values: Vec<f32>,
}

/// Several values over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Traces {
    /// Times, ms, `[T]`, the start included.
    pub times_ms: Vec<f64>,
    /// Values at these times, `[T, n]`.
    pub values: Array2<f32>,
}

/// A stimulus of a rate network.
#[derive(Clone, Debug, PartialEq)]
pub struct RateStimulus {
    /// "cue" or "pulse".
    pub kind: String,
    /// Pattern that it cues; `None` for a pulse.
    pub pattern: Option<usize>,
    /// Its start, ms.
    pub start_ms: f64,
    /// Its end, ms.
    pub stop_ms: f64,
    /// Its amplitude.
    pub amplitude: f64,
}

impl Results {
    /// The overlaps of a rate network, `[T, P]`; `None` where they are off or there is no pattern.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn rate_overlaps(&self) -> Result<Option<Traces>, ResultsError> {
        let traces = self.rate_traces("overlaps")?;
        if let Some(traces) = &traces {
            self.a_column_each("overlaps", traces.values.ncols())?;
        }
        Ok(traces)
    }

    /// The mean of r over neurons; `None` where it is off.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn mean_rate(&self) -> Result<Option<Trace>, ResultsError> {
        self.rate_trace(&format!("rates/{POPULATION}"))
    }

    /// The largest |-r + φ(u + W r)|; `None` where the mean rate is off.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn residual(&self) -> Result<Option<Trace>, ResultsError> {
        self.rate_trace("residual")
    }

    /// The rates of chosen neurons and their numbers, `[T, n]`; `None` where there are none.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn neuron_rates(&self) -> Result<Option<(Vec<u64>, Traces)>, ResultsError> {
        let Some(traces) = self.rate_traces("neurons")? else { return Ok(None) };
        let node_ids = self.dataset("neurons/node_ids")?.read_raw();
        let node_ids: Vec<u64> = node_ids.map_err(|_| self.damaged("`/neurons/node_ids`"))?;
        self.columns("neurons/value", traces.values.ncols(), node_ids.len())?;
        Ok(Some((node_ids, traces)))
    }

    /// When the network diverged, ms, if it did.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn diverged_ms(&self) -> Result<Option<f64>, ResultsError> {
        let read = self.file.attr(DIVERGED).and_then(|attribute| attribute.read_scalar::<f64>());
        let diverged_ms = read.map_err(|_| self.damaged(format!("the attribute `{DIVERGED}`")))?;
        Ok((!diverged_ms.is_nan()).then_some(diverged_ms))
    }

    /// The stimuli of a rate network, in the order of the configuration.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn rate_stimuli(&self) -> Result<Vec<RateStimulus>, ResultsError> {
        let rows = self.dataset("stimuli")?.read_raw::<StimulusRow>().map_err(|_| self.damaged("`/stimuli`"))?;
        let stimuli = rows.iter().map(|row| RateStimulus {
            kind: String::from_utf8_lossy(row.kind.as_bytes()).into_owned(),
            pattern: usize::try_from(row.pattern).ok(),
            start_ms: row.start_ms,
            stop_ms: row.stop_ms,
            amplitude: row.amplitude,
        });
        Ok(stimuli.collect())
    }

    fn rate_traces(&self, path: &str) -> Result<Option<Traces>, ResultsError> {
        if self.group(path)?.is_none() {
            return Ok(None);
        }
        let (times_ms, values) = self.trace(path)?;
        Ok(Some(Traces { times_ms, values }))
    }

    fn rate_trace(&self, path: &str) -> Result<Option<Trace>, ResultsError> {
        if self.group(path)?.is_none() {
            return Ok(None);
        }
        let (times_ms, values) = self.trace::<ndarray::Ix1>(path)?;
        Ok(Some(Trace { times_ms, values: values.to_vec() }))
    }
}
