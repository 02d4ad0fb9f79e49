//! A run of a spiking network: what is told at its end.

use attractor::engine::EngineInfo;
use attractor::network::spiking::Spiking;
use attractor::record::RecordError;
use attractor::record::spiking::{Recorder, Run, Summary};
use attractor::simulate::Ended as RunEnded;
use serde_json::{Value, json};

use super::{Done, Job};
use crate::commands::source::Compiled;
use crate::commands::words;

/// So many events are told one by one.
const TOLD_MAX: usize = 20;

impl super::Run for Spiking {
    type Recorder = Recorder;
    type Summary = Summary;

    fn record(job: &Job<'_>, source: &Compiled<Self>, engine: &EngineInfo) -> Result<Recorder, RecordError> {
        let config_toml = source.config.to_toml();
        let run = Run { model: &source.model, network: &source.network, config_toml: &config_toml, engine };
        Recorder::create(&job.path, job.existing, &run)
    }

    fn finish(recorder: Recorder, ended: RunEnded) -> Result<Summary, RecordError> {
        recorder.finish(ended)
    }

    fn told(done: &Done<Summary>, source: &Compiled<Self>) -> String {
        told(&Timed { run: done, dt_ms: source.model.dt_ms }, &source.network)
    }

    fn document(done: &Done<Summary>, source: &Compiled<Self>) -> Value {
        document(&Timed { run: done, dt_ms: source.model.dt_ms }, &source.network)
    }
}

/// A run that has ended, and its time step.
struct Timed<'a> {
    run: &'a Done<Summary>,
    dt_ms: f64,
}

impl Timed<'_> {
    fn simulated_s(&self) -> f64 {
        self.run.summary.steps as f64 * self.dt_ms / 1000.0
    }

    fn rate_hz(&self, network: &Spiking, population: usize) -> f64 {
        self.run.summary.spikes[population] as f64
            / f64::from(network.populations[population].size)
            / self.simulated_s()
    }
}

/// The end of a run in words.
fn told(done: &Timed<'_>, network: &Spiking) -> String {
    let mut lines = vec![format!("{}  ({})", done.run.summary.path.display(), words::bytes(done.run.summary.bytes))];
    if done.run.ended == RunEnded::Interrupted {
        lines.push(format!(
            "  interrupted at {}: the file is readable and marked incomplete",
            words::seconds(done.simulated_s())
        ));
    }
    lines.extend(told_program(&done.run.summary, network.program.trials));
    let width = network.populations.iter().map(|population| population.name.chars().count()).max().unwrap_or(0);
    for (index, population) in network.populations.iter().enumerate() {
        lines.push(format!(
            "  {:<width$}  {:>8} Hz  {:>14}",
            population.name,
            words::number(done.rate_hz(network, index), 2),
            words::counted(done.run.summary.spikes[index], "spike"),
        ));
    }
    let [all, recorded] =
        [&done.run.summary.spikes, &done.run.summary.recorded_spikes].map(|spikes| spikes.iter().sum::<u64>());
    if recorded != all {
        lines.push(format!("  {} of {} are in the file", words::count(recorded), words::counted(all, "spike")));
    }
    lines.push(format!(
        "  {} in {}, {}, on {}",
        words::seconds(done.simulated_s()),
        words::seconds(done.run.wall_s),
        words::speed(done.simulated_s(), done.run.wall_s),
        words::engine(&done.run.info),
    ));
    lines.extend(saturations(&done.run.summary, network).iter().map(|(place, count)| {
        format!(
            "  {place} left the range of its integers {} and was held at its end; the run is exact all the same",
            words::counted(*count, "time"),
        )
    }));
    if let Some(hash) = &done.run.summary.run_hash {
        lines.push(format!("  run_hash {hash}"));
    }
    lines.join("\n") + "\n"
}

/// What the program of the run did, a line each; of many trials only how many.
fn told_program(summary: &Summary, trials: u32) -> Vec<String> {
    let in_trial = |trial: usize| if trials > 1 { format!("trial {trial}: ") } else { String::new() };
    let mut lines = Vec::new();
    if trials > 1 {
        lines.push(format!("  {}", words::counted(summary.trial_hashes.len() as u64, "trial")));
    }
    if summary.learned.len() + summary.guarded.len() > TOLD_MAX {
        lines.push(format!("  {} learned", words::counted(summary.learned.len() as u64, "pattern")));
        lines.push(format!("  {} ended by a guard", words::counted(summary.guarded.len() as u64, "trial")));
        return lines;
    }
    lines.extend(summary.learned.iter().map(|one| {
        let (members, time) = (words::counted(one.members as u64, "member"), words::milliseconds(one.time_ms));
        format!("  {}pattern {} learned at {time}: {members}", in_trial(one.trial), one.pattern)
    }));
    lines.extend(summary.guarded.iter().map(|one| {
        format!("  {}ended by the guard at {}: {}", in_trial(one.trial), words::milliseconds(one.ended_ms), one.why)
    }));
    lines
}

/// The end of a run as a document.
fn document(done: &Timed<'_>, network: &Spiking) -> Value {
    let populations: Vec<Value> = (network.populations.iter().enumerate())
        .map(|(index, population)| {
            json!({
                "name": population.name,
                "size": population.size,
                "spikes": done.run.summary.spikes[index],
                "recorded_spikes": done.run.summary.recorded_spikes[index],
                "rate_hz": done.rate_hz(network, index),
            })
        })
        .collect();
    let saturations: Vec<Value> = (saturations(&done.run.summary, network).iter())
        .map(|(place, count)| json!({ "what": place, "count": count }))
        .collect();
    json!({
        "file": done.run.summary.path.to_string_lossy(),
        "file_bytes": done.run.summary.bytes,
        "complete": done.run.ended == RunEnded::Complete,
        "run_hash": done.run.summary.run_hash,
        "steps": done.run.summary.steps,
        "simulated_s": done.simulated_s(),
        "wall_s": done.run.wall_s,
        "speed": done.simulated_s() / done.run.wall_s,
        "engine": { "engine": done.run.info.engine, "adapter": done.run.info.adapter, "driver": done.run.info.driver },
        "spikes": done.run.summary.spikes.iter().sum::<u64>(),
        "populations": populations,
        "saturations": saturations,
        "learned": done.run.summary.learned.iter().map(|one| json!({
            "trial": one.trial, "time_ms": one.time_ms, "pattern": one.pattern, "members": one.members,
        })).collect::<Vec<_>>(),
        "guarded": done.run.summary.guarded.iter().map(|one| json!({
            "trial": one.trial, "ended_ms": one.ended_ms, "why": one.why,
        })).collect::<Vec<_>>(),
        "trial_hashes": done.run.summary.trial_hashes,
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
    let inputs = summary.saturated_inputs.iter().enumerate().map(|(input, &count)| {
        let to = name(network.target(input));
        let what = match network.private(input) {
            Some(private) => format!("the {} input of `{to}`", private.name()),
            None => format!("the synaptic input from `{}` to `{to}`", name(network.projections[input].source)),
        };
        (format!("{what} (±8192 mV)"), count)
    });
    potentials.chain(inputs).filter(|&(_, count)| count > 0).collect()
}
