//! Compiles the spiking model: patterns first, since counts are bounded by them, then all that is quantised.

use super::{patterns, population, private, program, projection, stimulus};
use crate::config::Problem;
use crate::model::spiking::Spiking as Model;
use crate::network::patterns::Patterns;
use crate::network::spiking::{Probe, Program, Spiking, Synapse, Variable};

/// Compiles a spiking model.
///
/// # Errors
/// All quantities that do not fit their integers.
pub fn compile(model: &Model) -> Result<Spiking, Vec<Problem>> {
    let packed = patterns::compile(model);
    let mut network = assemble(model, (&packed, packed.clone()), 0)?;
    network.program = program::compile(model);
    Ok(network)
}

/// The network whose weights store `stored`, in a trial; cues drive members of the `known` patterns.
pub(super) fn assemble(
    model: &Model,
    (known, packed): (&Patterns, Patterns),
    trial: u32,
) -> Result<Spiking, Vec<Problem>> {
    let mut problems = Vec::new();
    let pattern_population = model.patterns.as_ref().map_or(0, |patterns| patterns.population);
    let membranes = population::membranes(model);
    let mut populations = population::compile(model, &membranes, &mut problems);
    let (projections, wirings) = projection::compile(model, &packed, &membranes, &mut problems);
    let privates = private::compile(model, &membranes, &mut problems);
    for (index, projection) in projections.iter().enumerate() {
        populations[projection.target].inputs.push(index);
    }
    let stimuli = stimulus::compile(model, (known, trial), (&populations, &membranes), &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut network = Spiking {
        seed: model.seed,
        trial,
        steps: model.duration_steps,
        populations,
        projections,
        wirings,
        privates,
        pattern_population,
        patterns: packed,
        stimuli,
        probes: Vec::new(),
        probe_intervals: model.record.voltages.iter().map(|voltages| voltages.every_steps).collect(),
        program: Program::default(),
    };
    network.probes = probes(model, &network);
    Ok(network)
}

/// For each recorded population its potentials, then, if asked for, each of its inputs that is a current.
fn probes(model: &Model, network: &Spiking) -> Vec<Probe> {
    let mut probes = Vec::new();
    for voltages in &model.record.voltages {
        let population = &network.populations[voltages.population];
        let mut variables = vec![Variable::Potential];
        if voltages.inputs {
            let currents = network
                .inputs_of(voltages.population)
                .filter(|&input| matches!(network.synapse(input), Synapse::Current { .. }));
            variables.extend(currents.map(Variable::Input));
        }
        for variable in variables {
            let neurons = voltages.neurons.iter().map(|&local| population.first + local);
            probes.extend(neurons.map(|neuron| Probe { variable, neuron }));
        }
    }
    probes
}
