//! The course of a trial: its hash, and where it comes to rest.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_128;

use crate::record::RunHash;

/// Where a deterministic trial came to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// The first sweep after which the state had been there before.
    pub sweep: u64,
    /// After how many sweeps states come back: 1 is a fixed point.
    pub length: u64,
}

/// One trial as it goes on.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    hash: RunHash,
    /// The state after the last sweep.
    state: Vec<u64>,
    sweeps: u64,
    rest: Option<Rest>,
    /// Hashes of the states of a deterministic synchronous trial, with their sweeps; `None`: states may come back.
    seen: Option<HashMap<u128, u64>>,
    /// A sweep without a flip is the last of a deterministic trial.
    deterministic: bool,
    stops: bool,
}

impl Course {
    /// A trial from its first state on. `stops`: it ends where it comes to rest.
    pub(crate) fn new(state: &[u64], deterministic: bool, synchronous: bool, stops: bool) -> Self {
        let mut course = Self {
            hash: RunHash::new(),
            state: state.to_vec(),
            sweeps: 0,
            rest: None,
            seen: (deterministic && synchronous).then(HashMap::new),
            deterministic,
            stops,
        };
        course.hash_state();
        if let Some(seen) = &mut course.seen {
            seen.insert(xxh3_128(&bytes(state)), 0);
        }
        course
    }

    /// The state after one more sweep; returns the number of flips.
    pub(crate) fn take(&mut self, state: &[u64]) -> u64 {
        let flips = self.state.iter().zip(state).map(|(one, other)| u64::from((one ^ other).count_ones())).sum();
        self.state.copy_from_slice(state);
        self.sweeps += 1;
        self.hash_state();
        if self.rest.is_none() && self.deterministic {
            self.rest = self.look(flips);
        }
        flips
    }

    fn look(&mut self, flips: u64) -> Option<Rest> {
        let sweep = self.sweeps;
        if flips == 0 {
            return Some(Rest { sweep, length: 1 });
        }
        let before = self.seen.as_mut()?.insert(xxh3_128(&bytes(&self.state)), sweep)?;
        Some(Rest { sweep, length: sweep - before })
    }

    fn hash_state(&mut self) {
        self.hash.update(&bytes(&self.state));
    }

    /// Whether the trial has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.stops && self.rest.is_some()
    }

    pub(crate) fn run_hash(&self) -> String {
        self.hash.finish()
    }

    pub(crate) fn rest(&self) -> Option<Rest> {
        self.rest
    }

    pub(crate) fn state(&self) -> &[u64] {
        &self.state
    }

    pub(crate) fn sweeps(&self) -> u64 {
        self.sweeps
    }
}

/// The words of a state as bytes, lowest first.
pub(crate) fn bytes(state: &[u64]) -> Vec<u8> {
    state.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_points_and_cycles_are_found_at_their_sweep() {
        let mut course = Course::new(&[1], true, true, true);
        assert_eq!((course.take(&[3]), course.rest()), (1, None));
        assert_eq!((course.take(&[7]), course.rest()), (1, None));
        assert_eq!((course.take(&[3]), course.rest()), (1, Some(Rest { sweep: 3, length: 2 })));
        assert!(course.has_ended());
        let mut course = Course::new(&[1], true, false, false);
        course.take(&[2]);
        assert_eq!((course.take(&[1]), course.rest()), (2, None), "an asynchronous trial may come back");
        assert_eq!((course.take(&[1]), course.rest()), (0, Some(Rest { sweep: 3, length: 1 })));
        assert!(!course.has_ended());
        let mut course = Course::new(&[1], false, true, true);
        assert_eq!((course.take(&[1]), course.rest()), (0, None), "with temperature nothing is at rest");
    }
}
