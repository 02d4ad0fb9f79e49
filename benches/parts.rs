//! Which part of a step costs what on the CPU engine?
//!
//! `cargo bench --bench parts`. configs/bench-8k.toml with parts of it taken away, one thread, 0.1 s of biological time an
//! iteration: the membrane alone; with noise; with global projections; with the Hebbian one, whose counts are gathered
//! where most patterns have spikes; the same where nearly nobody fires, so that counts are scattered; and a runaway.
//!
//! 2026-11-25, a shared EPYC with AVX-512: 3.9, 6.2, 8.4, 12.3, 11.9 and 22.8 ms. So the membrane takes a third, noise and
//! global inputs a sixth each, gathering a third; a few spikes a block leave that as it is, since each is of nine patterns.

#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;

use attractor::engine::{Engine as _, cpu::spiking::Engine};
use attractor::network::spiking::Spiking;
use attractor::schedule::Schedule;
use criterion::{Criterion, criterion_group, criterion_main};

/// The workload, changed.
fn network(change: impl FnOnce(&mut Spiking)) -> Arc<Spiking> {
    let mut network = support::compile(&support::bench(8000, 1e9));
    change(&mut network);
    Arc::new(network)
}

fn without_projections(network: &mut Spiking) {
    network.projections.clear();
    network.populations.iter_mut().for_each(|population| population.inputs.clear());
}

fn without_noise(network: &mut Spiking) {
    network.populations.iter_mut().for_each(|population| population.noise = 0);
}

fn parts(criterion: &mut Criterion) {
    let cases = [
        (
            "membrane",
            network(|network| {
                without_projections(network);
                without_noise(network);
            }),
        ),
        ("membrane_noise", network(without_projections)),
        (
            "global_projections",
            network(|network| {
                network.projections[0].weight = 0;
                network.patterns = attractor::network::patterns::Patterns::default();
                network.projections[0].count = attractor::network::spiking::Count::Spikes;
            }),
        ),
        ("all", network(|_| ())),
        (
            "nearly_silent",
            network(|network| {
                network.populations.iter_mut().for_each(|population| population.drive -= population.drive / 3);
            }),
        ),
        (
            "runaway",
            network(|network| {
                network.projections.iter_mut().for_each(|projection| projection.weight = projection.weight.abs());
            }),
        ),
    ];
    let mut group = criterion.benchmark_group("bench_8k_parts_100_ms");
    group.sample_size(10);
    for (name, network) in cases {
        let mut engine = Engine::new(Arc::clone(&network), 1).expect("an engine");
        let mut blocks = Schedule::new(&network, 0, network.block_steps());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut steps = 0;
                while steps < 1000 {
                    let block = blocks.next().expect("a long run");
                    engine.submit(block).expect("a block");
                    let result = engine.collect().expect("its result");
                    steps += block.steps;
                    engine.recycle(result);
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, parts);
criterion_main!(benches);
