//! The state of a spiking network, in the form that all engines share.

use super::Course;

/// The whole state between two steps: for comparisons and for starting an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The next step.
    pub step: u64,
    /// Membrane potentials, `[neuron]`, 2^-21 mV.
    pub potentials: Vec<i32>,
    /// Remaining refractory steps, `[neuron]`.
    pub refractory: Vec<u32>,
    /// Synaptic inputs, `[input][neuron within the target]`, 2^-18 mV, projections first; empty for jumps.
    pub inputs: Vec<Vec<i32>>,
    /// Counts of the last D_max steps, oldest first, `[step][entry of the row]`; zero before the start.
    /// Saturations are left out (zero): they act on nothing.
    pub counts: Vec<u32>,
    /// Own spikes of the last steps of every neuron, `[word][neuron]`: bit b of word w is step - 1 - (32 w + b), for the
    /// `Spiking::own_history_steps` last steps; other bits are zero.
    pub history: Vec<u32>,
    /// How far the program has come. An engine by itself does not know of it and leaves it at its start.
    pub course: Course,
}
