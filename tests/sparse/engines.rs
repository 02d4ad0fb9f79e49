//! The engines against explicit weights and against each other, bit for bit; drawn against stored connections.

use std::sync::Arc;

use attractor::engine::cpu::host::Instructions;
use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::{Block, Engine};
use attractor::model::spiking::Representation;
use attractor::network::spiking::{Snapshot, Spiking};
use attractor::random::{Draws, Stream};
use attractor::schedule::Schedule;

use crate::networks::{represented, saturating, small_networks, varied, with_delays};
use crate::support::compare::{first_difference, first_difference_over};
use crate::support::compile;
use crate::support::dense::Dense;

fn cpu(network: &Spiking, threads: usize) -> Cpu {
    Cpu::new(Arc::new(network.clone()), threads).expect("a CPU engine")
}

#[test]
fn delivered_counts_are_the_explicit_sums() {
    let mut spikes = 0;
    for (name, network) in small_networks() {
        let compared = first_difference(&network, &mut cpu(&network, 1), &mut Dense::new(&network));
        spikes += compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
    }
    assert!(spikes > 5_000, "{spikes} spikes are too few to show anything");
}

/// The control of the test above: one connection more or less is seen.
#[test]
fn a_missing_connection_is_seen() {
    let network = compile(&represented(varied(100, 31, 40.0), Representation::Stored));
    let mut other = network.clone();
    let wiring = &mut other.wirings[0];
    let mut rows = (**wiring.stored.as_ref().expect("rows")).clone();
    let chunk = &mut rows.chunks[0];
    let last = wiring.sources as usize;
    let source = (0..last).rev().find(|&source| chunk.starts[source] < chunk.starts[source + 1]).expect("a connection");
    chunk.starts[source + 1..].iter_mut().for_each(|start| *start -= 1);
    wiring.stored = Some(Arc::new(rows));
    let compared = first_difference(&network, &mut cpu(&network, 1), &mut cpu(&other, 1));
    assert!(compared.is_err(), "a missing connection went unseen");
}

#[test]
fn drawn_and_stored_connections_are_the_same_network() {
    for (name, model) in [
        ("varied", varied(1000, 90, 60.0)),
        ("several chunks", varied(3000, 60, 20.0)),
        ("long delays", with_delays(varied(500, 33, 60.0), &[40, 7, 133])),
    ] {
        let drawn = compile(&represented(model.clone(), Representation::Procedural));
        let stored = compile(&represented(model, Representation::Stored));
        assert_ne!(drawn, stored);
        let spikes = first_difference(&drawn, &mut cpu(&drawn, 2), &mut cpu(&stored, 1));
        assert!(spikes.unwrap_or_else(|difference| panic!("{name}: {difference}")) > 0, "{name}: no spikes");
    }
}

#[test]
fn every_instruction_set_and_thread_count_gives_the_same_bits() {
    for model in [varied(2100, 90, 40.0), saturating(300)] {
        for representation in [Representation::Procedural, Representation::Stored] {
            let network = compile(&represented(model.clone(), representation));
            for instructions in Cpu::instructions() {
                for threads in [1, 2, 5] {
                    let shared = Arc::new(network.clone());
                    let mut other = Cpu::with_instructions(shared.clone(), threads, instructions).expect("an engine");
                    let mut plain = Cpu::with_instructions(shared, 1, Instructions::Baseline).expect("an engine");
                    let compared = first_difference(&network, &mut plain, &mut other);
                    compared.unwrap_or_else(|difference| panic!("{instructions:?}, {threads} threads: {difference}"));
                }
            }
        }
    }
}

#[test]
fn the_saturating_network_saturates() {
    let network = compile(&saturating(200));
    let layout = network.counts_layout();
    let mut engine = cpu(&network, 1);
    let (mut potentials, mut inputs) = (0, 0);
    for block in Schedule::new(&network, 0, 32) {
        engine.submit(block).expect("a block");
        for row in engine.collect().expect("its result").counts.chunks_exact(layout.len()) {
            potentials += row[layout.saturated_potentials(0)..layout.saturated_inputs(0)].iter().sum::<u32>();
            inputs += row[layout.saturated_inputs(0)..].iter().sum::<u32>();
        }
    }
    assert!(potentials > 0 && inputs > 0, "{potentials} potentials and {inputs} inputs saturated");
}

/// Blocks cut at arbitrary places, none longer than allowed.
fn ragged(network: &Spiking, seed: u32) -> Vec<Block> {
    let mut draws = Draws::new(5, Stream::Order, 0, seed);
    let mut blocks = Vec::new();
    for whole in Schedule::new(network, 0, network.block_steps()) {
        let mut start = whole.start_step;
        while start < whole.end_step() {
            let steps = 1 + draws.below((whole.end_step() - start) as u32);
            blocks.push(Block { start_step: start, steps, probe: false });
            start += u64::from(steps);
        }
    }
    blocks
}

/// All counts of a run and its last state.
fn run(network: &Spiking, blocks: impl Iterator<Item = Block>) -> (Vec<u32>, Snapshot) {
    let mut engine = cpu(network, 2);
    let mut counts = Vec::new();
    for block in blocks {
        engine.submit(block).expect("a block");
        counts.extend(engine.collect().expect("its result").counts);
    }
    (counts, engine.snapshot().expect("a snapshot"))
}

#[test]
fn blocks_cut_anywhere_give_the_same_run() {
    for model in [varied(200, 33, 60.0), with_delays(varied(100, 20, 60.0), &[32, 77])] {
        let network = compile(&model);
        let reference = run(&network, Schedule::new(&network, 0, 32));
        for seed in 0..3 {
            assert_eq!(run(&network, ragged(&network, seed).into_iter()), reference);
        }
    }
}

#[test]
fn a_restored_engine_goes_on_with_the_spikes_that_are_under_way() {
    for model in [varied(100, 33, 60.0), with_delays(varied(65, 20, 60.0), &[33, 150])] {
        let network = compile(&model);
        let blocks: Vec<Block> = Schedule::new(&network, 0, network.block_steps()).collect();
        let (before, after) = blocks.split_at(blocks.len() / 2);
        let mut first = cpu(&network, 1);
        for &block in before {
            first.submit(block).expect("a block");
            first.collect().expect("its result");
        }
        let snapshot = first.snapshot().expect("a snapshot");
        let mut second = cpu(&network, 2);
        second.restore(&snapshot).expect("a restored engine");
        let spikes = first_difference_over(after.iter().copied(), &mut first, &mut second).expect("no difference");
        assert!(spikes > 0);
        // The control: without what is under way the run goes on otherwise.
        let mut forgetful = cpu(&network, 1);
        forgetful.restore(&Snapshot { history: vec![0; snapshot.history.len()], ..snapshot.clone() }).expect("a state");
        let mut third = cpu(&network, 1);
        third.restore(&snapshot).expect("a restored engine");
        assert!(first_difference_over(after.iter().copied(), &mut third, &mut forgetful).is_err());
    }
}
