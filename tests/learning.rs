//! Learning and forgetting while a run goes on, guards and trials: engines against each other and against an explicit one.

mod support;

use std::sync::Arc;

use attractor::engine::Block;
use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::gpu;
use attractor::engine::{Alarm, BlockResult, Changed, Conductor, Engine, EngineError, EngineInfo, Rewire, conducted};
use attractor::model::spiking::{
    Adaptation, Change, ChangeAction, Connections, Coupling, CouplingForm, Escape, Guard, Poisson, Projection,
    Representation, Spiking as Model, Stimulus, StimulusTarget,
};
use attractor::network::spiking::{Memories, Snapshot, Spiking};
use attractor::record::spiking::Hashing;
use attractor::schedule::{Schedule, Timeline};
use attractor::simulate::{Collect, Observer, run, run_trials};
use attractor::verify::{Outcome, compare};
use support::compare::{first_difference, first_difference_over};
use support::dense::Dense;
use support::engines::adapter;
use support::{compile, cue, memory, steps};

/// A group of neurons is driven hard.
fn group(group: u32, start_ms: f64, stop_ms: f64) -> Stimulus {
    Stimulus { target: StimulusTarget::Group { group, fraction: 0.2 }, amplitude_mv: 60.0, ..cue(0, start_ms, stop_ms) }
}

fn learn(at_ms: f64, pattern: usize, window_ms: f64) -> Change {
    let action = ChangeAction::Learn { window_steps: steps(window_ms), above_hz: 40.0 };
    Change { step: steps(at_ms), pattern, action }
}

fn forget(at_ms: f64, pattern: usize) -> Change {
    Change { step: steps(at_ms), pattern, action: ChangeAction::Forget }
}

/// A small memory that learns two patterns and forgets two, with delays from short to longer than what is between changes.
fn changing(size: u32, patterns: usize, delays: &[u32]) -> Spiking {
    compile(&changing_model(size, patterns, delays))
}

fn changing_model(size: u32, patterns: usize, delays: &[u32]) -> Model {
    let mut model = memory(size, 5, 70.0);
    if let Some(own) = &mut model.patterns {
        own.count = patterns;
    }
    model.projections.push(Projection { delay_steps: 17, jump_mv: 0.3, ..model.projections[0].clone() });
    // Without its own spikes, and with them.
    model.projections[5].autapses = true;
    for (projection, &delay) in model.projections.iter_mut().zip(delays.iter().cycle()) {
        projection.delay_steps = delay;
    }
    model.stimuli = vec![group(0, 5.0, 25.0), group(1, 30.0, 48.5)];
    model.changes = vec![
        learn(27.3, patterns, 22.0),
        forget(40.0, 0),
        learn(50.0, patterns + 1, 20.0),
        // Its members are cued all the same.
        forget(61.1, patterns),
    ];
    if patterns == 0 {
        model.changes.remove(1);
    }
    model.stimuli.push(cue(patterns, 52.0, 66.0));
    model
}

/// The same through sparse connections: drawn as they are needed, stored, clipped, of a number of sources each.
fn sparse(representation: Representation, delays: &[u32]) -> Model {
    let mut model = changing_model(130, 3, delays);
    let dilute = |projection: &mut Projection, connections, factor: f64| {
        (projection.connections, projection.representation) = (connections, representation);
        projection.jump_mv *= factor;
    };
    dilute(&mut model.projections[0], Connections::Probability(0.3), 3.0);
    dilute(&mut model.projections[3], Connections::Probability(0.5), 2.0);
    model.projections[5].clip = Some(1);
    model.projections[2].connections = Connections::Indegree { count: 40, multapses: false };
    model
}

/// The same with weights of other rules: signed ones that fade with age, and a sequence.
fn coupled(delays: &[u32]) -> Model {
    let mut model = changing_model(130, 3, delays);
    model.projections[0].coupling = Coupling { a: 0.1, fade: 0.7, ..Coupling::default() };
    let sequence = Coupling { form: CouplingForm::Sequence { cycle: true }, ..Coupling::default() };
    model.projections[5].coupling = sequence;
    model
}

/// The same with neurons that have something of their own: Poisson input, escape noise, adaptation, drives that differ.
fn individual(delays: &[u32]) -> Model {
    let mut model = changing_model(130, 3, delays);
    let excitatory = &mut model.populations[0];
    excitatory.poisson = Some(Poisson { rate_hz: 900.0, weight_mv: 0.2, tau_syn_ms: 3.0 });
    excitatory.escape = Some(Escape { rate_hz: 125.0, width_mv: 1.5 });
    excitatory.adaptation = Some(Adaptation { jump_mv: 0.5, tau_ms: 80.0 });
    excitatory.spread.drive_mv = 0.7;
    model
}

const DELAYS: [&[u32]; 4] = [&[10], &[1, 33], &[10, 150, 64], &[32, 300]];

fn networks() -> Vec<(String, Spiking)> {
    let mut networks = Vec::new();
    for delays in DELAYS {
        for (size, patterns) in [(64, 3), (130, 31), (65, 0)] {
            if patterns == 0 || size == 130 && delays.len() == 3 || size == 64 {
                networks.push((
                    format!("{size} neurons, {patterns} patterns, delays {delays:?}"),
                    changing(size, patterns, delays),
                ));
            }
        }
    }
    for (representation, delays) in [(Representation::Procedural, DELAYS[2]), (Representation::Stored, DELAYS[1])] {
        let name = format!("{representation:?} connections, delays {delays:?}");
        networks.push((name, compile(&sparse(representation, delays))));
    }
    for delays in [DELAYS[1], DELAYS[2]] {
        networks.push((format!("couplings, delays {delays:?}"), compile(&coupled(delays))));
    }
    networks.push(("neurons of their own".to_owned(), compile(&individual(DELAYS[2]))));
    networks
}

fn cpu(network: &Spiking, threads: usize) -> Conductor<Cpu> {
    let network = Arc::new(network.clone());
    Conductor::new(Cpu::new(Arc::clone(&network), threads).expect("a CPU engine"), &network)
}

/// All that was learned and forgotten in a run, and its hash.
#[derive(Default)]
struct Seen {
    changes: Vec<(u64, Changed)>,
    alarms: Vec<(u64, Alarm)>,
    spikes: Collect,
    starts: usize,
}

impl Observer for Seen {
    fn start(&mut self, _: &Snapshot) -> anyhow::Result<()> {
        self.starts += 1;
        Ok(())
    }

    fn block(&mut self, result: &BlockResult) -> anyhow::Result<std::ops::ControlFlow<()>> {
        self.changes.extend(result.changes.iter().map(|change| (result.block.start_step, change.clone())));
        self.alarms.extend(result.alarm.map(|alarm| (result.block.end_step(), alarm)));
        self.spikes.block(result)
    }
}

fn seen(network: &Spiking, threads: usize, block_steps: u32) -> Seen {
    let mut seen = Seen::default();
    let schedule = Schedule::new(network, 0, block_steps);
    run(schedule, &mut cpu(network, threads), &mut seen, &false.into()).expect("a run");
    seen
}

#[test]
fn what_is_learned_acts_as_explicit_weights_do_on_spikes_on_their_way_too() {
    let mut spikes = 0;
    for (name, network) in networks() {
        let network = Arc::new(network);
        let mut dense = Conductor::new(Dense::new(&network), &network);
        let compared = first_difference(&network, &mut cpu(&network, 1), &mut dense);
        spikes += compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
        let seen = seen(&network, 1, 32);
        let learned = seen.changes.iter().filter_map(|(_, change)| match change {
            Changed::Learned { members, .. } => Some(members.len()),
            Changed::Forgotten { .. } => None,
        });
        let learned: Vec<usize> = learned.collect();
        assert_eq!((learned.len(), seen.changes.len()), (2, network.program.changes.len()), "{name}");
        assert!(learned.iter().all(|&members| members > 5), "{name}: {learned:?} members are too few to show anything");
    }
    assert!(spikes > 1_500, "{spikes} spikes are too few to show anything");
}

#[test]
fn members_are_those_who_fired_above_the_rate_in_the_window() {
    let network = changing(130, 3, &[10]);
    let seen = seen(&network, 1, 32);
    let Some((step, Changed::Learned { pattern, members })) = seen.changes.first() else {
        panic!("nothing was learned")
    };
    assert_eq!((*step, *pattern), (273, 3));
    // More than 40 Hz in 22 ms: one spike or more; counted from the spikes.
    let fired = |neuron: u32| {
        let spikes = seen.spikes.spikes.iter();
        spikes.filter(|spike| spike.neuron == neuron && (53..273).contains(&spike.step)).count()
    };
    let expected: Vec<u32> = (0..130).filter(|&neuron| fired(neuron) as f64 / 0.022 > 40.0).collect();
    assert_eq!(*members, expected);
}

#[test]
fn blocks_of_every_length_and_any_threads_learn_the_same() {
    for (name, network) in networks().into_iter().rev().take(5) {
        let reference = seen(&network, 1, 32);
        for (threads, block_steps) in [(1, 1), (2, 3), (3, 7), (2, 32)] {
            let other = seen(&network, threads, block_steps);
            assert_eq!(other.changes, reference.changes, "{name}: {threads} threads, blocks of {block_steps}");
            assert_eq!(
                other.spikes.spikes, reference.spikes.spikes,
                "{name}: {threads} threads, blocks of {block_steps}"
            );
        }
    }
}

#[test]
fn a_state_of_any_time_goes_on_as_the_run_did() {
    let network = changing(130, 3, &[10, 150, 64]);
    let blocks: Vec<Block> = network.blocks().collect();
    let mut engine = cpu(&network, 2);
    let mut states = Vec::new();
    let mut results = Vec::new();
    for &block in &blocks {
        states.push(engine.snapshot().expect("a state"));
        engine.submit(block).expect("a block");
        results.push(engine.collect().expect("its result"));
    }
    // From states before, between and after the changes, in an order of its own.
    for from in [blocks.len() - 3, 2, blocks.len() / 2, 30, 0] {
        engine.restore(&states[from]).expect("the state");
        assert_eq!(engine.snapshot().expect("a state"), states[from]);
        for at in from..blocks.len() {
            engine.submit(blocks[at]).expect("a block");
            assert_eq!(engine.collect().expect("its result"), results[at], "block {at} from {from}");
        }
    }
}

#[test]
fn weights_follow_the_mean_of_memberships() {
    let model = changing_model(200, 3, &[10]);
    let network = compile(&model);
    let known: Vec<Vec<u32>> = (0..5).map(|pattern| (0..40 + pattern).collect()).collect();
    let stored = [true, false, true, true, false];
    let revised =
        network.program.revise.network(Memories { known: &known, stored: &stored }, 0, None).expect("a network");
    assert_eq!(revised.patterns.sizes(), [40, 0, 42, 43, 0]);
    let scaled = &revised.projections[3];
    let jump_mv = f64::from(scaled.weight) * f64::powi(2.0, -(18 + scaled.weight_shift as i32));
    let mean = 125.0 / 200.0;
    assert!((jump_mv / (model.projections[3].jump_mv / mean) - 1.0).abs() < 1e-4, "{jump_mv}");
    // The cue drives members of the pattern that is known, stored or not.
    let cued = revised.stimuli[2].neurons.as_ref().expect("a cue");
    assert_eq!(cued.len(), 22);
    assert!(cued.iter().all(|neuron| known[3].contains(neuron)));
}

#[test]
fn a_comparison_sees_what_was_learned_otherwise() {
    let network = changing(130, 3, &[10]);
    let mut other = network.clone();
    let attractor::network::spiking::Action::Learn { spikes_min, .. } = &mut other.program.changes[0].action else {
        panic!("it learns first")
    };
    *spikes_min += 1;
    let mut observer = Hashing::new(&network);
    let outcome = compare(&network, [&mut cpu(&network, 1), &mut cpu(&other, 1)], &mut observer, &false.into());
    assert!(matches!(outcome.expect("a comparison"), Outcome::Different(_)));
    let same = compare(&network, [&mut cpu(&network, 1), &mut cpu(&network, 2)], &mut observer, &false.into());
    assert_eq!(same.expect("a comparison"), Outcome::Equal);
    // A lie about the course alone.
    let mut liar = Liar(cpu(&network, 1));
    let outcome = compare(&network, [&mut cpu(&network, 1), &mut liar], &mut observer, &false.into());
    let Outcome::Different(found) = outcome.expect("a comparison") else { panic!("the lie went unseen") };
    assert_eq!(found.variable_name(&network), "what was learned and what guards count");
}

/// An engine that tells of one member too few.
struct Liar(Conductor<Cpu>);

impl Engine for Liar {
    fn info(&self) -> &EngineInfo {
        self.0.info()
    }
    fn queue_blocks(&self) -> usize {
        1
    }
    fn submit(&mut self, block: Block) -> Result<(), EngineError> {
        self.0.submit(block)
    }
    fn collect(&mut self) -> Result<BlockResult, EngineError> {
        self.0.collect()
    }
    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        let mut state = self.0.snapshot()?;
        state.course.learned.first_mut().map(Vec::pop);
        Ok(state)
    }
    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.0.restore(snapshot)
    }
}

/// A memory without drive, pushed for a while: it falls silent; and one that is pushed hard: it fires fast.
fn guarded(guard: Guard) -> Model {
    let mut model = memory(200, 3, 120.0);
    model.populations.iter_mut().for_each(|population| (population.drive_mv, population.noise_mv) = (0.0, 0.0));
    let pulse = |amplitude_mv, start_ms, stop_ms| Stimulus {
        target: StimulusTarget::Pulse,
        amplitude_mv,
        ..cue(0, start_ms, stop_ms)
    };
    model.stimuli = vec![pulse(80.0, 20.0, 60.0), pulse(-400.0, 60.0, 120.0)];
    model.guard = guard;
    model
}

#[test]
fn guards_end_a_run_in_the_step_that_the_spikes_say() {
    let off = compile(&guarded(Guard::default()));
    let free = seen(&off, 1, 32);
    let rows: Vec<&[u32]> = free.spikes.counts.chunks_exact(off.counts_layout().len()).collect();
    let spikes = |row: &[u32], population: usize| u64::from(row[off.counts_layout().spikes(population)]);
    for (silence_ms, rate_max_hz) in
        [(Some(15.0), None), (Some(30.0), None), (None, Some(40.0)), (None, Some(61.0)), (Some(25.0), Some(40.0))]
    {
        let guard = Guard { silence_steps: silence_ms.map(steps), rate_max_hz };
        let network = compile(&guarded(guard));
        // From the definition: no spike for so long, or so many in the last 50 ms.
        let silent = |step: usize| {
            let needed = silence_ms.map_or(usize::MAX, |ms| steps(ms) as usize);
            step + 1 >= needed
                && rows[step + 1 - needed..=step].iter().all(|row| (0..3).all(|own| spikes(row, own) == 0))
        };
        let fast = |step: usize| {
            let limit = rate_max_hz.unwrap_or(f64::INFINITY);
            let window = &rows[(step + 1).saturating_sub(500)..=step];
            (0..3).any(|own| {
                let sum: u64 = window.iter().map(|row| spikes(row, own)).sum();
                sum as f64 / f64::from(off.populations[own].size) / 0.05 > limit + 1e-9
            })
        };
        let end = (0..rows.len()).find(|&step| silent(step) || fast(step));
        for (threads, block_steps) in [(1, 32), (2, 1), (1, 7)] {
            let seen = seen(&network, threads, block_steps);
            let expected: Vec<u64> = end.iter().map(|&step| step as u64 + 1).collect();
            assert_eq!(seen.alarms.iter().map(|(step, _)| *step).collect::<Vec<_>>(), expected, "{guard:?}");
            let prefix: Vec<_> = free
                .spikes
                .spikes
                .iter()
                .filter(|spike| end.is_none_or(|end| spike.step <= end as u64))
                .copied()
                .collect();
            assert_eq!(seen.spikes.spikes, prefix, "{guard:?}");
            assert_eq!(seen.spikes.counts.len(), end.map_or(rows.len(), |end| end + 1) * off.counts_layout().len());
        }
        assert!(end.is_some(), "{guard:?} never rings: the test shows nothing");
    }
}

fn hashes(network: &Spiking) -> (Vec<String>, String) {
    let shared = Arc::new(network.clone());
    let mut engine = conducted(Cpu::new(Arc::clone(&shared), 1).expect("a CPU engine"), &shared);
    let mut hashing = Hashing::new(network);
    run_trials(network, &mut *engine, &mut hashing, &false.into()).expect("a run");
    (hashing.trial_hashes().collect(), hashing.run_hash())
}

#[test]
fn trials_are_runs_of_their_own_on_the_same_memories() {
    let mut model = changing_model(130, 3, &[10, 33]);
    let alone = hashes(&compile(&model));
    model.trials = 2;
    let two = hashes(&compile(&model));
    model.trials = 3;
    let three = hashes(&compile(&model));
    assert_eq!(alone.0, std::slice::from_ref(&alone.1));
    assert_eq!(two.0[0], alone.1, "the first trial is the run alone");
    assert_eq!(three.0[..2], two.0, "more trials change none of those before");
    assert!(three.0[0] != three.0[1] && three.0[1] != three.0[2]);
    let all = xxhash_rust::xxh3::xxh3_128(three.0.concat().as_bytes());
    assert_eq!(three.1, format!("{all:032x}"));
    // A guard ends a trial, not the run.
    let mut model = guarded(Guard { silence_steps: Some(steps(15.0)), rate_max_hz: None });
    model.trials = 3;
    let network = compile(&model);
    let mut seen = Seen::default();
    run_trials(&network, &mut cpu(&network, 1), &mut seen, &false.into()).expect("a run");
    assert_eq!((seen.starts, seen.alarms.len()), (3, 3));
    assert_eq!(cues(&model, 0), cues(&model, 0));
}

/// Whom the cue drives in a trial.
fn cues(model: &Model, trial: u32) -> Option<Vec<u32>> {
    let network = compile(model);
    let known: Vec<Vec<u32>> = (0..network.patterns.count()).map(|pattern| network.patterns.members(pattern)).collect();
    let stored = vec![true; known.len()];
    let revised =
        network.program.revise.network(Memories { known: &known, stored: &stored }, trial, None).expect("a network");
    revised.stimuli.last().and_then(|stimulus| stimulus.neurons.clone())
}

#[test]
fn cues_differ_between_trials_and_groups_and_patterns_do_not() {
    let mut model = memory(200, 3, 20.0);
    model.trials = 2;
    model.stimuli = vec![cue(1, 0.0, 5.0)];
    assert_ne!(cues(&model, 0), cues(&model, 1));
    model.stimuli = vec![group(7, 0.0, 5.0)];
    assert_eq!(cues(&model, 0), cues(&model, 1));
    let driven = cues(&model, 0).expect("a group");
    assert_eq!(driven.len(), 40);
    model.stimuli = vec![group(8, 0.0, 5.0)];
    assert_ne!(cues(&model, 0), Some(driven));
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn the_gpu_learns_the_same() {
    let adapter = adapter();
    for (name, network) in networks()
        .into_iter()
        .step_by(3)
        .chain([("stored".to_owned(), compile(&sparse(Representation::Stored, &[10, 33])))])
    {
        let shared = Arc::new(network.clone());
        let gpu = gpu::spiking::Engine::new(&adapter, Arc::clone(&shared)).expect("a GPU engine");
        let mut gpu = Conductor::new(gpu, &shared);
        let compared = first_difference(&network, &mut cpu(&network, 2), &mut gpu);
        compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
        // And once more from the start, with blocks of another length.
        let mut once_more = gpu;
        once_more.begin(0).expect("the start");
        let blocks = Schedule::new(&network, 0, 5);
        first_difference_over(blocks, &mut cpu(&network, 1), &mut once_more)
            .unwrap_or_else(|difference| panic!("{name}: {difference}"));
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn the_gpu_has_the_same_trials_and_guards() {
    let adapter = adapter();
    let mut learning = changing_model(130, 3, &[10, 33]);
    learning.trials = 3;
    let mut silent = guarded(Guard { silence_steps: Some(steps(15.0)), rate_max_hz: None });
    silent.trials = 2;
    let fast = guarded(Guard { silence_steps: None, rate_max_hz: Some(40.0) });
    let mut own = individual(&[10, 33]);
    own.trials = 2;
    for model in [learning, silent, fast, own] {
        let network = Arc::new(compile(&model));
        let gpu = gpu::spiking::Engine::new(&adapter, Arc::clone(&network)).expect("a GPU engine");
        let mut engine = conducted(gpu, &network);
        let mut hashing = Hashing::new(&network);
        run_trials(&*network, &mut *engine, &mut hashing, &false.into()).expect("a run");
        let on_gpu = (hashing.trial_hashes().collect::<Vec<_>>(), hashing.run_hash());
        assert_eq!(on_gpu, hashes(&network));
    }
}

#[test]
fn an_engine_can_be_rewired_in_place() {
    let network = Arc::new(changing(130, 3, &[10, 150, 64]));
    let mut engine = Cpu::new(Arc::clone(&network), 2).expect("a CPU engine");
    let start = network.initial_state();
    let known: Vec<Vec<u32>> = (0..5).map(|pattern| network.patterns.members(pattern)).collect();
    let trial = |trial: u32| {
        let memories = Memories { known: &known, stored: &[true; 5] };
        Arc::new(network.program.revise.network(memories, trial, None).expect("a network"))
    };
    let hash = |engine: &mut Cpu| {
        let mut hashing = Hashing::new(&network);
        run(network.blocks(), engine, &mut hashing, &false.into()).expect("a run");
        hashing.run_hash()
    };
    let first = hash(&mut engine);
    engine.rewire(trial(4), &trial(4).initial_state()).expect("another trial");
    let other = hash(&mut engine);
    engine.rewire(trial(0), &start).expect("the first trial");
    assert_eq!(hash(&mut engine), first);
    assert_ne!(other, first);
}
