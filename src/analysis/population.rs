//! The activity of a population: its rate in bins, and how much that fluctuates.
//!
//! Population activity A(t) = spikes in a bin over neurons and bin: Gerstner, Kistler, Naud & Paninski, Neuronal
//! Dynamics (2014), section 7.2. Were the neurons independent Poisson processes, the count of a bin would be Poisson's too,
//! with a coefficient of variation of 1/sqrt(mean count).

use super::{Spikes, Window, mean, variance};

/// Length of the bins in which the fluctuation is told, ms.
pub const BIN_MS: f64 = 5.0;

/// How much a population's rate fluctuates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fluctuation {
    /// Standard deviation over mean of the counts in [`BIN_MS`]; NaN where there are none.
    pub cv: f64,
    /// What it would be if all neurons were independent Poisson processes of the same rates.
    pub poisson_cv: f64,
}

/// Spikes of a population in each whole bin of a window, `[bin]`.
#[must_use]
pub fn counts(spikes: Spikes<'_>, window: Window, bin_ms: f64) -> Vec<f64> {
    let mut counts = vec![0.0; window.whole_bins(bin_ms)];
    for &time_ms in spikes.within(window).times_ms {
        if let Some(count) = counts.get_mut(window.bin_of(time_ms, bin_ms)) {
            *count += 1.0;
        }
    }
    counts
}

/// The rate of a population in each whole bin of a window, Hz, `[bin]`.
#[must_use]
pub fn rates_hz(spikes: Spikes<'_>, window: Window, bin_ms: f64) -> Vec<f64> {
    let neuron_seconds = spikes.size as f64 * bin_ms / 1000.0;
    counts(spikes, window, bin_ms).iter().map(|count| count / neuron_seconds).collect()
}

/// The fluctuation of a population's rate over a window.
#[must_use]
pub fn fluctuation(spikes: Spikes<'_>, window: Window) -> Fluctuation {
    let counts = counts(spikes, window, BIN_MS);
    let mean = mean(&counts);
    Fluctuation { cv: variance(&counts).sqrt() / mean, poisson_cv: mean.sqrt().recip() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_take_in_their_end_and_a_shorter_last_one_is_left_out() {
        let spikes = Spikes::new(&[5.0, 5.1, 10.0, 15.0, 16.0], &[0, 1, 1, 0, 1], 2).unwrap();
        assert_eq!(counts(spikes, Window::new(0.0, 17.0), 5.0), [1.0, 2.0, 1.0]);
        assert_eq!(counts(spikes, Window::new(5.0, 15.0), 5.0), [2.0, 1.0]);
        assert_eq!(rates_hz(spikes, Window::new(0.0, 10.0), 5.0), [100.0, 200.0]);
    }

    #[test]
    fn the_fluctuation_is_set_against_poissons() {
        // Counts 1, 2, 1, 0: mean 1, variance 0.5.
        let spikes = Spikes::new(&[1.0, 6.0, 7.0, 11.0], &[0; 4], 1).unwrap();
        let found = fluctuation(spikes, Window::new(0.0, 20.0));
        assert!((found.cv - 0.5f64.sqrt()).abs() < 1e-12);
        assert_eq!(found.poisson_cv, 1.0);
        assert!(fluctuation(spikes, Window::new(0.0, 1.0)).cv.is_nan());
    }
}
