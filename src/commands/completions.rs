//! `attractor completions`: prints what a shell needs to complete the command line.

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs};

use super::{Ended, output};

/// Prints the completions of one shell.
pub(crate) fn completions(args: &CompletionsArgs) -> anyhow::Result<Ended> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "attractor", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Ended::Done)
}
