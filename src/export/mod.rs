//! Exports of a results file for the tools of others: NWB, npz, and tables as CSV and Parquet.
//!
//! Spikes go through in slices, so that memory does not grow with the run.

mod csv;
mod hopfield;
mod npz;
mod nwb;
mod parquet;
mod rate;
mod spiking;
mod table;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

pub use table::TableKind;

use crate::findings::{self, FindingsError, ModelKind};
use crate::results::{Results, ResultsError};

/// A format of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Neurodata Without Borders, an HDF5 file: spikes by neuron, and potentials.
    Nwb,
    /// One table as comma-separated values.
    Csv,
    /// One table as Apache Parquet.
    Parquet,
    /// Everything as numpy's arrays, under the names they have in the results file.
    Npz,
}

impl Format {
    /// The ending of its files.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Nwb => "nwb",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Npz => "npz",
        }
    }
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The results file cannot be read or analysed.
    #[error(transparent)]
    Findings(#[from] FindingsError),
    /// What was to be exported is not in it.
    #[error("`{}` has no {what}: {hint}", path.display())]
    NotRecorded {
        /// The results file.
        path: PathBuf,
        /// What is not there.
        what: &'static str,
        /// How to record it, or what there is.
        hint: String,
    },
    /// The export cannot be written.
    #[error("the export cannot be written: {0}")]
    Write(String),
}

impl From<ResultsError> for ExportError {
    fn from(error: ResultsError) -> Self {
        Self::Findings(error.into())
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Write(crate::record::words(&error))
    }
}

/// Hears how much of the work is done, of how much.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// The table that a CSV or Parquet file holds where none is named: what a model is mostly asked for.
#[must_use]
pub fn usual_table(results: &Results) -> TableKind {
    match findings::model(results) {
        ModelKind::Spiking => TableKind::Spikes,
        ModelKind::Hopfield | ModelKind::Rate => TableKind::Overlaps,
    }
}

/// Exports a results file into an empty file that is there, under the name `path`: `table` says which table, for the formats
/// that hold one.
///
/// # Errors
/// If what is asked for was not recorded, the results file is damaged, or the export cannot be written.
pub fn export(
    results: &Results,
    format: Format,
    table: TableKind,
    path: &Path,
    progress: Progress<'_>,
) -> Result<(), ExportError> {
    let open = || File::options().write(true).truncate(true).open(path);
    match format {
        Format::Nwb if findings::model(results) != ModelKind::Spiking => {
            let hint = "NWB holds spikes; take csv, parquet or npz".to_owned();
            Err(ExportError::NotRecorded { path: results.path().to_path_buf(), what: "spikes", hint })
        }
        Format::Nwb => nwb::write(results, path, progress),
        Format::Npz => npz::write(results, open()?, progress),
        Format::Csv => {
            let mut sink = csv::Csv::new(open()?);
            stream(results, table, &mut sink, progress)?;
            sink.finish()
        }
        Format::Parquet => {
            let mut sink = parquet::Parquet::new(open()?);
            stream(results, table, &mut sink, progress)?;
            sink.finish()
        }
    }
}

fn stream(
    results: &Results,
    table: TableKind,
    sink: &mut dyn table::Sink,
    progress: Progress<'_>,
) -> Result<(), ExportError> {
    match findings::model(results) {
        ModelKind::Spiking => spiking::stream_trials(results, table, sink, progress),
        ModelKind::Hopfield => hopfield::stream(results, table, sink),
        ModelKind::Rate => rate::stream(results, table, sink),
    }
}
