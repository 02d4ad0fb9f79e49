//! Repairs what a killed run leaves: a file that plain readers refuse, and datasets longer than what was written.

use std::path::Path;

use super::{Results, ResultsError, State, damaged, look, unreadable};
use crate::record::place::Utf8Name;
use crate::record::superblock;

/// What a repair found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repaired {
    /// Nothing to do: every reader opens the file.
    NotNeeded,
    /// The run that wrote it was killed; what it had written can now be read plainly.
    Closed,
}

impl Results {
    /// Makes a file that a killed run left open to every reader, as HDF5's `h5clear` does, and cuts its datasets to
    /// what was written. The run stays incomplete.
    ///
    /// # Errors
    /// If a run is writing the file, or it cannot be read or written.
    pub fn repair(path: &Path) -> Result<Repaired, ResultsError> {
        let (open, running) = look(path)?;
        if running {
            return Err(ResultsError::Running { path: path.to_path_buf() });
        }
        if !open {
            Self::open(path)?;
            return Ok(Repaired::NotNeeded);
        }
        let results = Self::open(path)?;
        let lengths = results.written_rows()?;
        // HDF5 knows an open file again, and would go on with its old handle.
        drop(results);
        superblock::mark_closed(path).map_err(|error| unreadable(path, &error))?;
        cut(path, &lengths)
            .map_err(|error| damaged(path, format!("what was written ({})", crate::record::plain(&error))))?;
        Self::open(path).map(|_| Repaired::Closed)
    }

    /// Datasets that grow, each with its number of rows that were written whole.
    fn written_rows(&self) -> Result<Vec<(String, usize)>, ResultsError> {
        debug_assert_ne!(self.state, State::Running);
        let mut lengths = self.rows_of_trial()?;
        for trial in self.each_trial()? {
            lengths.extend(trial.rows_of_trial()?.into_iter().map(|(path, rows)| (trial.at(&path), rows)));
        }
        if self.trials()? == 0 {
            lengths.extend(self.trial_rows()?);
        }
        Ok(lengths)
    }

    /// Those at the root or of one trial of a spiking network.
    fn rows_of_trial(&self) -> Result<Vec<(String, usize)>, ResultsError> {
        let mut lengths = self.learned_rows()?;
        for name in self.populations()? {
            let count = self.spike_count(&name)? as usize;
            lengths.extend(["timestamps", "node_ids"].map(|dataset| (format!("spikes/{name}/{dataset}"), count)));
        }
        let mut traces: Vec<String> = Vec::new();
        for group in ["rates", "inputs"] {
            traces.extend(self.members(group)?.iter().map(|name| format!("{group}/{name}")));
        }
        // Those of a binary network are in `trial_rows`.
        if !self.has("energy") {
            traces.extend(["overlaps", "residual", "neurons"].map(str::to_owned));
            traces.extend(self.members("overlaps")?.iter().map(|name| format!("overlaps/{name}")));
        }
        for path in traces.iter().filter(|path| self.has(&format!("{path}/time"))) {
            let (_, rows) = self.written_times(path)?;
            lengths.extend(["time", "value"].map(|dataset| (format!("{path}/{dataset}"), rows)));
        }
        for name in self.voltage_populations()? {
            lengths.push((format!("report/{name}/data"), self.voltages(&name)?.values_mv.nrows()));
        }
        Ok(lengths)
    }
}

/// Cuts datasets to their lengths, and ends reports where their frames end.
fn cut(path: &Path, lengths: &[(String, usize)]) -> hdf5::Result<()> {
    let name = Utf8Name::of(path).map_err(|error| error.to_string())?;
    let file = hdf5::File::with_options().with_fapl(|access| access.libver_v110()).open_rw(name.as_path())?;
    for (path, rows) in lengths {
        let dataset = file.dataset(path)?;
        let mut shape = dataset.shape();
        if shape[0] > *rows {
            shape[0] = *rows;
            dataset.resize(shape)?;
        }
        if let Some(report) = path.strip_suffix("/data") {
            let time = file.dataset(&format!("{report}/mapping/time"))?;
            if let [start_ms, _, every_ms] = time.read_raw::<f64>()?[..] {
                time.write_raw(&[start_ms, start_ms + *rows as f64 * every_ms, every_ms])?;
            }
        }
    }
    file.close()
}
