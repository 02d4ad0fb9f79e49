//! Objects of a results file: held open, or, where there are very many, opened each time they are used.
//!
//! What HDF5 does for all open objects at once (the start of SWMR, a flush, the close of the file) takes the square of
//! their number: minutes for some ten thousand.

use hdf5::{Dataset, File, Group};

/// The most trials whose objects are held open.
pub(crate) const OPEN_TRIALS_MAX: u32 = 64;

/// An object of the file.
#[derive(Debug)]
pub(crate) enum Held<T> {
    /// Held open.
    Open(T),
    /// Opened by its path each time it is used.
    Resting { file: File, path: String },
}

/// An object that is opened by its path.
pub(crate) trait Named: Clone {
    fn open(file: &File, path: &str) -> hdf5::Result<Self>;

    fn path(&self) -> String;
}

impl Named for Dataset {
    fn open(file: &File, path: &str) -> hdf5::Result<Self> {
        file.dataset(path)
    }

    fn path(&self) -> String {
        self.name()
    }
}

impl Named for Group {
    fn open(file: &File, path: &str) -> hdf5::Result<Self> {
        file.group(path)
    }

    fn path(&self) -> String {
        self.name()
    }
}

impl<T: Named> Held<T> {
    /// The object, open for as long as the answer lives.
    pub(crate) fn open(&self) -> hdf5::Result<T> {
        match self {
            Self::Open(object) => Ok(object.clone()),
            Self::Resting { file, path } => T::open(file, path),
        }
    }

    /// Closes it until it is used.
    pub(crate) fn rest(&mut self, file: &File) {
        if let Self::Open(object) = self {
            *self = Self::Resting { file: file.clone(), path: object.path() };
        }
    }
}
