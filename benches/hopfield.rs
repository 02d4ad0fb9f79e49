//! How long does a sweep of a binary network take on the CPU engine?
//!
//! `cargo bench --bench hopfield`. N = 8000 neurons, P = 400 patterns, from a pattern with a fifth of the neurons flipped.
//!
//! 2026-11-24, two cores of a shared EPYC with AVX-512, ten sweeps: synchronous 0.28 to 0.31 ms, asynchronous 3.7 ms, the
//! order of the visits included; without AVX-512 2.6 ms and 4.3 ms. One thread: a second one is not used at this size. In
//! the same minutes one synchronous sweep in numpy 2.x, the low-rank product (X S) X - P S in single precision and its
//! sign, took 0.40 to 0.48 ms with one thread of OpenBLAS and 0.20 to 0.26 ms with two: 13 to 17 and 7 to 9 times as long.
//! `attractor run` of it with `--backend cpu` took 19 MB.

use std::sync::Arc;

use attractor::compile::compile_hopfield;
use attractor::engine::Engine as _;
use attractor::engine::cpu::hopfield::Engine;
use attractor::engine::hopfield::Sweep;
use attractor::model::Model;
use attractor::network::hopfield::Hopfield;
use criterion::{Criterion, criterion_group, criterion_main};

/// The network, with either kind of update.
fn network(update: &str) -> Arc<Hopfield> {
    let text = format!(
        "model = \"hopfield\"\nsweeps = 1\n[patterns]\ncount = 400\n[network]\nsize = 8000\nupdate = \"{update}\"\n\
         [start]\npattern = 0\nflip = 0.2\n"
    );
    let (_, model) = Model::parse(&text, "bench", ".".as_ref(), &[]).expect("a configuration");
    let Model::Hopfield(model) = model else { unreachable!("it is a binary network") };
    Arc::new(compile_hopfield(&model).expect("a network"))
}

fn sweeps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hopfield_8000_400");
    group.sample_size(20);
    for update in ["synchronous", "asynchronous"] {
        let network = network(update);
        for instructions in Engine::instructions() {
            let engine = Engine::with_instructions(Arc::clone(&network), 1, instructions);
            let mut engine = engine.expect("an engine");
            let start = engine.snapshot().expect("a state");
            // Ten sweeps from the start: in the first many neurons flip.
            group.bench_function(format!("{update}_10_sweeps_{}", instructions.name()), |bencher| {
                bencher.iter(|| {
                    engine.restore(&start).expect("the start");
                    for number in 0..10 {
                        engine.submit(Sweep { number }).expect("a sweep");
                        let result = engine.collect().expect("its result");
                        engine.recycle(result);
                    }
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, sweeps);
criterion_main!(benches);
