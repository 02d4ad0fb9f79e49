//! A dataset that grows by rows.

use hdf5::types::H5Type;
use hdf5::{Dataset, Extent, File, Group, Hyperslab, SimpleExtents, SliceOrIndex};
use ndarray::{ArrayViewD, IxDyn};

use super::held::Held;

/// Values in a chunk: 128 KiB of f64.
const CHUNK_VALUES: usize = 16 * 1024;
/// Level of deflate, which is as good as higher ones for spikes.
const DEFLATE_LEVEL: u8 = 4;

/// A chunked dataset without limit on its rows. Those that do not fill a chunk wait for more: HDF5 spends as much on a call
/// as on a thousand values.
#[derive(Debug)]
pub(crate) struct Extendible<T> {
    dataset: Held<Dataset>,
    /// Shape of a row; empty for single values.
    row: Vec<usize>,
    /// Rows in the dataset.
    rows_written: usize,
    /// Values of the rows behind them.
    waiting: Vec<T>,
    chunk_rows: usize,
    deflate: bool,
}

/// How the values of a dataset are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storage<T> {
    /// What a reader finds where nothing was written.
    pub(crate) fill: T,
    /// Compress with deflate.
    pub(crate) deflate: bool,
    /// No more rows than this will come: chunks need not be longer.
    pub(crate) rows_max: u64,
}

impl<T: H5Type + Clone> Extendible<T> {
    /// Makes an empty one.
    pub(crate) fn create(group: &Group, name: &str, row: &[usize], storage: Storage<T>) -> hdf5::Result<Self> {
        let mut extents = vec![Extent::resizable(0)];
        extents.extend(row.iter().map(|&width| Extent::fixed(width)));
        let row_values = row_values(row);
        let chunk_rows = (CHUNK_VALUES / row_values).clamp(1, (storage.rows_max as usize).max(1));
        let mut chunk = vec![chunk_rows];
        chunk.extend_from_slice(row);
        let mut builder =
            group.new_dataset::<T>().shape(SimpleExtents::from_vec(extents)).chunk(chunk).fill_value(storage.fill);
        if storage.deflate {
            builder = builder.deflate(DEFLATE_LEVEL);
        }
        let (dataset, deflate) = (builder.create(name)?, storage.deflate);
        Ok(Self {
            dataset: Held::Open(dataset),
            row: row.to_vec(),
            rows_written: 0,
            waiting: Vec::new(),
            chunk_rows,
            deflate,
        })
    }

    /// The dataset itself, for its attributes.
    pub(crate) fn dataset(&self) -> hdf5::Result<Dataset> {
        self.dataset.open()
    }

    /// Closes it between two writes.
    pub(crate) fn rest(&mut self, file: &File) {
        self.dataset.rest(file);
    }

    /// Rows appended so far.
    pub(crate) fn rows(&self) -> usize {
        self.rows_written + self.rows_of(self.waiting.len())
    }

    /// Appends whole rows.
    pub(crate) fn append(&mut self, mut values: &[T]) -> hdf5::Result<()> {
        while !values.is_empty() {
            let room = self.room();
            let (fitting, further) = values.split_at(values.len().min(room));
            if self.waiting.is_empty() && fitting.len() == room {
                self.write(fitting)?;
            } else {
                self.waiting.extend_from_slice(fitting);
                if fitting.len() == room {
                    self.write_waiting()?;
                }
            }
            values = further;
        }
        Ok(())
    }

    /// Appends whole rows that do not wait.
    pub(crate) fn append_now(&mut self, values: &[T]) -> hdf5::Result<()> {
        self.append(values)?;
        self.flush()
    }

    /// Writes what waits; until more comes, none of it is kept.
    pub(crate) fn flush(&mut self) -> hdf5::Result<()> {
        if !self.waiting.is_empty() {
            self.write_waiting()?;
        }
        self.waiting = Vec::new();
        Ok(())
    }

    /// Bytes of the file that `rows` more rows may take.
    pub(crate) fn growth_bytes(&self, rows: usize) -> u64 {
        let before = self.rows();
        let chunks = (before + rows).div_ceil(self.chunk_rows) - before.div_ceil(self.chunk_rows);
        // A compressed chunk moves when more is added to it.
        let moved = usize::from(self.deflate && rows > 0 && !self.rows_written.is_multiple_of(self.chunk_rows));
        ((chunks + moved) * self.chunk_rows * row_values(&self.row) * size_of::<T>()) as u64
    }

    /// Rows that so many values make.
    pub(crate) fn rows_of(&self, values: usize) -> usize {
        values / row_values(&self.row)
    }

    /// Values that fill the chunk at work.
    fn room(&self) -> usize {
        (self.chunk_rows - self.rows_written % self.chunk_rows) * row_values(&self.row) - self.waiting.len()
    }

    fn write_waiting(&mut self) -> hdf5::Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.write(&waiting)?;
        waiting.clear();
        self.waiting = waiting;
        Ok(())
    }

    /// Lengthens the dataset by whole rows.
    fn write(&mut self, values: &[T]) -> hdf5::Result<()> {
        let end = self.rows_written + self.rows_of(values.len());
        let dataset = self.dataset.open()?;
        dataset.resize(shape(end, &self.row))?;
        let mut selection: Vec<SliceOrIndex> = vec![(self.rows_written..end).into()];
        selection.extend(self.row.iter().map(|&width| SliceOrIndex::from(0..width)));
        let shape = shape(end - self.rows_written, &self.row);
        let view = ArrayViewD::from_shape(IxDyn(&shape), values).map_err(|error| error.to_string())?;
        dataset.write_slice(view, Hyperslab::from(selection))?;
        self.rows_written = end;
        Ok(())
    }
}

fn row_values(row: &[usize]) -> usize {
    row.iter().product::<usize>().max(1)
}

fn shape(rows: usize, row: &[usize]) -> Vec<usize> {
    let mut shape = vec![rows];
    shape.extend_from_slice(row);
    shape
}
