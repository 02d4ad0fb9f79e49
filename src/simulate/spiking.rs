//! The spikes of a run, and an observer that keeps them.

use std::ops::ControlFlow;

use super::Observer;
use crate::engine::BlockResult;
use crate::network::patterns::SetBits;

/// One spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spike {
    /// The step in which the threshold was crossed.
    pub step: u64,
    /// The neuron, numbered across populations.
    pub neuron: u32,
}

/// The spikes of a block in order of step, then neuron.
#[must_use]
pub fn spikes_in_order(result: &BlockResult) -> Vec<Spike> {
    let mut spikes = Vec::new();
    append_in_order(result, &mut spikes);
    spikes
}

/// Appends the spikes of a block in order of step, then neuron.
pub fn append_in_order(result: &BlockResult, spikes: &mut Vec<Spike>) {
    // Who fired cannot be foreseen, so those that did are gathered without asking: each neuron is put down, and stays where
    // the next place is taken. Most stretches of a quiet block are passed over whole.
    let mut fired: Vec<(u32, u32)> = Vec::new();
    let mut found = 0;
    for (first, words) in (0u32..).step_by(16).zip(result.spikes.chunks(16)) {
        if words.iter().fold(0, |any, &word| any | word) != 0 {
            fired.resize(found + words.len(), (0, 0));
            for (neuron, &word) in (first..).zip(words) {
                fired[found] = (neuron, word);
                found += usize::from(word != 0);
            }
        }
    }
    fired.truncate(found);
    // A counting sort: how many spikes each step has, then each spike at its place.
    let mut next = [0usize; 33];
    next[0] = spikes.len();
    for &(_, word) in &fired {
        SetBits(word).for_each(|bit| next[bit as usize + 1] += 1);
    }
    for step in 1..next.len() {
        next[step] += next[step - 1];
    }
    spikes.resize(next[32], Spike { step: 0, neuron: 0 });
    for &(neuron, word) in &fired {
        for bit in SetBits(word) {
            let place = &mut next[bit as usize];
            spikes[*place] = Spike { step: result.block.start_step + u64::from(bit), neuron };
            *place += 1;
        }
    }
}

/// Keeps all spikes and counts of a run in memory.
#[derive(Clone, Debug, Default)]
pub struct Collect {
    /// All spikes, in order of step, then neuron.
    pub spikes: Vec<Spike>,
    /// Counts of every step, `[step][entry]`, as the network's `counts_layout` says.
    pub counts: Vec<u32>,
    /// The values of the probes, one entry for each block that had them: (the step after it, values).
    pub probes: Vec<(u64, Vec<i32>)>,
}

impl Observer for Collect {
    fn block(&mut self, result: &BlockResult) -> anyhow::Result<ControlFlow<()>> {
        append_in_order(result, &mut self.spikes);
        self.counts.extend_from_slice(&result.counts);
        if result.block.probe {
            self.probes.push((result.block.end_step(), result.probes.clone()));
        }
        Ok(ControlFlow::Continue(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Block;

    #[test]
    fn spikes_come_in_order_of_step_then_neuron() {
        // Around the number of words looked at in one go, with the first and the last bit of a word.
        for neurons in [0usize, 1, 15, 16, 17, 40] {
            let word = |n: u32| match n % 6 {
                0 => 0x8000_0001 | n << 4,
                // Alone in the first step, alone in the last one.
                3 => 1,
                4 => 1 << 31,
                _ => 0,
            };
            let words: Vec<u32> = (0..neurons as u32).map(word).collect();
            let block = Block { start_step: 1 << 40, steps: 32, probe: false };
            let result = BlockResult { spikes: words.clone(), ..BlockResult::new(block) };
            let mut expected = Vec::new();
            for bit in 0..32 {
                for (neuron, _) in words.iter().enumerate().filter(|(_, word)| **word >> bit & 1 == 1) {
                    expected.push(Spike { step: (1 << 40) + bit, neuron: neuron as u32 });
                }
            }
            assert_eq!(spikes_in_order(&result), expected, "{neurons} neurons");
            assert!(neurons == 0 || !expected.is_empty());
        }
    }
}
