//! How long does a step of a rate network take on the CPU engine, for low-rank and for stored weights?
//!
//! `cargo bench --bench rate`. Low rank: 100,000 neurons with 20 patterns; stored: 2000 neurons with a Gaussian matrix; both
//! with tanh and exponential Euler. One iteration takes 10 steps and one look at the state.
//!
//! 2026-11-24, two cores of a shared AMD EPYC beside other work, `cargo bench --bench rate --profile dev`: low rank 12 ms with
//! SSE2, 4.7 ms with AVX2 and 3.7 ms with AVX-512 on one thread; stored 5.1, 3.4 and 4.1 ms, which is what memory gives.

use std::path::Path;
use std::sync::Arc;

use attractor::compile::compile;
use attractor::engine::Engine as _;
use attractor::engine::cpu::rate::Engine;
use attractor::engine::rate::Block;
use attractor::model::Draft;
use attractor::network::Network;
use attractor::network::rate::Rate;
use criterion::{Criterion, criterion_group, criterion_main};

fn network(sets: &[&str]) -> Arc<Rate> {
    let overrides: Vec<_> = sets.iter().map(|set| set.parse().expect("an override")).collect();
    let draft = Draft::load(Path::new("configs/rate-memory.toml"), &overrides);
    let Ok((_, _, Network::Rate(network))) = draft.finish(compile) else { panic!("a rate network") };
    Arc::new(network)
}

fn steps(criterion: &mut Criterion) {
    let networks = [
        ("low_rank_100k", network(&["network.size=100000"])),
        ("stored_2k", network(&["network.coupling.kind=gaussian"])),
    ];
    for (name, network) in networks {
        let mut group = criterion.benchmark_group(format!("{name}_10_steps"));
        group.sample_size(20);
        for instructions in Engine::instructions() {
            for threads in [1, 2] {
                let mut engine = Engine::with_instructions(network.clone(), threads, instructions).expect("an engine");
                let mut start_step = 0;
                group.bench_function(format!("{}_{threads}_threads", instructions.name()), |bencher| {
                    bencher.iter(|| {
                        engine.submit(Block { start_step, steps: 10, frame: true }).expect("a block");
                        start_step += 10;
                        engine.collect().expect("its result")
                    });
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
