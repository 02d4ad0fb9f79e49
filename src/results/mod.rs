//! Results: reads a results file, finished or not.

mod hopfield;
mod program;
mod rate;
mod repair;
mod spikes;
mod tables;
mod traces;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hdf5::types::{FixedAscii, VarLenUnicode};
use hdf5::{Dataset, Group, Location};

pub use hopfield::{Ending, Trial};
pub use program::{Change, Guarded, Learned};
pub use rate::{RateStimulus, Trace, Traces};
pub use repair::Repaired;
pub use spikes::Spikes;
pub use tables::{Patterns, Stimulus, Stored};
pub use traces::{Inputs, Overlaps, Rates, Voltages};

use crate::record::place::Utf8Name;
use crate::record::superblock::{self, Kind};

/// A results file, open for reading.
#[derive(Debug)]
pub struct Results {
    file: hdf5::File,
    path: PathBuf,
    /// Where the data of a trial are, as the beginning of paths; empty for the root.
    place: String,
    attributes: Attributes,
    state: State,
}

/// What all trials have in common, at the root.
const COMMON: [&str; 4] = ["patterns", "stimuli", "protocol", "trials"];

/// What the root of the file says about the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// Version of the program that wrote it.
    pub attractor_version: String,
    /// The configuration after every default and override, TOML.
    pub config: String,
    /// "cpu" or "gpu".
    pub engine: String,
    /// The processor or the adapter.
    pub adapter: String,
    /// The driver.
    pub driver: String,
    /// The hash of all spikes; `None` unless the run is complete.
    pub run_hash: Option<String>,
    /// Whether the run came to its end.
    pub complete: bool,
    /// When it began, ISO 8601 with offset.
    pub started: String,
    /// When the file was closed; `None` before, and after a crash.
    pub finished: Option<String>,
}

/// What became of the run that wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It came to its end.
    Complete,
    /// It was ended early, and the file was closed.
    Interrupted,
    /// It writes the file now.
    Running,
    /// It ended without closing the file: `repair` makes plain readers open it.
    Killed,
}

/// Why a results file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// There is none, or it cannot be opened.
    #[error("`{}` cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What happened.
        reason: String,
    },
    /// Not HDF5.
    #[error("`{}` is not an HDF5 file; expected a results file of `attractor run`", path.display())]
    NotHdf5 {
        /// The file.
        path: PathBuf,
    },
    /// HDF5, but of somebody else.
    #[error("`{}` is an HDF5 file, but not a results file of `attractor run`: it lacks {lacks}", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What it lacks.
        lacks: &'static str,
    },
    /// Its end is missing.
    #[error("`{}` is cut off: it has {has} bytes of {needs}; copy it again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Its length, bytes.
        has: u64,
        /// What it should be, bytes.
        needs: u64,
    },
    /// Something in it cannot be read.
    #[error("`{}` is damaged: {what} cannot be read", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What cannot be read.
        what: String,
    },
    /// A run writes it.
    #[error("`{}` is being written by a run; there is nothing to repair", path.display())]
    Running {
        /// The file.
        path: PathBuf,
    },
    /// It has no such trial.
    #[error("`{}` has no trial {number}: {}", path.display(), numbered(*trials))]
    NoTrial {
        /// The file.
        path: PathBuf,
        /// The trial asked for.
        number: usize,
        /// How many there are; 0 where the run is a single one.
        trials: usize,
    },
    /// It does not hold what was asked for.
    #[error("`{}` has no {what}{}", path.display(), hint(there))]
    Missing {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        what: String,
        /// What there is instead.
        there: Vec<String>,
    },
}

fn hint(there: &[String]) -> String {
    if there.is_empty() { String::new() } else { format!("; there is `{}`", there.join("`, `")) }
}

fn numbered(trials: usize) -> String {
    match trials {
        0 => "its run is a single one, or its trials are shown all at once; leave `--trial` out".to_owned(),
        _ => format!("they are numbered from 0 to {}", trials - 1),
    }
}

impl Results {
    /// Opens a results file: finished, being written, or left by a run that was killed.
    ///
    /// # Errors
    /// If it cannot be read, is cut off, or is no results file.
    pub fn open(path: &Path) -> Result<Self, ResultsError> {
        let (open, running) = look(path)?;
        let name = Utf8Name::of(path).map_err(|error| unreadable(path, &error))?;
        let mode = if open { hdf5::OpenMode::ReadSWMR } else { hdf5::OpenMode::Read };
        let file = hdf5::File::open_as(name.as_path(), mode);
        let file = file.map_err(|error| damaged(path, format!("its beginning ({})", crate::record::plain(&error))))?;
        let attributes = attributes(&file, path)?;
        let state = match (attributes.complete, open, running) {
            (true, ..) => State::Complete,
            (false, true, true) => State::Running,
            (false, true, false) => State::Killed,
            (false, false, _) => State::Interrupted,
        };
        Ok(Self { file, path: path.to_path_buf(), place: String::new(), attributes, state })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What its root says.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// What became of the run.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Populations whose spikes are recorded, in the order of the configuration.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn populations(&self) -> Result<Vec<String>, ResultsError> {
        self.members("spikes")
    }

    /// Names in a group, in order of creation; none where there is no such group.
    fn members(&self, group: &str) -> Result<Vec<String>, ResultsError> {
        let Some(group) = self.group(group)? else { return Ok(Vec::new()) };
        let by_creation = group.member_names_by(hdf5::IndexType::CreationOrder, hdf5::IterationOrder::Increasing);
        by_creation.or_else(|_| group.member_names()).map_err(|_| self.damaged(group.name()))
    }

    /// A group, if it is there.
    fn group(&self, path: &str) -> Result<Option<Group>, ResultsError> {
        if !self.has(path) {
            return Ok(None);
        }
        self.file.group(&self.at(path)).map(Some).map_err(|_| self.damaged(format!("`/{path}`")))
    }

    /// A path of the run as one of the file.
    fn at(&self, path: &str) -> String {
        let first = path.split('/').next().unwrap_or_default();
        if COMMON.contains(&first) { path.to_owned() } else { format!("{}{path}", self.place) }
    }

    /// Whether every part of a path is there.
    fn has(&self, path: &str) -> bool {
        let path = self.at(path);
        path.match_indices('/').map(|(at, _)| &path[..at]).chain([&path[..]]).all(|path| self.file.link_exists(path))
    }

    /// A dataset as it is now.
    fn dataset(&self, path: &str) -> Result<Dataset, ResultsError> {
        let dataset = self.file.dataset(&self.at(path)).and_then(|dataset| {
            if matches!(self.state, State::Running | State::Killed) {
                dataset.refresh()?;
            }
            Ok(dataset)
        });
        dataset.map_err(|_| self.damaged(format!("`/{path}`")))
    }

    fn damaged(&self, what: impl Into<String>) -> ResultsError {
        damaged(&self.path, what)
    }

    /// What was asked for is not in a group of the file.
    fn missing(&self, what: &str, name: &str, group: &str) -> ResultsError {
        let there = self.members(group).unwrap_or_default();
        ResultsError::Missing { path: self.path.clone(), what: format!("{what} of `{name}`"), there }
    }
}

/// Whether the file is flagged open and whether a run is writing it; an error where it cannot be a results file.
fn look(path: &Path) -> Result<(bool, bool), ResultsError> {
    let found = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !found.is_file() {
        let reason = if found.is_dir() { "it is a folder" } else { "it is not an ordinary file" };
        return Err(ResultsError::Unreadable { path: path.to_path_buf(), reason: reason.to_owned() });
    }
    let kind = fs::File::open(path).and_then(|mut file| superblock::kind(&mut file));
    match kind.map_err(|error| unreadable(path, &error))? {
        Kind::Foreign => Err(ResultsError::NotHdf5 { path: path.to_path_buf() }),
        Kind::OtherVersion => Err(not_ours(path, "the format of HDF5 1.10")),
        Kind::Hdf5 { open: false, end } if end > found.len() => {
            Err(ResultsError::Truncated { path: path.to_path_buf(), has: found.len(), needs: end })
        }
        Kind::Hdf5 { open, .. } => Ok((open, open && superblock::is_being_written(path).unwrap_or(false))),
    }
}

fn attributes(file: &hdf5::File, path: &Path) -> Result<Attributes, ResultsError> {
    let magic = file.attr("magic").and_then(|magic| magic.read_scalar::<u32>());
    if magic.ok() != Some(crate::record::MAGIC) {
        return Err(not_ours(path, "the attribute `magic` of SONATA"));
    }
    let attractor_version =
        text(file, "attractor_version").map_err(|_| not_ours(path, "the attribute `attractor_version`"))?;
    let read = |name: &str| text(file, name).map_err(|_| damaged(path, format!("the attribute `{name}`")));
    let fixed = |name: &str| {
        let value = file.attr(name).and_then(|attribute| attribute.read_scalar::<FixedAscii<32>>());
        let value = value.map_err(|_| damaged(path, format!("the attribute `{name}`")))?;
        Ok(Some(String::from_utf8_lossy(value.as_bytes()).into_owned()).filter(|value| !value.is_empty()))
    };
    let complete = file.attr("complete").and_then(|complete| complete.read_scalar::<u8>());
    Ok(Attributes {
        attractor_version,
        config: read("config")?,
        engine: read("engine")?,
        adapter: read("adapter")?,
        driver: read("driver")?,
        run_hash: fixed("run_hash")?,
        complete: complete.map_err(|_| damaged(path, "the attribute `complete`"))? == 1,
        started: read("started")?,
        finished: fixed("finished")?,
    })
}

/// A string attribute of variable length.
fn text(location: &Location, name: &str) -> hdf5::Result<String> {
    let value = location.attr(name)?.read_scalar::<VarLenUnicode>()?;
    Ok(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn unreadable(path: &Path, error: &io::Error) -> ResultsError {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => crate::record::words(error),
    };
    ResultsError::Unreadable { path: path.to_path_buf(), reason }
}

fn not_ours(path: &Path, lacks: &'static str) -> ResultsError {
    ResultsError::NotOurs { path: path.to_path_buf(), lacks }
}

fn damaged(path: &Path, what: impl Into<String>) -> ResultsError {
    ResultsError::Damaged { path: path.to_path_buf(), what: what.into() }
}
