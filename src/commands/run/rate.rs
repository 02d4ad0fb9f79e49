//! A run of a rate network: what is told at its end, and why it may have had none.

use anyhow::anyhow;
use attractor::engine::EngineInfo;
use attractor::model::rate::{GainKind, Rate as Model};
use attractor::network::rate::Rate;
use attractor::record::RecordError;
use attractor::record::rate::{Divergence, Recorder, Run, Summary};
use attractor::simulate::Ended as RunEnded;
use serde_json::{Value, json};

use super::{Done, Job};
use crate::commands::source::Compiled;
use crate::commands::words;

impl super::Run for Rate {
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

    fn failure(done: &Done<Summary>, source: &Compiled<Self>) -> Option<anyhow::Error> {
        let divergence = done.summary.diverged?;
        let (model, file) = (&source.model, done.summary.path.display());
        let time = |step: u64| words::milliseconds(step as f64 * model.dt_ms);
        let largest = if divergence.largest.is_finite() {
            format!("the largest rate came to {:.1e}", divergence.largest)
        } else {
            "a rate is no finite number any more".into()
        };
        Some(anyhow!(
            "the network diverged: at {} {largest}; {}; the run up to {} is in `{file}`, which is marked incomplete",
            time(divergence.step),
            cause(model, &source.network, divergence),
            time(done.summary.steps),
        ))
    }

    fn told(done: &Done<Summary>, source: &Compiled<Self>) -> String {
        told(done, source)
    }

    fn document(done: &Done<Summary>, source: &Compiled<Self>) -> Value {
        document(done, source)
    }
}

/// The likely cause of a divergence, and what to do.
fn cause(model: &Model, network: &Rate, divergence: Divergence) -> String {
    let loop_gain = model.loop_gain();
    if model.is_coarse() && (model.gain.kind != GainKind::Relu || loop_gain < 1.0) {
        "the likely cause is a `dt` too coarse for `network.tau`: take a tenth of it".into()
    } else if model.gain.kind == GainKind::Relu && loop_gain >= 1.0 {
        format!(
            "the likely cause is that the gain \"relu\" has no maximum and slope times weights come to {}, where rates \
             grow from 1 on: lower `network.strength`, or take the gain \"saturating\"",
            if loop_gain < 1e6 { words::significant(loop_gain) } else { format!("{loop_gain:.1e}") }
        )
    } else if divergence.largest.is_finite() {
        format!(
            "rates beyond {:.0e} are taken for growth without end: look at `network.input`, `start` and the stimuli",
            network.rate_limit
        )
    } else {
        "the likely cause are weights or inputs too large for single precision".into()
    }
}

fn simulated_s(done: &Done<Summary>, source: &Compiled<Rate>) -> f64 {
    done.summary.steps as f64 * source.model.dt_ms / 1000.0
}

/// The end of a run in words.
fn told(done: &Done<Summary>, source: &Compiled<Rate>) -> String {
    let summary = &done.summary;
    let simulated_s = simulated_s(done, source);
    let mut lines = vec![format!("{}  ({})", summary.path.display(), words::bytes(summary.bytes))];
    if done.ended == RunEnded::Interrupted {
        let reached = words::seconds(simulated_s);
        lines.push(format!("  interrupted at {reached}: the file is readable and marked incomplete"));
    }
    lines.push(format!(
        "  mean rate {}, residual {:.1e}",
        words::significant(summary.last.mean.into()),
        summary.last.residual
    ));
    if let Some((pattern, overlap)) = leading(&summary.last.overlaps) {
        lines.push(format!("  overlap {} with pattern {pattern}", words::significant(overlap.into())));
    }
    lines.push(format!(
        "  {} in {}, {}, on {}",
        words::seconds(simulated_s),
        words::seconds(done.wall_s),
        words::speed(simulated_s, done.wall_s),
        words::engine(&done.info),
    ));
    if let Some(hash) = &summary.run_hash {
        lines.push(format!("  run_hash {hash}"));
    }
    lines.join("\n") + "\n"
}

/// The pattern with the overlap of the largest size.
fn leading(overlaps: &[f32]) -> Option<(usize, f32)> {
    overlaps.iter().copied().enumerate().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))
}

/// The end of a run as a document.
fn document(done: &Done<Summary>, source: &Compiled<Rate>) -> Value {
    let (summary, simulated_s) = (&done.summary, simulated_s(done, source));
    json!({
        "file": summary.path.to_string_lossy(),
        "file_bytes": summary.bytes,
        "complete": done.ended == RunEnded::Complete,
        "run_hash": summary.run_hash,
        "steps": summary.steps,
        "simulated_s": simulated_s,
        "wall_s": done.wall_s,
        "speed": simulated_s / done.wall_s,
        "engine": { "engine": done.info.engine, "adapter": done.info.adapter, "driver": done.info.driver },
        "mean_rate": summary.last.mean,
        "residual": summary.last.residual,
        "overlaps": summary.last.overlaps,
    })
}
