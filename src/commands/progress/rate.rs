//! Progress of a rate network: biological time, speed against real time, mean rate.

use attractor::engine::rate::BlockResult;
use attractor::model;
use attractor::network::rate::{Rate, Snapshot};

use super::{Tallied, Tally};
use crate::commands::words;

/// Steps and the mean rate.
pub(crate) struct Steps {
    dt_ms: f64,
    steps: u64,
    steps_done: u64,
    mean: f32,
}

impl Tallied for Rate {
    type Tally = Steps;

    fn tally(&self, model: &model::rate::Rate) -> Steps {
        Steps { dt_ms: model.dt_ms, steps: self.steps, steps_done: 0, mean: 0.0 }
    }
}

impl Tally<Rate> for Steps {
    fn start(&mut self, state: &Snapshot) {
        self.steps_done = state.step;
    }

    fn add(&mut self, result: &BlockResult) {
        self.steps_done = result.block.end_step();
        self.mean = result.frame.as_ref().map_or(self.mean, |frame| frame.mean);
    }

    fn steps(&self) -> [u64; 2] {
        [self.steps_done, self.steps]
    }

    fn told(&self, wall_s: f64) -> String {
        let [done_s, all_s] = self.steps().map(|steps| steps as f64 * self.dt_ms / 1000.0);
        format!("{done_s:.2} s of {all_s:.2} s, {}, mean rate {:.3}", words::speed(done_s, wall_s), self.mean)
    }
}
