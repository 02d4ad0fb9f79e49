//! The Fano factor of spike counts: how much they vary from one stretch of time to the next.
//!
//! F = variance over mean of the counts (0 for a clock, 1 for a Poisson process): Gerstner, Kistler, Naud & Paninski,
//! Neuronal Dynamics (2014), section 7.2. The variance divides by n, as in elephant's `fanofactor`.

use super::{Spikes, Window, mean, variance};

/// Length of the stretches in which spikes are counted, ms.
pub const COUNT_MS: f64 = 100.0;

/// The Fano factor of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PopulationFano {
    /// Mean over the neurons that fired; NaN if none did, or the window is shorter than two stretches.
    pub mean: f64,
    /// How many fired.
    pub neurons: usize,
    /// Number of stretches counted in.
    pub stretches: usize,
}

/// The Fano factor of counts; NaN of nothing, and where all are 0.
#[must_use]
pub fn fano(counts: &[f64]) -> f64 {
    variance(counts) / mean(counts)
}

/// The Fano factor of each neuron's counts in stretches of `count_ms` of a window, `[neuron]`; `None` where a neuron is
/// silent. What is left of the window after the last whole stretch is not counted.
#[must_use]
pub fn neuron_fanos(spikes: Spikes<'_>, window: Window, count_ms: f64) -> Vec<Option<f64>> {
    let stretches = window.whole_bins(count_ms);
    let moments = spikes.count_moments(window, count_ms);
    let of = |(sum, squares): (f64, f64)| {
        let mean = sum / stretches as f64;
        (sum > 0.0).then(|| (squares / stretches as f64 - mean * mean) / mean)
    };
    moments.into_iter().map(of).collect()
}

/// The mean Fano factor of a population's neurons, for counts in [`COUNT_MS`].
#[must_use]
pub fn population_fano(spikes: Spikes<'_>, window: Window) -> PopulationFano {
    let stretches = window.whole_bins(COUNT_MS);
    if stretches < 2 {
        return PopulationFano { mean: f64::NAN, neurons: 0, stretches };
    }
    let fanos: Vec<f64> = neuron_fanos(spikes, window, COUNT_MS).into_iter().flatten().collect();
    PopulationFano { mean: mean(&fanos), neurons: fanos.len(), stretches }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_has_none_and_silence_is_told_apart() {
        // Neuron 0: one spike every 10 ms. Neuron 1: four in the first 100 ms, none in the second. Neuron 2: none.
        let mut spikes: Vec<(f64, u64)> = (1..=20).map(|k| (10.0 * f64::from(k), 0)).collect();
        spikes.extend([5.0, 25.0, 45.0, 100.0].map(|time| (time, 1)));
        spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (times, neurons): (Vec<f64>, Vec<u64>) = spikes.into_iter().unzip();
        let spikes = Spikes::new(&times, &neurons, 3).unwrap();
        let window = Window::new(0.0, 200.0);
        // Counts 4 and 0: mean 2, variance 4.
        assert_eq!(neuron_fanos(spikes, window, 100.0), [Some(0.0), Some(2.0), None]);
        assert_eq!(population_fano(spikes, window), PopulationFano { mean: 1.0, neurons: 2, stretches: 2 });
        // A window that ends within a stretch leaves it out; one stretch alone has no variance.
        assert_eq!(neuron_fanos(spikes, Window::new(0.0, 299.9), 100.0)[1], Some(2.0));
        assert!(population_fano(spikes, Window::new(0.0, 150.0)).mean.is_nan());
        assert_eq!(fano(&[4.0, 0.0]), 2.0);
        assert!(fano(&[]).is_nan() && fano(&[0.0, 0.0]).is_nan());
    }
}
