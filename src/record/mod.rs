//! Recording: what a run does goes into a results file, written by a thread of its own behind a bounded channel.

mod bins;
mod cause;
mod extend;
mod frames;
mod hash;
mod layout;
pub(crate) mod place;
mod recorder;
mod reserve;
mod sinks;

pub(crate) mod superblock;
mod writer;

use std::path::{Path, PathBuf};

pub use hash::{Hashing, RunHash, Totals};
pub use place::check;
pub use recorder::{Progress, Recorder};

pub(crate) use cause::{plain, words};
pub(crate) use layout::{MAGIC, StimulusRow};

use crate::engine::EngineInfo;
use crate::model;
use crate::network;

/// A run, as far as its results file describes it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The model, for units, names and what is to be recorded.
    pub model: &'a model::spiking::Spiking,
    /// The network that was compiled from it.
    pub network: &'a network::spiking::Spiking,
    /// The configuration after every default and override: feeding it back repeats the run.
    pub config_toml: &'a str,
    /// What computes.
    pub engine: &'a EngineInfo,
}

/// What to do with a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone and fail.
    Refuse,
    /// Replace it, unless a run is writing it.
    Replace,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The results file.
    pub path: PathBuf,
    /// The hash of all spikes; `None` if the run did not come to its end.
    pub run_hash: Option<String>,
    /// Steps taken.
    pub steps: u64,
    /// All spikes of each population, from the counts.
    pub spikes: Vec<u64>,
    /// Spikes of each population in the file.
    pub recorded_spikes: Vec<u64>,
    /// Saturations of the potentials of each population.
    pub saturated_potentials: Vec<u64>,
    /// Saturations of the inputs of each projection.
    pub saturated_inputs: Vec<u64>,
    /// Size of the file, bytes.
    pub bytes: u64,
}

/// Why a results file cannot be made or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is a file.
    #[error("`{}` exists already; add `--force` to replace it, or name another file with `-o`", path.display())]
    Exists {
        /// The results file.
        path: PathBuf,
    },
    /// Another run is writing it.
    #[error("`{}` is being written by another run; let that run end, or name another file with `-o`", path.display())]
    Running {
        /// The results file.
        path: PathBuf,
    },
    /// The name is that of a folder.
    #[error("`{}` is a folder; name a file in it with `-o`", path.display())]
    IsFolder {
        /// The results file.
        path: PathBuf,
    },
    /// A device or a pipe, which is not to be replaced.
    #[error("`{}` is not an ordinary file; name one with `-o`", path.display())]
    NotAFile {
        /// The results file.
        path: PathBuf,
    },
    /// The folder is missing.
    #[error("`{}` cannot be created: there is no folder `{}`; create it, or name another with `-o`", path.display(), folder.display())]
    NoFolder {
        /// The results file.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// It cannot be created.
    #[error("`{}` cannot be created: {reason}; {hint}", path.display())]
    Create {
        /// The results file.
        path: PathBuf,
        /// What happened.
        reason: String,
        /// What to do.
        hint: &'static str,
    },
    /// It cannot be written any further.
    #[error("`{}` cannot be written any further: {reason}; {safe}; {hint}", path.display())]
    Write {
        /// The results file.
        path: PathBuf,
        /// What happened.
        reason: String,
        /// What of the run is in the file.
        safe: String,
        /// What to do.
        hint: &'static str,
    },
    /// Something in the run cannot be put into a results file.
    #[error("a results file cannot hold {what}")]
    Unfit {
        /// What it is, and what would fit.
        what: String,
    },
}

impl RecordError {
    pub(crate) fn create(path: &Path, error: &std::io::Error) -> Self {
        Self::Create { path: path.to_path_buf(), reason: words(error), hint: cause::hint(error) }
    }
}
