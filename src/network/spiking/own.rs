//! What differs between the neurons of a population: parameters that were drawn once a neuron.

use super::Population;

/// Parameters of every neuron of a population, `[neuron]`. A list is empty where all have the population's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// e^(-dt/tau_m) in 2^-shift, `shift` the population's.
    pub decays: Vec<i32>,
    /// Gains of the inputs that are currents, `[input][neuron]`, inputs in the order of [`super::Spiking::inputs_of`];
    /// empty lists for jumps. Each pair of a neuron's decay and gains sums to less than 2^32.
    pub gains: Vec<Vec<i32>>,
    /// Drive a step, 2^-21 mV.
    pub drives: Vec<i32>,
    /// Noise amplitudes, 2^-21 mV.
    pub noises: Vec<i32>,
    /// Thresholds, 2^-21 mV.
    pub thresholds: Vec<i32>,
}

impl Own {
    /// The gain of a neuron's input at a place among the population's, where it is its own.
    #[inline(always)]
    #[must_use]
    pub fn gain(&self, place: usize, neuron: usize) -> Option<i32> {
        self.gains.get(place)?.get(neuron).copied()
    }
}

/// `neuron` is numbered within the population.
impl Population {
    /// Decay of the potential of a neuron.
    #[inline(always)]
    #[must_use]
    pub fn decay_of(&self, neuron: usize) -> i32 {
        self.own.decays.get(neuron).copied().unwrap_or(self.decay)
    }

    /// Drive of a neuron.
    #[inline(always)]
    #[must_use]
    pub fn drive_of(&self, neuron: usize) -> i32 {
        self.own.drives.get(neuron).copied().unwrap_or(self.drive)
    }

    /// Noise amplitude of a neuron.
    #[inline(always)]
    #[must_use]
    pub fn noise_of(&self, neuron: usize) -> i32 {
        self.own.noises.get(neuron).copied().unwrap_or(self.noise)
    }

    /// Threshold of a neuron.
    #[inline(always)]
    #[must_use]
    pub fn threshold_of(&self, neuron: usize) -> i32 {
        self.own.thresholds.get(neuron).copied().unwrap_or(self.threshold)
    }
}
