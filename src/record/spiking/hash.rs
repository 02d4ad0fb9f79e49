//! The hash of a run's spikes, and a light observer that only hashes and counts.

use std::ops::ControlFlow;

use crate::engine::BlockResult;
use crate::network::spiking::{CountsLayout, Snapshot, Spiking};
use crate::record::RunHash;
use crate::simulate::{Observer, Spike, spikes_in_order};

impl RunHash {
    /// Adds one spike; `neuron` is numbered across populations.
    pub fn push(&mut self, step: u64, neuron: u64) {
        self.update(&pair(step, neuron));
    }

    /// Adds spikes, which must be in order of step, then neuron, and follow those added before.
    pub fn extend(&mut self, spikes: &[Spike]) {
        let mut bytes = [0u8; 16 * 128];
        for some in spikes.chunks(128) {
            for (place, spike) in bytes.chunks_exact_mut(16).zip(some) {
                place.copy_from_slice(&pair(spike.step, u64::from(spike.neuron)));
            }
            self.update(&bytes[..16 * some.len()]);
        }
    }
}

fn pair(step: u64, neuron: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&step.to_le_bytes());
    bytes[8..].copy_from_slice(&neuron.to_le_bytes());
    bytes
}

/// What a run amounts to, from the counts of its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Steps taken, in all trials together.
    pub steps: u64,
    /// Spikes of each population.
    pub spikes: Vec<u64>,
    /// Saturations of the potentials of each population.
    pub saturated_potentials: Vec<u64>,
    /// Saturations of each input: of projections, then of private ones.
    pub saturated_inputs: Vec<u64>,
}

/// Hashes and counts a run, and keeps nothing of it.
#[derive(Clone, Debug)]
pub struct Hashing {
    /// Of each trial so far.
    hashes: Vec<RunHash>,
    /// The run has several trials.
    several: bool,
    totals: Totals,
    layout: CountsLayout,
}

impl Hashing {
    /// For a run of `network`.
    #[must_use]
    pub fn new(network: &Spiking) -> Self {
        let layout = network.counts_layout();
        let totals = Totals {
            steps: 0,
            spikes: vec![0; layout.populations],
            saturated_potentials: vec![0; layout.populations],
            saturated_inputs: vec![0; layout.inputs],
        };
        Self { hashes: vec![RunHash::new()], several: network.program.trials > 1, totals, layout }
    }

    /// The hash of all spikes so far; with several trials the hash of their hashes.
    #[must_use]
    pub fn run_hash(&self) -> String {
        match (&self.hashes[..], self.several) {
            ([only], false) => only.finish(),
            (hashes, _) => {
                let mut hash = RunHash::new();
                hashes.iter().for_each(|own| hash.update(own.finish().as_bytes()));
                hash.finish()
            }
        }
    }

    /// The hash of each trial so far.
    pub fn trial_hashes(&self) -> impl ExactSizeIterator<Item = String> + '_ {
        self.hashes.iter().map(RunHash::finish)
    }

    /// A trial begins.
    pub(crate) fn begin(&mut self, trial: u32) {
        self.hashes.resize(trial as usize + 1, RunHash::new());
    }

    /// What was counted so far.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Takes in a block whose spikes are already in order.
    pub(crate) fn take(&mut self, result: &BlockResult, spikes: &[Spike]) {
        if let Some(hash) = self.hashes.last_mut() {
            hash.extend(spikes);
        }
        self.totals.steps += u64::from(result.block.steps);
        let layout = self.layout;
        for row in result.counts.chunks_exact(layout.len()) {
            add(&mut self.totals.spikes, &row[layout.spikes(0)..]);
            add(&mut self.totals.saturated_potentials, &row[layout.saturated_potentials(0)..]);
            add(&mut self.totals.saturated_inputs, &row[layout.saturated_inputs(0)..]);
        }
    }
}

/// Adds the counts to the sums, as far as there are sums.
fn add(sums: &mut [u64], counts: &[u32]) {
    for (sum, &count) in sums.iter_mut().zip(counts) {
        *sum += u64::from(count);
    }
}

impl Observer for Hashing {
    fn start(&mut self, state: &Snapshot) -> anyhow::Result<()> {
        self.begin(state.course.trial);
        Ok(())
    }

    fn block(&mut self, result: &BlockResult) -> anyhow::Result<ControlFlow<()>> {
        self.take(result, &spikes_in_order(result));
        Ok(ControlFlow::Continue(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_no_spike_is_the_published_one_of_no_byte() {
        // XXH3_128bits of an empty input with seed 0, from the sanity test of the reference implementation.
        assert_eq!(RunHash::new().finish(), "99aa06d3014798d86001c324468d497f");
    }

    #[test]
    fn spikes_at_once_and_one_by_one_hash_alike_and_every_bit_counts() {
        let spikes: Vec<Spike> = (0..1000).map(|at| Spike { step: at / 3, neuron: (at * 7 % 1000) as u32 }).collect();
        let mut at_once = RunHash::new();
        at_once.extend(&spikes);
        let mut one_by_one = RunHash::new();
        let mut bytes = Vec::new();
        for spike in &spikes {
            one_by_one.push(spike.step, u64::from(spike.neuron));
            bytes.extend(spike.step.to_le_bytes());
            bytes.extend(u64::from(spike.neuron).to_le_bytes());
        }
        assert_eq!(at_once.finish(), one_by_one.finish());
        assert_eq!(at_once.finish(), format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&bytes)));
        for changed in [0, 127, 128, 999] {
            let mut other = spikes.clone();
            other[changed].neuron ^= 1;
            let mut hash = RunHash::new();
            hash.extend(&other);
            assert_ne!(hash.finish(), at_once.finish(), "spike {changed}");
        }
    }
}
