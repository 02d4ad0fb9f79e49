//! The CPU engine against the explicit network: every state and count of every sweep, with any threads and instructions.

use std::sync::Arc;

use attractor::compile::compile_hopfield;
use attractor::engine::Engine as _;
use attractor::engine::cpu::hopfield::Engine;
use attractor::engine::hopfield::Sweep;
use attractor::network::hopfield::Hopfield;
use attractor::units::Ratio;

use crate::reference::{Reference, bit};
use crate::{cases, model, network, run};

/// The first thing that differs in so many sweeps.
fn difference(engine: &mut Engine, network: &Hopfield, mut reference: Reference<'_>, sweeps: u64) -> Option<String> {
    let words = network.state_words();
    for number in 0..sweeps {
        engine.submit(Sweep { number }).expect("a sweep");
        let result = engine.collect().expect("its result");
        reference.advance();
        for (trial, expected) in reference.states.iter().enumerate() {
            let state = &result.states[trial * words..(trial + 1) * words];
            if let Some(neuron) = (0..expected.len()).find(|&neuron| bit(state, neuron) != expected[neuron]) {
                return Some(format!("neuron {neuron} of trial {trial} after sweep {number}"));
            }
            let beyond = (expected.len()..64 * words).any(|at| bit(state, at));
            assert!(!beyond, "bits beyond the last neuron are zero");
            let counts = &result.counts[trial * network.memories.count()..(trial + 1) * network.memories.count()];
            let integer = network.energy_integer(state, counts);
            let unit = Ratio::new(network.energy.top, network.energy.bottom).expect("a unit");
            let energy = unit.times(Ratio::whole(integer)).expect("an energy");
            if energy != reference.energy(expected) {
                return Some(format!("energy of trial {trial} after sweep {number}"));
            }
        }
        if result.counts != reference.counts() {
            return Some(format!("counts after sweep {number}"));
        }
        engine.recycle(result);
    }
    None
}

#[test]
fn every_network_is_computed_as_pair_by_pair() {
    let mut flips = 0;
    for (at, (name, text)) in cases::all(4).into_iter().enumerate() {
        let model = model(&text);
        let network = Arc::new(compile_hopfield(&model).unwrap_or_else(|problems| panic!("{name}: {problems:?}")));
        let all = Engine::instructions();
        let (threads, instructions) = (1 + at % 3, all[at % all.len()]);
        let mut engine = Engine::with_instructions(network.clone(), threads, instructions).expect("an engine");
        let found = difference(&mut engine, &network, Reference::new(model, &network), 4);
        assert_eq!(found, None, "{name}, {instructions:?}, {threads} threads\n{text}");
        flips += usize::from(engine.snapshot().expect("a state").states != network.starts);
    }
    assert!(flips > 200, "networks in which nothing happens test nothing: {flips}");
}

#[test]
fn one_bit_of_a_pattern_is_seen() {
    let text = &cases::all(4)[10].1;
    let network = network(text);
    let mut changed = (*network).clone();
    let columns = (0..network.memories.count()).flat_map(|pattern| network.memories.column(pattern).to_vec());
    let mut columns: Vec<u64> = columns.collect();
    columns[0] ^= 1;
    changed.memories = attractor::network::hopfield::Memories::from_columns(
        network.neurons as usize,
        network.memories.count(),
        columns,
    );
    let mut engine = Engine::new(network.clone(), 1).expect("an engine");
    let reference = Reference::new(model(text), &changed);
    assert!(difference(&mut engine, &network, reference, 4).is_some());
}

#[test]
fn threads_and_instructions_change_nothing_in_large_networks() {
    for (update, coupling) in
        [("synchronous", ""), ("asynchronous", ""), ("synchronous", "connection_probability = 0.001")]
    {
        let text = format!(
            "model = \"hopfield\"\nsweeps = 3\n[trials]\ncount = 3\n[patterns]\ncount = 400\n[network]\nsize = 40000\n\
             temperature = 0.4\nupdate = \"{update}\"\n{coupling}\n[start]\npattern = 0\noverlap = 0.3\n"
        );
        let network = network(&text);
        let mut hashes = std::collections::BTreeSet::new();
        for instructions in Engine::instructions() {
            for threads in [1, 2, 5] {
                let mut engine = Engine::with_instructions(network.clone(), threads, instructions).expect("an engine");
                for number in 0..3 {
                    engine.submit(Sweep { number }).expect("a sweep");
                    hashes.insert((number, engine.collect().expect("its result").states));
                }
            }
        }
        assert_eq!(hashes.len(), 3, "one state a sweep, {update}");
    }
}

#[test]
fn a_trial_does_not_depend_on_how_many_there_are() {
    let text = |count: u32| {
        format!(
            "model = \"hopfield\"\nsweeps = 5\n[trials]\ncount = {count}\n[patterns]\ncount = 20\n[network]\nsize = 200\n\
             temperature = 0.5\n[start]\npattern = 1\nkeep = 0.5\n"
        )
    };
    let (one, three) = (network(&text(1)), network(&text(3)));
    let words = one.state_words();
    let (one, three) = (run(&one), run(&three));
    for (alone, together) in one.sweeps.iter().zip(&three.sweeps) {
        assert_eq!(alone.states[..], together.states[..words]);
        assert_ne!(alone.states[..], together.states[words..2 * words]);
    }
}
