//! What was recorded bin by bin and frame by frame: overlaps, rates, potentials and synaptic inputs.

use hdf5::types::{H5Type, VarLenUnicode};
use ndarray::{Array, Array1, Array2, Array3, Axis, Dimension, Slice};

use super::{Results, ResultsError};

/// Overlaps of the activity with each pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlaps {
    /// End of each bin, ms, `[T]`.
    pub times_ms: Vec<f64>,
    /// (r_on - r_off)/reference rate, `[T, P]`; NaN where a mean is over no neurons.
    pub values: Array2<f32>,
    /// The reference rate, Hz.
    pub reference_rate_hz: f64,
}

/// The rate of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    /// End of each bin, ms, `[T]`.
    pub times_ms: Vec<f64>,
    /// Spikes a neuron and second, Hz, `[T]`.
    pub values_hz: Vec<f32>,
}

/// Recorded potentials of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Voltages {
    /// Recorded neurons, `[n]`.
    pub node_ids: Vec<u64>,
    /// Time between two frames, ms; the first is the initial state.
    pub every_ms: f64,
    /// Potentials, mV, `[T, n]`.
    pub values_mv: Array2<f32>,
}

/// Recorded synaptic inputs of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// Time of each frame, ms, `[T]`.
    pub times_ms: Vec<f64>,
    /// Recorded neurons, `[n]`.
    pub node_ids: Vec<u64>,
    /// Projections as "from->to #index", `[K]`.
    pub projections: Vec<String>,
    /// Inputs, mV, `[T, n, K]`.
    pub values_mv: Array3<f32>,
}

impl Results {
    /// The overlaps, of the first population where several have patterns; `None` where they are off or there is no pattern.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn overlaps(&self) -> Result<Option<Overlaps>, ResultsError> {
        self.overlaps_at("overlaps")
    }

    /// The overlaps of a further population with its patterns; `None` where they are off or it has none.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn further_overlaps(&self, population: &str) -> Result<Option<Overlaps>, ResultsError> {
        self.overlaps_at(&format!("overlaps/{population}"))
    }

    fn overlaps_at(&self, path: &str) -> Result<Option<Overlaps>, ResultsError> {
        let Some(group) = self.group(path)? else { return Ok(None) };
        let (times_ms, values) = self.trace::<ndarray::Ix2>(path)?;
        self.a_column_each(path, values.ncols())?;
        let reference_rate_hz = group.attr("reference_rate_hz").and_then(|rate| rate.read_scalar());
        let reference_rate_hz = reference_rate_hz.map_err(|_| self.damaged(format!("`/{path}`")))?;
        Ok(Some(Overlaps { times_ms, values, reference_rate_hz }))
    }

    /// Populations whose rates are recorded, in the order of the configuration: all, or none where they are off.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn rate_populations(&self) -> Result<Vec<String>, ResultsError> {
        self.members("rates")
    }

    /// The rate of a population.
    ///
    /// # Errors
    /// If it is not recorded, or the file is damaged.
    pub fn rates(&self, population: &str) -> Result<Rates, ResultsError> {
        let path = self.part("rates", population)?;
        let (times_ms, values) = self.trace::<ndarray::Ix1>(&path)?;
        Ok(Rates { times_ms, values_hz: values.to_vec() })
    }

    /// Populations whose potentials are recorded.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn voltage_populations(&self) -> Result<Vec<String>, ResultsError> {
        self.members("report")
    }

    /// The recorded potentials of a population.
    ///
    /// # Errors
    /// If they are not recorded, or the file is damaged.
    pub fn voltages(&self, population: &str) -> Result<Voltages, ResultsError> {
        let path = self.part("report", population)?;
        let damaged = |_| self.damaged(format!("`/{path}`"));
        let node_ids: Vec<u64> = self.dataset(&format!("{path}/mapping/node_ids"))?.read_raw().map_err(damaged)?;
        let time: Vec<f64> = self.dataset(&format!("{path}/mapping/time"))?.read_raw().map_err(damaged)?;
        let &[_, _, every_ms] = &time[..] else { return Err(self.damaged(format!("`/{path}/mapping/time`"))) };
        let mut values: Array2<f32> = self.dataset(&format!("{path}/data"))?.read().map_err(damaged)?;
        self.columns(&format!("{path}/data"), values.ncols(), node_ids.len())?;
        let written = values.outer_iter().rposition(|frame| frame.iter().any(|value| !value.is_nan()));
        values.slice_axis_inplace(Axis(0), Slice::from(..written.map_or(0, |at| at + 1)));
        Ok(Voltages { node_ids, every_ms, values_mv: values })
    }

    /// The recorded synaptic inputs of a population; `None` where only its potentials are recorded, or it has none.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn inputs(&self, population: &str) -> Result<Option<Inputs>, ResultsError> {
        let path = format!("inputs/{population}");
        let Some(group) = self.group(&path)? else { return Ok(None) };
        let damaged = |_| self.damaged(format!("`/{path}`"));
        let projections =
            group.attr("projections").and_then(|names| names.read_raw::<VarLenUnicode>()).map_err(damaged)?;
        let (times_ms, values_mv) = self.trace(&path)?;
        Ok(Some(Inputs {
            times_ms,
            node_ids: self.dataset(&format!("{path}/node_ids"))?.read_raw().map_err(damaged)?,
            projections: projections.iter().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned()).collect(),
            values_mv,
        }))
    }

    /// Overlaps have a column for each pattern, those to be learned included.
    pub(super) fn a_column_each(&self, path: &str, columns: usize) -> Result<(), ResultsError> {
        let Some(stored) = self.stored()? else { return Ok(()) };
        let learnable = self.protocol()?.iter().filter(|change| change.action == "learn").count();
        self.columns(&format!("{path}/value"), columns, stored.count + learnable)
    }

    /// What has other columns than it should would break what is made of it.
    pub(super) fn columns(&self, path: &str, columns: usize, expected: usize) -> Result<(), ResultsError> {
        match columns == expected {
            true => Ok(()),
            false => Err(self.damaged(format!("`/{path}`, which has {columns} columns instead of {expected},"))),
        }
    }

    /// The path of a population's part of a group.
    fn part(&self, group: &str, population: &str) -> Result<String, ResultsError> {
        let path = format!("{group}/{population}");
        if population.contains('/') || !self.has(&path) {
            return Err(self.missing(group, population, group));
        }
        Ok(path)
    }

    /// `time` and `value` of a group, as long as both are written.
    pub(super) fn trace<D: Dimension>(&self, path: &str) -> Result<(Vec<f64>, Array<f32, D>), ResultsError> {
        self.trace_of(path)
    }

    /// The same of values of another type.
    pub(super) fn trace_of<T: H5Type, D: Dimension>(
        &self,
        path: &str,
    ) -> Result<(Vec<f64>, Array<T, D>), ResultsError> {
        let damaged = |_| self.damaged(format!("`/{path}`"));
        let (times, rows) = self.written_times(path)?;
        let mut values: Array<T, D> = self.dataset(&format!("{path}/value"))?.read().map_err(damaged)?;
        let rows = rows.min(values.len_of(Axis(0)));
        values.slice_axis_inplace(Axis(0), Slice::from(..rows));
        Ok((times.into_iter().take(rows).collect(), values))
    }

    /// `time` of a group, and how many of its rows are written in both datasets.
    pub(super) fn written_times(&self, path: &str) -> Result<(Vec<f64>, usize), ResultsError> {
        let damaged = |_| self.damaged(format!("`/{path}`"));
        let times: Array1<f64> = self.dataset(&format!("{path}/time"))?.read().map_err(damaged)?;
        let values = self.dataset(&format!("{path}/value"))?.shape();
        let written = times.iter().rposition(|time| !time.is_nan()).map_or(0, |at| at + 1);
        Ok((times.to_vec(), written.min(values.first().copied().unwrap_or(0))))
    }
}
