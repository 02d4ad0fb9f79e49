//! What two engines of a spiking network can differ in.

use super::{Comparable, first_unequal};
use crate::engine::{Block, BlockResult};
use crate::network::spiking::{CountsLayout, Course, Snapshot, Spiking};

/// What an engine computes and another can compute differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Whether a neuron fired.
    Spike,
    /// A membrane potential, 2^-21 mV.
    Potential,
    /// Remaining refractory steps.
    Refractory,
    /// The synaptic input with this number, 2^-18 mV.
    Input(usize),
    /// The entry of the row of counts with this index.
    Count(usize),
    /// A count kept for delayed arrivals: its index in the snapshot.
    KeptCount(usize),
    /// A word of a neuron's own past spikes.
    History,
    /// The recorded variable with this index.
    Probe(usize),
    /// What was learned or forgotten, and what guards have counted.
    Course,
}

/// The first thing in which two engines differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The step in which it first shows; with `single_steps_agree` the first step of its block.
    pub step: u64,
    /// Which variable.
    pub variable: Variable,
    /// Of which neuron, numbered across populations; `None` for what is not a neuron's.
    pub neuron: Option<u32>,
    /// Its values: the first engine's, the second's.
    pub values: [i64; 2],
    /// The engines differ when the block is taken at once and agree when its steps are taken one by one.
    pub single_steps_agree: bool,
}

impl Difference {
    const fn new(step: u64, variable: Variable, neuron: Option<usize>, values: [i64; 2]) -> Self {
        let neuron = match neuron {
            Some(neuron) => Some(neuron as u32),
            None => None,
        };
        Self { step, variable, neuron, values, single_steps_agree: false }
    }

    /// The variable in words, with its unit.
    #[must_use]
    pub fn variable_name(&self, network: &Spiking) -> String {
        let projection = |index: usize| {
            let projection = &network.projections[index];
            let name = |population: usize| &network.populations[population].name;
            format!("projection {index} (`{}` to `{}`)", name(projection.source), name(projection.target))
        };
        match self.variable {
            Variable::Spike => "spike (1: fired)".into(),
            Variable::Potential => "potential (2^-21 mV)".into(),
            Variable::Refractory => "remaining refractory steps".into(),
            Variable::Input(index) => match network.private(index) {
                Some(private) => {
                    let population = &network.populations[private.population].name;
                    format!("{} input of `{population}` (2^-18 mV)", private.name())
                }
                None => format!("synaptic input of {} (2^-18 mV)", projection(index)),
            },
            Variable::Count(entry) => count_name(network, entry),
            Variable::KeptCount(at) => format!("kept {}", count_name(network, at % network.counts_layout().len())),
            Variable::History => "word of past spikes".into(),
            Variable::Probe(index) => format!("recorded variable {index}"),
            Variable::Course => "what was learned and what guards count".into(),
        }
    }

    /// The population of the neuron and its number within it.
    #[must_use]
    pub fn place<'a>(&self, network: &'a Spiking) -> Option<(&'a str, u32)> {
        let neuron = self.neuron?;
        let within = network.populations.iter().rfind(|population| population.first <= neuron)?;
        Some((&within.name, neuron - within.first))
    }
}

fn count_name(network: &Spiking, entry: usize) -> String {
    let layout: CountsLayout = network.counts_layout();
    let population = |index: usize| &network.populations[index].name;
    if entry < layout.patterns {
        format!("number of spikes of members of pattern {entry}")
    } else if entry < layout.pattern_entries() {
        let (set, pattern) = (entry / layout.patterns, entry % layout.patterns);
        let home = network.pattern_sets().nth(set).map_or(0, |(home, _)| home);
        format!("number of spikes of members of pattern {pattern} in `{}`", population(home))
    } else if entry < layout.saturated_potentials(0) {
        format!("number of spikes of `{}`", population(entry - layout.spikes(0)))
    } else if entry < layout.saturated_inputs(0) {
        format!("number of saturated potentials of `{}`", population(entry - layout.saturated_potentials(0)))
    } else {
        let input = entry - layout.saturated_inputs(0);
        match network.private(input) {
            Some(private) => {
                format!("number of saturated {} inputs of `{}`", private.name(), population(private.population))
            }
            None => format!("number of saturated inputs of projection {input}"),
        }
    }
}

impl Comparable for Spiking {
    type Difference = Difference;

    fn different_results(&self, ours: &BlockResult, theirs: &BlockResult) -> Option<Difference> {
        different_results(self, ours, theirs)
    }

    fn different_states(&self, ours: &Snapshot, theirs: &Snapshot, after: Option<Block>) -> Option<Difference> {
        let step = after.map_or(ours.step, |block| block.end_step() - 1);
        different_states(self, ours, theirs, step)
    }

    fn start_of(block: Block) -> u64 {
        block.start_step
    }

    fn pieces(block: Block) -> Vec<Block> {
        let single = |step| Block { start_step: step, steps: 1, probe: block.probe && step + 1 == block.end_step() };
        (block.start_step..block.end_step()).map(single).collect()
    }

    fn only_at_once(block: Block, difference: Difference) -> Difference {
        Difference { step: block.start_step, single_steps_agree: true, ..difference }
    }
}

/// The earliest difference of two results of the same block: spikes before counts before probes.
fn different_results(network: &Spiking, ours: &BlockResult, theirs: &BlockResult) -> Option<Difference> {
    let start = ours.block.start_step;
    let pairs = ours.spikes.iter().zip(&theirs.spikes).enumerate();
    let differing = pairs.filter(|(_, (our, their))| our != their);
    if let Some((bit, neuron)) = differing.map(|(neuron, (our, their))| ((our ^ their).trailing_zeros(), neuron)).min()
    {
        let values = [ours, theirs].map(|result| i64::from(result.spikes[neuron] >> bit & 1));
        return Some(Difference::new(start + u64::from(bit), Variable::Spike, Some(neuron), values));
    }
    let length = network.counts_layout().len();
    if let Some((at, values)) = first_unequal(&ours.counts, &theirs.counts) {
        return Some(Difference::new(start + (at / length) as u64, Variable::Count(at % length), None, values));
    }
    let (at, values) = first_unequal(&ours.probes, &theirs.probes)?;
    let neuron = network.probes.get(at).map(|probe| probe.neuron as usize);
    Some(Difference::new(ours.block.end_step() - 1, Variable::Probe(at), neuron, values))
}

/// The first difference of two states as they are after `step`.
fn different_states(network: &Spiking, ours: &Snapshot, theirs: &Snapshot, step: u64) -> Option<Difference> {
    let of_neuron = |variable, first: usize, (at, values): (usize, [i64; 2])| {
        Difference::new(step, variable, Some(first + at), values)
    };
    let potential = first_unequal(&ours.potentials, &theirs.potentials);
    if let Some(found) = potential {
        return Some(of_neuron(Variable::Potential, 0, found));
    }
    if let Some(found) = first_unequal(&ours.refractory, &theirs.refractory) {
        return Some(of_neuron(Variable::Refractory, 0, found));
    }
    for (index, (ours, theirs)) in ours.inputs.iter().zip(&theirs.inputs).enumerate() {
        if let Some(found) = first_unequal(ours, theirs) {
            let target = &network.populations[network.target(index)];
            return Some(of_neuron(Variable::Input(index), target.first as usize, found));
        }
    }
    if let Some((at, values)) = first_unequal(&ours.history, &theirs.history) {
        return Some(Difference::new(step, Variable::History, Some(at % network.neurons()), values));
    }
    if let Some((at, values)) = first_unequal(&ours.counts, &theirs.counts) {
        return Some(Difference::new(step, Variable::KeptCount(at), None, values));
    }
    let (_, values) = first_unequal(&numbers(&ours.course), &numbers(&theirs.course))?;
    Some(Difference::new(step, Variable::Course, None, values))
}

/// All that a course holds, one number after the other.
fn numbers(course: &Course) -> Vec<i64> {
    let mut numbers = vec![course.trial.into(), course.made as i64, course.silent_steps as i64];
    for members in &course.learned {
        numbers.push(members.len() as i64);
        numbers.extend(members.iter().map(|&member| i64::from(member)));
    }
    numbers.extend(course.recent.iter().flat_map(|&(step, neuron)| [step as i64, neuron.into()]));
    numbers.extend(course.guarded.iter().map(|&count| i64::from(count)));
    numbers
}

#[cfg(test)]
mod tests;
