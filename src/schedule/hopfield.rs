//! The schedule of binary networks: one sweep after the other.

use super::Timeline;
use crate::engine::hopfield::Sweep;
use crate::network::hopfield::Hopfield;

/// The sweeps of a run, in order.
#[derive(Clone, Debug)]
pub struct Sweeps {
    next: u64,
    end: u64,
}

impl Iterator for Sweeps {
    type Item = Sweep;

    fn next(&mut self) -> Option<Sweep> {
        let number = self.next;
        self.next += u64::from(number < self.end);
        (number < self.end).then_some(Sweep { number })
    }
}

impl Timeline for Hopfield {
    type Blocks = Sweeps;

    fn blocks(&self) -> Sweeps {
        Sweeps { next: 0, end: self.sweeps }
    }
}
