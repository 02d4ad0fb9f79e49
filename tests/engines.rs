//! The engines against each other and against an explicit one: every variable after every block, bit for bit.

mod support;

use std::sync::Arc;

use attractor::engine::cpu::host::Instructions;
use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::{Block, BlockResult, Engine, EngineError, EngineInfo};
use attractor::model::spiking::{
    Adaptation, Escape, PatternSource, Patterns, Poisson, Projection, ProjectionKind, Spiking as Model, Spread,
};
use attractor::network::spiking::{Snapshot, Spiking};
use attractor::schedule::Timeline;
use support::compare::{first_difference, first_difference_over};
use support::dense::Dense;
use support::engines::{adapter, cpu, on_gpu};
use support::{bench, compile, cue, memory, population, projection, steps};

/// A small memory with all kinds of projections, cued from the start.
fn varied(size: u32, patterns: usize, duration_ms: f64) -> Model {
    let mut model = memory(size, 7, duration_ms);
    if let Some(stored) = &mut model.patterns {
        stored.count = patterns;
    }
    // Inhibition onto inhibition, and excitation of it by jumps.
    let global = |from, to, jump_mv| projection(from, to, ProjectionKind::Global, jump_mv);
    model.projections.push(Projection { delay_steps: 17, ..global(1, 2, -0.5) });
    model.projections.push(Projection { delay_steps: 12, ..global(2, 2, -0.25) });
    model.projections.push(Projection { tau_syn_ms: 0.0, delay_steps: 23, ..global(0, 1, 0.125) });
    model.projections.push(Projection { tau_syn_ms: 0.0, autapses: true, ..global(1, 1, -0.125) });
    if patterns > 0 {
        model.stimuli = vec![cue(0, 5.0, 30.3), cue(patterns - 1, 12.0, 20.0)];
    }
    model
}

fn with_delays(mut model: Model, delays: &[u32]) -> Model {
    for (projection, &delay) in model.projections.iter_mut().zip(delays.iter().cycle()) {
        projection.delay_steps = delay;
    }
    model
}

fn with_excitation(mut model: Model, factor: f64) -> Model {
    model.projections[0].jump_mv *= factor;
    model
}

/// The networks of all comparisons, small enough for the explicit engine.
fn small_networks() -> Vec<(String, Spiking)> {
    let mut models = Vec::new();
    for size in [1, 2, 63, 64, 65, 255, 256, 257] {
        let mut model = varied(size, 31, 40.0);
        if let Some(patterns) = &mut model.patterns {
            patterns.source = PatternSource::Drawn { exact: false };
            patterns.activity = 0.3;
        }
        models.push((format!("size {size}"), model));
    }
    for patterns in [0, 1, 31, 32, 33, 90, 1000] {
        models.push((format!("{patterns} patterns"), varied(100, patterns, 40.0)));
    }
    for delays in [&[1][..], &[32], &[33], &[10, 150], &[3, 64, 65, 200], &[31, 32, 33]] {
        models.push((format!("delays {delays:?}"), with_delays(varied(100, 20, 60.0), delays)));
    }
    for size in [1, 63, 100, 257] {
        models.push((format!("{size} individual neurons"), individual(size, 60.0)));
    }
    models.push(("individual neurons that saturate".to_owned(), saturating_individuals(130)));
    for (name, change) in single_features() {
        let mut model = with_delays(varied(100, 20, 50.0), &[7, 15, 33]);
        change(&mut model);
        models.push((name.to_owned(), model));
    }
    models.push(("runaway".to_owned(), with_excitation(varied(200, 90, 60.0), 1.2)));
    models.push(("saturation".to_owned(), saturating(200)));
    models.into_iter().map(|(name, model)| (name, compile(&model))).collect()
}

/// Neurons that have everything for themselves.
fn individual(size: u32, duration_ms: f64) -> Model {
    let mut model = varied(size, 31, duration_ms);
    support::individualise(&mut model);
    model
}

/// What a test makes of a model.
type Change = fn(&mut Model);

/// What neurons can have for themselves, one by one.
fn single_features() -> [(&'static str, Change); 8] {
    [
        ("poisson current", |model| model.populations[0].poisson = poisson(2000.0, 0.5, 5.0)),
        ("poisson jump", |model| model.populations[0].poisson = poisson(2000.0, 0.5, 0.0)),
        ("no events", |model| model.populations[0].poisson = poisson(0.0, 0.5, 0.0)),
        ("many events", |model| model.populations[0].poisson = poisson(2e6, 0.001, 3.0)),
        ("escape", |model| model.populations[0].escape = Some(Escape { rate_hz: 200.0, width_mv: 1.0 })),
        ("adaptation", |model| model.populations[0].adaptation = Some(Adaptation { jump_mv: 2.0, tau_ms: 50.0 })),
        ("spread of tau_m", |model| model.populations[0].spread.tau_m_ms = 8.0),
        ("spread of thresholds and drives", |model| {
            model.populations[0].spread = Spread { threshold_mv: 5.0, drive_mv: 5.0, ..Spread::default() };
        }),
    ]
}

fn poisson(rate_hz: f64, weight_mv: f64, tau_syn_ms: f64) -> Option<Poisson> {
    Some(Poisson { rate_hz, weight_mv, tau_syn_ms })
}

/// Private inputs so strong that they leave their range, and potentials with them.
fn saturating_individuals(size: u32) -> Model {
    let mut model = individual(size, 60.0);
    model.populations[0].poisson = poisson(9000.0, 600.0, 50.0);
    model.populations[1].poisson = poisson(9000.0, -70.0, 0.0);
    model.populations[1].adaptation = Some(Adaptation { jump_mv: -8000.0, tau_ms: 500.0 });
    model
}

/// Excitation so strong that inputs and potentials leave their range, and inhibition that does so below.
fn saturating(size: u32) -> Model {
    let mut model = with_excitation(varied(size, 90, 60.0), 10.0);
    model.projections[0].jump_mv = 300.0;
    model.projections[0].delay_steps = 4;
    model.projections[4].jump_mv = -900.0;
    model.projections.push(Projection {
        tau_syn_ms: 0.0,
        delay_steps: 5,
        ..projection(0, 2, ProjectionKind::Global, -700.0)
    });
    model.projections.push(Projection { tau_syn_ms: 50.0, ..projection(0, 0, ProjectionKind::Hebbian, -8000.0) });
    model
}

#[test]
fn low_rank_counts_are_the_explicit_sums() {
    let mut spikes = 0;
    for (name, network) in small_networks() {
        let compared = first_difference(&network, &mut cpu(&network, 1), &mut Dense::new(&network));
        spikes += compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
    }
    assert!(spikes > 5_000, "{spikes} spikes are too few to show anything");
}

/// Sums that 16 bits do not hold, with vectors and threads; then so many patterns that 16 bits do not hold n_i.
#[test]
fn counts_and_memberships_beyond_16_bits_are_exact() {
    for (size, patterns, duration_ms) in [(60, 20_000, 40.0), (13, 70_000, 300.0)] {
        let mut model = varied(size, patterns, duration_ms);
        let stored = model.patterns.as_mut().expect("patterns");
        stored.source = PatternSource::Given(vec![(0..size).collect(); patterns]);
        model.projections[0].jump_mv /= patterns as f64;
        let network = compile(&model);
        for instructions in Cpu::instructions() {
            let shared = Arc::new(network.clone());
            let mut engine = Cpu::with_instructions(shared, 2, instructions).expect("an engine");
            let compared = first_difference(&network, &mut engine, &mut Dense::new(&network));
            let spikes = compared.unwrap_or_else(|difference| panic!("{patterns}, {instructions:?}: {difference}"));
            assert!(spikes > 50, "{spikes} spikes are too few to show anything");
        }
    }
}

/// The hash of a whole run.
fn hash(network: &Spiking, engine: &mut dyn Engine) -> String {
    let mut hashing = attractor::record::spiking::Hashing::new(network);
    attractor::simulate::run(network.blocks(), engine, &mut hashing, &false.into()).expect("a run");
    hashing.run_hash()
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn gpu_and_cpu_agree_on_every_small_network() {
    let adapter = adapter();
    for (name, network) in small_networks() {
        let compared = first_difference(&network, &mut cpu(&network, 2), &mut on_gpu(&adapter, &network));
        compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
        assert_eq!(hash(&network, &mut cpu(&network, 2)), hash(&network, &mut on_gpu(&adapter, &network)), "{name}");
        let ragged = ragged(&network, 3).into_iter();
        let compared = first_difference_over(ragged, &mut cpu(&network, 1), &mut on_gpu(&adapter, &network));
        compared.unwrap_or_else(|difference| panic!("{name}, cut anywhere: {difference}"));
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn gpu_and_cpu_agree_at_a_thousand_and_eight_thousand_neurons() {
    let adapter = adapter();
    let runaway = |size| with_excitation(varied(size, 90, 150.0), 1.2);
    for (name, model) in [
        ("1000", varied(1000, 90, 100.0)),
        ("1000 individual neurons", individual(1000, 60.0)),
        ("8000", varied(8000, 90, 40.0)),
        ("1000 patterns", varied(1000, 1000, 30.0)),
        ("runaway", runaway(1000)),
        ("ten times the excitation", with_excitation(varied(1000, 90, 80.0), 10.0)),
    ] {
        let network = compile(&model);
        let compared = first_difference(&network, &mut cpu(&network, 2), &mut on_gpu(&adapter, &network));
        assert!(compared.unwrap_or_else(|difference| panic!("{name}: {difference}")) > 0, "{name}: no spikes");
    }
}

/// Whole runs of the configurations, as people run them.
#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn gpu_and_cpu_give_the_configurations_one_run_hash() {
    let adapter = adapter();
    for name in ["attractor-8k", "bench-8k", "small"] {
        let path = format!("{}/configs/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let (_, model) = attractor::model::Model::load(path.as_ref(), &[]).unwrap_or_else(|error| panic!("{error}"));
        let compiled = attractor::compile::compile(&model).expect("a network");
        let attractor::network::Network::Spiking(network) = compiled else { panic!("another model") };
        // Every variable after every block of the first 60 ms, then the hash of the whole run.
        let start = Spiking { steps: network.steps.min(600), ..network.clone() };
        let compared = first_difference(&start, &mut cpu(&start, 2), &mut on_gpu(&adapter, &start));
        compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
        let on_cpu = hash(&network, &mut cpu(&network, 2));
        assert_eq!(hash(&network, &mut on_gpu(&adapter, &network)), on_cpu, "{name}");
        // Negative control: another seed is another hash.
        let other = Spiking { seed: network.seed + 1, ..network.clone() };
        assert_ne!(hash(&other, &mut cpu(&other, 1)), on_cpu, "{name}");
    }
}

#[test]
fn the_saturating_network_saturates_potentials_and_inputs() {
    let network = compile(&saturating(200));
    let layout = network.counts_layout();
    let mut engine = cpu(&network, 1);
    let (mut potentials, mut inputs) = (0, 0);
    for block in attractor::schedule::Schedule::new(&network, 0, 32) {
        engine.submit(block).expect("a block");
        for row in engine.collect().expect("its result").counts.chunks_exact(layout.len()) {
            potentials += row[layout.saturated_potentials(0)..layout.saturated_inputs(0)].iter().sum::<u32>();
            inputs += row[layout.saturated_inputs(0)..].iter().sum::<u32>();
        }
    }
    assert!(potentials > 0 && inputs > 0, "{potentials} potentials and {inputs} inputs saturated");
}

/// Each draw is of its neuron, its step and its stream: a change of one population's input leaves the others as they were.
#[test]
fn what_neurons_have_for_themselves_changes_nothing_else() {
    let run_of = |change: Change| {
        let mut model = individual(100, 40.0);
        model.projections.clear();
        model.populations[2].drive_mv = 25.0;
        change(&mut model);
        let network = compile(&model);
        let (_, state) = run(&network, attractor::schedule::Schedule::new(&network, 0, 32));
        [0..100, 100..112, 112..124].map(|neurons: std::ops::Range<usize>| state.potentials[neurons].to_vec())
    };
    let all = run_of(|_| {});
    let other = run_of(|model| model.populations[1].poisson = None);
    assert_eq!((&all[0], &all[2]), (&other[0], &other[2]));
    assert_ne!(all[1], other[1]);
    let other = run_of(|model| model.populations[2].escape = None);
    assert_eq!((&all[0], &all[1]), (&other[0], &other[1]));
    assert_ne!(all[2], other[2]);
    // A parameter that is drawn leaves the draws of the others.
    let network = |change: Change| {
        let mut model = individual(100, 40.0);
        change(&mut model);
        compile(&model)
    };
    let (both, one) = (network(|_| {}), network(|model| model.populations[0].spread.tau_m_ms = 0.0));
    assert_eq!(both.populations[0].own.thresholds, one.populations[0].own.thresholds);
    assert_ne!(both.populations[0].own.drives, one.populations[0].own.drives, "drives are of a step");
}

#[test]
fn every_instruction_set_and_thread_count_gives_the_same_bits() {
    let of_all_kinds =
        [varied(1000, 90, 60.0), saturating(300), bench(2000, 30.0), with_delays(varied(65, 33, 60.0), &[1])];
    let individuals = [individual(600, 60.0), saturating_individuals(270), with_delays(individual(65, 60.0), &[1])];
    for model in of_all_kinds.into_iter().chain(individuals) {
        let network = compile(&model);
        for instructions in Cpu::instructions() {
            for threads in [1, 2, 3] {
                let shared = Arc::new(network.clone());
                let mut other = Cpu::with_instructions(shared.clone(), threads, instructions).expect("an engine");
                let mut plain = Cpu::with_instructions(shared, 1, Instructions::Baseline).expect("an engine");
                let compared = first_difference(&network, &mut plain, &mut other);
                compared.unwrap_or_else(|difference| panic!("{instructions:?}, {threads} threads: {difference}"));
            }
        }
    }
}

/// Blocks cut at arbitrary places, none longer than allowed.
fn ragged(network: &Spiking, seed: u32) -> Vec<Block> {
    let mut draws = attractor::random::Draws::new(5, attractor::random::Stream::Order, 0, seed);
    let mut blocks = Vec::new();
    for whole in attractor::schedule::Schedule::new(network, 0, network.block_steps()) {
        let mut start = whole.start_step;
        while start < whole.end_step() {
            let rest = (whole.end_step() - start) as u32;
            let steps = 1 + draws.below(rest);
            blocks.push(Block { start_step: start, steps, probe: false });
            start += u64::from(steps);
        }
    }
    blocks
}

#[test]
fn blocks_cut_anywhere_give_the_same_run() {
    let individuals = with_delays(individual(100, 60.0), &[32, 77]);
    for model in [varied(200, 33, 60.0), with_delays(varied(100, 20, 60.0), &[32, 77]), individuals] {
        let network = compile(&model);
        let reference = run(&network, attractor::schedule::Schedule::new(&network, 0, 32));
        for seed in 0..5 {
            assert_eq!(run(&network, ragged(&network, seed).into_iter()), reference);
        }
        // Negative control: a run that lacks its last block is another one.
        let mut short = ragged(&network, 1);
        short.pop();
        assert_ne!(run(&network, short.into_iter()), reference);
    }
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
fn a_restored_engine_goes_on_as_the_one_it_was_taken_from() {
    for model in [varied(100, 33, 60.0), with_delays(varied(65, 20, 60.0), &[33, 150]), individual(100, 61.3)] {
        let network = compile(&model);
        let blocks: Vec<Block> = attractor::schedule::Schedule::new(&network, 0, network.block_steps()).collect();
        let (before, after) = blocks.split_at(blocks.len() / 2);
        let mut first = cpu(&network, 1);
        for &block in before {
            first.submit(block).expect("a block");
            first.collect().expect("its result");
        }
        let mut second = cpu(&network, 2);
        let snapshot = first.snapshot().expect("a snapshot");
        second.restore(&snapshot).expect("a restored engine");
        let spikes = first_difference_over(after.iter().copied(), &mut first, &mut second).expect("no difference");
        assert!(spikes > 0);
    }
}

/// What a liar does to a result and to a state.
type Lie = fn(&mut BlockResult, &mut Snapshot);

/// An engine that lies about one bit of one variable from one step on.
struct OneBitOff {
    engine: Cpu,
    at_step: u64,
    lie: Lie,
}

impl Engine for OneBitOff {
    fn info(&self) -> &EngineInfo {
        self.engine.info()
    }

    fn queue_blocks(&self) -> usize {
        1
    }

    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        self.engine.submit(block)
    }

    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        let mut result = self.engine.collect()?;
        if result.block.end_step() > self.at_step {
            (self.lie)(&mut result, &mut self.engine.snapshot()?);
        }
        Ok(result)
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        let mut snapshot = self.engine.snapshot()?;
        if snapshot.step > self.at_step {
            let block = Block { start_step: 0, steps: 1, probe: false };
            let mut result = BlockResult { spikes: vec![0], counts: vec![0], ..BlockResult::new(block) };
            (self.lie)(&mut result, &mut snapshot);
        }
        Ok(snapshot)
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.engine.restore(snapshot)
    }
}

#[test]
fn the_comparison_sees_a_single_flipped_bit_of_every_variable() {
    let network = compile(&individual(65, 30.0));
    let lies: [(&str, Lie); 9] = [
        ("spikes", |result, _| result.spikes[0] ^= 1),
        ("counts", |result, _| result.counts[0] ^= 1),
        ("potential", |_, snapshot| snapshot.potentials[64] ^= 1),
        ("refractory", |_, snapshot| snapshot.refractory[0] ^= 1),
        ("input", |_, snapshot| snapshot.inputs[0][3] ^= 1),
        ("poisson input", |_, snapshot| snapshot.inputs[9][64] ^= 1),
        ("adaptation", |_, snapshot| snapshot.inputs[10][0] ^= 1),
        ("ring", |_, snapshot| snapshot.counts[5] ^= 1),
        ("history", |_, snapshot| snapshot.history[2] ^= 1),
    ];
    for (name, lie) in lies {
        let mut liar = OneBitOff { engine: cpu(&network, 1), at_step: steps(20.0), lie };
        let compared = first_difference(&network, &mut cpu(&network, 1), &mut liar);
        assert!(compared.is_err(), "a flipped bit in {name} went unseen");
    }
}

#[test]
fn an_arrival_is_in_the_input_after_the_delay_and_in_the_potential_one_step_later() {
    // One neuron that spikes in step 0 (drive far above threshold), one that listens.
    let source = attractor::model::spiking::Population {
        initial_low_mv: 19.9,
        initial_high_mv: 19.9,
        drive_mv: 1000.0,
        ..population("source", 1)
    };
    for (tau_syn_ms, first_step) in [(5.0, 8), (0.0, 7)] {
        let mut model = support::alone(source.clone(), 20);
        model.populations.push(population("target", 1));
        model.record = support::record(2, 20);
        let listens = projection(0, 1, ProjectionKind::Global, 1.0);
        model.projections = vec![Projection { delay_steps: 7, tau_syn_ms, ..listens }];
        let network = compile(&model);
        let mut engine = cpu(&network, 1);
        for step in 0..12 {
            engine.submit(Block { start_step: step, steps: 1, probe: false }).expect("a step");
            engine.collect().expect("its result");
            let state = engine.snapshot().expect("a snapshot");
            // Current: in I after step D = 7, V moves in step 8. Jump: in V after step 7.
            assert_eq!(state.potentials[1] > 0, step >= first_step, "tau_syn {tau_syn_ms} ms, step {step}");
            if tau_syn_ms > 0.0 {
                assert_eq!(state.inputs[0][0] > 0, step >= 7, "step {step}");
            }
        }
    }
}

#[test]
fn patterns_of_every_neuron_and_none_are_legal() {
    let mut model = varied(40, 3, 20.0);
    let all: Vec<u32> = (0..40).collect();
    model.patterns = Some(Patterns {
        further_populations: Vec::new(),
        population: 0,
        count: 3,
        activity: 0.6,
        source: PatternSource::Given(vec![all, vec![5], vec![0, 39]]),
    });
    let network = compile(&model);
    first_difference(&network, &mut cpu(&network, 2), &mut Dense::new(&network)).expect("no difference");
}
