//! What the recorder takes from a run, trial by trial: spikes, bins, frames, what was learned, why a guard rang.

use std::ops::ControlFlow;

use super::bins::{Bin, Bins, Overlaps, append_rates};
use super::frames::{FrameLayout, Frames};
use super::program::Learned;
use super::sinks::{Batch, Concluded, Part, Sinks};
use super::{Guarded, Hashing, LearnedPattern, Run};
use crate::engine::{Alarm, BlockResult, Changed};
use crate::model;
use crate::network::patterns::Patterns;
use crate::network::spiking::{Snapshot, Spiking};
use crate::record::Taking;
use crate::record::traces::Rows;
use crate::record::writer::Completion;
use crate::simulate::append_in_order;

/// What is taken from a run.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) hashing: Hashing,
    overlaps: Option<(Bins, Vec<Overlaps>)>,
    /// Members of each pattern of the first population as a trial starts.
    members: Vec<u32>,
    rates: Option<Bins>,
    frames: Vec<FrameLayout>,
    names: Vec<String>,
    sizes: Vec<u32>,
    guard: model::spiking::Guard,
    trials: u32,
    spikes_recorded: bool,
    dt_ms: f64,
    /// Steps of a trial, and those made of the present one.
    steps: u64,
    steps_made: u64,
    /// The trial at hand, and those that are over and not handed over yet.
    part: Part,
    over: Vec<Part>,
    pub(super) guarded: Vec<Guarded>,
    pub(super) learned: Vec<LearnedPattern>,
}

impl Taken {
    pub(super) fn new(run: &Run<'_>, frames: Vec<FrameLayout>) -> Self {
        let (model, network) = (run.model, run.network);
        let layout = network.counts_layout();
        let members = network.patterns.sizes().to_vec();
        let overlaps = model.record.overlaps_bin_steps.filter(|_| layout.patterns > 0).map(|bin_steps| {
            let of_set = |(set, (population, patterns)): (usize, (usize, &Patterns))| Overlaps {
                first: layout.patterns_of(set),
                members: patterns.sizes().to_vec(),
                coming: Vec::new(),
                neurons: network.populations[population].size,
                spikes: layout.spikes(population),
                reference_rate_hz: model.record.reference_rate_hz,
                dt_ms: model.dt_ms,
            };
            let overlaps = network.pattern_sets().enumerate().map(of_set).collect();
            (Bins::new(network, 0..layout.spikes(layout.populations), bin_steps), overlaps)
        });
        let rates = model.record.rates_bin_steps;
        let rates = rates.map(|steps| Bins::new(network, layout.spikes(0)..layout.spikes(layout.populations), steps));
        Self {
            hashing: Hashing::new(network),
            overlaps,
            members,
            rates,
            part: Part { frames: vec![Frames::default(); frames.len()], ..Part::default() },
            frames,
            names: network.populations.iter().map(|population| population.name.clone()).collect(),
            sizes: network.populations.iter().map(|population| population.size).collect(),
            guard: model.guard,
            trials: model.trials,
            spikes_recorded: !model.record.spikes.populations.is_empty(),
            dt_ms: model.dt_ms,
            steps: network.steps,
            steps_made: 0,
            over: Vec::new(),
            guarded: Vec::new(),
            learned: Vec::new(),
        }
    }

    /// Ends the bins that have begun.
    fn end_bins(&mut self) {
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.end(|bin| append_overlaps(bin, overlaps, &mut self.part.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.end(|bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.part.rates));
        }
    }

    /// An empty part of a trial, in place of the one at hand.
    fn next_part(&mut self, trial: usize) -> Part {
        // The next part will be about as large.
        let spikes = Vec::with_capacity(self.part.spikes.len());
        let empty = Part { trial, spikes, frames: vec![Frames::default(); self.frames.len()], ..Part::default() };
        std::mem::replace(&mut self.part, empty)
    }

    /// What is known of a trial that is over.
    fn concluded(&self, trial: usize, run_hash: String) -> Concluded {
        let guarded = self.guarded.iter().find(|own| own.trial == trial);
        Concluded {
            run_hash: (self.trials > 1).then_some(run_hash),
            guarded: guarded.map(|own| (own.why.clone(), own.ended_ms)),
        }
    }

    fn take_change(&mut self, changed: &Changed, step: u64) {
        let (pattern, members) = match changed {
            Changed::Learned { pattern, members } => {
                let (time_ms, trial) = (step as f64 * self.dt_ms, self.part.trial);
                self.part.learned.push(Learned { time_ms, pattern: *pattern, members: members.clone() });
                let (pattern, members) = (*pattern, members.len());
                self.learned.push(LearnedPattern { trial, time_ms, pattern, members });
                (pattern, members as u32)
            }
            Changed::Forgotten { pattern } => (*pattern, 0),
        };
        if let Some((bins, overlaps)) = &mut self.overlaps {
            overlaps[0].change(pattern, members, bins.has_begun());
        }
    }

    fn take_alarm(&mut self, alarm: Alarm, end_step: u64) {
        let why = match alarm {
            Alarm::Silence => {
                let silent_ms = self.guard.silence_steps.unwrap_or_default() as f64 * self.dt_ms;
                format!("silence: no neuron fired for {} ms", round(silent_ms))
            }
            Alarm::Rate { population } => format!(
                "rate_max: `{}` fired at more than {} Hz over 50 ms",
                self.names[population],
                round(self.guard.rate_max_hz.unwrap_or_default())
            ),
        };
        self.part.is_cut = true;
        self.guarded.push(Guarded { trial: self.part.trial, ended_ms: end_step as f64 * self.dt_ms, why });
    }
}

/// A number to be read by people.
fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

impl Taking<Spiking> for Taken {
    type Content = Sinks;

    fn start(&mut self, state: &Snapshot) {
        let trial = state.course.trial;
        if trial as usize != self.part.trial {
            self.end_bins();
            let mut over = self.next_part(trial as usize);
            over.concluded = self.hashing.trial_hashes().nth(over.trial).map(|hash| self.concluded(over.trial, hash));
            self.over.push(over);
            self.hashing.begin(trial);
            if let Some((_, overlaps)) = &mut self.overlaps {
                // Only those of the first population are learned and forgotten.
                overlaps[0].members.clone_from(&self.members);
                overlaps[0].coming.clear();
            }
        }
        self.steps_made = state.step;
        for (layout, frames) in self.frames.iter().zip(&mut self.part.frames) {
            if layout.is_due(state.step, self.steps) {
                layout.append_state(state.step as f64 * self.dt_ms, state, frames);
            }
        }
    }

    fn take(&mut self, result: &BlockResult) -> ControlFlow<()> {
        result.changes.iter().for_each(|changed| self.take_change(changed, result.block.start_step));
        let before = self.part.spikes.len();
        append_in_order(result, &mut self.part.spikes);
        self.hashing.take(result, &self.part.spikes[before..]);
        if !self.spikes_recorded {
            self.part.spikes.truncate(before);
        }
        if let Some((bins, overlaps)) = &mut self.overlaps {
            bins.add(result, |bin| append_overlaps(bin, overlaps, &mut self.part.overlaps));
        }
        if let Some(bins) = &mut self.rates {
            bins.add(result, |bin| append_rates(bin, &self.sizes, self.dt_ms, &mut self.part.rates));
        }
        let end_step = result.block.end_step();
        for (layout, frames) in self.frames.iter().zip(&mut self.part.frames) {
            if result.block.probe && layout.is_due(end_step, self.steps) {
                layout.append_probes(end_step as f64 * self.dt_ms, &result.probes, frames);
            }
        }
        self.steps_made = end_step;
        if let Some(alarm) = result.alarm {
            self.take_alarm(alarm, end_step);
        }
        ControlFlow::Continue(())
    }

    fn batch(&mut self, last: bool) -> Batch {
        if last {
            self.end_bins();
        }
        let trial = self.part.trial;
        let mut parts = std::mem::take(&mut self.over);
        parts.push(self.next_part(trial));
        Batch { end_step: trial as u64 * self.steps + self.steps_made, parts }
    }

    fn values(&self) -> usize {
        let of_part = |part: &Part| {
            let frames = part.frames.iter().map(|frames| frames.potentials.len() + frames.inputs.len());
            let overlaps: usize = part.overlaps.iter().map(|rows| rows.values.len()).sum();
            let traces = overlaps + part.rates.values.len();
            part.spikes.len().max(traces).max(frames.sum())
        };
        self.over.iter().chain([&self.part]).map(of_part).sum()
    }

    fn completion(&self) -> Completion<Sinks> {
        let of_trial = |(trial, run_hash)| self.concluded(trial, run_hash);
        let conclusion = self.hashing.trial_hashes().enumerate().map(of_trial).collect();
        Completion { run_hash: self.hashing.run_hash(), conclusion }
    }
}

/// Appends the overlaps of a bin with the patterns of each population.
fn append_overlaps(bin: &Bin<'_>, overlaps: &mut [Overlaps], rows: &mut Vec<Rows>) {
    rows.resize_with(overlaps.len(), Rows::default);
    overlaps.iter_mut().zip(rows).for_each(|(overlaps, rows)| overlaps.append(bin, rows));
}
