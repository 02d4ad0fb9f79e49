//! How long does 0.1 s of biological time take on the CPU engine?
//!
//! `cargo bench --bench engine`. The network is configs/bench-8k.toml; one iteration takes 1000 steps.
//!
//! 2026-11-24, two cores of a shared EPYC with AVX-512: a second of this network took 0.121 s with one thread and 0.069 s
//! with two (`attractor bench`, seven repeats); docs/performance.md has more.

#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;

use attractor::engine::{Engine as _, cpu::spiking::Engine};
use attractor::schedule::Schedule;
use criterion::{Criterion, criterion_group, criterion_main};

fn bench_8k(criterion: &mut Criterion) {
    let network = Arc::new(support::compile(&support::bench(8000, 1e9)));
    let mut group = criterion.benchmark_group("bench_8k_100_ms");
    group.sample_size(10);
    for instructions in Engine::instructions() {
        for threads in [1, 2] {
            let mut engine = Engine::with_instructions(network.clone(), threads, instructions).expect("an engine");
            let mut blocks = Schedule::new(&network, 0, network.block_steps());
            group.bench_function(format!("{}_{threads}_threads", instructions.name()), |bencher| {
                bencher.iter(|| {
                    let mut steps = 0;
                    while steps < 1000 {
                        let block = blocks.next().expect("a long run");
                        engine.submit(block).expect("a block");
                        let result = engine.collect().expect("its result");
                        engine.recycle(result);
                        steps += block.steps;
                    }
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, bench_8k);
criterion_main!(benches);
