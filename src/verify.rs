//! Verification: two engines side by side, block by block, and the first thing in which they differ.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::{Block, BlockResult, Engine, EngineError};
use crate::network::spiking::{CountsLayout, Snapshot, Spiking};
use crate::schedule::Schedule;
use crate::simulate::{Observer, SimulateError};

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every spike, count and state variable was the same.
    Equal,
    /// `stop` was set; all was the same up to here.
    Interrupted {
        /// The next step.
        step: u64,
    },
    /// They differ.
    Different(Difference),
}

/// What an engine computes and another can compute differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Whether a neuron fired.
    Spike,
    /// A membrane potential, 2^-21 mV.
    Potential,
    /// Remaining refractory steps.
    Refractory,
    /// The synaptic input of the projection with this index, 2^-18 mV.
    Input(usize),
    /// The entry of the row of counts with this index.
    Count(usize),
    /// A count kept for delayed arrivals: its index in the snapshot.
    KeptCount(usize),
    /// A word of a neuron's own past spikes.
    History,
    /// The recorded variable with this index.
    Probe(usize),
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
            Variable::Input(index) => format!("synaptic input of {} (2^-18 mV)", projection(index)),
            Variable::Count(entry) => count_name(network, entry),
            Variable::KeptCount(at) => format!("kept {}", count_name(network, at % network.counts_layout().len())),
            Variable::History => "word of past spikes".into(),
            Variable::Probe(index) => format!("recorded variable {index}"),
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
    } else if entry < layout.saturated_potentials(0) {
        format!("number of spikes of `{}`", population(entry - layout.spikes(0)))
    } else if entry < layout.saturated_inputs(0) {
        format!("number of saturated potentials of `{}`", population(entry - layout.saturated_potentials(0)))
    } else {
        format!("number of saturated inputs of projection {}", entry - layout.saturated_inputs(0))
    }
}

/// Runs `network` on both engines and compares spikes, counts, probes and the whole state after every block, until
/// they differ. `observer` sees the blocks in which they agree. A block in which they differ is taken again from the
/// last state that was the same, step by step, to find the first step.
///
/// # Errors
/// If an engine or the observer fails.
pub fn compare(
    network: &Spiking,
    engines: [&mut dyn Engine; 2],
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Outcome, SimulateError> {
    let [first, second] = engines;
    let mut state = first.snapshot()?;
    if let Some(difference) = different_states(network, &state, &second.snapshot()?, state.step) {
        return Ok(Outcome::Different(difference));
    }
    observer.start(&state).map_err(SimulateError::Observer)?;
    for block in Schedule::new(network, state.step, network.block_steps()) {
        if stop.load(Ordering::Relaxed) {
            return Ok(Outcome::Interrupted { step: block.start_step });
        }
        let (result, difference) = compare_block(network, first, second, block)?;
        match difference {
            Ok(same) => state = same,
            Err(difference) => {
                return Ok(Outcome::Different(locate(network, [first, second], &state, (block, difference))?));
            }
        }
        observer.block(&result).map_err(SimulateError::Observer)?;
    }
    Ok(Outcome::Equal)
}

/// The first engine's result of one block, with the state after it if both agree, or the first difference.
type Compared = (BlockResult, Result<Snapshot, Difference>);

fn compare_block(
    network: &Spiking,
    first: &mut dyn Engine,
    second: &mut dyn Engine,
    block: Block,
) -> Result<Compared, EngineError> {
    first.submit(block)?;
    second.submit(block)?;
    let (ours, theirs) = (first.collect()?, second.collect()?);
    let (our_state, their_state) = (first.snapshot()?, second.snapshot()?);
    let difference = different_results(network, &ours, &theirs)
        .or_else(|| different_states(network, &our_state, &their_state, block.end_step() - 1));
    Ok((ours, difference.map_or(Ok(our_state), Err)))
}

/// Takes a block in which the engines differ again, in single steps from the last equal state.
fn locate(
    network: &Spiking,
    [first, second]: [&mut dyn Engine; 2],
    state: &Snapshot,
    (block, difference): (Block, Difference),
) -> Result<Difference, EngineError> {
    first.restore(state)?;
    second.restore(state)?;
    for step in block.start_step..block.end_step() {
        let probe = block.probe && step + 1 == block.end_step();
        let (_, single) = compare_block(network, first, second, Block { start_step: step, steps: 1, probe })?;
        if let Err(difference) = single {
            return Ok(difference);
        }
    }
    Ok(Difference { step: block.start_step, single_steps_agree: true, ..difference })
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
            let target = &network.populations[network.projections[index].target];
            return Some(of_neuron(Variable::Input(index), target.first as usize, found));
        }
    }
    if let Some((at, values)) = first_unequal(&ours.history, &theirs.history) {
        return Some(Difference::new(step, Variable::History, Some(at % network.neurons()), values));
    }
    let (at, values) = first_unequal(&ours.counts, &theirs.counts)?;
    Some(Difference::new(step, Variable::KeptCount(at), None, values))
}

/// The first place at which two lists differ, with both values; what one of them lacks counts as -1.
fn first_unequal<T: Copy + PartialEq + Into<i64>>(ours: &[T], theirs: &[T]) -> Option<(usize, [i64; 2])> {
    let at = (0..ours.len().max(theirs.len())).find(|&at| ours.get(at) != theirs.get(at))?;
    Some((at, [ours, theirs].map(|list| list.get(at).map_or(-1, |&value| value.into()))))
}

#[cfg(test)]
mod tests;
