//! How long does a sweep of a binary network take on the CPU engine?
//!
//! `cargo bench --bench hopfield`. N = 8000 neurons, P = 400 patterns, from a pattern with a fifth of the neurons flipped.

use std::sync::Arc;

use attractor::compile::compile_hopfield;
use attractor::engine::Engine as _;
use attractor::engine::cpu::hopfield::Engine;
use attractor::engine::hopfield::Sweep;
use attractor::model::Model;
use attractor::network::hopfield::Hopfield;
use criterion::{Criterion, criterion_group, criterion_main};

/// What numpy takes: the low-rank product of peers, (X S) X - P S, and the sign, in single precision with one thread.
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
            for threads in [1, 2] {
                let engine = Engine::with_instructions(Arc::clone(&network), threads, instructions);
                let mut engine = engine.expect("an engine");
                let start = engine.snapshot().expect("a state");
                // Ten sweeps from the start, as the peers do: in the first many neurons flip.
                group.bench_function(
                    format!("{update}_10_sweeps_{}_{threads}_threads", instructions.name()),
                    |bencher| {
                        bencher.iter(|| {
                            engine.restore(&start).expect("the start");
                            for number in 0..10 {
                                engine.submit(Sweep { number }).expect("a sweep");
                                let result = engine.collect().expect("its result");
                                engine.recycle(result);
                            }
                        });
                    },
                );
            }
        }
    }
    group.finish();
}

criterion_group!(benches, sweeps);
criterion_main!(benches);
