//! The place of a results file: laid out under a temporary name beside it, then given its name, never over a file that
//! may not be replaced.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Existing, RecordError, superblock};

/// Whether a results file may be made at `path`: to be asked before anything runs.
///
/// # Errors
/// If there is a file that may not be replaced, or no folder to put it in.
pub fn check(path: &Path, existing: Existing) -> Result<(), RecordError> {
    Place::find(path, existing).map(|_| ())
}

/// Where a results file will be.
#[derive(Debug)]
pub(crate) struct Place {
    /// As the user named it.
    named: PathBuf,
    /// Its name, links followed.
    path: PathBuf,
    /// Its folder.
    folder: PathBuf,
    /// The name until it is published; then its name.
    now: PathBuf,
    existing: Existing,
}

impl Place {
    /// Checks the place, and makes an empty file beside it under a temporary name.
    pub(crate) fn claim(path: &Path, existing: Existing) -> Result<Self, RecordError> {
        let mut place = Self::find(path, existing)?;
        if cfg!(windows) {
            // An open file cannot be renamed there: it has its name from the start.
            if place.existing == Existing::Replace && place.path.exists() {
                fs::remove_file(&place.path).map_err(|_| RecordError::Running { path: place.named.clone() })?;
            }
            place.now.clone_from(&place.path);
        }
        match File::create_new(&place.now) {
            Ok(_) => Ok(place),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(place.exists()),
            Err(error) => Err(RecordError::create(&place.named, &error)),
        }
    }

    fn find(path: &Path, existing: Existing) -> Result<Self, RecordError> {
        let named = path.to_path_buf();
        let path = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(RecordError::IsFolder { path: named }),
            Ok(_) if existing == Existing::Refuse => return Err(RecordError::Exists { path: named }),
            Ok(found) if !found.is_file() => return Err(RecordError::NotAFile { path: named }),
            // What is replaced is the file, not a link to it.
            Ok(_) => fs::canonicalize(path).map_err(|error| RecordError::create(&named, &error))?,
            Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
                return Err(RecordError::Dangling { path: named });
            }
            Err(_) => named.clone(),
        };
        if superblock::is_being_written(&path).unwrap_or(false) {
            return Err(RecordError::Running { path: named });
        }
        // A path that ends in a separator or `..` names no file.
        let ends_as_folder =
            path.as_os_str().as_encoded_bytes().last().is_some_and(|&end| std::path::is_separator(end.into()));
        if path.file_name().is_none() || ends_as_folder {
            return Err(RecordError::IsFolder { path: named });
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_path_buf(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            return Err(RecordError::NoFolder { path: named, folder });
        }
        let now = folder.join(temporary_name());
        Ok(Self { named, path, folder, now, existing })
    }

    /// As the user named it.
    pub(crate) fn named(&self) -> &Path {
        &self.named
    }

    /// Where the file is at present.
    pub(crate) fn now(&self) -> &Path {
        &self.now
    }

    /// Gives the file its name. Until then nothing is there that was not there before.
    pub(crate) fn publish(&mut self) -> Result<(), RecordError> {
        if self.now == self.path {
            return Ok(());
        }
        // Runs that end up here at once take turns: who comes second finds the file of the first, which is being written.
        // The lock ends with the handle; a file system without locks leaves a small chance of a tie.
        let folder = File::open(&self.folder);
        let _turn = folder.as_ref().map(File::lock);
        let published = match self.existing {
            Existing::Replace if self.path.is_file() => self.replace(),
            _ => self.give_name(),
        };
        published?;
        self.now.clone_from(&self.path);
        Ok(())
    }

    fn replace(&self) -> Result<(), RecordError> {
        if superblock::is_being_written(&self.path).unwrap_or(false) {
            return Err(RecordError::Running { path: self.named.clone() });
        }
        fs::rename(&self.now, &self.path).map_err(|error| RecordError::create(&self.named, &error))
    }

    /// A second name fails where there is a file, as a rename does not.
    fn give_name(&self) -> Result<(), RecordError> {
        let named = fs::hard_link(&self.now, &self.path).and_then(|()| fs::remove_file(&self.now));
        let named = match named {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            // A file system without second names: an empty file of our own holds the place until the rename.
            Err(_) => File::create_new(&self.path).and_then(|_| fs::rename(&self.now, &self.path)),
            Ok(()) => Ok(()),
        };
        match named {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(self.exists()),
            named => named.map_err(|error| RecordError::create(&self.named, &error)),
        }
    }

    /// Somebody else made a file there meanwhile.
    fn exists(&self) -> RecordError {
        match superblock::is_being_written(&self.path) {
            Ok(true) => RecordError::Running { path: self.named.clone() },
            _ => RecordError::Exists { path: self.named.clone() },
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.now != self.path {
            let _ = fs::remove_file(&self.now);
        }
    }
}

/// A name that no other run has: it is UTF-8, as HDF5's binding demands, whatever the file itself is called.
fn temporary_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!(".attractor-{}-{}-{count}.part", std::process::id(), since.as_nanos())
}

/// A name of an existing file that HDF5's binding takes: it wants UTF-8.
#[derive(Debug)]
pub(crate) struct Utf8Name {
    name: PathBuf,
    /// Holds the file or folder that the name refers to.
    _open: Option<File>,
}

impl Utf8Name {
    /// A UTF-8 name for the file at `path`; where it has none, Linux names open files by number.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        if path.to_str().is_some() {
            return Ok(Self { name: path.to_path_buf(), _open: None });
        }
        Self::by_number(path)
    }

    #[cfg(target_os = "linux")]
    fn by_number(path: &Path) -> io::Result<Self> {
        use std::os::fd::AsRawFd;
        let file = File::open(path)?;
        let name = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        Ok(Self { name, _open: Some(file) })
    }

    #[cfg(not(target_os = "linux"))]
    fn by_number(_: &Path) -> io::Result<Self> {
        Err(io::Error::new(ErrorKind::InvalidFilename, "its name is not UTF-8"))
    }

    pub(crate) fn as_path(&self) -> &Path {
        &self.name
    }
}
