//! Files that commands make of a results file: never over one that is there, never half of one.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use attractor::record::{self, Existing};
use tempfile::NamedTempFile;

/// Where a file goes: checked before the work, written beside its place, named once it is whole.
#[derive(Debug)]
pub(crate) struct Artefact {
    /// As the user named it.
    named: PathBuf,
    /// Its name, links followed.
    path: PathBuf,
    force: bool,
    file: NamedTempFile,
}

impl Artefact {
    /// The place that `output` names, or that of `source` with another ending in the current folder.
    pub(crate) fn at(output: Option<&Path>, source: &Path, ending: &str, force: bool) -> anyhow::Result<Self> {
        let named = output.map_or_else(|| named_after(source, ending), Path::to_path_buf);
        let existing = if force { Existing::Replace } else { Existing::Refuse };
        record::check(&named, existing)?;
        let shown = named.display();
        // What is replaced is the file, not a link to it.
        let path = named.canonicalize().unwrap_or_else(|_| named.clone());
        if source.canonicalize().is_ok_and(|source| source == path) {
            bail!("`{shown}` is the results file itself; name another file with `-o`");
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new().prefix(".attractor-").suffix(".part").tempfile_in(folder);
        let file = file.with_context(|| format!("`{shown}` cannot be created"))?;
        Ok(Self { named, path, force, file })
    }

    /// Where it is written now.
    pub(crate) fn now(&self) -> &Path {
        self.file.path()
    }

    /// Writes all of it and gives it its name.
    pub(crate) fn write(mut self, bytes: &[u8]) -> anyhow::Result<PathBuf> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| self.failed(error))?;
        self.publish()
    }

    /// Gives it its name: until then nothing is there that was not there before.
    pub(crate) fn publish(self) -> anyhow::Result<PathBuf> {
        let Self { named, path, force, file } = self;
        readable(file.path());
        let persisted = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
        match persisted {
            Ok(_) => Ok(named),
            Err(error) => {
                let shown = named.display();
                Err(anyhow!("`{shown}` cannot be written: {}", error.error))
            }
        }
    }

    fn failed(&self, error: io::Error) -> anyhow::Error {
        anyhow::Error::new(error).context(format!("`{}` cannot be written", self.named.display()))
    }
}

/// Temporary files are their owner's alone; what becomes of them is a file like others.
fn readable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Where this fails the file is there all the same.
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// The name of a results file with another ending, in the current folder.
fn named_after(source: &Path, ending: &str) -> PathBuf {
    let mut name = source.file_stem().unwrap_or("results".as_ref()).to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
