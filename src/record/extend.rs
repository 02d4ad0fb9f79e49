//! A dataset that grows by rows.

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
    chunk_rows: usize,
    chunk_bytes: usize,
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

impl Extendible {
    /// Makes an empty one.
    pub(crate) fn create<T: H5Type>(
        group: &Group,
        name: &str,
        row: &[usize],
        storage: Storage<T>,
    ) -> hdf5::Result<Self> {
        let row_values = row.iter().product::<usize>().max(1);
        let mut extents = vec![Extent::resizable(0)];
        extents.extend(row.iter().map(|&width| Extent::fixed(width)));
        let chunk_rows = (CHUNK_VALUES / row_values).clamp(1, (storage.rows_max as usize).max(1));
        let chunk_bytes = chunk_rows * row_values * size_of::<T>();
        let mut chunk = vec![chunk_rows];
        chunk.extend_from_slice(row);
        let mut builder =
            group.new_dataset::<T>().shape(SimpleExtents::from_vec(extents)).chunk(chunk).fill_value(storage.fill);
        if storage.deflate {
            builder = builder.deflate(DEFLATE_LEVEL);
        }
        let deflate = storage.deflate;
        Ok(Self { dataset: builder.create(name)?, row: row.to_vec(), rows: 0, chunk_rows, chunk_bytes, deflate })
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
        let rows = self.rows_of(values.len());
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

    /// Bytes of the file that `rows` more rows may take.
    pub(crate) fn growth_bytes(&self, rows: usize) -> u64 {
        let chunks = (self.rows + rows).div_ceil(self.chunk_rows) - self.rows.div_ceil(self.chunk_rows);
        // A compressed chunk moves when more is added to it.
        let moved = usize::from(self.deflate && rows > 0);
        ((chunks + moved) * self.chunk_bytes) as u64
    }

    /// Rows that so many values make.
    pub(crate) fn rows_of(&self, values: usize) -> usize {
        values / self.row.iter().product::<usize>().max(1)
    }

    fn resize(&self, rows: usize) -> hdf5::Result<()> {
        let mut shape = vec![rows];
        shape.extend_from_slice(&self.row);
        self.dataset.resize(shape)
    }
}
