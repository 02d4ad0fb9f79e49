//! Verification sees every kind of difference, at its step, and none where there is none.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::engine::cpu;
use crate::engine::{Engine, EngineError, EngineInfo};
use crate::network::patterns::Patterns;
use crate::network::spiking::{Count, Own, Population, Probe, Program, Projection, Synapse, Variable as Recorded};
use crate::simulate::Collect;
use crate::verify::{Outcome, compare};

/// Forty excitatory neurons with two patterns and ten inhibitory ones, driven above threshold, for 400 steps.
fn network() -> Spiking {
    let population = |name: &str, first, size, inputs| Population {
        name: name.into(),
        first,
        size,
        decay: (0.995 * f64::from(1u32 << 28)) as i32,
        shift: 28,
        drive: 300_000,
        noise: 20_000,
        threshold: 20 << 21,
        reset: 10 << 21,
        refractory_steps: 20,
        initial_low: 0,
        initial_span: 19 << 21,
        inputs,
        escape: None,
        own: Own::default(),
    };
    let projection = |source, target, count, weight| Projection {
        source,
        target,
        count,
        by_memberships: false,
        subtract_own: source == target,
        delay_steps: 10,
        weight,
        weight_shift: 4,
        synapse: Synapse::Current { decay: 2_104_533_975, gain: (0.005 * f64::from(1u32 << 31)) as i32 },
    };
    Spiking {
        seed: 3,
        trial: 0,
        steps: 400,
        populations: vec![population("excitatory", 0, 40, vec![0, 2]), population("inhibitory", 40, 10, vec![1])],
        projections: vec![
            projection(0, 0, Count::Patterns, 400_000),
            projection(0, 1, Count::Spikes, 300_000),
            projection(1, 0, Count::Spikes, -200_000),
        ],
        wirings: Vec::new(),
        privates: Vec::new(),
        pattern_population: 0,
        patterns: Patterns::from_members(40, &[(0..8).collect(), (4..12).collect()]),
        further_patterns: Vec::new(),
        fields: Vec::new(),
        stimuli: Vec::new(),
        probes: vec![Probe { variable: Recorded::Potential, neuron: 7 }],
        probe_intervals: vec![100],
        program: Program::default(),
    }
}

fn engine(network: &Arc<Spiking>, threads: usize) -> cpu::spiking::Engine {
    cpu::spiking::Engine::new(Arc::clone(network), threads).unwrap()
}

/// What a faulty engine gets wrong in one step.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Result(fn(&mut BlockResult)),
    State(fn(&mut Snapshot)),
}

/// An engine with a fault in the block that holds `step`; with `only_in_long_blocks` not if that is its only step.
struct Faulty {
    engine: cpu::spiking::Engine,
    step: u64,
    fault: Fault,
    only_in_long_blocks: bool,
}

impl Engine for Faulty {
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
        let long = result.block.steps > 1 || !self.only_in_long_blocks;
        if long && (result.block.start_step..result.block.end_step()).contains(&self.step) {
            match self.fault {
                Fault::Result(fault) => fault(&mut result),
                Fault::State(fault) => {
                    let mut state = self.engine.snapshot()?;
                    fault(&mut state);
                    self.engine.restore(&state)?;
                }
            }
        }
        Ok(result)
    }

    fn snapshot(&mut self) -> Result<Snapshot, EngineError> {
        self.engine.snapshot()
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<(), EngineError> {
        self.engine.restore(snapshot)
    }
}

fn outcome_with(fault: Fault, step: u64, only_in_long_blocks: bool) -> Outcome<Difference> {
    let network = Arc::new(network());
    let mut faulty = Faulty { engine: engine(&network, 1), step, fault, only_in_long_blocks };
    let engines: [&mut dyn Engine; 2] = [&mut engine(&network, 1), &mut faulty];
    compare(&*network, engines, &mut Collect::default(), &AtomicBool::new(false)).unwrap()
}

#[test]
fn engines_that_agree_are_equal_and_the_observer_sees_the_whole_run() {
    let network = Arc::new(network());
    let mut seen = Collect::default();
    let engines: [&mut dyn Engine; 2] = [&mut engine(&network, 1), &mut engine(&network, 2)];
    let outcome = compare(&*network, engines, &mut seen, &AtomicBool::new(false)).unwrap();
    assert_eq!(outcome, Outcome::Equal);
    assert!(seen.spikes.len() > 50, "{} spikes", seen.spikes.len());
    assert_eq!(seen.counts.len(), 400 * network.counts_layout().len());
    assert_eq!(seen.probes.len(), 4);
}

#[test]
fn one_flipped_bit_is_found_at_its_step_whatever_it_is_in() {
    let faults: [(Fault, Variable, Option<u32>); 7] = [
        (Fault::State(|state| state.potentials[45] ^= 1), Variable::Potential, Some(45)),
        (Fault::State(|state| state.refractory[5] ^= 1), Variable::Refractory, Some(5)),
        (Fault::State(|state| state.inputs[1][3] ^= 1 << 9), Variable::Input(1), Some(43)),
        (Fault::State(|state| state.history[6] ^= 1), Variable::History, Some(6)),
        (Fault::State(|state| state.counts[9 * 9 + 2] ^= 4), Variable::KeptCount(9 * 9 + 2), None),
        (Fault::Result(|result| result.spikes[7] ^= 1), Variable::Spike, Some(7)),
        (Fault::Result(|result| result.counts[3] ^= 1), Variable::Count(3), None),
    ];
    for (fault, variable, neuron) in faults {
        let Outcome::Different(found) = outcome_with(fault, 130, false) else { panic!("{variable:?} went unseen") };
        assert_eq!((found.step, found.variable, found.neuron), (130, variable, neuron));
        assert_ne!(found.values[0], found.values[1]);
        assert!(!found.single_steps_agree);
    }
    let probe =
        outcome_with(Fault::Result(|result| result.probes.iter_mut().for_each(|probe| *probe ^= 1)), 199, false);
    let Outcome::Different(found) = probe else { panic!("the probe went unseen") };
    assert_eq!((found.step, found.variable, found.neuron), (199, Variable::Probe(0), Some(7)));
}

#[test]
fn a_difference_within_a_block_is_found_at_its_step() {
    let fault = Fault::State(|state| state.potentials[11] ^= 1 << 5);
    let Outcome::Different(found) = outcome_with(fault, 137, false) else { panic!("unseen") };
    assert_eq!((found.step, found.variable, found.neuron), (137, Variable::Potential, Some(11)));
    assert_eq!((found.values[0] ^ found.values[1]), 1 << 5);
}

#[test]
fn a_fault_of_long_blocks_only_is_told_as_such() {
    let fault = Fault::State(|state| state.potentials[11] ^= 1);
    let Outcome::Different(found) = outcome_with(fault, 137, true) else { panic!("unseen") };
    // Blocks of ten steps: the fault is in the one from 130 on.
    assert!(found.single_steps_agree);
    assert_eq!((found.step, found.variable), (130, Variable::Potential));
}

#[test]
fn stopping_ends_it_at_the_next_block() {
    let network = Arc::new(network());
    let engines: [&mut dyn Engine; 2] = [&mut engine(&network, 1), &mut engine(&network, 1)];
    let outcome = compare(&*network, engines, &mut Collect::default(), &AtomicBool::new(true)).unwrap();
    assert_eq!(outcome, Outcome::Interrupted { step: 0 });
}

#[test]
fn a_difference_is_told_in_names() {
    let network = network();
    let named = |variable, neuron| {
        let difference = Difference::new(1, variable, neuron, [0, 1]);
        (difference.variable_name(&network), difference.place(&network).map(|(name, at)| (name.to_owned(), at)))
    };
    assert_eq!(named(Variable::Spike, Some(39)).1, Some(("excitatory".into(), 39)));
    assert_eq!(named(Variable::Spike, Some(40)).1, Some(("inhibitory".into(), 0)));
    assert_eq!(
        named(Variable::Input(2), None).0,
        "synaptic input of projection 2 (`inhibitory` to `excitatory`) (2^-18 mV)"
    );
    // Two patterns, two populations, three projections: entries 0-1, 2-3, 4-5, 6-8.
    for (entry, name) in [
        (1, "number of spikes of members of pattern 1"),
        (3, "number of spikes of `inhibitory`"),
        (4, "number of saturated potentials of `excitatory`"),
        (8, "number of saturated inputs of projection 2"),
    ] {
        assert_eq!(named(Variable::Count(entry), None).0, name);
        assert_eq!(named(Variable::KeptCount(9 + entry), None).0, format!("kept {name}"));
    }
}
