//! Progress of a binary network: sweeps and their speed.

use attractor::engine::hopfield::Swept;
use attractor::model;
use attractor::network::hopfield::{Hopfield, Snapshot};

use super::{Tallied, Tally};
use crate::commands::words;

/// Sweeps.
pub(crate) struct Sweeps {
    done: u64,
    all: u64,
}

impl Tallied for Hopfield {
    type Tally = Sweeps;

    fn tally(&self, _: &model::hopfield::Hopfield) -> Sweeps {
        Sweeps { done: 0, all: self.sweeps }
    }
}

impl Tally<Hopfield> for Sweeps {
    fn start(&mut self, state: &Snapshot) {
        self.done = state.sweep;
    }

    fn add(&mut self, result: &Swept) {
        self.done = result.sweep.number + 1;
    }

    fn steps(&self) -> [u64; 2] {
        [self.done, self.all]
    }

    fn told(&self, wall_s: f64) -> String {
        format!(
            "sweep {} of {}, {}",
            words::count(self.done),
            words::count(self.all),
            words::sweep_time(self.done, wall_s)
        )
    }
}
