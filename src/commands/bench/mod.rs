//! `attractor bench`: the speed of this machine's engines on fixed workloads, as a table and as JSON.

mod hopfield;
mod measured;
mod spiking;
mod telling;

use std::sync::atomic::{AtomicBool, Ordering};

use attractor::engine::EngineInfo;
use serde_json::{Value, json};

use self::measured::Measured;
use crate::cli::BenchArgs;

use super::output::say;
use super::{Ended, interrupt, output, words};

/// The largest memory that is measured with a tenth of its connections too: they grow with the square of its size.
const DILUTED_MAX: u32 = 30_000;

/// Carries out all workloads, each told as it is done; then the table.
pub(crate) fn bench(args: &BenchArgs) -> anyhow::Result<Ended> {
    let stop = interrupt::listen()?;
    // From here on Ctrl-C ends the workload at hand, and what was measured is told.
    interrupt::begin();
    let mut all: Vec<Box<dyn Measured>> = Vec::new();
    let mut failed = None;
    for workload in workloads(args) {
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

/// Measures one workload.
type Workload = Box<dyn Fn(&BenchArgs, &AtomicBool) -> anyhow::Result<Box<dyn Measured>>>;

/// The workloads, in the order in which they are carried out.
fn workloads(args: &BenchArgs) -> Vec<Workload> {
    fn spiking(of: impl Fn(&BenchArgs, &AtomicBool) -> anyhow::Result<spiking::Run> + 'static) -> Workload {
        Box::new(move |args, stop| Ok(Box::new(of(args, stop)?)))
    }
    let mut all = vec![spiking(spiking::bench_8k)];
    all.extend(args.sizes.iter().map(|&size| spiking(move |args, stop| spiking::memory(args, size, stop))));
    if let Some(size) = args.sizes.iter().copied().find(|&size| size <= DILUTED_MAX) {
        let diluted = |how| spiking(move |args: &BenchArgs, stop: &AtomicBool| spiking::diluted(args, size, how, stop));
        all.extend(["stored", "procedural"].map(diluted));
    }
    let random = |how| spiking(move |args: &BenchArgs, stop: &AtomicBool| spiking::random(args, how, stop));
    all.extend(["stored", "procedural", "indegree"].map(random));
    let sweeps = |update| -> Workload { Box::new(move |args, _| Ok(Box::new(hopfield::sweeps(args, update)?))) };
    all.extend(["synchronous", "asynchronous"].map(sweeps));
    all
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
