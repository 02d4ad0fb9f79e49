//! The fixed workloads: the one that other simulators run too, the reference memory at any size, whole and diluted, random
//! networks, sweeps of a binary network.

use std::sync::atomic::AtomicBool;

use attractor::config::Override;

use super::hopfield;
use super::measured::Measured;
use super::spiking::{Run, measure};
use crate::cli::BenchArgs;
use crate::commands::words;

/// The largest memory that is measured with a tenth of its connections too: they grow with the square of its size.
const DILUTED_MAX: u32 = 30_000;

/// Measures one workload.
pub(super) type Workload = Box<dyn Fn(&BenchArgs, &AtomicBool) -> anyhow::Result<Box<dyn Measured>>>;

/// The workloads, in the order in which they are carried out.
pub(super) fn all(args: &BenchArgs) -> Vec<Workload> {
    fn spiking(of: impl Fn(&BenchArgs, &AtomicBool) -> anyhow::Result<Run> + 'static) -> Workload {
        Box::new(move |args, stop| Ok(Box::new(of(args, stop)?)))
    }
    let mut all = vec![spiking(bench_8k)];
    all.extend(args.sizes.iter().map(|&size| spiking(move |args, stop| memory(args, size, stop))));
    if let Some(size) = args.sizes.iter().copied().find(|&size| size <= DILUTED_MAX) {
        let diluted = |how| spiking(move |args: &BenchArgs, stop: &AtomicBool| diluted(args, size, how, stop));
        all.extend(["stored", "procedural"].map(diluted));
    }
    let random = |how| spiking(move |args: &BenchArgs, stop: &AtomicBool| random(args, how, stop));
    all.extend(["stored", "procedural", "indegree"].map(random));
    let sweeps = |update| -> Workload { Box::new(move |args, _| Ok(Box::new(hopfield::sweeps(args, update)?))) };
    all.extend(["synchronous", "asynchronous"].map(sweeps));
    all
}

/// The workload of benches/peers.md.
fn bench_8k(args: &BenchArgs, stop: &AtomicBool) -> anyhow::Result<Run> {
    measure(args, "bench-8k", include_str!("../../../configs/bench-8k.toml"), &[], stop)
}

/// attractor-8k with so many excitatory neurons, at rest.
fn memory(args: &BenchArgs, size: u32, stop: &AtomicBool) -> anyhow::Result<Run> {
    let name = format!("memory of {}", words::count(size.into()));
    measure(args, &name, include_str!("../../../configs/attractor-8k.toml"), &memory_sizes(size), stop)
}

/// The same with a tenth of the connections among excitatory neurons, stored or drawn whenever a spike needs them.
fn diluted(args: &BenchArgs, size: u32, representation: &str, stop: &AtomicBool) -> anyhow::Result<Run> {
    let name = format!("memory of {}, a tenth connected, {representation}", words::count(size.into()));
    let representation =
        Override { key: "projections.0.representation".into(), value: format!("\"{representation}\"") };
    let changes = [memory_sizes(size), vec![representation]].concat();
    measure(args, &name, include_str!("../../../configs/attractor-diluted.toml"), &changes, stop)
}

/// So many excitatory neurons, and an eighth of each inhibitory kind.
fn memory_sizes(size: u32) -> Vec<Override> {
    let inhibitory = (size / 8).max(1);
    sizes(&[("excitatory", size), ("linear", inhibitory), ("ceiling", inhibitory)])
}

fn sizes(of_populations: &[(&str, u32)]) -> Vec<Override> {
    let key = |population: &str| format!("populations.{population}.size");
    of_populations.iter().map(|&(name, size)| Override { key: key(name), value: size.to_string() }).collect()
}

/// random-100k of another size, with connections that are drawn or stored; or with exactly as many sources a neuron as these
/// have as a mean.
fn random(args: &BenchArgs, connections: &str, stop: &AtomicBool) -> anyhow::Result<Run> {
    let text = include_str!("../../../configs/random-100k.toml");
    let inhibitory = (args.random / 5).max(1);
    let excitatory = args.random - inhibitory;
    let mut changes = sizes(&[("excitatory", excitatory), ("inhibitory", inhibitory)]);
    let (mut text, name) = (text.to_owned(), format!("random network of {}", words::count(args.random.into())));
    if connections == "indegree" {
        for (from, size) in [("excitatory", excitatory), ("inhibitory", inhibitory)] {
            let rest = |to: &str| format!("from = \"{from}\"\nto = \"{to}\"\nkind = \"random\"\n");
            for to in ["excitatory", "inhibitory"] {
                let indegree = format!("{}indegree = {}", rest(to), (size / 100).max(1));
                text = text.replace(&format!("{}connection_probability = 0.01", rest(to)), &indegree);
            }
        }
        return measure(args, &format!("{name}, exact indegrees, stored"), &text, &changes, stop);
    }
    let representation = |projection: u32| Override {
        key: format!("projections.{projection}.representation"),
        value: format!("\"{connections}\""),
    };
    changes.extend((0..4).map(representation));
    measure(args, &format!("{name}, {connections}"), &text, &changes, stop)
}
