//! `attractor bench`: the speed of this machine's engines on fixed workloads, as a table and as JSON.

mod hopfield;
mod measured;
mod spiking;
mod telling;
mod workloads;

use std::sync::atomic::Ordering;

use attractor::engine::EngineInfo;
use serde_json::{Value, json};

use self::measured::Measured;
use crate::cli::BenchArgs;

use super::output::say;
use super::{Ended, interrupt, output, words};

/// Carries out all workloads, each told as it is done; then the table.
pub(crate) fn bench(args: &BenchArgs) -> anyhow::Result<Ended> {
    let stop = interrupt::listen()?;
    // From here on Ctrl-C ends the workload at hand, and what was measured is told.
    interrupt::begin();
    let mut all: Vec<Box<dyn Measured>> = Vec::new();
    let mut failed = None;
    for workload in workloads::all(args) {
        match workload(args, stop) {
            Ok(measured) => {
                say(&format!("{}: {} on {}", measured.name(), measured.line(), words::engine(measured.engine())));
                all.push(measured);
            }
            Err(error) => {
                failed = (!stop.load(Ordering::Relaxed)).then_some(error);
                break;
            }
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    if all.is_empty()
        && let Some(error) = failed
    {
        return Err(error);
    }
    tell(args, &all)?;
    Ok(match failed {
        Some(error) => {
            say(&format!("error: {error:#}"));
            Ended::Partly
        }
        None if stop.load(Ordering::Relaxed) => Ended::Interrupted,
        None => Ended::Done,
    })
}

fn tell(args: &BenchArgs, all: &[Box<dyn Measured>]) -> anyhow::Result<()> {
    if args.json {
        let workloads: Vec<Value> = all.iter().map(|measured| measured.document()).collect();
        output::print_json(&json!({ "version": env!("CARGO_PKG_VERSION"), "workloads": workloads }))
    } else {
        output::print(&telling::told(all))
    }
}

fn engine_document(info: &EngineInfo) -> Value {
    json!({ "engine": info.engine, "adapter": info.adapter, "driver": info.driver })
}
