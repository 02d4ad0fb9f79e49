//! Small networks of all shapes, in integers.

use attractor::fixed::{INPUT_BITS, POTENTIAL_BITS};
use attractor::network::patterns::Patterns;
use attractor::network::spiking::{
    Count, Population, Probe, Program, Projection, Spiking, Stimulus, Synapse, Variable,
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
        pattern_population: 0,
        patterns: Patterns::from_members(size as usize, &members),
        further_patterns: Vec::new(),
        fields: Vec::new(),
        stimuli: vec![
            Stimulus { population: 0, neurons: None, amplitude: mv(0.3), start_step: 20, stop_step: 41 },
            Stimulus { population: 0, neurons: Some(vec![0]), amplitude: mv(1.0), start_step: 33, stop_step: 60 },
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
