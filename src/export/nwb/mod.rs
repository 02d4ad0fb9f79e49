//! NWB: a session with a unit a neuron, and potentials as time series. Schema 2.8.0 of Neurodata Without Borders.
//!
//! What its readers insist on: spike times in seconds as f64; `obs_intervals`, without which Neo's reader fails; no keywords,
//! on which it fails; a subject, which nwbinspector wants; the date of creation as a string of variable length.

mod order;
mod session;
mod units;

use std::path::Path;

use super::{ExportError, Progress};
use crate::findings::spiking::Spiking;
use crate::record::place::Utf8Name;
use crate::results::Results;

use self::session::Session;

/// Writes the spikes and potentials of a run.
pub(super) fn write(results: &Results, path: &Path, progress: Progress<'_>) -> Result<(), ExportError> {
    let run = Spiking::read(results)?;
    let name = Utf8Name::of(path)?;
    let file = hdf5::File::with_options().with_fapl(|access| access.libver_v110()).create(name.as_path())?;
    let session = Session { file: &file, results, run: &run };
    session.lay_out()?;
    units::write(&session, progress)?;
    session.potentials()?;
    file.close()?;
    Ok(())
}

impl From<hdf5::Error> for ExportError {
    fn from(error: hdf5::Error) -> Self {
        Self::Write(crate::record::plain(&error))
    }
}
