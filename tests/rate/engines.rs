//! One engine repeats itself bit for bit, whatever the threads and the instructions.

use std::sync::Arc;

use attractor::engine::Engine as _;
use attractor::engine::cpu::rate::Engine;
use attractor::engine::rate::Frame;
use attractor::schedule::Timeline;

use crate::reference::networks;
use crate::{read, run_on};

#[test]
fn threads_and_instructions_change_no_bit() {
    for (name, text) in networks() {
        let (_, network) = read(&text);
        let first = run_on(
            &network,
            &mut Engine::with_instructions(Arc::clone(&network), 1, Engine::instructions()[0]).unwrap(),
        );
        for instructions in Engine::instructions() {
            for threads in [1, 2, 3, 7] {
                let mut engine = Engine::with_instructions(Arc::clone(&network), threads, instructions).unwrap();
                let again = run_on(&network, &mut engine);
                assert!(same_bits(&first, &again), "{name}: {threads} threads, {}", instructions.name());
            }
        }
        // The comparison sees one bit.
        let mut other = first.clone();
        let rate = &mut other[1].1.rates[0];
        *rate = f32::from_bits(rate.to_bits() ^ 1);
        assert!(!same_bits(&first, &other));
    }
}

fn same_bits(ours: &[(u64, Frame)], theirs: &[(u64, Frame)]) -> bool {
    let bits = |frame: &Frame| -> Vec<u32> {
        let single = [frame.mean, frame.residual];
        frame.rates.iter().chain(&frame.overlaps).chain(&single).map(|value| value.to_bits()).collect()
    };
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(our, their)| our.0 == their.0 && bits(&our.1) == bits(&their.1))
}

/// What is taken over goes on as if nothing had been: the rest of rounding is part of the state.
#[test]
fn a_state_that_is_handed_over_goes_on_bit_for_bit() {
    for (name, text) in networks().into_iter().step_by(4) {
        let (_, network) = read(&text);
        let new = || Engine::with_instructions(Arc::clone(&network), 1, Engine::instructions()[0]).unwrap();
        let (mut first, mut second) = (new(), new());
        let blocks: Vec<_> = network.blocks().collect();
        let (before, after) = blocks.split_at(blocks.len() / 2);
        let take = |engine: &mut Engine, block| {
            engine.submit(block).unwrap();
            engine.collect().unwrap()
        };
        before.iter().for_each(|&block| _ = take(&mut first, block));
        let mut state = first.snapshot().unwrap();
        second.restore(&state).unwrap();
        assert_eq!(second.snapshot().unwrap(), state);
        for &block in after {
            assert_eq!(take(&mut first, block), take(&mut second, block), "{name}");
        }
        // Without the rests of rounding it is another run.
        if network.neurons() > 100 {
            state.rests.fill(0.0);
            second.restore(&state).unwrap();
            after.iter().for_each(|&block| _ = take(&mut second, block));
            assert_ne!(first.snapshot().unwrap(), second.snapshot().unwrap(), "{name}");
        }
    }
}
