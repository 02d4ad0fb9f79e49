//! Interspike intervals and their coefficient of variation.
//!
//! CV = standard deviation over mean of a neuron's intervals (0 for a clock, 1 for a Poisson process): Gerstner,
//! Kistler, Naud & Paninski, Neuronal Dynamics (2014), section 7.3. The standard deviation divides by n.

use super::{Spikes, Window, mean};

/// A neuron needs this many spikes for its CV to be reported.
pub const SPIKES_MIN: usize = 5;

/// The CV of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PopulationCv {
    /// Mean over the neurons that had enough spikes; NaN if none had.
    pub mean: f64,
    /// How many had enough.
    pub neurons: usize,
}

/// The intervals between the spikes of each neuron in a window, ms, `[neuron][interval]`.
#[must_use]
pub fn intervals_ms(spikes: Spikes<'_>, window: Window) -> Vec<Vec<f64>> {
    let spikes = spikes.within(window);
    let mut last_ms = vec![f64::NAN; spikes.size];
    let mut intervals = vec![Vec::new(); spikes.size];
    for (&time, &neuron) in spikes.times_ms.iter().zip(spikes.neurons) {
        let neuron = neuron as usize;
        if !last_ms[neuron].is_nan() {
            intervals[neuron].push(time - last_ms[neuron]);
        }
        last_ms[neuron] = time;
    }
    intervals
}

/// The coefficient of variation of intervals; NaN of nothing.
#[must_use]
pub fn cv(intervals_ms: &[f64]) -> f64 {
    let mean_ms = mean(intervals_ms);
    let variance = intervals_ms.iter().map(|interval| (interval - mean_ms).powi(2)).sum::<f64>();
    (variance / intervals_ms.len() as f64).sqrt() / mean_ms
}

/// The CV of each neuron in a window, `[neuron]`; `None` with fewer than `spikes_min` spikes (at least 2) in it.
#[must_use]
pub fn neuron_cvs(spikes: Spikes<'_>, window: Window, spikes_min: usize) -> Vec<Option<f64>> {
    let enough = spikes_min.max(2) - 1;
    intervals_ms(spikes, window).iter().map(|own| (own.len() >= enough).then(|| cv(own))).collect()
}

/// The mean CV of the neurons of a population that had at least [`SPIKES_MIN`] spikes in a window.
#[must_use]
pub fn population_cv(spikes: Spikes<'_>, window: Window) -> PopulationCv {
    let cvs: Vec<f64> = neuron_cvs(spikes, window, SPIKES_MIN).into_iter().flatten().collect();
    PopulationCv { mean: mean(&cvs), neurons: cvs.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_deviation_divides_by_n() {
        // Intervals 10 and 30: mean 20, s.d. 10 (it would be 14.1 divided by n - 1).
        assert!((cv(&[10.0, 30.0]) - 0.5).abs() < 1e-12);
        assert_eq!(cv(&[7.0, 7.0, 7.0]), 0.0);
        assert!(cv(&[]).is_nan());
    }

    #[test]
    fn only_neurons_with_enough_spikes_count() {
        // Neuron 0: at 10, 20, 40, 50, 70 (intervals 10 20 10 20: mean 15, s.d. 5). Neuron 1: four spikes. Neuron 2: none.
        let times_ms = [10.0, 11.0, 20.0, 21.0, 31.0, 40.0, 41.0, 50.0, 70.0];
        let spikes = Spikes::new(&times_ms, &[0, 1, 0, 1, 1, 0, 1, 0, 0], 3).unwrap();
        let whole = Window::new(0.0, 100.0);
        let cvs = neuron_cvs(spikes, whole, 5);
        assert!((cvs[0].unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(cvs[1..], [None, None]);
        assert_eq!(neuron_cvs(spikes, whole, 4)[1], Some(0.0));
        let population = population_cv(spikes, whole);
        assert_eq!(population.neurons, 1);
        assert!((population.mean - 1.0 / 3.0).abs() < 1e-12);
        // A window that cuts the first spike off leaves nobody enough.
        assert_eq!(population_cv(spikes, Window::new(10.0, 100.0)).neurons, 0);
    }
}
