//! A dataset that grows by rows, and can be taken back to where it was last safe.

use hdf5::types::H5Type;
use hdf5::{Dataset, Extent, Group, Hyperslab, SimpleExtents, SliceOrIndex};
use ndarray::{ArrayViewD, IxDyn};

/// Values in a chunk: 128 KiB of f64.
const CHUNK_VALUES: usize = 16 * 1024;
/// Level of deflate, which is as good as higher ones for spikes.
const DEFLATE_LEVEL: u8 = 4;

/// A chunked dataset without limit on its rows.
#[derive(Debug)]
pub(crate) struct Extendible {
    dataset: Dataset,
    /// Shape of a row; empty for single values.
    row: Vec<usize>,
    rows: usize,
    safe_rows: usize,
}

/// How the values of a dataset are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storage<T> {
    /// What a reader finds where nothing was written.
    pub(crate) fill: T,
    /// Compress with deflate.
    pub(crate) deflate: bool,
}

impl Extendible {
    /// Makes an empty one.
    pub(crate) fn create<T: H5Type>(group: &Group, name: &str, row: &[usize], storage: Storage<T>) -> hdf5::Result<Self> {
        let row_values = row.iter().product::<usize>().max(1);
        let mut extents = vec![Extent::resizable(0)];
        extents.extend(row.iter().map(|&width| Extent::fixed(width)));
        let mut chunk = vec![(CHUNK_VALUES / row_values).max(1)];
        chunk.extend_from_slice(row);
        let mut builder = group.new_dataset::<T>().shape(SimpleExtents::from_vec(extents)).chunk(chunk).fill_value(storage.fill);
        if storage.deflate {
            builder = builder.deflate(DEFLATE_LEVEL);
        }
        Ok(Self { dataset: builder.create(name)?, row: row.to_vec(), rows: 0, safe_rows: 0 })
    }

    /// The dataset itself, for its attributes.
    pub(crate) fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// Rows written so far.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Appends whole rows.
    pub(crate) fn append<T: H5Type>(&mut self, values: &[T]) -> hdf5::Result<()> {
        let rows = values.len() / self.row.iter().product::<usize>().max(1);
        if rows == 0 {
            return Ok(());
        }
        self.resize(self.rows + rows)?;
        let mut selection: Vec<SliceOrIndex> = vec![(self.rows..self.rows + rows).into()];
        selection.extend(self.row.iter().map(|&width| SliceOrIndex::from(0..width)));
        let mut shape = vec![rows];
        shape.extend_from_slice(&self.row);
        let view = ArrayViewD::from_shape(IxDyn(&shape), values).map_err(|error| error.to_string())?;
        self.dataset.write_slice(view, Hyperslab::from(selection))?;
        self.rows += rows;
        Ok(())
    }

    /// What is there now has reached the disk.
    pub(crate) fn mark_safe(&mut self) {
        self.safe_rows = self.rows;
    }

    /// Drops what has not reached the disk.
    pub(crate) fn take_back(&mut self) -> hdf5::Result<()> {
        self.rows = self.safe_rows;
        self.resize(self.safe_rows)
    }

    fn resize(&self, rows: usize) -> hdf5::Result<()> {
        let mut shape = vec![rows];
        shape.extend_from_slice(&self.row);
        self.dataset.resize(shape)
    }
}
