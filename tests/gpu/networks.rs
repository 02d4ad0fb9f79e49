//! Small networks of all shapes, in integers.

use attractor::fixed::{INPUT_BITS, POTENTIAL_BITS};
use attractor::network::patterns::Patterns;
use attractor::network::spiking::{
    Count, Escape, Own, Poisson, Population, Private, Probe, Program, Projection, Source, Spiking, Stimulus, Synapse,
    Variable,
};
use attractor::random::{Draws, Stream};

pub(crate) fn mv(value: f64) -> i32 {
    (value * f64::from(1 << POTENTIAL_BITS)).round() as i32
}

/// A population that fires by itself: at 25 mV of drive and a threshold of 20 mV.
pub(crate) fn population(size: u32, refractory_steps: u32) -> Population {
    let decay = (-0.02f64).exp();
    Population {
        name: String::new(),
        first: 0,
        size,
        decay: (decay * f64::from(1u32 << 31)) as i32,
        shift: 31,
        drive: mv(25.0 * (1.0 - decay)),
        noise: mv(0.2),
        threshold: mv(20.0),
        reset: mv(10.0),
        refractory_steps,
        initial_low: mv(5.0),
        initial_span: mv(14.0) as u32,
        inputs: Vec::new(),
        escape: None,
        own: Own::default(),
    }
}

/// `jump_mv` a counted spike; `tau_steps` 0 is a jump of the potential.
pub(crate) fn projection(source: usize, target: usize, delay_steps: u32, jump_mv: f64, tau_steps: f64) -> Projection {
    let weight_shift = 5;
    let bits = weight_shift + if tau_steps > 0.0 { INPUT_BITS } else { POTENTIAL_BITS };
    let current = Synapse::Current {
        decay: ((-1.0 / tau_steps).exp() * f64::from(1u32 << 31)) as i32,
        gain: (0.02 * f64::from(1u32 << 31) * 8.0) as i32,
    };
    Projection {
        source,
        target,
        count: Count::Spikes,
        by_memberships: false,
        subtract_own: source == target,
        delay_steps,
        weight: (jump_mv * f64::from(1u32 << bits)) as i32,
        weight_shift,
        synapse: if tau_steps > 0.0 { current } else { Synapse::Jump },
    }
}

pub(crate) fn hebbian(population: usize, delay_steps: u32, jump_mv: f64) -> Projection {
    Projection { count: Count::Patterns, ..projection(population, population, delay_steps, jump_mv, 30.0) }
}

/// Numbers the neurons, lists the inputs, draws `pattern_count` patterns of a tenth over the first population.
pub(crate) fn network(
    mut populations: Vec<Population>,
    projections: Vec<Projection>,
    pattern_count: u32,
    steps: u64,
) -> Spiking {
    let mut first = 0;
    for (index, population) in populations.iter_mut().enumerate() {
        population.first = first;
        first += population.size;
        population.inputs = (0..projections.len()).filter(|&at| projections[at].target == index).collect();
    }
    let size = populations[0].size;
    let members: Vec<Vec<u32>> = (0..pattern_count)
        .map(|pattern| Draws::new(5, Stream::Patterns, 0, pattern).subset(size, size.div_ceil(10)))
        .collect();
    let mut probes = Vec::new();
    for neuron in [0, size - 1] {
        probes.push(Probe { variable: Variable::Potential, neuron });
    }
    for (index, projection) in projections.iter().enumerate() {
        if projection.synapse != Synapse::Jump {
            let neuron = populations[projection.target].first;
            probes.push(Probe { variable: Variable::Input(index), neuron });
        }
    }
    Spiking {
        seed: 0x1234_5678_9abc_def0,
        trial: 3,
        steps,
        populations,
        projections,
        wirings: Vec::new(),
        privates: Vec::new(),
        pattern_population: 0,
        patterns: Patterns::from_members(size as usize, &members),
        further_patterns: Vec::new(),
        fields: Vec::new(),
        stimuli: vec![
            Stimulus {
                population: 0,
                neurons: None,
                amplitude: mv(0.3),
                own_amplitudes: Vec::new(),
                start_step: 20,
                stop_step: 41,
            },
            Stimulus {
                population: 0,
                neurons: Some(vec![0]),
                amplitude: mv(1.0),
                own_amplitudes: Vec::new(),
                start_step: 33,
                stop_step: 60,
            },
        ],
        probes,
        probe_intervals: vec![25],
        program: Program::default(),
    }
}

/// Excitation through patterns, a global inhibitory population scaled by memberships, inhibition of inhibition.
pub(crate) fn memory(size: u32, pattern_count: u32, delays: [u32; 4], steps: u64) -> Spiking {
    let scaled = Projection { by_memberships: true, ..projection(1, 0, delays[2], -0.02, 10.0) };
    network(
        vec![population(size, 20), population(size / 3 + 1, 10)],
        vec![
            hebbian(0, delays[0], 4.0 / f64::from(size)),
            projection(0, 1, delays[1], 3.0 / f64::from(size), 20.0),
            scaled,
            projection(1, 1, delays[3], -0.1, 20.0),
        ],
        pattern_count,
        steps,
    )
}

/// Gives neurons everything they can have for themselves: those of the first population parameters, Poisson currents and
/// adaptation, those of the second escape noise and Poisson jumps.
pub(crate) fn individualise(network: &mut Spiking, strength_mv: f64) {
    let size = network.populations[0].size as usize;
    let spread = |value: i32, shift: u32| -> Vec<i32> {
        (0..size).map(|neuron| value - (value >> shift) * (neuron as i32 % 5 - 2)).collect()
    };
    let inputs: Vec<usize> = network.populations[0].inputs.clone();
    let gains = inputs.iter().map(|&input| match network.projections[input].synapse {
        Synapse::Current { gain, .. } => spread(gain, 3),
        Synapse::Jump => Vec::new(),
    });
    let mut gains: Vec<Vec<i32>> = gains.collect();
    let Synapse::Current { decay, gain } = projection(0, 0, 1, 1.0, 25.0).synapse else { panic!("a current") };
    gains.extend([spread(gain, 2), spread(gain, 4)]);
    let first = &mut network.populations[0];
    first.own = Own {
        decays: spread(first.decay, 9),
        gains,
        drives: spread(first.drive, 2),
        noises: spread(first.noise, 1),
        thresholds: spread(first.threshold, 5),
    };
    let current = Synapse::Current { decay, gain };
    let poisson = |base, entries: &[u32]| {
        let mut below = entries.to_vec();
        below.resize((entries.len() + 1).next_power_of_two() - 1, u32::MAX);
        Source::Poisson(Poisson { base, below })
    };
    let weight = |mv: f64, bits: u32| (mv * f64::from(1u32 << bits)) as i32;
    let private =
        |population, source, weight, synapse| Private { population, source, weight, weight_shift: 3, synapse };
    let rare = [0xc000_0000, 0xf000_0000, 0xfff0_0000, 0xffff_ff00];
    network.privates = vec![
        private(0, poisson(0, &rare), weight(strength_mv, INPUT_BITS + 3), current),
        private(0, Source::OwnSpikes, weight(-strength_mv, INPUT_BITS + 3), current),
    ];
    if let Some(second) = network.populations.get_mut(1) {
        let probabilities = (0..40u32).map(|entry| (1u32 << 26).saturating_mul(entry)).collect();
        second.escape = Some(Escape { low: mv(-4.0), shift: 18, probabilities });
        network.privates.push(private(1, poisson(1, &[0x4000_0000]), weight(0.02, POTENTIAL_BITS + 3), Synapse::Jump));
    }
    let probes = [(0, 0), (1, size as u32 - 1)].map(|(at, neuron)| {
        let input = network.projections.len() + at;
        Probe { variable: Variable::Input(input), neuron }
    });
    network.probes.extend(probes);
}
