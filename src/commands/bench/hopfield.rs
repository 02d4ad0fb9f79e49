//! The binary workload: sweeps of 8000 neurons with 400 patterns, from one of them with a fifth of the neurons flipped.

use std::sync::Arc;
use std::time::Instant;

use anyhow::bail;
use attractor::compile::compile_hopfield;
use attractor::engine::hopfield::Sweep;
use attractor::engine::{EngineInfo, Profile};
use attractor::model::Model;
use serde_json::{Value, json};

use super::engine_document;
use super::measured::{Measured, Repeats, resident_bytes};
use crate::cli::BenchArgs;
use crate::commands::failure::Usage;
use crate::commands::{engines, words};

const NEURONS: usize = 8000;
const PATTERNS: usize = 400;
/// Sweeps of a repeat: in the first ones many neurons flip.
const SWEEPS: u64 = 20;

/// Sweeps that were measured.
#[derive(Debug)]
pub(super) struct Run {
    name: String,
    info: EngineInfo,
    build_s: f64,
    /// Wall-clock seconds a sweep.
    seconds: Repeats,
    resident_bytes: Option<u64>,
    /// Of all repeats and the one that warms up.
    profile: Profile,
}

/// Sweeps with one kind of update.
pub(super) fn sweeps(args: &BenchArgs, update: &str) -> anyhow::Result<Run> {
    let started = Instant::now();
    let text = format!(
        "model = \"hopfield\"\nsweeps = {SWEEPS}\n[patterns]\ncount = {PATTERNS}\n[network]\nsize = {NEURONS}\n\
         update = \"{update}\"\n[start]\npattern = 0\nflip = 0.2\n"
    );
    let (_, model) = Model::parse(&text, "bench", ".".as_ref(), &[])?;
    let Model::Hopfield(model) = model else { bail!("it is not a binary network") };
    let network =
        compile_hopfield(&model).map_err(|_| Usage("the binary network does not fit its integers".to_owned()))?;
    let network = Arc::new(network);
    let mut engine = engines::open(&args.engine, &network)?;
    let build_s = started.elapsed().as_secs_f64();
    let start = engine.snapshot()?;
    let mut seconds = Vec::new();
    // The first repeat warms up.
    for _ in 0..=args.repeats {
        engine.restore(&start)?;
        let since = Instant::now();
        let (mut submitted, mut collected) = (0, 0);
        while collected < SWEEPS {
            while submitted < SWEEPS && ((submitted - collected) as usize) < engine.queue_blocks() {
                engine.submit(Sweep { number: submitted })?;
                submitted += 1;
            }
            let result = engine.collect()?;
            engine.recycle(result);
            collected += 1;
        }
        seconds.push(since.elapsed().as_secs_f64() / SWEEPS as f64);
    }
    Ok(Run {
        name: format!("hopfield, {update}"),
        info: engine.info().clone(),
        build_s,
        seconds: Repeats::new(seconds.split_off(1)),
        resident_bytes: resident_bytes(),
        profile: engine.profile(),
    })
}

impl Measured for Run {
    fn name(&self) -> &str {
        &self.name
    }

    fn engine(&self) -> &EngineInfo {
        &self.info
    }

    fn line(&self) -> String {
        format!("{} a sweep", words::seconds(self.seconds.median()))
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let spread = [self.seconds.least(), self.seconds.greatest()].map(words::seconds);
        let mut rows = vec![
            ("time a sweep", format!("{} ({} to {})", words::seconds(self.seconds.median()), spread[0], spread[1])),
            ("build", words::seconds(self.build_s)),
        ];
        if let Some(bytes) = self.resident_bytes {
            rows.push(("memory", format!("{} of the process", words::bytes(bytes))));
        }
        if self.profile.dispatches > 0 {
            let a_sweep = self.profile.dispatches as f64 / self.profile.blocks as f64;
            let sweeps = self.profile.blocks as f64 / self.profile.submissions as f64;
            rows.push(("dispatches", format!("{a_sweep:.1} a sweep, {sweeps:.1} sweeps a submission")));
        }
        rows
    }

    fn document(&self) -> Value {
        json!({
            "name": self.name,
            "neurons": NEURONS,
            "engine": engine_document(&self.info),
            "build_s": self.build_s,
            "seconds_a_sweep": self.seconds.document(),
            "resident_bytes": self.resident_bytes,
            "sweeps": self.profile.blocks,
            "dispatches": self.profile.dispatches,
            "submissions": self.profile.submissions,
        })
    }
}
