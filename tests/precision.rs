//! The engines against an independent simulator in double precision: traces, and the statistics of a memory.

mod support;

use std::sync::Arc;

use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::{Block, Engine};
use attractor::fixed::{input_mv, potential_mv};
use attractor::model::spiking::{Population, Projection, ProjectionKind, Spiking};
use attractor::network::spiking::{Spiking as Network, Synapse};
use attractor::random::{self, NOISE_SD};
use support::double::Double;
use support::{compile, cue, memory, projection, steps};

/// The c of every projection as its integers have it, mV.
fn quantised_jumps_mv(model: &Spiking, network: &Network) -> Vec<f64> {
    let members: u64 = network.patterns.sizes().iter().map(|&size| u64::from(size)).sum();
    let mean = members as f64 / network.patterns.neurons() as f64;
    let of = |(written, projection): (&Projection, &attractor::network::spiking::Projection)| {
        let bits = if projection.synapse == Synapse::Jump { 21 } else { 18 } + projection.weight_shift;
        let jump_mv = f64::from(projection.weight) / f64::powi(2.0, bits as i32);
        if written.scaled_by_memberships { jump_mv * mean } else { jump_mv }
    };
    model.projections.iter().zip(&network.projections).map(of).collect()
}

fn double<'a>(model: &'a Spiking, network: &Network) -> Double<'a> {
    let members: Vec<Vec<u32>> = (0..network.patterns.count()).map(|mu| network.patterns.members(mu)).collect();
    let mut double = Double::new(model, &members, &quantised_jumps_mv(model, network));
    let initial = network.initial_state();
    for (population, state) in network.populations.iter().zip(&mut double.populations) {
        for (local, potential) in state.potential_mv.iter_mut().enumerate() {
            *potential = potential_mv(initial.potentials[population.first as usize + local]);
        }
    }
    double
}

/// A small network whose targets never cross their threshold: sources fire, memories and inhibition arrive.
fn without_crossings() -> Spiking {
    let mut model = memory(120, 3, 300.0);
    model.patterns.as_mut().expect("patterns").count = 12;
    // The sources are driven well above threshold without noise, so that both simulators agree on every spike.
    for (at, population) in model.populations.iter_mut().enumerate() {
        population.noise_mv = 0.0;
        population.drive_mv = if at == 0 { 23.0 } else { 26.0 };
    }
    for (at, projection) in model.projections.iter_mut().enumerate() {
        projection.to = 3 + at % 2;
    }
    // Listeners keep their potential below any threshold; the first is where patterns live too.
    let listener = |name: &str, size, tau_m_ms| Population {
        threshold_mv: 900.0,
        tau_m_ms,
        drive_mv: 3.0,
        initial_low_mv: -5.0,
        initial_high_mv: 5.0,
        ..support::population(name, size)
    };
    model.populations.push(listener("slow", 40, 20.0));
    model.populations.push(listener("fast", 30, 5.0));
    model.projections.retain(|projection| projection.kind == ProjectionKind::Global);
    model.projections.iter_mut().for_each(|projection| projection.scaled_by_memberships = false);
    let global = |from, to, jump_mv, tau_syn_ms| Projection {
        tau_syn_ms,
        ..projection(from, to, ProjectionKind::Global, jump_mv)
    };
    model.projections.push(global(0, 3, 0.37, 50.0));
    model.projections.push(global(1, 3, -0.21, 20.0));
    model.projections.push(global(0, 4, 0.013, 0.0));
    model.projections.push(Projection { delay_steps: 47, ..global(2, 4, 0.11, 5.0) });
    model
}

/// A memory whose neurons stay below threshold while a burst of a few spikes is injected by initial potentials.
fn hebbian_without_crossings() -> Spiking {
    let mut model = memory(150, 4, 250.0);
    model.patterns.as_mut().expect("patterns").count = 20;
    for population in &mut model.populations {
        population.noise_mv = 0.0;
        population.drive_mv = 1.0;
        // Those that start above threshold after one step fire once; then nobody reaches it again.
        population.initial_low_mv = 0.0;
        population.initial_high_mv = 24.0;
    }
    model.projections[0].jump_mv = 0.02;
    model.projections.push(Projection { autapses: true, ..model.projections[0].clone() });
    model
}

#[test]
fn traces_agree_with_double_precision() {
    for (name, model) in [("global", without_crossings()), ("hebbian", hebbian_without_crossings())] {
        let network = compile(&model);
        let mut double = double(&model, &network);
        let mut engine = Cpu::new(Arc::new(network.clone()), 1).expect("an engine");
        let (mut moved, mut spikes) = (0.0f64, 0);
        for step in 0..model.duration_steps {
            engine.submit(Block { start_step: step, steps: 1, probe: false }).expect("a step");
            let result = engine.collect().expect("its result");
            double.step(&|_, _| 0.0, &mut |_, _| 0.0);
            for (population, crossed) in network.populations.iter().zip(&double.raster[step as usize]) {
                for (local, &crossed) in crossed.iter().enumerate() {
                    let spiked = result.spikes[population.first as usize + local] == 1;
                    assert_eq!(spiked, crossed, "{name}: step {step}, {} {local}", population.name);
                    spikes += usize::from(spiked);
                }
            }
            let state = engine.snapshot().expect("a snapshot");
            for (at, (population, exact)) in network.populations.iter().zip(&double.populations).enumerate() {
                // 1e-3 mV, and what rounding the inputs of a dead zone of half a unit each can add up to.
                let of_inputs: f64 = model
                    .projections
                    .iter()
                    .filter(|projection| projection.to == at && projection.tau_syn_ms > 0.0)
                    .map(|projection| f64::powi(2.0, -18) / (1.0 - f64::exp(-0.1 / projection.tau_syn_ms)))
                    .fold(0.0, f64::max);
                for (local, &exact_mv) in exact.potential_mv.iter().enumerate() {
                    let mv = potential_mv(state.potentials[population.first as usize + local]);
                    let off = (mv - exact_mv).abs();
                    assert!(
                        off < 1e-3 + of_inputs,
                        "{name}: step {step}, {} {local}: {mv} not {exact_mv}",
                        population.name
                    );
                    moved = moved.max(exact_mv.abs());
                }
            }
            for (at, projection) in model.projections.iter().enumerate().filter(|(_, that)| that.tau_syn_ms > 0.0) {
                let bound = 1e-3 + f64::powi(2.0, -18) / (1.0 - f64::exp(-0.1 / projection.tau_syn_ms));
                for (local, &exact_mv) in double.populations[projection.to].input_mv[at].iter().enumerate() {
                    let mv = input_mv(state.inputs[at][local]);
                    assert!(
                        (mv - exact_mv).abs() < bound,
                        "{name}: step {step}, input {at} of {local}: {mv} not {exact_mv}"
                    );
                }
            }
        }
        assert!(spikes > 30 && moved > 5.0, "{name}: {spikes} spikes moved potentials by {moved} mV");
    }
}

/// The thousand-neuron memory with the same cue in both: rates and overlap agree within their own spread.
#[test]
fn statistics_of_a_memory_agree_with_double_precision() {
    let mut pairs = Vec::new();
    for seed in 1..=3 {
        let mut model = memory(1000, seed, 900.0);
        model.stimuli = vec![cue(3, 200.0, 400.0)];
        let network = compile(&model);
        let mut double = double(&model, &network);
        let mut engine = Cpu::new(Arc::new(network.clone()), 0).expect("an engine");
        let members = network.patterns.members(3);
        let cued = network.stimuli[0].neurons.clone().expect("a cue");
        let mut counts = [[0u64; 2]; 2];
        for block in attractor::schedule::Schedule::new(&network, 0, 32) {
            engine.submit(block).expect("a block");
            let result = engine.collect().expect("its result");
            for step in block.start_step..block.end_step() {
                let active = (steps(200.0)..steps(400.0)).contains(&step);
                let stimulus = |at: usize, i: usize| {
                    if active && at == 0 && cued.binary_search(&(i as u32)).is_ok() { 20.0 } else { 0.0 }
                };
                // Other noise than the engine's, as Gaussian as a sum of four of its draws.
                let mut noise = |at: usize, i: usize| {
                    let neuron = network.populations[at].first + i as u32;
                    let bits = |k: u64| random::noise_bits(seed + 1000, k as u32, neuron, step);
                    (0..2).map(|k| f64::from(random::coin_sum(bits(k)))).sum::<f64>() / (NOISE_SD * 2f64.sqrt())
                };
                double.step(&stimulus, &mut noise);
                if step >= steps(500.0) {
                    let shift = (step - block.start_step) as u32;
                    for i in 0..1000usize {
                        let member = usize::from(members.binary_search(&(i as u32)).is_ok());
                        counts[0][member] += u64::from(result.spikes[i] >> shift & 1);
                        counts[1][member] += u64::from(double.raster[step as usize][0][i]);
                    }
                }
            }
        }
        let rate = |k: usize, member: usize| counts[k][member] as f64 / (if member == 1 { 100.0 } else { 900.0 } * 0.4);
        println!(
            "seed {seed}: members {:.1} {:.1} Hz, others {:.2} {:.2} Hz",
            rate(0, 1),
            rate(1, 1),
            rate(0, 0),
            rate(1, 0)
        );
        pairs.push([rate(0, 1), rate(1, 1), rate(0, 0), rate(1, 0)]);
    }
    for [on, on_exact, off, off_exact] in pairs {
        assert!((28.0..48.0).contains(&on) && (28.0..48.0).contains(&on_exact), "members at {on} and {on_exact} Hz");
        // With one set of patterns the member rate of 1000 neurons varies by about 1 Hz in 400 ms.
        assert!((on - on_exact).abs() < 4.0, "members at {on}, not {on_exact} Hz");
        assert!((off - off_exact).abs() < 0.5, "others at {off}, not {off_exact} Hz");
    }
}
