//! Models for tests and benches: the reference memory and the benchmark network, at any size.
#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod compare;
pub(crate) mod dense;
pub(crate) mod double;
pub(crate) mod engines;
pub(crate) mod pairs;

use attractor::model::spiking::{
    Adaptation, Connections, Coupling, Escape, Guard, PatternSource, Patterns, Poisson, Population, Projection,
    ProjectionKind, Record, Representation, SpikeRecord, Spiking, Spread, Stimulus, StimulusTarget,
};
use attractor::network::spiking::Spiking as Network;

/// Milliseconds as steps of 0.1 ms.
pub(crate) fn steps(ms: f64) -> u64 {
    (ms * 10.0).round() as u64
}

pub(crate) fn compile(model: &Spiking) -> Network {
    attractor::compile::compile_spiking(model).expect("a model that compiles")
}

pub(crate) fn population(name: &str, size: u32) -> Population {
    Population {
        name: name.to_owned(),
        size,
        tau_m_ms: 20.0,
        threshold_mv: 20.0,
        reset_mv: 10.0,
        refractory_steps: 50,
        drive_mv: 0.0,
        noise_mv: 0.0,
        initial_low_mv: 0.0,
        initial_high_mv: 0.0,
        spread: Spread::default(),
        poisson: None,
        escape: None,
        adaptation: None,
    }
}

pub(crate) fn projection(from: usize, to: usize, kind: ProjectionKind, jump_mv: f64) -> Projection {
    Projection {
        from,
        to,
        kind,
        coupling: Coupling::default(),
        jump_mv,
        tau_syn_ms: 5.0,
        delay_steps: 10,
        scaled_by_memberships: false,
        autapses: false,
        connections: Connections::All,
        clip: None,
        representation: Representation::Auto,
    }
}

pub(crate) fn cue(pattern: usize, start_ms: f64, stop_ms: f64) -> Stimulus {
    Stimulus {
        target: StimulusTarget::Cue { pattern, fraction: 0.5, spill: 0.0 },
        population: 0,
        amplitude_mv: 20.0,
        start_step: steps(start_ms),
        stop_step: steps(stop_ms),
    }
}

pub(crate) fn record(populations: usize, duration_steps: u64) -> Record {
    Record {
        spikes: SpikeRecord {
            populations: (0..populations).collect(),
            every: 1,
            start_step: 0,
            stop_step: duration_steps,
        },
        overlaps_bin_steps: Some(50),
        rates_bin_steps: Some(50),
        reference_rate_hz: 40.0,
        voltages: Vec::new(),
        deflate: false,
    }
}

/// One population without patterns, projections and stimuli.
pub(crate) fn alone(population: Population, duration_steps: u64) -> Spiking {
    Spiking {
        seed: 1,
        dt_ms: 0.1,
        duration_steps,
        patterns: None,
        populations: vec![population],
        projections: Vec::new(),
        stimuli: Vec::new(),
        changes: Vec::new(),
        guard: Guard::default(),
        trials: 1,
        record: record(1, duration_steps),
    }
}

/// The reference memory (configs/attractor-8k.toml at 8000): `size` excitatory neurons, an eighth of each
/// inhibitory kind, 90 patterns, without stimuli.
pub(crate) fn memory(size: u32, seed: u64, duration_ms: f64) -> Spiking {
    let eighth = (size / 8).max(1);
    let excitatory =
        Population { drive_mv: 13.0, noise_mv: 4.0, initial_high_mv: 12.0, ..population("excitatory", size) };
    let inhibitory = |name, drive_mv| Population {
        tau_m_ms: 10.0,
        refractory_steps: 10,
        drive_mv,
        noise_mv: 3.0,
        initial_high_mv: 12.0,
        ..population(name, eighth)
    };
    use ProjectionKind::{Global, Hebbian};
    let onto = |from, to, kind, strength: f64, tau_syn_ms| {
        let sources = if from == 0 { size } else { eighth };
        Projection { tau_syn_ms, ..projection(from, to, kind, strength / f64::from(sources)) }
    };
    let projections = vec![
        onto(0, 0, Hebbian, 100.0, 50.0),
        onto(0, 1, Global, 1250.0, 2.0),
        onto(0, 2, Global, 1500.0, 2.0),
        Projection { scaled_by_memberships: true, ..onto(1, 0, Global, -18.0, 10.0) },
        onto(2, 0, Global, -22.0, 10.0),
    ];
    Spiking {
        seed,
        dt_ms: 0.1,
        duration_steps: steps(duration_ms),
        patterns: Some(Patterns {
            population: 0,
            further_populations: Vec::new(),
            count: 90,
            activity: 0.1,
            source: PatternSource::Drawn { exact: true },
        }),
        populations: vec![excitatory, inhibitory("linear", 16.0), inhibitory("ceiling", 5.0)],
        projections,
        stimuli: Vec::new(),
        changes: Vec::new(),
        guard: Guard::default(),
        trials: 1,
        record: record(3, steps(duration_ms)),
    }
}

/// Everything that neurons can have for themselves, in the populations of a model that has three.
pub(crate) fn individualise(model: &mut Spiking) {
    let [first, second, third] = &mut model.populations[..] else { panic!("three populations") };
    first.spread = Spread { tau_m_ms: 4.0, threshold_mv: 1.0, drive_mv: 2.0 };
    first.adaptation = Some(Adaptation { jump_mv: 1.5, tau_ms: 30.0 });
    first.poisson = Some(Poisson { rate_hz: 900.0, weight_mv: 3.0, tau_syn_ms: 4.0 });
    second.escape = Some(Escape { rate_hz: 125.0, width_mv: 2.0 });
    second.poisson = Some(Poisson { rate_hz: 23_000.0, weight_mv: 0.05, tau_syn_ms: 0.0 });
    third.spread.threshold_mv = 3.0;
    third.escape = Some(Escape { rate_hz: 20.0, width_mv: 0.5 });
    third.adaptation = Some(Adaptation { jump_mv: -0.25, tau_ms: 80.0 });
}

/// The reference memory with the lecture's protocol: a cue for 3, a cue for 17, a reset; 4.5 s.
pub(crate) fn protocol(size: u32, seed: u64) -> Spiking {
    let mut model = memory(size, seed, 4500.0);
    let reset = Stimulus { target: StimulusTarget::Pulse, amplitude_mv: -15.0, ..cue(0, 3500.0, 3700.0) };
    model.stimuli = vec![cue(3, 500.0, 700.0), cue(17, 2000.0, 2200.0), reset];
    model
}

/// The benchmark network (configs/bench-8k.toml at 8000): speed only.
pub(crate) fn bench(size: u32, duration_ms: f64) -> Spiking {
    let quarter = (size / 4).max(1);
    let neurons = |name, size, tau_m_ms, drive_mv| Population {
        tau_m_ms,
        refractory_steps: 20,
        drive_mv,
        noise_mv: 5.0,
        initial_high_mv: 10.0,
        ..population(name, size)
    };
    use ProjectionKind::{Global, Hebbian};
    let onto = |from, to, kind, strength: f64| {
        let sources = if from == 0 { size } else { quarter };
        Projection { delay_steps: 15, ..projection(from, to, kind, strength / f64::from(sources)) }
    };
    Spiking {
        seed: 1,
        dt_ms: 0.1,
        duration_steps: steps(duration_ms),
        patterns: Some(Patterns {
            population: 0,
            further_populations: Vec::new(),
            count: 90,
            activity: 0.1,
            source: PatternSource::Drawn { exact: false },
        }),
        populations: vec![neurons("excitatory", size, 20.0, 19.0), neurons("inhibitory", quarter, 10.0, 13.0)],
        projections: vec![
            onto(0, 0, Hebbian, 80.0),
            onto(0, 1, Global, 160.0),
            onto(1, 0, Global, -240.0),
            onto(1, 1, Global, -160.0),
        ],
        stimuli: Vec::new(),
        changes: Vec::new(),
        guard: Guard::default(),
        trials: 1,
        record: record(2, steps(duration_ms)),
    }
}
