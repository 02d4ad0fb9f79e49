//! The schedule of spiking networks: cuts the timeline at stimuli, at probes and where something is learned or forgotten,
//! no block longer than the shortest delay.

use super::Timeline;
use crate::engine::Block;
use crate::network::spiking::Spiking;

/// The blocks of a run, in order.
#[derive(Clone, Debug)]
pub struct Schedule {
    next_step: u64,
    end_step: u64,
    block_steps: u32,
    /// Steps at which a stimulus starts or stops, or memories change, ascending.
    cuts: Vec<u64>,
    probe_intervals: Vec<u64>,
}

impl Schedule {
    /// All blocks from `start_step` to the end of the run, each at most `block_steps` long.
    #[must_use]
    pub fn new(network: &Spiking, start_step: u64, block_steps: u32) -> Self {
        let mut cuts: Vec<u64> =
            network.stimuli.iter().flat_map(|stimulus| [stimulus.start_step, stimulus.stop_step]).collect();
        cuts.extend(network.program.changes.iter().map(|change| change.step));
        cuts.sort_unstable();
        cuts.dedup();
        Self {
            next_step: start_step,
            end_step: network.steps,
            block_steps: block_steps.clamp(1, network.block_steps()),
            cuts,
            probe_intervals: network.probe_intervals.clone(),
        }
    }
}

impl Iterator for Schedule {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if self.next_step >= self.end_step {
            return None;
        }
        let start = self.next_step;
        let mut end = self.end_step.min(start + u64::from(self.block_steps));
        if let Some(&cut) = self.cuts.get(self.cuts.partition_point(|&cut| cut <= start)) {
            end = end.min(cut);
        }
        for interval in &self.probe_intervals {
            end = end.min((start / interval + 1) * interval);
        }
        let probe = self.probe_intervals.iter().any(|&interval| end.is_multiple_of(interval));
        self.next_step = end;
        Some(Block { start_step: start, steps: (end - start) as u32, probe })
    }
}

impl Timeline for Spiking {
    type Blocks = Schedule;

    fn blocks(&self) -> Schedule {
        Schedule::new(self, 0, self.block_steps())
    }

    fn trials_in_turn(&self) -> u32 {
        self.program.trials
    }
}
