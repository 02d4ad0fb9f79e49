//! Frames: recorded potentials and inputs, taken from the probes of a block or from the initial state.

use std::ops::Range;

use crate::fixed;
use crate::model::spiking::VoltageRecord;
use crate::network::spiking::{Probe, Snapshot, Spiking, Synapse, Variable};

/// Where the probes of one recorded population are, and when its frames are due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrameLayout {
    /// Index of the population.
    pub(crate) population: usize,
    /// Number of its first neuron, across populations.
    first: u32,
    /// Recorded neurons, numbered within the population.
    pub(crate) neurons: Vec<u32>,
    /// Steps between two frames.
    pub(crate) every_steps: u64,
    /// Probes of the potentials, one a neuron.
    potentials: Range<usize>,
    /// Numbers of the recorded inputs, and their probes, one a neuron.
    inputs: Vec<(usize, Range<usize>)>,
}

/// Frames of one population that wait to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Frames {
    /// Time of each frame, ms.
    pub(crate) times_ms: Vec<f64>,
    /// Potentials, mV, `[frame][neuron]`.
    pub(crate) potentials: Vec<f32>,
    /// Synaptic inputs, mV, `[frame][neuron][input]`.
    pub(crate) inputs: Vec<f32>,
}

impl FrameLayout {
    /// The layouts of all entries, in the order in which `compile` makes probes: of each entry the potentials, then
    /// each of its inputs that is a current.
    pub(crate) fn all(records: &[VoltageRecord], network: &Spiking) -> Vec<Self> {
        let mut next = 0;
        let mut take = |count: usize| {
            next += count;
            next - count..next
        };
        let mut layouts = Vec::with_capacity(records.len());
        for record in records {
            let neurons = record.neurons.len();
            let potentials = take(neurons);
            let inputs = network
                .inputs_of(record.population)
                .filter(|&input| record.inputs && matches!(network.synapse(input), Synapse::Current { .. }));
            layouts.push(Self {
                population: record.population,
                first: network.populations[record.population].first,
                neurons: record.neurons.clone(),
                every_steps: record.every_steps.max(1),
                potentials,
                inputs: inputs.map(|input| (input, take(neurons))).collect(),
            });
        }
        layouts
    }

    /// Numbers of the recorded inputs.
    pub(crate) fn inputs(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.inputs.iter().map(|(input, _)| *input)
    }

    /// Whether a frame is due after `step` steps of a run of `steps`: none is at its end.
    pub(crate) fn is_due(&self, step: u64, steps: u64) -> bool {
        step.is_multiple_of(self.every_steps) && step < steps
    }

    /// Whether the probes are those that this layout expects.
    pub(crate) fn matches(&self, probes: &[Probe]) -> bool {
        let potentials = std::iter::once((Variable::Potential, &self.potentials));
        let inputs = self.inputs.iter().map(|(input, range)| (Variable::Input(*input), range));
        potentials.chain(inputs).all(|(variable, range)| {
            probes.get(range.clone()).is_some_and(|probes| {
                probes
                    .iter()
                    .zip(&self.neurons)
                    .all(|(probe, &local)| *probe == Probe { variable, neuron: self.first + local })
            })
        })
    }

    /// Appends a frame from the values of the probes.
    pub(crate) fn append_probes(&self, time_ms: f64, values: &[i32], frames: &mut Frames) {
        frames.times_ms.push(time_ms);
        frames.potentials.extend(values[self.potentials.clone()].iter().map(|&value| potential_mv(value)));
        for neuron in 0..self.neurons.len() {
            frames.inputs.extend(self.inputs.iter().map(|(_, range)| input_mv(values[range.start + neuron])));
        }
    }

    /// Appends a frame from the whole state.
    pub(crate) fn append_state(&self, time_ms: f64, state: &Snapshot, frames: &mut Frames) {
        frames.times_ms.push(time_ms);
        for &local in &self.neurons {
            frames.potentials.push(potential_mv(state.potentials[(self.first + local) as usize]));
            let inputs = self.inputs.iter().map(|(input, _)| state.inputs[*input][local as usize]);
            frames.inputs.extend(inputs.map(input_mv));
        }
    }
}

fn potential_mv(value: i32) -> f32 {
    fixed::potential_mv(value) as f32
}

fn input_mv(value: i32) -> f32 {
    fixed::input_mv(value) as f32
}
