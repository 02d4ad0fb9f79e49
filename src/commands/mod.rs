//! The commands: one file a verb, each a straight pipeline; beside them what several share.

mod artefact;
mod bench;
mod check;
mod completions;
mod devices;
pub(crate) mod engines;
mod export;
pub(crate) mod failure;
mod info;
pub(crate) mod interrupt;
mod new;
mod opening;
mod output;
mod phases;
mod plot;
mod progress;
mod report;
mod run;
mod source;
mod verify;
pub(crate) mod watch;
mod words;

use std::process::ExitCode;

use crate::cli::Command;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It did what it was asked.
    Done,
    /// It found what it was asked to find: a difference.
    Different,
    /// It did a part of it, and said what it could not do.
    Partly,
    /// Ctrl-C.
    Interrupted,
}

impl Ended {
    /// The exit code: 0 done, 1 a difference or a part, 130 interrupted.
    pub(crate) fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Different | Self::Partly => 1,
            Self::Interrupted => 130,
        })
    }
}

/// Carries a command out.
pub(crate) fn execute(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::New(args) => new::new(&args),
        Command::Check(args) => check::check(&args),
        Command::Devices(args) => devices::devices(&args),
        Command::Info(args) => info::info(&args),
        Command::Export(args) => export::export(&args),
        Command::Report(args) => report::report(&args),
        Command::Plot(args) => plot::plot(&args),
        Command::Verify(args) => verify::verify(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Completions(args) => completions::completions(&args),
    }
}
