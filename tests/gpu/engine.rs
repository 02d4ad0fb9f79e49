//! The engine, block by block, against the reference: every variable of every neuron.

use std::sync::Arc;

use attractor::engine::gpu::Gpu;
use attractor::engine::gpu::spiking::Engine;
use attractor::engine::{Block, BlockResult, Engine as _};
use attractor::network::patterns::Patterns;
use attractor::network::spiking::{Projection, Snapshot, Source, Spiking, Synapse};
use attractor::schedule::Schedule;

use crate::networks::{hebbian, individualise, memory, mv, network, population, projection};
use crate::reference::Reference;
use crate::{gpu, gpus};

/// The first variable that differs.
fn state_difference(ours: &Snapshot, theirs: &Snapshot) -> Option<&'static str> {
    let equal = [
        ("step", ours.step == theirs.step),
        ("potentials", ours.potentials == theirs.potentials),
        ("refractory", ours.refractory == theirs.refractory),
        ("inputs", ours.inputs == theirs.inputs),
        ("counts", ours.counts == theirs.counts),
        ("history", ours.history == theirs.history),
    ];
    equal.into_iter().find(|(_, equal)| !equal).map(|(name, _)| name)
}

/// What of a block differs from the last steps of the reference.
fn result_difference(result: &BlockResult, reference: &Reference) -> Option<&'static str> {
    let (spikes, counts) = reference.last(result.block.steps);
    if result.spikes != spikes {
        return Some("spikes");
    }
    (result.counts != counts).then_some("rows of counts")
}

/// What went wrong first, if anything did, from `start` on; the reference starts at step 0.
fn first_difference(gpu: &Gpu, network: &Spiking, blocks: &[Block], start: &Snapshot) -> Option<String> {
    let mut engine = Engine::new(gpu, Arc::new(network.clone())).expect("the engine starts");
    engine.restore(start).expect("the state is taken");
    let mut reference = Reference::new(network);
    for &block in blocks {
        engine.submit(block).expect("the block is taken");
        let result = engine.collect().expect("the block is done");
        (0..block.steps).for_each(|_| reference.advance());
        assert_eq!(result.block, block);
        let state = engine.snapshot().expect("a snapshot");
        let difference = result_difference(&result, &reference);
        if let Some(name) = difference.or_else(|| state_difference(&state, &reference.snapshot())) {
            return Some(format!("{name} differ after {block:?}"));
        }
        engine.recycle(result);
    }
    None
}

/// Compares a run with the reference, and makes sure that it was one worth comparing.
fn assert_exact(name: &str, network: &Spiking) {
    let longest = network.block_steps();
    for (gpu, steps) in gpus().iter().zip([longest, longest.div_ceil(2), longest]) {
        let blocks: Vec<Block> = Schedule::new(network, 0, steps).collect();
        let difference = first_difference(gpu, network, &blocks, &network.initial_state());
        assert_eq!(difference, None, "{name}, blocks of {steps}, {:?}, {}", gpu.integers(), gpu.workgroups_gather());
    }
}

fn spikes_of(network: &Spiking) -> u32 {
    let mut reference = Reference::new(network);
    (0..network.steps).for_each(|_| reference.advance());
    reference.last(network.steps.min(32) as u32).0.iter().map(|word| word.count_ones()).sum()
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn sizes_around_a_workgroup_and_patterns_around_a_word() {
    for (size, patterns) in [(1, 1), (63, 31), (64, 32), (65, 33), (129, 90), (200, 0), (128, 200)] {
        let network = memory(size, patterns, [10, 10, 10, 10], 90);
        assert!(size == 1 || spikes_of(&network) > 0, "a silent network tests nothing: {size}");
        assert_exact(&format!("{size} neurons, {patterns} patterns"), &network);
    }
}

/// More than the window of counts holds in a workgroup, and in a uniform buffer.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn very_many_patterns() {
    assert_exact("1000 patterns", &memory(90, 1000, [32; 4], 130));
    assert_exact("30000 patterns", &memory(10, 30_000, [32; 4], 96));
}

/// Where counts may need more than 16 bits they travel as whole words; bit rows in registers and in memory.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn counts_around_16_bits() {
    for (size, patterns) in [(585, 112), (586, 112), (300, 219)] {
        let mut network = memory(size, patterns, [9; 4], 80);
        network.projections[0].weight /= 256;
        network.patterns = Patterns::from_members(size as usize, &vec![(0..size).collect(); patterns as usize]);
        assert!((65_520..65_800).contains(&(size * patterns)), "the sum that decides is {}", size * patterns);
        assert_exact(&format!("{size} neurons, each in all of {patterns} patterns"), &network);
    }
}

/// A software rasteriser would end the loop over a neuron's patterns too early and say nothing.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn too_many_patterns_for_software_are_refused() {
    let network = memory(10, 100_000, [32; 4], 64);
    let gpu = gpu();
    if !gpu.device().software {
        return assert_exact("100000 patterns", &network);
    }
    let error = Engine::new(&gpu, Arc::new(network)).expect_err("the network is refused");
    assert!(error.to_string().contains("65000 turns"), "{error}");
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn delays_of_one_step_of_a_word_and_of_several_blocks() {
    for delays in [[1; 4], [32; 4], [33; 4], [100; 4], [7, 1, 40, 64], [15, 16, 17, 97]] {
        assert_exact(&format!("delays {delays:?}"), &memory(70, 40, delays, 220));
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn jumps_and_own_spikes_and_no_refractory_period() {
    for refractory_steps in [0, 1, 30] {
        let jumps = vec![
            projection(0, 0, 5, 0.3, 0.0),
            hebbian(0, 9, 0.02),
            Projection { synapse: Synapse::Jump, ..hebbian(0, 6, 0.01) },
            Projection { subtract_own: false, ..hebbian(0, 12, 0.02) },
            projection(1, 0, 8, -0.5, 0.0),
            projection(0, 1, 5, 0.1, 0.0),
        ];
        let network = network(vec![population(67, refractory_steps), population(20, 3)], jumps, 34, 120);
        assert_exact(&format!("jumps, refractory {refractory_steps}"), &network);
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn more_inputs_than_fit_registers() {
    for inputs in [3, 4, 5, 9] {
        let mut projections: Vec<Projection> = Vec::new();
        for input in 0..inputs {
            let delay = 4 + 3 * input;
            projections.push(match input % 4 {
                0 => hebbian(0, delay, 0.02),
                1 => projection(1, 0, delay, -0.05, 12.0),
                2 => projection(0, 0, delay, 0.02, 0.0),
                _ => Projection { by_memberships: true, ..projection(1, 0, delay, -0.01, 8.0) },
            });
            projections.push(projection(0, 1, delay, 0.01, 20.0));
        }
        let network = network(vec![population(65, 7), population(64, 5)], projections, 33, 100);
        assert_exact(&format!("{inputs} inputs"), &network);
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn no_projections_no_noise_and_many_populations() {
    let mut quiet = population(3, 2);
    quiet.noise = 0;
    assert_exact("no projections", &network(vec![quiet.clone()], Vec::new(), 0, 100));
    let populations: Vec<_> = (0..300).map(|index| population(1 + index % 3, index % 5)).collect();
    let mut projections: Vec<_> =
        (0..299).map(|index| projection(index, index + 1, 3 + index as u32 % 7, 0.5, 15.0)).collect();
    projections.push(hebbian(0, 11, 0.1));
    assert_exact("300 populations", &network(populations, projections, 2, 40));
}

/// Where workgroups fill rows, the last row has some to spare: they must leave everybody alone.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn workgroups_in_rows() {
    // A population has workgroups of its own.
    for (populations, across) in [(5, 2), (6, 4), (10, 3), (11, 4), (13, 5), (300, 7)] {
        let all = (0..populations).map(|index| population(1 + index % 3, index % 5)).collect();
        let ring = |index: usize| projection(index, (index + 1) % populations as usize, 3, 0.5, 15.0);
        let network = network(all, (0..populations as usize).map(ring).collect(), 0, 60);
        assert!(spikes_of(&network) > 0, "a silent network tests nothing: {populations}");
        let blocks: Vec<Block> = Schedule::new(&network, 0, network.block_steps()).collect();
        for gpu in gpus() {
            let gpu = gpu.with_workgroups_across(across);
            let difference = first_difference(&gpu, &network, &blocks, &network.initial_state());
            assert_eq!(difference, None, "{populations} workgroups, {across} across");
        }
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn saturation_is_counted_alike() {
    let mut wild = population(40, 0);
    wild.threshold = mv(1000.0);
    wild.drive = mv(600.0);
    let mut low = population(40, 3);
    low.drive = mv(-900.0);
    let mut strong = projection(0, 1, 3, -8000.0, 0.0);
    (strong.weight, strong.weight_shift) = (i32::MIN, 0);
    let mut endless = projection(0, 0, 3, 0.0, 1e6);
    (endless.weight, endless.weight_shift) = (i32::MAX, 0);
    let network = network(vec![wild, low], vec![strong, endless, projection(0, 0, 4, 900.0, 0.0)], 0, 60);
    let mut reference = Reference::new(&network);
    (0..60).for_each(|_| reference.advance());
    let counts = reference.last(32).1;
    let layout = network.counts_layout();
    for entry in [layout.saturated_potentials(0), layout.saturated_potentials(1), layout.saturated_inputs(1)] {
        assert!(counts.chunks(layout.len()).any(|row| row[entry] > 0), "nothing saturates at {entry}");
    }
    assert_exact("saturation", &network);
}

/// Neurons that differ, adapt, fire at random and have Poisson input, with few inputs beside and more than fit registers;
/// steps of blocks that do not begin where a call of four steps does.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn what_neurons_have_for_themselves() {
    for (size, patterns, delays) in [(1, 1, [10; 4]), (65, 33, [7, 9, 40, 13]), (129, 0, [32; 4]), (70, 200, [1; 4])] {
        let mut network = memory(size, patterns, delays, 110);
        individualise(&mut network, 2.0);
        assert!(size == 1 || spikes_of(&network) > 0, "a silent network tests nothing: {size}");
        assert_exact(&format!("{size} individual neurons, delays {delays:?}"), &network);
    }
    let projections = (0..6).map(|input| match input % 2 {
        0 => projection(1, 0, 4 + input, -0.05, 12.0),
        _ => projection(0, 0, 4 + input, 0.02, 0.0),
    });
    let mut many = network(vec![population(65, 7), population(64, 0)], projections.collect(), 0, 80);
    individualise(&mut many, 3.0);
    assert_exact("more inputs than fit registers beside private ones", &many);
    let mut alone = network(vec![population(40, 3)], Vec::new(), 0, 70);
    individualise(&mut alone, 1.0);
    assert_exact("private inputs alone", &alone);
    // Private inputs and potentials that leave their range.
    let mut wild = memory(66, 20, [5; 4], 60);
    individualise(&mut wild, 900.0);
    for (private, weight) in wild.privates.iter_mut().zip([i32::MAX >> 3, i32::MAX, i32::MAX >> 2]) {
        (private.weight, private.weight_shift) = (weight, 0);
    }
    let mut reference = Reference::new(&wild);
    (0..60).for_each(|_| reference.advance());
    let layout = wild.counts_layout();
    let counts = reference.last(32).1;
    for entry in [layout.saturated_inputs(4), layout.saturated_inputs(5), layout.saturated_potentials(1)] {
        assert!(counts.chunks(layout.len()).any(|row| row[entry] > 0), "nothing saturates at {entry}");
    }
    assert_exact("private inputs that saturate", &wild);
    // Negative control: one bit of one table, one neuron's parameter.
    let blocks: Vec<Block> = Schedule::new(&many, 0, 32).collect();
    let differs = |change: fn(&mut Spiking)| {
        let mut other = many.clone();
        change(&mut other);
        let mut engine = Engine::new(&gpu(), Arc::new(other)).expect("the engine starts");
        let mut reference = Reference::new(&many);
        blocks.iter().any(|&block| {
            engine.submit(block).expect("the block is taken");
            engine.collect().expect("the block is done");
            (0..block.steps).for_each(|_| reference.advance());
            state_difference(&engine.snapshot().expect("a snapshot"), &reference.snapshot()).is_some()
        })
    };
    assert!(!differs(|_| {}));
    assert!(differs(|network| network.populations[0].own.decays[64] ^= 1 << 12));
    assert!(differs(|network| network.populations[0].own.gains[0][3] ^= 1 << 20));
    assert!(differs(|network| network.populations[0].own.noises[5] ^= 1));
    assert!(differs(|network| network.populations[0].own.thresholds[7] -= mv(1.0)));
    assert!(differs(|network| network.privates[0].weight ^= 1 << 6));
    assert!(differs(|network| {
        let Source::Poisson(poisson) = &mut network.privates[2].source else { panic!("a Poisson input") };
        poisson.below[0] ^= 1 << 25;
    }));
    assert!(differs(|network| {
        let escape = network.populations[1].escape.as_mut().expect("escape noise");
        escape.probabilities.iter_mut().for_each(|probability| *probability ^= 1 << 27);
    }));
}

/// The control of all of the above: each comparison sees one bit.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn one_bit_is_noticed() {
    let network = memory(65, 20, [10; 4], 40);
    let blocks: Vec<Block> = Schedule::new(&network, 0, 32).collect();
    let mut start = network.initial_state();
    assert_eq!(first_difference(&gpu(), &network, &blocks, &start), None);
    start.potentials[64] ^= 1 << 12;
    assert!(
        first_difference(&gpu(), &network, &blocks, &start)
            .is_some_and(|difference| difference.starts_with("potentials"))
    );

    let mut reference = Reference::new(&network);
    (0..40).for_each(|_| reference.advance());
    let (spikes, counts) = reference.last(10);
    let block = Block { start_step: 30, steps: 10, probe: false };
    let result = BlockResult { spikes, counts, ..BlockResult::new(block) };
    assert_eq!(result_difference(&result, &reference), None);
    let mut other = result.clone();
    other.spikes[3] ^= 1;
    assert_eq!(result_difference(&other, &reference), Some("spikes"));
    let mut other = result.clone();
    other.counts[7] ^= 1;
    assert_eq!(result_difference(&other, &reference), Some("rows of counts"));

    let state = reference.snapshot();
    type Change = fn(&mut Snapshot);
    let changes: [(&str, Change); 6] = [
        ("step", |state| state.step ^= 1),
        ("potentials", |state| state.potentials[64] ^= 1),
        ("refractory", |state| state.refractory[64] ^= 1),
        ("inputs", |state| state.inputs[3][0] ^= 1),
        ("counts", |state| state.counts[5] ^= 1),
        ("history", |state| state.history[64] ^= 1),
    ];
    for (name, change) in changes {
        let mut other = state.clone();
        change(&mut other);
        assert_eq!(state_difference(&other, &state), Some(name));
    }
}

/// Many blocks in flight, in partial submissions too, give what single blocks give; probes are the state they name.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn blocks_in_flight_and_probes() {
    let network = Arc::new(memory(100, 40, [3, 4, 5, 6], 600));
    let blocks: Vec<Block> = Schedule::new(&network, 0, 3).collect();
    let gpu = gpu();
    let mut engine = Engine::new(&gpu, Arc::clone(&network)).expect("the engine starts");
    let mut reference = Reference::new(&network);
    let queue = engine.queue_blocks();
    assert!(blocks.len() > queue && queue > 1, "{} blocks, {queue} in flight", blocks.len());
    let (mut submitted, mut probed) = (0, 0);
    for (collected, &block) in blocks.iter().enumerate() {
        while submitted < blocks.len() && submitted - collected < queue {
            engine.submit(blocks[submitted]).expect("the block is taken");
            submitted += 1;
        }
        let result = engine.collect().expect("the block is done");
        (0..block.steps).for_each(|_| reference.advance());
        let (spikes, counts) = reference.last(block.steps);
        assert_eq!((result.block, &result.spikes, &result.counts), (block, &spikes, &counts));
        let state = reference.snapshot();
        let expected: Vec<i32> = vec![
            state.potentials[0],
            state.potentials[99],
            state.inputs[0][0],
            state.inputs[1][0],
            state.inputs[2][0],
            state.inputs[3][0],
        ];
        assert_eq!(result.probes, if block.probe { expected } else { Vec::new() }, "{block:?}");
        probed += usize::from(block.probe);
        engine.recycle(result);
    }
    assert_eq!(probed, 600 / 25);
    assert_eq!(engine.snapshot().expect("a snapshot"), reference.snapshot());
}

/// From a snapshot in the middle an engine, another one even, goes on as if nothing had happened.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn a_restored_engine_goes_on() {
    let network = Arc::new(memory(66, 33, [7, 20, 40, 64], 300));
    let gpu = gpu();
    let mut engine = Engine::new(&gpu, Arc::clone(&network)).expect("the engine starts");
    let run = |engine: &mut Engine, blocks: &[Block]| -> Vec<_> {
        let results = blocks.iter().map(|&block| {
            engine.submit(block).expect("the block is taken");
            engine.collect().expect("the block is done")
        });
        results.collect()
    };
    let blocks: Vec<Block> = Schedule::new(&network, 0, 5).collect();
    let (head, tail) = blocks.split_at(blocks.len() / 2);
    run(&mut engine, head);
    let middle = engine.snapshot().expect("a snapshot");
    let expected = run(&mut engine, tail);
    let mut other = Engine::new(&gpu, Arc::clone(&network)).expect("the engine starts");
    other.restore(&middle).expect("the state is taken");
    assert_eq!(run(&mut other, tail), expected);
    engine.restore(&middle).expect("the state is taken");
    assert_eq!(engine.snapshot().expect("a snapshot"), middle);
    assert_eq!(run(&mut engine, tail), expected);
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn steps_beyond_32_bits() {
    let network = Arc::new(memory(64, 10, [10; 4], (1 << 35) + 100));
    let mut engine = Engine::new(&gpu(), Arc::clone(&network)).expect("the engine starts");
    let mut state = network.initial_state();
    state.step = (1 << 32) - 13;
    engine.restore(&state).expect("the state is taken");
    let block = Block { start_step: state.step, steps: 10, probe: false };
    engine.submit(block).expect("the block is taken");
    engine.submit(Block { start_step: block.end_step(), ..block }).expect("the block is taken");
    engine.collect().expect("the block is done");
    engine.collect().expect("the block is done");
    // Without spikes and inputs a potential follows from its draws.
    let after = engine.snapshot().expect("a snapshot");
    let neuron = (0..64u32)
        .find(|&neuron| after.refractory[neuron as usize] == 0 && state.potentials[neuron as usize] < mv(9.0));
    let neuron = neuron.expect("a neuron far from its threshold");
    let population = &network.populations[0];
    let mut potential = state.potentials[neuron as usize];
    for step in state.step..state.step + 10 {
        let sum = i64::from(population.decay) * i64::from(potential);
        let noise = population.noise * network.noise(neuron, step);
        potential = attractor::fixed::round_shift(sum, population.shift) as i32 + population.drive + noise;
    }
    let mut again = Engine::new(&gpu(), Arc::clone(&network)).expect("the engine starts");
    again.restore(&state).expect("the state is taken");
    again.submit(block).expect("the block is taken");
    again.collect().expect("the block is done");
    assert_eq!(again.snapshot().expect("a snapshot").potentials[neuron as usize], potential);
}
