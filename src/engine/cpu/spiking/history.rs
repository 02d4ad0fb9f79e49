//! A neuron's own spikes of the last steps: what projections without autapses take away again.

/// Own spikes, the latest first: bit b of word w is step now - 1 - (32 w + b).
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// `[word][neuron]`; no word where nobody asks.
    pub(super) words: Vec<Vec<u32>>,
}

impl History {
    /// For the last `steps` steps of so many neurons, none of which has fired.
    pub(super) fn new(steps: u32, neurons: usize) -> Self {
        Self { words: vec![vec![0; neurons]; steps.div_ceil(32) as usize] }
    }

    /// Spikes that arrive in a block of `steps` steps after `delay` (at least as long), for each neuron that has some:
    /// bit s is what arrives in step s.
    #[inline(always)]
    pub(super) fn arriving(&self, delay: u32, steps: u32) -> impl Iterator<Item = (usize, u32)> + '_ {
        // What arrives in step s was emitted delay - s steps ago, which is bit delay - s - 1.
        let lowest = delay - steps;
        let (word, bit) = ((lowest / 32) as usize, lowest % 32);
        let low = &self.words[word][..];
        let high = self.words.get(word + 1).map_or(low, |word| &word[..]);
        let above = if self.words.len() > word + 1 { u64::MAX } else { u64::from(u32::MAX) };
        let mask = u32::MAX >> (32 - steps);
        let window =
            move |low: u32, high: u32| (((u64::from(high) << 32 | u64::from(low)) & above) >> bit) as u32 & mask;
        // Few neurons fire in a block: sixteen are looked at together.
        low.chunks(16).zip(high.chunks(16)).enumerate().flat_map(move |(chunk, (low, high))| {
            let any = low.iter().zip(high).fold(0, |any, (&low, &high)| any | window(low, high)) != 0;
            let within = if any { low.len() } else { 0 };
            let windows = low.iter().zip(high).take(within).enumerate();
            windows.filter_map(move |(at, (&low, &high))| match window(low, high) {
                0 => None,
                latest_first => Some((16 * chunk + at, latest_first.reverse_bits() >> (32 - steps))),
            })
        })
    }

    /// The same for one neuron.
    pub(super) fn arriving_at(&self, neuron: usize, delay: u32, steps: u32) -> u32 {
        (0..steps).fold(0, |bits, step| {
            let ago = delay - step - 1;
            bits | (self.words[(ago / 32) as usize][neuron] >> (ago % 32) & 1) << step
        })
    }

    /// Moves on by a block of `steps` steps, in which the neurons of `fired` have fired (bit s: in step s).
    #[inline(always)]
    pub(super) fn remember(&mut self, steps: u32, fired: &[(u32, u32)]) {
        for word in (0..self.words.len()).rev() {
            let (before, rest) = self.words.split_at_mut(word);
            match before.last() {
                Some(newer) => {
                    for (word, &newer) in rest[0].iter_mut().zip(newer) {
                        *word = ((u64::from(*word) << 32 | u64::from(newer)) << steps >> 32) as u32;
                    }
                }
                None => rest[0].iter_mut().for_each(|word| *word = (u64::from(*word) << steps) as u32),
            }
        }
        if let Some(newest) = self.words.first_mut() {
            for &(neuron, word) in fired {
                newest[neuron as usize] |= word.reverse_bits() >> (32 - steps);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_fired_arrives_after_its_delay_and_no_other_step() {
        // Blocks of all lengths over words of 32 steps; a neuron fires in steps that are multiples of a prime.
        for delay in [1u32, 10, 31, 32, 33, 64, 65, 100] {
            for steps in [1, 7, 31, 32].map(|steps: u32| steps.min(delay)) {
                let mut history = History::new(delay, 40);
                let fires = |neuron: usize, step: i64| step >= 0 && step % (3 + neuron as i64) == 0;
                for start in (0..400i64).step_by(steps as usize) {
                    let mut expected = Vec::new();
                    for neuron in 0..40 {
                        let arrives =
                            |bits, step| bits | u32::from(fires(neuron, start + step - i64::from(delay))) << step;
                        let bits = (0..i64::from(steps)).fold(0u32, arrives);
                        assert_eq!(history.arriving_at(neuron, delay, steps), bits);
                        expected.extend((bits != 0).then_some((neuron, bits)));
                    }
                    assert_eq!(
                        history.arriving(delay, steps).collect::<Vec<_>>(),
                        expected,
                        "{delay}, {steps}, {start}"
                    );
                    let word = |neuron| {
                        (0..i64::from(steps))
                            .fold(0u32, |bits, step| bits | u32::from(fires(neuron, start + step)) << step)
                    };
                    let fired: Vec<_> =
                        (0..40).map(|neuron| (neuron as u32, word(neuron))).filter(|&(_, word)| word != 0).collect();
                    history.remember(steps, &fired);
                }
            }
        }
    }
}
