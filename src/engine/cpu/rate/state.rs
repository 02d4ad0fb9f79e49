//! The state of a rate network and how a stage of a step changes it.
//!
//! The order that holds in a stage: all sums over the state are complete before any neuron moves.

use super::integrate::{Chunk, Context};
use super::kernels::{integrate_with, observe_with};
use super::recurrent::Recurrent;
use super::threads::Threads;
use crate::engine::rate::Frame;
use crate::network::rate::{CHUNK, Rate, member_words};

/// All that changes.
pub(super) struct State {
    /// r, `[neuron]`.
    pub(super) rates: Vec<f32>,
    /// What rounding left out of r, `[neuron]`.
    pub(super) rests: Vec<f32>,
    /// y, `[neuron]`, zeros up to a whole number of lanes.
    pub(super) trial: Vec<f32>,
    /// Input from outside, `[neuron]`.
    pub(super) external: Vec<f32>,
    /// The weighted slopes of the stages so far, `[neuron]`.
    slopes: Vec<f32>,
    /// The largest value of each chunk, as bits.
    largest: Vec<u32>,
    recurrent: Recurrent,
}

impl State {
    pub(super) fn new(network: &Rate) -> Self {
        let neurons = network.neurons();
        Self {
            rates: vec![0.0; neurons],
            rests: vec![0.0; neurons],
            trial: vec![0.0; member_words(neurons) * 32],
            external: vec![0.0; neurons],
            slopes: vec![0.0; neurons],
            largest: vec![0; network.chunks()],
            recurrent: Recurrent::new(network),
        }
    }

    /// Takes a step. Returns the largest |r| after it.
    pub(super) fn step(&mut self, network: &Rate, threads: &Threads) -> f32 {
        for stage in 0..network.stages.len() {
            self.recurrent.prepare(network, threads, &self.trial);
            self.stage(network, threads, stage);
        }
        self.largest()
    }

    /// Moves all neurons.
    fn stage(&mut self, network: &Rate, threads: &Threads, stage: usize) {
        let field = self.recurrent.field(&network.coupling);
        let context = Context { network, stage, field, external: &self.external };
        let rates = self.rates.chunks_mut(CHUNK).zip(self.rests.chunks_mut(CHUNK));
        let slopes = self.trial.chunks_mut(CHUNK).zip(self.slopes.chunks_mut(CHUNK));
        let tasks = rates.zip(slopes).zip(&mut self.largest).enumerate();
        threads.each(tasks, |(number, (((rates, rests), (trial, slopes)), largest))| {
            let mut chunk = Chunk { number, rates, rests, trial, slopes, largest };
            integrate_with(threads.instructions, context, &mut chunk);
        });
    }

    /// The state as it is.
    pub(super) fn frame(&mut self, network: &Rate, threads: &Threads) -> Frame {
        self.recurrent.prepare(network, threads, &self.trial);
        let field = self.recurrent.field(&network.coupling);
        let context = Context { network, stage: 0, field, external: &self.external };
        let tasks = self.rates.chunks(CHUNK).zip(&mut self.largest).enumerate();
        threads.each(tasks, |(chunk, (rates, largest))| {
            *largest = observe_with(threads.instructions, context, chunk, rates);
        });
        let residual = self.largest();
        let patterns = network.patterns.count();
        self.recurrent.sum(network, threads, (&self.trial, &(0..patterns + 1)));
        let totals = &self.recurrent.totals;
        Frame {
            rates: self.rates.clone(),
            overlaps: totals[..patterns].iter().map(|total| network.overlap_scale * total).collect(),
            mean: totals[patterns] / network.neurons() as f32,
            residual,
        }
    }

    fn largest(&self) -> f32 {
        f32::from_bits(self.largest.iter().copied().max().unwrap_or(0))
    }
}
