//! Recording: what a run does goes into a results file, written by a thread of its own behind a bounded channel.

mod cause;
mod extend;
mod hash;
mod held;
pub mod hopfield;
mod layout;
mod patterns;
pub(crate) mod place;
pub mod rate;
mod recorder;
mod reserve;
pub mod spiking;
pub(crate) mod superblock;
mod traces;
mod writer;

use std::path::{Path, PathBuf};

pub use hash::RunHash;
pub use place::check;

pub(crate) use cause::{plain, words};
pub(crate) use layout::MAGIC;
pub(crate) use spiking::{ChangeRow, ENDED, ENDED_BYTES, ENDED_MS, StimulusRow};

use self::recorder::Taking;
use crate::engine::EngineInfo;

/// What every results file says of its run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    /// The configuration after every default and override.
    pub(crate) config_toml: &'a str,
    /// What computes.
    pub(crate) engine: &'a EngineInfo,
    /// Something in it is compressed.
    pub(crate) deflate: bool,
}

/// What to do with a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone and fail.
    Refuse,
    /// Replace it, unless a run is writing it.
    Replace,
}

/// What became of a results file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// The results file.
    pub(crate) path: PathBuf,
    /// `None` if the run did not come to its end.
    pub(crate) run_hash: Option<String>,
    /// Size of the file, bytes.
    pub(crate) bytes: u64,
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
    /// A link to a file that is not there.
    #[error("`{}` is a link to a file that is not there; remove the link, or name another file with `-o`", path.display())]
    Dangling {
        /// The link.
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
