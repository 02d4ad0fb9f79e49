//! `attractor bench`: the speed of this machine's engines on fixed workloads, as a table and as JSON.

mod hopfield;
mod measured;
mod spiking;
mod telling;

use attractor::engine::EngineInfo;
use serde_json::{Value, json};

use self::measured::Measured;
use crate::cli::BenchArgs;

use super::output::say;
use super::{Ended, interrupt, output, words};

/// Carries out all workloads, each told as it is done; then the table.
pub(crate) fn bench(args: &BenchArgs) -> anyhow::Result<Ended> {
    let stop = interrupt::listen()?;
    let mut all: Vec<Box<dyn Measured>> = Vec::new();
    let mut done = |measured: Box<dyn Measured>| {
        say(&format!("{}: {} on {}", measured.name(), measured.line(), words::engine(measured.engine())));
        all.push(measured);
    };
    done(Box::new(spiking::bench_8k(args, stop)?));
    for &size in &args.sizes {
        done(Box::new(spiking::memory(args, size, stop)?));
    }
    if let Some(&size) = args.sizes.first() {
        for representation in ["stored", "procedural"] {
            done(Box::new(spiking::diluted(args, size, representation, stop)?));
        }
    }
    for connections in ["stored", "procedural", "indegree"] {
        done(Box::new(spiking::random(args, connections, stop)?));
    }
    for update in ["synchronous", "asynchronous"] {
        done(Box::new(hopfield::sweeps(args, update)?));
    }
    if args.json {
        let workloads: Vec<Value> = all.iter().map(|measured| measured.document()).collect();
        output::print_json(&json!({ "version": env!("CARGO_PKG_VERSION"), "workloads": workloads }))?;
    } else {
        output::print(&telling::told(&all))?;
    }
    Ok(Ended::Done)
}

fn engine_document(info: &EngineInfo) -> Value {
    json!({ "engine": info.engine, "adapter": info.adapter, "driver": info.driver })
}
