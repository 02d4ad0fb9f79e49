//! Own spikes of the last steps: what projections without autapses take away again. Few neurons fire in a block, so
//! the spikes of blocks are kept, and not a word a neuron.

use std::collections::VecDeque;

use crate::network::patterns::SetBits;

/// The spikes of a tile in some recent blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// How many steps back they are needed.
    steps: u32,
    blocks: VecDeque<Fired>,
    /// A list that is free.
    spare: Vec<(u32, u32)>,
}

/// The spikes of a block.
#[derive(Clone, Debug, Default)]
struct Fired {
    /// Its first step; before 0 in what was taken over from the start of a run.
    start_step: i64,
    /// Neuron and word: bit s is step `start_step + s`.
    spikes: Vec<(u32, u32)>,
}

impl Fired {
    /// The part of a word that arrives in a block of `steps` steps from `start_step` on.
    #[inline(always)]
    fn arriving(&self, word: u32, delay: u32, (start_step, steps): (u64, u32)) -> u32 {
        let shift = self.start_step + i64::from(delay) - start_step as i64;
        let moved = match shift {
            0..32 => word << shift,
            -31..0 => word >> -shift,
            _ => 0,
        };
        moved & (u32::MAX >> (32 - steps))
    }
}

impl History {
    /// For the last `steps` steps; nobody has fired.
    pub(super) fn new(steps: u32) -> Self {
        Self { steps, ..Self::default() }
    }

    /// Spikes that arrive after `delay` in a block (first step, number of steps), for each neuron that has some, perhaps
    /// in two parts: bit s is what arrives in step s.
    #[inline(always)]
    pub(super) fn arriving(&self, delay: u32, block: (u64, u32)) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.blocks.iter().flat_map(move |fired| {
            let words = fired.spikes.iter();
            words.map(move |&(neuron, word)| (neuron as usize, fired.arriving(word, delay, block)))
        })
    }

    /// The same for one neuron, in one part.
    pub(super) fn arriving_at(&self, neuron: usize, delay: u32, block: (u64, u32)) -> u32 {
        self.arriving(delay, block).filter(|&(other, _)| other == neuron).fold(0, |bits, (_, more)| bits | more)
    }

    /// Adds the spikes of a block, and forgets what is too old for any later one.
    pub(super) fn remember(&mut self, (start_step, steps): (u64, u32), fired: &[(u32, u32)]) {
        if self.steps == 0 {
            return;
        }
        let oldest = (start_step + u64::from(steps)) as i64 - i64::from(self.steps);
        while self.blocks.front().is_some_and(|block| block.start_step + 32 <= oldest) {
            self.spare = self.blocks.pop_front().map(|block| block.spikes).unwrap_or_default();
        }
        if !fired.is_empty() {
            let mut spikes = std::mem::take(&mut self.spare);
            spikes.clear();
            spikes.extend_from_slice(fired);
            self.blocks.push_back(Fired { start_step: start_step as i64, spikes });
        }
    }

    /// Writes word `word` of the last steps before `step` into `to`, `[neuron]`: bit b is step - 1 - (32 word + b).
    pub(super) fn write(&self, step: u64, word: u32, to: &mut [u32]) {
        let within = (self.steps - 32 * word).min(32);
        for fired in &self.blocks {
            for &(neuron, spikes) in &fired.spikes {
                for bit in SetBits(spikes) {
                    let ago = step as i64 - 1 - (fired.start_step + i64::from(bit)) - i64::from(32 * word);
                    if (0..i64::from(within)).contains(&ago) {
                        to[neuron as usize] |= 1 << ago;
                    }
                }
            }
        }
    }

    /// Takes over such words, the first word first.
    pub(super) fn read<'a>(
        &mut self,
        step: u64,
        words: impl DoubleEndedIterator<Item = &'a [u32]> + ExactSizeIterator,
    ) {
        self.blocks.clear();
        for (word, from) in words.enumerate().rev() {
            let fired = (0u32..).zip(from).filter(|&(_, &latest_first)| latest_first != 0);
            let spikes = fired.map(|(neuron, latest_first)| (neuron, latest_first.reverse_bits())).collect();
            self.blocks.push_back(Fired { start_step: step as i64 - 32 * (word as i64 + 1), spikes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_fired_arrives_after_its_delay_and_in_no_other_step() {
        // Blocks of all lengths over words of 32 steps; a neuron fires in steps that are multiples of a number.
        for delay in [1u32, 10, 31, 32, 33, 64, 65, 100] {
            for steps in [1, 7, 31, 32].map(|steps: u32| steps.min(delay)) {
                let mut history = History::new(delay);
                let fires = |neuron: u32, step: i64| step >= 0 && step % (3 + i64::from(neuron)) == 0;
                for start in (0..400u64).step_by(steps as usize) {
                    let block = (start, steps);
                    let bits = |neuron, from: i64| {
                        (0..i64::from(steps))
                            .fold(0u32, |bits, step| bits | u32::from(fires(neuron, from + step)) << step)
                    };
                    let mut found = [0; 40];
                    history.arriving(delay, block).for_each(|(neuron, bits)| found[neuron] |= bits);
                    for neuron in 0..40 {
                        let expected = bits(neuron, start as i64 - i64::from(delay));
                        assert_eq!(found[neuron as usize], expected, "{delay}, {steps}, {start}");
                        assert_eq!(history.arriving_at(neuron as usize, delay, block), expected);
                    }
                    let fired: Vec<_> = (0..40)
                        .map(|neuron| (neuron, bits(neuron, start as i64)))
                        .filter(|&(_, word)| word != 0)
                        .collect();
                    history.remember(block, &fired);
                    // Written out and taken over, it is the same.
                    let now = start + u64::from(steps);
                    let words: Vec<Vec<u32>> = (0..delay.div_ceil(32))
                        .map(|word| {
                            let mut to = vec![0; 40];
                            history.write(now, word, &mut to);
                            to
                        })
                        .collect();
                    let mut copy = History::new(delay);
                    copy.read(now, words.iter().map(|word| &word[..]));
                    for neuron in 0..40 {
                        let next = (now, steps);
                        assert_eq!(copy.arriving_at(neuron, delay, next), history.arriving_at(neuron, delay, next));
                    }
                }
                assert!(history.blocks.len() <= (delay + 32).div_ceil(steps) as usize + 1, "old blocks are forgotten");
            }
        }
    }
}
