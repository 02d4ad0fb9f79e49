//! Progress of a spiking network: biological time, speed against real time, spikes.

use attractor::engine::BlockResult;
use attractor::model;
use attractor::network::spiking::{CountsLayout, Snapshot, Spiking};

use super::{Tallied, Tally};
use crate::commands::words;

/// Steps and spikes.
pub(crate) struct Spikes {
    layout: CountsLayout,
    dt_ms: f64,
    /// Of a trial.
    steps: u64,
    trials: u64,
    trial: u64,
    steps_done: u64,
    spikes: u64,
}

impl Tallied for Spiking {
    type Tally = Spikes;

    fn tally(&self, model: &model::spiking::Spiking) -> Spikes {
        Spikes {
            layout: self.counts_layout(),
            dt_ms: model.dt_ms,
            steps: self.steps,
            trials: u64::from(model.trials),
            trial: 0,
            steps_done: 0,
            spikes: 0,
        }
    }
}

impl Tally<Spiking> for Spikes {
    fn start(&mut self, state: &Snapshot) {
        self.trial = u64::from(state.course.trial);
        self.steps_done = state.step;
    }

    fn add(&mut self, result: &BlockResult) {
        self.steps_done = result.block.end_step();
        let populations = self.layout.spikes(0)..self.layout.spikes(self.layout.populations);
        let rows = result.counts.chunks_exact(self.layout.len());
        self.spikes += rows.flat_map(|row| &row[populations.clone()]).map(|&count| u64::from(count)).sum::<u64>();
    }

    fn steps(&self) -> [u64; 2] {
        [self.trial * self.steps + self.steps_done, self.trials * self.steps]
    }

    fn told(&self, wall_s: f64) -> String {
        let [done_s, all_s] = self.steps().map(|steps| steps as f64 * self.dt_ms / 1000.0);
        let (speed, spikes) = (words::speed(done_s, wall_s), words::counted(self.spikes, "spike"));
        let trials =
            if self.trials > 1 { format!("trial {} of {}, ", self.trial + 1, self.trials) } else { String::new() };
        format!("{trials}{done_s:.2} s of {all_s:.2} s, {speed}, {spikes}")
    }
}
