//! Firing rates: of each neuron over a window, and how they are spread over a population.
//!
//! Spike count over duration: Gerstner, Kistler, Naud & Paninski, Neuronal Dynamics (2014), section 7.2.

use super::{Spikes, Window, mean, percentile};

/// How the rates of a population's neurons are spread, Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Mean over neurons: the rate of the population.
    pub mean_hz: f64,
    /// 5th percentile over neurons.
    pub low_hz: f64,
    /// Median over neurons.
    pub median_hz: f64,
    /// 95th percentile over neurons.
    pub high_hz: f64,
}

/// The rate of each neuron over a window, Hz, `[neuron]`.
#[must_use]
pub fn neuron_rates_hz(spikes: Spikes<'_>, window: Window) -> Vec<f64> {
    spikes.within(window).counts().iter().map(|&count| count as f64 / window.seconds()).collect()
}

/// The mean rate of a population over a window, Hz.
#[must_use]
pub fn population_rate_hz(spikes: Spikes<'_>, window: Window) -> f64 {
    spikes.within(window).len() as f64 / spikes.size as f64 / window.seconds()
}

/// Mean and percentiles of rates.
#[must_use]
pub fn spread(rates_hz: &[f64]) -> Spread {
    let mut ascending = rates_hz.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    Spread {
        mean_hz: mean(&ascending),
        low_hz: percentile(&ascending, 5.0),
        median_hz: percentile(&ascending, 50.0),
        high_hz: percentile(&ascending, 95.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_counts_over_the_window() {
        let spikes = Spikes::new(&[1.0, 10.0, 20.0, 30.0], &[1, 1, 0, 1], 3).unwrap();
        // 20 ms: neuron 0 has one spike (20), neuron 1 two (10 and, at the start, not 1).
        let window = Window::new(1.0, 21.0);
        assert_eq!(neuron_rates_hz(spikes, window), [50.0, 50.0, 0.0]);
        assert!((population_rate_hz(spikes, window) - 100.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_spread_is_that_of_the_neurons() {
        // 0, 1, ... 100 Hz: the percentiles are their own values.
        let rates: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(spread(&rates), Spread { mean_hz: 50.0, low_hz: 5.0, median_hz: 50.0, high_hz: 95.0 });
    }
}
