//! The command line: what can be typed, as types.

use std::path::PathBuf;

use attractor::config::Override;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Simulates attractor memories: large networks with Hebbian weights, the same bits on every machine.
#[derive(Debug, Parser)]
#[command(name = "attractor", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a configuration and write the results file
    Run(RunArgs),
    /// Write a commented configuration to start from
    New(NewArgs),
    /// Validate a configuration and print the plan, without running it
    Check(CheckArgs),
    /// List the devices that can compute, and which one `auto` would take
    Devices(DevicesArgs),
    /// Tell in words what is in a results file
    Info(InfoArgs),
    /// Run on the CPU and on the GPU and compare step by step
    Verify(VerifyArgs),
    /// Measure the speed of this machine's engines on fixed workloads
    Bench(BenchArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
}

impl Command {
    /// Whether the answer is to be one JSON document.
    pub(crate) const fn json(&self) -> bool {
        match self {
            Self::Run(args) => args.report.json,
            Self::Check(args) => args.report.json,
            Self::Verify(args) => args.report.json,
            Self::Devices(args) => args.json,
            Self::Bench(args) => args.json,
            Self::Info(args) => args.json,
            Self::New(_) | Self::Completions(_) => false,
        }
    }
}

/// Which configuration, and what is changed in it.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// The configuration to read
    #[arg(value_name = "CONFIG.toml")]
    pub(crate) config: PathBuf,
    /// Seed of every random draw, instead of the configuration's
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Change a value of the configuration, such as `duration="1 s"` or `projections.0.delay="2 ms"`; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<Override>,
}

/// What computes.
#[derive(Debug, Args)]
pub(crate) struct EngineArgs {
    /// What computes: auto takes a discrete GPU, then an integrated one, then the CPU engine
    #[arg(long, value_enum, value_name = "NAME", default_value_t = Backend::Auto)]
    pub(crate) backend: Backend,
    /// The GPU whose name has this in it; a software rasteriser such as llvmpipe is used only when named so
    #[arg(long, value_name = "NAME")]
    pub(crate) adapter: Option<String>,
    /// Threads of the CPU engine [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) threads: Option<u16>,
}

/// A choice of engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// A discrete GPU, then an integrated one, then the CPU.
    Auto,
    /// A GPU.
    Gpu,
    /// The CPU.
    Cpu,
}

/// How much is said, and in which form.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Print the answer as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress, and no summary of a run
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Tell each phase with its time, and what computes
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// `attractor run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// The results file [default: the configuration's name with .h5, in the current folder]
    #[arg(long, short, value_name = "RESULTS.h5")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing results file
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

/// `attractor bench`
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// Excitatory neurons of the memories to measure; with an eighth of each inhibitory kind
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_value = "8000,100000",
          value_parser = clap::value_parser!(u32).range(10..=100_000_000))]
    pub(crate) sizes: Vec<u32>,
    /// Repeats of each measurement, of which the median is told
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) repeats: u16,
    /// Print the answer as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// `attractor new`
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// Which model
    #[arg(value_enum, value_name = "MODEL")]
    pub(crate) model: ModelName,
    /// The file to write [default: standard output]
    #[arg(long, short, value_name = "FILE.toml")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) force: bool,
}

/// A model of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelName {
    /// Leaky integrate-and-fire neurons with Hebbian weights.
    Spiking,
    /// Binary neurons: Hopfield networks.
    Hopfield,
    /// Firing-rate neurons with Hebbian or other weights.
    Rate,
}

/// `attractor check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

/// `attractor devices`
#[derive(Debug, Args)]
pub(crate) struct DevicesArgs {
    /// Print the answer as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// `attractor info`
#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// The results file to read
    #[arg(value_name = "RESULTS.h5")]
    pub(crate) results: PathBuf,
    /// Make a file whose writer was killed open plainly again
    #[arg(long)]
    pub(crate) repair: bool,
    /// Print the answer as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// `attractor verify`
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// The GPU whose name has this in it; a software rasteriser such as llvmpipe is used only when named so
    #[arg(long, value_name = "NAME")]
    pub(crate) adapter: Option<String>,
    /// Threads of the CPU engine [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

/// `attractor completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
