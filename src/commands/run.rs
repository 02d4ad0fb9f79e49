//! `attractor run`: runs a configuration and writes its results file.

use std::path::{Path, PathBuf};

use attractor::engine::EngineInfo;
use attractor::network::spiking::Spiking;
use attractor::record::{self, Existing, Recorder, Run, Summary};
use attractor::simulate::{self, Ended as RunEnded};
use serde_json::{Value, json};

use crate::cli::RunArgs;

use super::failure::Usage;
use super::phases::Phases;
use super::progress::{Pair, Progress};
use super::source::Source;
use super::{Ended, engines, interrupt, output, words};

/// Runs it: read, compile, start the engine, open the results file, run, write.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<Ended> {
    let stop = interrupt::listen()?;
    let mut phases = Phases::start(args.report.verbose);
    let path = args.output.clone().unwrap_or_else(|| default_output(&args.config.config));
    let existing = if args.force { Existing::Replace } else { Existing::Refuse };
    let source = Source::read(&args.config, &mut phases)?;
    check_output(&path, existing, &args.config.config)?;
    let mut engine = engines::open(&args.engine, &source.network)?;
    let info = engine.info().clone();
    phases.end("start engine", &words::engine(&info));
    let config_toml = source.config.to_toml();
    let run = Run { model: &source.model, network: &source.network, config_toml: &config_toml, engine: &info };
    interrupt::begin();
    let mut recorder = Recorder::create(&path, existing, &run)?;
    phases.end("open results", &path.display().to_string());
    let mut progress = Progress::new(&source.network, source.model.dt_ms, &args.report);
    let ended = simulate::run(&source.network, &mut *engine, &mut Pair(&mut recorder, &mut progress), stop);
    progress.finish();
    let ended = ended?;
    let wall_s = phases.end("run", "");
    let summary = recorder.finish(ended)?;
    phases.end("write", "");
    let done = Done { summary, ended, info, wall_s, dt_ms: source.model.dt_ms };
    if args.report.json {
        output::print_json(&document(&done, &source.network))?;
    } else if !args.report.quiet {
        output::print(&told(&done, &source.network))?;
    }
    Ok(match ended {
        RunEnded::Complete => Ended::Done,
        RunEnded::Interrupted => Ended::Interrupted,
    })
}

/// Whether the results may go there, asked before anything runs. The configuration is never replaced.
fn check_output(path: &Path, existing: Existing, config: &Path) -> anyhow::Result<()> {
    if let (Ok(output), Ok(config)) = (path.canonicalize(), config.canonicalize())
        && output == config
    {
        let named = path.display();
        return Err(Usage(format!("`{named}` is the configuration itself; name another file with -o")).into());
    }
    record::check(path, existing)?;
    Ok(())
}

/// The configuration's name with .h5, in the current folder.
fn default_output(config: &Path) -> PathBuf {
    let mut name = config.file_stem().unwrap_or("results".as_ref()).to_owned();
    name.push(".h5");
    name.into()
}

/// A run that has ended.
struct Done {
    summary: Summary,
    ended: RunEnded,
    info: EngineInfo,
    wall_s: f64,
    dt_ms: f64,
}

impl Done {
    fn simulated_s(&self) -> f64 {
        self.summary.steps as f64 * self.dt_ms / 1000.0
    }

    fn rate_hz(&self, network: &Spiking, population: usize) -> f64 {
        self.summary.spikes[population] as f64 / f64::from(network.populations[population].size) / self.simulated_s()
    }
}

/// The end of a run in words.
fn told(done: &Done, network: &Spiking) -> String {
    let mut lines = vec![format!("{}  ({})", done.summary.path.display(), words::bytes(done.summary.bytes))];
    if done.ended == RunEnded::Interrupted {
        lines.push(format!(
            "  interrupted at {}: the file is readable and marked incomplete",
            words::seconds(done.simulated_s())
        ));
    }
    let width = network.populations.iter().map(|population| population.name.chars().count()).max().unwrap_or(0);
    for (index, population) in network.populations.iter().enumerate() {
        lines.push(format!(
            "  {:<width$}  {:>8} Hz  {:>14}",
            population.name,
            words::number(done.rate_hz(network, index), 2),
            words::counted(done.summary.spikes[index], "spike"),
        ));
    }
    let [all, recorded] =
        [&done.summary.spikes, &done.summary.recorded_spikes].map(|spikes| spikes.iter().sum::<u64>());
    if recorded != all {
        lines.push(format!("  {} of {} are in the file", words::count(recorded), words::counted(all, "spike")));
    }
    lines.push(format!(
        "  {} in {}, {}, on {}",
        words::seconds(done.simulated_s()),
        words::seconds(done.wall_s),
        words::speed(done.simulated_s(), done.wall_s),
        words::engine(&done.info),
    ));
    lines.extend(saturations(&done.summary, network).iter().map(|(place, count)| {
        format!(
            "  {place} left the range of its integers {} and was held at its end; the run is exact all the same",
            words::counted(*count, "time"),
        )
    }));
    if let Some(hash) = &done.summary.run_hash {
        lines.push(format!("  run_hash {hash}"));
    }
    lines.join("\n") + "\n"
}

/// The end of a run as a document.
fn document(done: &Done, network: &Spiking) -> Value {
    let populations: Vec<Value> = (network.populations.iter().enumerate())
        .map(|(index, population)| {
            json!({
                "name": population.name,
                "size": population.size,
                "spikes": done.summary.spikes[index],
                "recorded_spikes": done.summary.recorded_spikes[index],
                "rate_hz": done.rate_hz(network, index),
            })
        })
        .collect();
    let saturations: Vec<Value> = (saturations(&done.summary, network).iter())
        .map(|(place, count)| json!({ "what": place, "count": count }))
        .collect();
    json!({
        "file": done.summary.path.to_string_lossy(),
        "file_bytes": done.summary.bytes,
        "complete": done.ended == RunEnded::Complete,
        "run_hash": done.summary.run_hash,
        "steps": done.summary.steps,
        "simulated_s": done.simulated_s(),
        "wall_s": done.wall_s,
        "speed": done.simulated_s() / done.wall_s,
        "engine": { "engine": done.info.engine, "adapter": done.info.adapter, "driver": done.info.driver },
        "spikes": done.summary.spikes.iter().sum::<u64>(),
        "populations": populations,
        "saturations": saturations,
    })
}

/// What saturated and how often, where anything did.
fn saturations(summary: &Summary, network: &Spiking) -> Vec<(String, u64)> {
    let name = |population: usize| &network.populations[population].name;
    let potentials = summary
        .saturated_potentials
        .iter()
        .enumerate()
        .map(|(index, &count)| (format!("the potential of `{}` (±1024 mV)", name(index)), count));
    let inputs = summary.saturated_inputs.iter().zip(&network.projections).map(|(&count, projection)| {
        let (from, to) = (name(projection.source), name(projection.target));
        (format!("the synaptic input from `{from}` to `{to}` (±8192 mV)"), count)
    });
    potentials.chain(inputs).filter(|&(_, count)| count > 0).collect()
}
