//! Synchrony of a population: chi of Golomb & Rinzel.
//!
//! `chi^2 = Var_t(<x>) / <Var_t(x_i)>`, the variance in time of the mean over that of the neurons: Golomb & Rinzel, Physica D
//! 72 (1994) 259; here x_i is the spike count of neuron i in a bin. 1 where all fire together, about 1/sqrt(N) where they
//! are independent.

use super::{Spikes, Window, population, variance};

/// chi of a population over the whole bins of a window; NaN where nothing varies.
#[must_use]
pub fn chi(spikes: Spikes<'_>, window: Window, bin_ms: f64) -> f64 {
    let (bins, size) = (window.whole_bins(bin_ms) as f64, spikes.size as f64);
    let means: Vec<f64> = population::counts(spikes, window, bin_ms).iter().map(|count| count / size).collect();
    let own = |(sum, squares): (f64, f64)| squares / bins - (sum / bins).powi(2);
    let of_neurons = spikes.count_moments(window, bin_ms).into_iter().map(own).sum::<f64>() / size;
    (variance(&means) / of_neurons).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_is_one_and_apart_is_the_root_of_a_share() {
        // Two neurons in bins of 1 ms: both in every second bin.
        let together: Vec<f64> = (0..20).map(|k| 2.0 * f64::from(k / 2) + 1.0).collect();
        let neurons: Vec<u64> = (0..20).map(|k| k % 2).collect();
        let spikes = Spikes::new(&together, &neurons, 2).unwrap();
        assert!((chi(spikes, Window::new(0.0, 20.0), 1.0) - 1.0).abs() < 1e-12);
        // One in each bin by turns: the mean never varies.
        let apart: Vec<f64> = (1..=20).map(f64::from).collect();
        let spikes = Spikes::new(&apart, &neurons, 2).unwrap();
        assert!(chi(spikes, Window::new(0.0, 20.0), 1.0).abs() < 1e-12);
        // A silent partner halves the mean: chi^2 = (1/4 v)/(v/2).
        let one: Vec<f64> = (0..10).map(|k| 2.0 * f64::from(k) + 1.0).collect();
        let spikes = Spikes::new(&one, &[0; 10], 2).unwrap();
        assert!((chi(spikes, Window::new(0.0, 20.0), 1.0) - 0.5f64.sqrt()).abs() < 1e-12);
        assert!(chi(Spikes::new(&[], &[], 2).unwrap(), Window::new(0.0, 20.0), 1.0).is_nan());
    }
}
