//! The engines against explicit weights and against each other, bit for bit; drawn against stored connections.

use std::sync::Arc;

use attractor::engine::cpu::host::Instructions;
use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::gpu::Gpu;
use attractor::engine::{Block, Engine};
use attractor::model::spiking::Representation;
use attractor::network::spiking::rows::{Chunk, Entries, entry, unpacked};
use attractor::network::spiking::{Snapshot, Spiking};
use attractor::random::{Draws, Stream};
use attractor::record::spiking::Hashing;
use attractor::schedule::{Schedule, Timeline};
use attractor::simulate::{self, Collect};

use crate::networks::{represented, saturating, small_networks, varied, with_delays};
use crate::support::compare::{first_difference, first_difference_over};
use crate::support::compile;
use crate::support::dense::Dense;
use crate::support::engines::{adapter, cpu, on_gpu};

#[test]
fn delivered_counts_are_the_explicit_sums() {
    let mut spikes = 0;
    for (name, network) in small_networks() {
        let compared = first_difference(&network, &mut cpu(&network, 1), &mut Dense::new(&network));
        spikes += compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
    }
    assert!(spikes > 5_000, "{spikes} spikes are too few to show anything");
}

/// The control of the test above: one connection of a neuron that fires counts one more.
#[test]
fn one_connection_of_another_weight_is_seen() {
    let network = compile(&represented(varied(100, 31, 40.0), Representation::Stored));
    let mut seen = Collect::default();
    simulate::run(network.blocks(), &mut cpu(&network, 1), &mut seen, &false.into()).expect("a run");
    let mut other = network.clone();
    let mut rows = (**other.wirings[0].stored.as_ref().expect("rows")).clone();
    let Chunk { starts, entries: Entries::Weighted(entries) } = &mut rows.chunks[0] else { panic!("no weights") };
    let row = |neuron: u32| starts[neuron as usize] as usize..starts[neuron as usize + 1] as usize;
    let early = seen.spikes.iter().filter(|spike| spike.neuron < 100 && spike.step < 300);
    let row = early.map(|spike| row(spike.neuron)).find(|row| !row.is_empty()).expect("a neuron that fires");
    let (target, count) = unpacked(entries[row.start]);
    entries[row.start] = entry(target, count + 1);
    other.wirings[0].stored = Some(Arc::new(rows));
    let compared = first_difference(&network, &mut cpu(&network, 1), &mut cpu(&other, 1));
    assert!(compared.is_err(), "another weight went unseen");
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

/// The adapter as one without 64-bit integers whose workgroups gather what arrives, and as it is.
fn adapters() -> [Gpu; 2] {
    let gpu = adapter();
    [gpu.clone().without_int64().with_gathering_workgroups(), gpu]
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn gpu_and_cpu_agree_on_every_small_network() {
    let adapters = adapters();
    for (at, (name, network)) in small_networks().into_iter().enumerate() {
        let adapter = &adapters[at / 2 % 2];
        let compared = first_difference(&network, &mut cpu(&network, 2), &mut on_gpu(adapter, &network));
        compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
        let ragged = ragged(&network, 3).into_iter();
        let compared = first_difference_over(ragged, &mut cpu(&network, 1), &mut on_gpu(adapter, &network));
        compared.unwrap_or_else(|difference| panic!("{name}, cut anywhere: {difference}"));
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn gpu_and_cpu_agree_on_larger_networks_with_blocks_in_flight() {
    for (adapter, representation) in adapters().iter().zip([Representation::Procedural, Representation::Stored]) {
        for model in [varied(3000, 90, 30.0), varied(1000, 1000, 20.0)] {
            let network = compile(&represented(model, representation));
            let compared = first_difference(&network, &mut cpu(&network, 2), &mut on_gpu(adapter, &network));
            assert!(compared.unwrap_or_else(|difference| panic!("{difference}")) > 0, "no spikes");
            assert_eq!(hash(&network, &mut cpu(&network, 2)), hash(&network, &mut on_gpu(adapter, &network)));
        }
    }
}

/// The hash of a whole run.
fn hash(network: &Spiking, engine: &mut dyn Engine) -> String {
    let mut hashing = Hashing::new(network);
    simulate::run(network.blocks(), engine, &mut hashing, &false.into()).expect("a run");
    hashing.run_hash()
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn a_gpu_goes_on_from_a_snapshot_of_the_cpu() {
    let network = compile(&with_delays(varied(300, 33, 40.0), &[33, 12, 70]));
    let blocks: Vec<Block> = network.blocks().collect();
    let (before, after) = blocks.split_at(blocks.len() / 2);
    let mut first = cpu(&network, 1);
    for &block in before {
        first.submit(block).expect("a block");
        first.collect().expect("its result");
    }
    let mut second = on_gpu(&adapters()[0], &network);
    second.restore(&first.snapshot().expect("a snapshot")).expect("a restored engine");
    assert!(first_difference_over(after.iter().copied(), &mut first, &mut second).expect("no difference") > 0);
}
