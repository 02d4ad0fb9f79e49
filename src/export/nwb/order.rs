//! Spikes by neuron from spikes by time, in bounded memory: the file is read once to count, then once for each stretch of
//! neurons whose spikes fit.

use std::ops::Range;

/// Spikes held in memory at once, at least those of one neuron.
pub(super) const SPIKES_MAX: u64 = 16 << 20;

/// Stretches of neurons whose spikes, `counts` of each, fit into `spikes_max`.
pub(super) fn stretches(counts: &[u64], spikes_max: u64) -> Vec<Range<usize>> {
    let mut stretches = Vec::new();
    let (mut start, mut sum) = (0, 0);
    for (neuron, &count) in counts.iter().enumerate() {
        if neuron > start && sum + count > spikes_max {
            stretches.push(start..neuron);
            (start, sum) = (neuron, 0);
        }
        sum += count;
    }
    if start < counts.len() {
        stretches.push(start..counts.len());
    }
    stretches
}

/// The spikes of a stretch of neurons, being put in order.
pub(super) struct Ordered {
    neurons: Range<usize>,
    /// Where the next spike of each neuron goes.
    next: Vec<usize>,
    times: Vec<f64>,
}

impl Ordered {
    /// Room for the spikes of `neurons`, `counts` of each of the population.
    pub(super) fn new(neurons: Range<usize>, counts: &[u64]) -> Self {
        let mut next = Vec::with_capacity(neurons.len());
        let mut end = 0;
        for &count in &counts[neurons.clone()] {
            next.push(end);
            end += count as usize;
        }
        Self { neurons, next, times: vec![f64::NAN; end] }
    }

    /// Takes a spike, if it is of one of the neurons. Spikes come in order of time.
    pub(super) fn add(&mut self, neuron: usize, time: f64) {
        if self.neurons.contains(&neuron) {
            let place = &mut self.next[neuron - self.neurons.start];
            self.times[*place] = time;
            *place += 1;
        }
    }

    /// The times, neuron by neuron.
    pub(super) fn times(self) -> Vec<f64> {
        self.times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_hold_every_neuron_once_and_no_more_than_fits() {
        let counts = [3, 0, 4, 9, 1, 0, 2, 0];
        for most in [1, 4, 7, 100] {
            let found = stretches(&counts, most);
            assert_eq!(found.iter().cloned().flatten().collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
            for one in found {
                assert!(one.len() == 1 || counts[one.clone()].iter().sum::<u64>() <= most, "{one:?} of {most}");
            }
        }
        assert!(stretches(&[], 5).is_empty());
    }

    #[test]
    fn spikes_are_put_together_by_neuron() {
        let spikes = [(0.1, 2), (0.1, 0), (0.2, 2), (0.3, 1), (0.4, 0), (0.5, 3)];
        let counts = [2, 1, 2, 1];
        let mut times = Vec::new();
        for neurons in stretches(&counts, 3) {
            let mut ordered = Ordered::new(neurons, &counts);
            spikes.iter().for_each(|&(time, neuron)| ordered.add(neuron, time));
            times.extend(ordered.times());
        }
        assert_eq!(times, [0.1, 0.4, 0.3, 0.1, 0.2, 0.5]);
    }
}
