//! How long does 0.1 s of biological time take on the CPU engine?
//!
//! `cargo bench --bench engine`. The network is configs/bench-8k.toml; one iteration takes 1000 steps.
//!
//! 2026-11-22, two cores of a shared Xeon at 2.5 GHz, nothing beside it: the run phase of
//! `attractor run configs/bench-8k.toml --backend cpu --threads 2 --quiet -v` took 0.28 to 0.35 s for its second of biological
//! time (four runs), recording included, and the same without it; peak memory 22 MB (73 MB where `--backend auto` loads
//! the graphics drivers to look for a GPU). With `--backend gpu --adapter llvmpipe` it took 2.0 to 2.2 s (three runs).

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
