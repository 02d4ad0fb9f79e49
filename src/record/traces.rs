//! Traces: values over time, a row at a time, and the datasets they go to.

use hdf5::types::H5Type;
use hdf5::{File, Group};

use super::extend::{Extendible, Storage};
use super::layout::text;

/// Rows of a trace: when each is, and its values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows {
    /// When each row is, in the unit of the run: ms or sweeps.
    pub(crate) times: Vec<f64>,
    /// Values, `[row][column]`.
    pub(crate) values: Vec<f32>,
}

/// A dataset of times, and one of the values at these times.
#[derive(Debug)]
pub(crate) struct Trace<T = f32> {
    pub(crate) time: Extendible<f64>,
    pub(crate) value: Extendible<T>,
}

impl Trace {
    /// Makes the datasets `time` and `value` in a group: rows of a shape, at times in `units`.
    pub(crate) fn create(group: &Group, units: &str, row: &[usize], rows_max: u64) -> hdf5::Result<Self> {
        Self::create_of(group, units, row, (rows_max, f32::NAN))
    }
}

impl<T: H5Type + Clone> Trace<T> {
    /// The same for values of another type, with what stands for one that was not written.
    pub(crate) fn create_of(
        group: &Group,
        units: &str,
        row: &[usize],
        (rows_max, fill): (u64, T),
    ) -> hdf5::Result<Self> {
        let time = Extendible::create(group, "time", &[], Storage { fill: f64::NAN, deflate: false, rows_max })?;
        text(&*time.dataset()?, "units", units)?;
        let value = Extendible::create(group, "value", row, Storage { fill, deflate: false, rows_max })?;
        Ok(Self { time, value })
    }

    /// Closes it between two writes.
    pub(crate) fn rest(&mut self, file: &File) {
        self.time.rest(file);
        self.value.rest(file);
    }

    pub(crate) fn append(&mut self, times: &[f64], values: &[T]) -> hdf5::Result<()> {
        self.time.append(times)?;
        self.value.append(values)
    }

    pub(crate) fn flush(&mut self) -> hdf5::Result<()> {
        self.time.flush()?;
        self.value.flush()
    }

    pub(crate) fn growth_bytes(&self, rows: usize) -> u64 {
        self.time.growth_bytes(rows) + self.value.growth_bytes(rows)
    }
}
