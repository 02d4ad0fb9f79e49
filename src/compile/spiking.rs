//! Compiles the spiking model: patterns first, since counts are bounded by them, then all that is quantised.

pub(super) mod fields;
pub(super) mod stored;

use self::stored::Stored;
use super::{patterns, population, private, program, projection, stimulus};
use crate::config::Problem;
use crate::model::spiking::Spiking as Model;
use crate::network::patterns::Patterns;
use crate::network::spiking::{CountsLayout, PatternSet, Probe, Program, Spiking, Synapse, Variable};

/// Compiles a spiking model.
///
/// # Errors
/// All quantities that do not fit their integers.
pub fn compile(model: &Model) -> Result<Spiking, Vec<Problem>> {
    let (packed, further_patterns) = patterns::compile(model);
    let mut network = assemble(model, (&packed, packed.clone(), further_patterns), 0)?;
    network.program = program::compile(model);
    Ok(network)
}

/// The network whose weights store `packed`, in a trial; cues drive members of the `known` patterns.
pub(super) fn assemble(
    model: &Model,
    (known, packed, further_patterns): (&Patterns, Patterns, Vec<PatternSet>),
    trial: u32,
) -> Result<Spiking, Vec<Problem>> {
    let mut problems = Vec::new();
    let pattern_population = model.patterns.as_ref().map_or(0, |patterns| patterns.population);
    let membranes = population::membranes(model);
    let privates = private::compile(model, &membranes, &mut problems);
    let layout = CountsLayout {
        patterns: packed.count(),
        sets: 1 + further_patterns.len(),
        populations: model.populations.len(),
        inputs: model.projections.len() + privates.len(),
    };
    let stored = Stored { layout, first: (pattern_population, &packed), further: &further_patterns };
    let mut populations = population::compile(model, &membranes, &mut problems);
    let projection::Compiled { projections, wirings, fields } =
        projection::compile(model, &stored, &membranes, &mut problems);
    for (index, projection) in projections.iter().enumerate() {
        populations[projection.target].inputs.push(index);
    }
    let known = Stored { first: (pattern_population, known), ..stored };
    let stimuli = stimulus::compile(model, (&known, trial), (&populations, &membranes), &mut problems);
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
        further_patterns,
        fields,
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
