//! The schedule of rate networks: a look at the start, then blocks cut at stimuli and at frames.

use super::Timeline;
use crate::engine::rate::Block;
use crate::network::rate::{BLOCK_STEPS_MAX, Rate};

/// The blocks of a run, in order.
#[derive(Clone, Debug)]
pub struct Blocks {
    next_step: u64,
    end_step: u64,
    /// The start was looked at.
    started: bool,
    /// Steps at which a stimulus starts or stops, ascending.
    cuts: Vec<u64>,
    frame_intervals: Vec<u64>,
}

impl Iterator for Blocks {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let start = self.next_step;
        if !std::mem::replace(&mut self.started, true) {
            return Some(Block { start_step: start, steps: 0, frame: true });
        }
        if start >= self.end_step {
            return None;
        }
        let mut end = self.end_step.min(start + u64::from(BLOCK_STEPS_MAX));
        if let Some(&cut) = self.cuts.get(self.cuts.partition_point(|&cut| cut <= start)) {
            end = end.min(cut);
        }
        for interval in &self.frame_intervals {
            end = end.min((start / interval + 1) * interval);
        }
        let is_due = self.frame_intervals.iter().any(|&interval| end.is_multiple_of(interval));
        self.next_step = end;
        Some(Block { start_step: start, steps: (end - start) as u32, frame: is_due || end == self.end_step })
    }
}

impl Timeline for Rate {
    type Blocks = Blocks;

    fn blocks(&self) -> Blocks {
        let mut cuts: Vec<u64> =
            self.stimuli.iter().flat_map(|stimulus| [stimulus.start_step, stimulus.stop_step]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        Blocks {
            next_step: 0,
            end_step: self.steps,
            started: false,
            cuts,
            frame_intervals: self.frame_intervals.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_the_run_once_and_end_where_something_is_due() {
        let blocks = Blocks {
            next_step: 0,
            end_step: 1000,
            started: false,
            cuts: vec![33, 990],
            frame_intervals: vec![300, 450],
        };
        let blocks: Vec<Block> = blocks.collect();
        assert_eq!(blocks[0], Block { start_step: 0, steps: 0, frame: true });
        assert!(blocks.windows(2).all(|pair| pair[0].end_step() == pair[1].start_step));
        assert!(blocks[1..].iter().all(|block| (1..=BLOCK_STEPS_MAX).contains(&block.steps)));
        let frames: Vec<u64> = blocks.iter().filter(|block| block.frame).map(Block::end_step).collect();
        assert_eq!(frames, [0, 300, 450, 600, 900, 1000]);
        let ends: Vec<u64> = blocks.iter().map(Block::end_step).collect();
        assert!(ends.contains(&33) && ends.contains(&990));
    }
}
