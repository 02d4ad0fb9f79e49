//! The command line: what can be typed, as types.

use std::path::PathBuf;

use attractor::config::Override;
use attractor::units::{Dimension, Quantity};
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
    /// Draw a results file: raster, overlaps, rates, stimuli
    Plot(PlotArgs),
    /// Write one page on a results file, to look at and to send
    Report(PageArgs),
    /// Export a results file for other tools: NWB, CSV, Parquet, npz
    Export(ExportArgs),
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
            Self::New(_) | Self::Plot(_) | Self::Report(_) | Self::Export(_) | Self::Completions(_) => false,
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
    /// Show overlaps, rates and spikes on the terminal while it runs; q ends it
    #[arg(long, conflicts_with = "quiet")]
    pub(crate) watch: bool,
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
    /// Neurons of the random network to measure, of which each has a hundredth as sources
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(10..=100_000_000))]
    pub(crate) random: u32,
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
    /// Tell of this trial of a spiking network, from 0 [default: all in short]
    #[arg(long, value_name = "N")]
    pub(crate) trial: Option<usize>,
    /// Make a file whose writer was killed open plainly again
    #[arg(long)]
    pub(crate) repair: bool,
    /// Print the answer as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// `attractor plot`
#[derive(Debug, Args)]
pub(crate) struct PlotArgs {
    /// The results file to draw
    #[arg(value_name = "RESULTS.h5")]
    pub(crate) results: PathBuf,
    /// Draw this trial of a spiking network, from 0 [default: the first]
    #[arg(long, value_name = "N")]
    pub(crate) trial: Option<usize>,
    /// The picture, .png or .svg [default: the results file's name with .png, in the current folder]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) force: bool,
    /// Draw from this time on, such as "500 ms"
    #[arg(long, value_name = "TIME", value_parser = time_ms, allow_hyphen_values = true)]
    pub(crate) from: Option<f64>,
    /// Draw up to this time, such as "2 s"
    #[arg(long, value_name = "TIME", value_parser = time_ms, allow_hyphen_values = true)]
    pub(crate) to: Option<f64>,
    /// Panels from top to bottom, with commas between [default: all that were recorded]
    #[arg(long, value_enum, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) panels: Vec<PanelName>,
    /// Numbers of the patterns in colour, with commas between [default: those cued or recalled]
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', value_parser = pattern)]
    pub(crate) patterns: Option<Vec<usize>>,
    /// Width and height in mm, such as 180x120 [default: 180 wide, as high as the panels need]
    #[arg(long, value_name = "WxH", value_parser = size_mm)]
    pub(crate) size: Option<(f32, f32)>,
    /// Dots an inch of a PNG
    #[arg(long, value_name = "N", default_value_t = 200.0, value_parser = dpi)]
    pub(crate) dpi: f32,
    /// Light, for print, or dark, for slides
    #[arg(long, value_enum, value_name = "NAME", default_value_t = ThemeName::Light)]
    pub(crate) theme: ThemeName,
}

/// A panel of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PanelName {
    /// Spikes, neuron over neuron.
    Raster,
    /// Overlaps with all patterns.
    Overlaps,
    /// Rates of members, others and populations.
    Rates,
    /// Recorded potentials.
    Voltages,
    /// The energy of a binary network.
    Energy,
    /// Flips a sweep of a binary network.
    Flips,
    /// States of a binary network as pictures.
    Pictures,
    /// Rates of chosen neurons of a rate network.
    Neurons,
    /// How far a rate network is from a fixed point.
    Residual,
}

/// A theme of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ThemeName {
    /// Dark on white.
    Light,
    /// Light on dark.
    Dark,
}

/// `attractor report`
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// The results file to report on
    #[arg(value_name = "RESULTS.h5")]
    pub(crate) results: PathBuf,
    /// Report on this trial of a spiking network, from 0 [default: the first]
    #[arg(long, value_name = "N")]
    pub(crate) trial: Option<usize>,
    /// The page [default: the results file's name with .html, in the current folder]
    #[arg(long, short, value_name = "FILE.html")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) force: bool,
}

/// `attractor export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The results file to export
    #[arg(value_name = "RESULTS.h5")]
    pub(crate) results: PathBuf,
    /// Export this trial of a spiking network, from 0 [default: all; nwb: the first]
    #[arg(long, value_name = "N")]
    pub(crate) trial: Option<usize>,
    /// For whom
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) format: FormatName,
    /// The table that a CSV or Parquet file holds [default: spikes, or the overlaps of other models]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) table: Option<TableName>,
    /// The file to write [default: the results file's name with the format's ending, in the current folder]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) force: bool,
    /// No progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// A format of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// Neurodata Without Borders: pynwb, Neo, elephant.
    Nwb,
    /// One table as comma-separated values.
    Csv,
    /// One table as Apache Parquet: pandas, polars, DuckDB.
    Parquet,
    /// All arrays: numpy.
    Npz,
}

/// A table of a results file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableName {
    /// A row a spike.
    Spikes,
    /// A row a pattern and time.
    Overlaps,
    /// A row a population and time.
    Rates,
    /// A row a member of a pattern.
    Patterns,
    /// A row a stimulus.
    Stimuli,
    /// A row a neuron and time.
    Voltages,
    /// A row a sweep of a binary network: energy and flips.
    Energy,
    /// A row a chosen neuron of a rate network and time.
    Neurons,
}

/// A time with its unit, in ms.
fn time_ms(text: &str) -> Result<f64, String> {
    let time = Quantity::parse(text, Dimension::Time);
    match time.map(|time| time.value()) {
        Ok(time_ms) if time_ms < 0.0 => Err("times start at 0; write one such as `500 ms`".to_owned()),
        Ok(time_ms) => Ok(time_ms),
        Err(error) => Err(format!("it {error}; write a time such as `500 ms`")),
    }
}

/// The number of a pattern.
fn pattern(text: &str) -> Result<usize, String> {
    text.trim().parse().map_err(|_| "write numbers from 0 with commas between, such as 0,3,17".to_owned())
}

/// Width and height in mm.
fn size_mm(text: &str) -> Result<(f32, f32), String> {
    let side = |text: &str| text.trim().parse::<f32>().ok().filter(|side| (20.0..=2000.0).contains(side));
    let sides = text.split_once(['x', '\u{d7}']).and_then(|(width, height)| Some((side(width)?, side(height)?)));
    sides.ok_or_else(|| "write two numbers from 20 to 2000, such as 180x120".to_owned())
}

fn dpi(text: &str) -> Result<f32, String> {
    let dpi = text.parse::<f32>().ok().filter(|dpi| (30.0..=2400.0).contains(dpi));
    dpi.ok_or_else(|| "write a number from 30 to 2400".to_owned())
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
