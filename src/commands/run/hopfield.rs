//! A run of a binary network: what is told at its end.

use std::collections::BTreeMap;

use attractor::engine::EngineInfo;
use attractor::network::hopfield::Hopfield;
use attractor::record::RecordError;
use attractor::record::hopfield::{Outcome, Recorder, Run, Summary};
use attractor::simulate::Ended as RunEnded;
use serde_json::{Value, json};

use super::{Done, Job};
use crate::commands::source::Compiled;
use crate::commands::words;

/// So many trials are told one by one.
const TOLD_MAX: usize = 10;

impl super::Run for Hopfield {
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

    fn told(done: &Done<Summary>, _: &Compiled<Self>) -> String {
        let summary = &done.summary;
        let mut lines = vec![format!("{}  ({})", summary.path.display(), words::bytes(summary.bytes))];
        if done.ended == RunEnded::Interrupted {
            let reached = words::counted(summary.sweeps, "sweep");
            lines.push(format!("  interrupted after {reached}: the file is readable and marked incomplete"));
        }
        lines.extend(told_outcomes(&summary.outcomes));
        lines.push(format!(
            "  {} in {}, {}, on {}",
            words::counted(summary.sweeps, "sweep"),
            words::seconds(done.wall_s),
            words::sweep_time(summary.sweeps, done.wall_s),
            words::engine(&done.info),
        ));
        if let Some(hash) = &summary.run_hash {
            lines.push(format!("  run_hash {hash}"));
        }
        lines.join("\n") + "\n"
    }

    fn document(done: &Done<Summary>, source: &Compiled<Self>) -> Value {
        let summary = &done.summary;
        json!({
            "file": summary.path.to_string_lossy(),
            "file_bytes": summary.bytes,
            "complete": done.ended == RunEnded::Complete,
            "run_hash": summary.run_hash,
            "sweeps": summary.sweeps,
            "neurons": source.network.neurons,
            "wall_s": done.wall_s,
            "engine": { "engine": done.info.engine, "adapter": done.info.adapter, "driver": done.info.driver },
            "trials": summary.outcomes.iter().map(outcome_document).collect::<Vec<_>>(),
        })
    }
}

/// Each trial, or how many came to what.
fn told_outcomes(outcomes: &[Outcome]) -> Vec<String> {
    if let [only] = outcomes {
        return vec![format!("  {only}")];
    }
    if outcomes.len() <= TOLD_MAX {
        return outcomes.iter().enumerate().map(|(trial, outcome)| format!("  trial {trial}: {outcome}")).collect();
    }
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for outcome in outcomes {
        let kind = match outcome.end.recalled() {
            Some((pattern, _)) => format!("pattern {pattern}"),
            None => "no pattern".to_owned(),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let mut lines = vec![format!("  {}", words::counted(outcomes.len() as u64, "trial"))];
    lines.extend(kinds.iter().map(|(kind, &count)| format!("  {:>6} came to {kind}", words::count(count as u64))));
    lines
}

fn outcome_document(outcome: &Outcome) -> Value {
    let recalled = outcome.end.recalled();
    json!({
        "outcome": outcome.to_string(),
        "sweeps": outcome.sweeps,
        "rest_sweep": outcome.rest.map(|rest| rest.sweep),
        "cycle_length": outcome.rest.map(|rest| rest.length),
        "recalled_pattern": recalled.map(|(pattern, _)| pattern),
        "recalled_overlap": recalled.map(|(_, overlap)| overlap),
    })
}
