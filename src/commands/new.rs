//! `attractor new`: a commented configuration to start from, on standard output or in a new file.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, anyhow};

use crate::cli::{ModelName, NewArgs};

use super::{Ended, output};

/// Writes the configuration of one model.
pub(crate) fn new(args: &NewArgs) -> anyhow::Result<Ended> {
    let text = template(args.model);
    match &args.output {
        None => output::print(text)?,
        Some(path) => {
            write(path, text, args.force)?;
            output::say(&format!("wrote {}; run it with: attractor run {0}", path.display()));
        }
    }
    Ok(Ended::Done)
}

const fn template(model: ModelName) -> &'static str {
    match model {
        ModelName::Spiking => include_str!("templates/spiking.toml"),
        ModelName::Hopfield => include_str!("templates/hopfield.toml"),
        ModelName::Rate => include_str!("templates/rate.toml"),
    }
}

fn write(path: &Path, text: &str, force: bool) -> anyhow::Result<()> {
    let opened = if force { File::create(path) } else { File::create_new(path) };
    let mut file = opened.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => anyhow!("`{}` exists; --force replaces it", path.display()),
        ErrorKind::NotFound => anyhow!(
            "`{}` cannot be created: there is no folder `{}`; create it, or name another with `-o`",
            path.display(),
            path.parent().unwrap_or(path).display()
        ),
        _ => anyhow!("`{}` cannot be written: {error}", path.display()),
    })?;
    file.write_all(text.as_bytes()).with_context(|| format!("`{}` cannot be written", path.display()))
}
