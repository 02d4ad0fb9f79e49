//! Analysis: what a neuroscientist reads off spikes and traces. Pure functions; each names its source.

pub mod fano;
pub mod fixed_points;
pub mod intervals;
pub mod overlap;
pub mod population;
pub mod rates;
pub mod recall;
pub mod selectivity;
pub mod spectrum;
pub mod states;
pub mod synchrony;

/// Two times this close, in ms, are one: spikes are stamped with floats, steps are far longer.
const TIME_TOLERANCE_MS: f64 = 1e-6;

/// The spikes of a population, in order of time.
#[derive(Clone, Copy, Debug)]
pub struct Spikes<'a> {
    times_ms: &'a [f64],
    neurons: &'a [u64],
    size: usize,
}

/// Why numbers are not the spikes of a population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpikesError {
    /// Not one neuron a time.
    #[error("{times} spike times with {neurons} neurons: there must be one neuron a time")]
    Unequal {
        /// Number of times.
        times: usize,
        /// Number of neurons.
        neurons: usize,
    },
    /// A neuron beyond the population.
    #[error("a spike of neuron {neuron} in a population of {size}")]
    Neuron {
        /// Its number.
        neuron: u64,
        /// Number of neurons of the population.
        size: usize,
    },
    /// Times that are not in order.
    #[error("spike {index} is earlier than the one before it")]
    Order {
        /// Index of the first such spike.
        index: usize,
    },
}

impl<'a> Spikes<'a> {
    /// The spikes of a population of `size` neurons. `times_ms`, ascending, are the ends of the steps in which the
    /// threshold was crossed; `neurons` are numbered within the population.
    ///
    /// # Errors
    /// If these are not the spikes of such a population.
    pub fn new(times_ms: &'a [f64], neurons: &'a [u64], size: usize) -> Result<Self, SpikesError> {
        if times_ms.len() != neurons.len() {
            return Err(SpikesError::Unequal { times: times_ms.len(), neurons: neurons.len() });
        }
        if let Some(&neuron) = neurons.iter().find(|&&neuron| neuron >= size as u64) {
            return Err(SpikesError::Neuron { neuron, size });
        }
        match times_ms.windows(2).position(|pair| pair[0] > pair[1] || pair[0].is_nan() || pair[1].is_nan()) {
            Some(index) => Err(SpikesError::Order { index: index + 1 }),
            None => Ok(Self { times_ms, neurons, size }),
        }
    }

    /// Number of spikes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.times_ms.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.times_ms.is_empty()
    }

    /// Number of neurons of the population, silent ones included.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The spikes of a window.
    #[must_use]
    pub fn within(&self, window: Window) -> Spikes<'a> {
        let first = self.times_ms.partition_point(|&time| time <= window.start_ms + TIME_TOLERANCE_MS);
        let end = self.times_ms.partition_point(|&time| time <= window.stop_ms + TIME_TOLERANCE_MS).max(first);
        Spikes { times_ms: &self.times_ms[first..end], neurons: &self.neurons[first..end], size: self.size }
    }

    /// Number of spikes of each neuron, `[neuron]`.
    #[must_use]
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.size];
        self.neurons.iter().for_each(|&neuron| counts[neuron as usize] += 1);
        counts
    }

    /// For each neuron the sum of its counts in the whole bins of a window and that of their squares, `[neuron]`.
    fn count_moments(&self, window: Window, bin_ms: f64) -> Vec<(f64, f64)> {
        let bins = window.whole_bins(bin_ms);
        let mut moments = vec![(0.0, 0.0); self.size];
        let mut current = vec![(0, 0.0); self.size];
        let spikes = self.within(window);
        for (&time_ms, &neuron) in spikes.times_ms.iter().zip(spikes.neurons) {
            let bin = window.bin_of(time_ms, bin_ms);
            if bin >= bins {
                break;
            }
            let (own_bin, count): &mut (usize, f64) = &mut current[neuron as usize];
            if *own_bin != bin {
                (*own_bin, *count) = (bin, 0.0);
            }
            // (count + 1)^2 - count^2.
            moments[neuron as usize].0 += 1.0;
            moments[neuron as usize].1 += 2.0 * *count + 1.0;
            *count += 1.0;
        }
        moments
    }
}

/// A stretch of time (start, stop]: the spikes of the steps from `start_ms` on and before `stop_ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Where it starts, ms.
    pub start_ms: f64,
    /// Where it ends, ms.
    pub stop_ms: f64,
}

impl Window {
    /// From `start_ms` to `stop_ms`.
    #[must_use]
    pub const fn new(start_ms: f64, stop_ms: f64) -> Self {
        Self { start_ms, stop_ms }
    }

    /// Its length, s.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        (self.stop_ms - self.start_ms) / 1000.0
    }

    /// How many bins of `bin_ms` lie in it whole.
    #[must_use]
    pub fn whole_bins(&self, bin_ms: f64) -> usize {
        ((self.stop_ms - self.start_ms + TIME_TOLERANCE_MS) / bin_ms).max(0.0) as usize
    }

    /// The bin (lo, hi] that a time within it falls into, from 0.
    fn bin_of(&self, time_ms: f64, bin_ms: f64) -> usize {
        (((time_ms - self.start_ms - TIME_TOLERANCE_MS) / bin_ms).ceil() as usize).saturating_sub(1)
    }
}

/// The arithmetic mean; NaN of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The variance, which divides by n; NaN of nothing.
#[must_use]
pub fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
}

/// The `percent`-th percentile of ascending values, linear between neighbours (type 7 of Hyndman & Fan, The American
/// Statistician 50, 1996, as in numpy); NaN of nothing.
#[must_use]
pub fn percentile(ascending: &[f64], percent: f64) -> f64 {
    if ascending.is_empty() {
        return f64::NAN;
    }
    let place = percent.clamp(0.0, 100.0) / 100.0 * (ascending.len() - 1) as f64;
    let below = ascending[place.floor() as usize];
    let above = ascending[place.ceil() as usize];
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_leaves_out_its_start_and_takes_in_its_end_whatever_the_last_bit_of_a_time() {
        let spikes = Spikes::new(&[0.1, 0.1, 0.2, 0.30000000000000004, 0.4], &[0, 2, 2, 0, 2], 4).unwrap();
        for (start_ms, stop_ms, expected) in
            [(0.1, 0.3, [1, 0, 1, 0]), (0.3, 0.4, [0, 0, 1, 0]), (0.0, 1.0, [2, 0, 3, 0]), (0.4, 0.2, [0; 4])]
        {
            assert_eq!(spikes.within(Window::new(start_ms, stop_ms)).counts(), expected, "{start_ms} to {stop_ms}");
        }
    }

    #[test]
    fn what_are_no_spikes_of_the_population_is_refused() {
        assert_eq!(Spikes::new(&[1.0], &[], 3).unwrap_err(), SpikesError::Unequal { times: 1, neurons: 0 });
        assert_eq!(Spikes::new(&[1.0], &[3], 3).unwrap_err(), SpikesError::Neuron { neuron: 3, size: 3 });
        assert_eq!(Spikes::new(&[1.0, 0.5], &[0, 0], 3).unwrap_err(), SpikesError::Order { index: 1 });
        assert_eq!(Spikes::new(&[1.0, f64::NAN], &[0, 0], 3).unwrap_err(), SpikesError::Order { index: 1 });
        assert!(Spikes::new(&[], &[], 0).unwrap().is_empty());
    }

    #[test]
    fn percentiles_are_numpys() {
        let values = [1.0, 2.0, 4.0, 8.0];
        for (percent, expected) in [(0.0, 1.0), (5.0, 1.15), (50.0, 3.0), (95.0, 7.4), (100.0, 8.0)] {
            assert!((percentile(&values, percent) - expected).abs() < 1e-12, "{percent} %");
        }
        assert!(percentile(&[], 50.0).is_nan());
        assert!(mean(&[]).is_nan());
    }
}
