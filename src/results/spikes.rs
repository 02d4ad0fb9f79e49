//! Spikes of a population, whole or in slices.

use std::ops::Range;

use super::{Results, ResultsError, State};

/// Rows looked at in one go when the end of what was written is sought.
const LOOK_ROWS: usize = 16 * 1024;
/// Times this close, ms, are one: they are floats, and steps are far longer.
const TIME_TOLERANCE_MS: f64 = 1e-6;

/// Spikes of one population, in order of time, then neuron.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spikes {
    /// Time of each spike, ms: the end of its step.
    pub timestamps_ms: Vec<f64>,
    /// Neuron of each spike, from 0 within the population.
    pub node_ids: Vec<u64>,
}

impl Results {
    /// Number of recorded spikes of a population (so far).
    ///
    /// # Errors
    /// If its spikes are not recorded, or the file is damaged.
    pub fn spike_count(&self, population: &str) -> Result<u64, ResultsError> {
        let group = format!("spikes/{population}");
        if population.contains('/') || !self.has(&group) {
            return Err(self.missing("spikes", population, "spikes"));
        }
        let timestamps = self.dataset(&format!("{group}/timestamps"))?.size();
        let node_ids = self.dataset(&format!("{group}/node_ids"))?.size();
        let mut count = timestamps.min(node_ids);
        // A run that was killed may have lengthened a dataset and not filled it.
        while matches!(self.state, State::Running | State::Killed) && count > 0 {
            let slice = count.saturating_sub(LOOK_ROWS)..count;
            let spikes = self.read(population, slice.clone())?;
            let mut pairs = spikes.timestamps_ms.iter().zip(&spikes.node_ids);
            count =
                slice.start + pairs.rposition(|(time, &id)| !time.is_nan() && id != u64::MAX).map_or(0, |at| at + 1);
            if count > slice.start {
                break;
            }
        }
        Ok(count as u64)
    }

    /// All recorded spikes of a population.
    ///
    /// # Errors
    /// If its spikes are not recorded, or the file is damaged.
    pub fn spikes(&self, population: &str) -> Result<Spikes, ResultsError> {
        let count = self.spike_count(population)?;
        self.spikes_in(population, 0..count)
    }

    /// The spikes with the given numbers, as far as there are any.
    ///
    /// # Errors
    /// If its spikes are not recorded, or the file is damaged.
    pub fn spikes_in(&self, population: &str, numbers: Range<u64>) -> Result<Spikes, ResultsError> {
        let count = self.spike_count(population)?;
        let end = numbers.end.min(count) as usize;
        self.read(population, (numbers.start as usize).min(end)..end)
    }

    /// The numbers of the spikes after `start_ms` and up to `stop_ms`: found by halving, without reading the others.
    ///
    /// # Errors
    /// If its spikes are not recorded, or the file is damaged.
    pub fn spike_numbers(&self, population: &str, start_ms: f64, stop_ms: f64) -> Result<Range<u64>, ResultsError> {
        let count = self.spike_count(population)? as usize;
        let start = self.first_after(population, start_ms, 0..count)?;
        let end = self.first_after(population, stop_ms, start..count)?;
        Ok(start as u64..end as u64)
    }

    /// The first row of a range whose spike comes after a time.
    fn first_after(&self, population: &str, time_ms: f64, mut rows: Range<usize>) -> Result<usize, ResultsError> {
        let path = format!("spikes/{population}/timestamps");
        let dataset = self.dataset(&path)?;
        while !rows.is_empty() {
            let middle = rows.start + rows.len() / 2;
            let read = dataset.read_slice_1d::<f64, _>(middle..middle + 1);
            let read = read.map_err(|_| self.damaged(format!("`/{path}`")))?;
            if read[0] <= time_ms + TIME_TOLERANCE_MS { rows.start = middle + 1 } else { rows.end = middle }
        }
        Ok(rows.start)
    }

    /// All recorded spikes of a population in slices of at most `slice_len`, for files larger than memory.
    ///
    /// # Errors
    /// If its spikes are not recorded, or the file is damaged; each slice too.
    pub fn spike_slices(
        &self,
        population: &str,
        slice_len: usize,
    ) -> Result<impl Iterator<Item = Result<Spikes, ResultsError>>, ResultsError> {
        let count = self.spike_count(population)?;
        Ok(self.first_spike_slices(population, count, slice_len))
    }

    /// The first `count` spikes of a population, as many as [`Results::spike_count`] once said: a run that goes on
    /// has more by now.
    pub fn first_spike_slices(
        &self,
        population: &str,
        count: u64,
        slice_len: usize,
    ) -> impl Iterator<Item = Result<Spikes, ResultsError>> {
        let (count, slice_len) = (count as usize, slice_len.max(1));
        let name = population.to_owned();
        (0..count).step_by(slice_len).map(move |start| self.read(&name, start..count.min(start + slice_len)))
    }

    fn read(&self, population: &str, rows: Range<usize>) -> Result<Spikes, ResultsError> {
        if rows.is_empty() {
            return Ok(Spikes::default());
        }
        let path = format!("spikes/{population}");
        let timestamps = self.dataset(&format!("{path}/timestamps"))?.read_slice_1d::<f64, _>(rows.clone());
        let node_ids = self.dataset(&format!("{path}/node_ids"))?.read_slice_1d::<u64, _>(rows);
        match (timestamps, node_ids) {
            (Ok(timestamps), Ok(node_ids)) => {
                Ok(Spikes { timestamps_ms: timestamps.to_vec(), node_ids: node_ids.to_vec() })
            }
            _ => Err(self.damaged(format!("`/{path}`"))),
        }
    }
}
