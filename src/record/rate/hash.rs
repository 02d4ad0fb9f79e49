//! The hash of a run's states, equal only on one engine, and a light observer that only hashes.

use std::ops::ControlFlow;

use super::Divergence;
use crate::engine::rate::BlockResult;
use crate::network::rate::Rate;
use crate::record::RunHash;
use crate::simulate::Observer;

/// Hashes a run, and keeps nothing of it: the bits of r as little-endian f32, neuron by neuron, at the start, about every
/// millisecond (`hash_interval` of the network) and at the end. A network that diverges has no more to hash.
#[derive(Clone, Debug)]
pub struct Hashing {
    hash: RunHash,
    /// For its limits and lengths only.
    network: Rate,
    /// Steps taken.
    steps: u64,
}

impl Hashing {
    /// For a run of `network`.
    #[must_use]
    pub fn new(network: &Rate) -> Self {
        Self { hash: RunHash::new(), network: network.without_arrays(), steps: 0 }
    }

    /// The hash of the states so far.
    #[must_use]
    pub fn run_hash(&self) -> String {
        self.hash.finish()
    }

    /// Steps that were seen.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Takes in a block.
    pub(crate) fn take(&mut self, result: &BlockResult) {
        let end = result.block.end_step();
        self.steps = end;
        if let Some(frame) = &result.frame
            && (end.is_multiple_of(self.network.hash_interval) || end == self.network.steps)
        {
            let mut bytes = [0u8; 4 * 256];
            for some in frame.rates.chunks(256) {
                for (place, rate) in bytes.chunks_exact_mut(4).zip(some) {
                    place.copy_from_slice(&rate.to_le_bytes());
                }
                self.hash.update(&bytes[..4 * some.len()]);
            }
        }
    }
}

impl Observer<Rate> for Hashing {
    fn block(&mut self, result: &BlockResult) -> anyhow::Result<ControlFlow<()>> {
        if Divergence::find(&self.network, result).is_some() {
            return Ok(ControlFlow::Break(()));
        }
        self.take(result);
        Ok(ControlFlow::Continue(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rate::{Block, Frame};
    use crate::network::patterns::Patterns;
    use crate::network::rate::{Coupling, Factor, Gain, GainKind, Stage};

    /// Twenty-five steps, hashed after every tenth.
    fn network() -> Rate {
        Rate {
            size: 600,
            steps: 25,
            stages: vec![Stage { weight: 1.0, advance: 0.1 }],
            gain: Gain { kind: GainKind::Relu, slope: 1.0, threshold: 0.0, maximum: 1.0 },
            coupling: Coupling::Uniform { scale: 0.0 },
            patterns: Patterns::default(),
            source: Factor { member: 1.0, other: -1.0 },
            target: Factor { member: 1.0, other: -1.0 },
            overlap_scale: 1.0,
            input: 0.0,
            stimuli: Vec::new(),
            initial: vec![0.0; 600],
            frame_intervals: vec![10],
            hash_interval: 10,
            rate_limit: 1e6,
        }
    }

    #[test]
    fn states_are_hashed_when_due_and_every_bit_counts() {
        let rates: Vec<f32> = (0..600).map(|at| at as f32 * 0.01).collect();
        let result = |start_step: u64, steps: u32, rates: &[f32]| BlockResult {
            block: Block { start_step, steps, frame: true },
            largest: Vec::new(),
            frame: Some(Frame { rates: rates.to_vec(), ..Frame::default() }),
        };
        let of = |blocks: &[BlockResult]| {
            let mut hashing = Hashing { hash: RunHash::new(), network: network(), steps: 0 };
            blocks.iter().for_each(|block| hashing.take(block));
            hashing.run_hash()
        };
        let blocks = [result(0, 0, &rates), result(0, 7, &rates), result(20, 5, &rates)];
        // The second is between two times at which a state is due.
        let bytes: Vec<u8> = rates.iter().chain(&rates).flat_map(|rate| rate.to_le_bytes()).collect();
        assert_eq!(of(&blocks), format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&bytes)));
        let mut other = rates.clone();
        other[599] = f32::from_bits(other[599].to_bits() ^ 1);
        assert_ne!(of(&[result(0, 0, &rates), result(20, 5, &other)]), of(&blocks));
        // A network that diverges is hashed no more.
        let diverged = BlockResult { largest: vec![1.0, f32::NAN], ..result(0, 2, &rates) };
        assert!(Hashing::new(&network()).block(&diverged).unwrap().is_break());
        assert!(Hashing::new(&network()).block(&result(0, 2, &rates)).unwrap().is_continue());
    }
}
