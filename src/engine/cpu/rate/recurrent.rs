//! What W y is made of: sums over the state, or a product with a stored matrix.

use std::ops::Range;

use super::integrate::Field;
use super::kernels::{fields_with, sums_with};
use super::sums::Sums;
use super::threads::Threads;
use super::totals::total;
use crate::network::rate::{Coupling, Rate, member_words};

/// Rows of a stored matrix that are one piece of work.
const ROWS: usize = 16;

/// Sums and fields, and the bits of the patterns.
pub(super) struct Recurrent {
    /// One bit a neuron for each pattern, `[pattern][word]`.
    bits: Vec<u32>,
    /// Sums over chunks, `[chunk][vector]`: a vector for each pattern, and one of ones.
    partials: Vec<f32>,
    /// Sums over all neurons, `[vector]`.
    pub(super) totals: Vec<f32>,
    /// What members and others get from each pattern.
    terms: Vec<[f32; 2]>,
    /// W y of a stored matrix, `[neuron]`.
    fields: Vec<f32>,
}

impl Recurrent {
    pub(super) fn new(network: &Rate) -> Self {
        let (neurons, vectors) = (network.neurons(), network.patterns.count() + 1);
        let stored = if matches!(network.coupling, Coupling::Dense(_)) { neurons } else { 0 };
        Self {
            bits: network.member_bits(),
            partials: vec![0.0; network.chunks() * vectors],
            totals: vec![0.0; vectors],
            terms: vec![[0.0; 2]; vectors - 1],
            fields: vec![0.0; stored],
        }
    }

    /// Computes what W y is made of.
    pub(super) fn prepare(&mut self, network: &Rate, threads: &Threads, trial: &[f32]) {
        let patterns = network.patterns.count();
        match &network.coupling {
            Coupling::LowRank { scale } => {
                self.sum(network, threads, (trial, &(0..patterns)));
                for (terms, total) in self.terms.iter_mut().zip(&self.totals) {
                    let term = scale * total;
                    *terms = [term * network.target.member, term * network.target.other];
                }
            }
            Coupling::Uniform { .. } => self.sum(network, threads, (trial, &(patterns..patterns + 1))),
            Coupling::Dense(weights) => {
                let trial = &trial[..network.neurons()];
                let tasks = weights.chunks(ROWS * trial.len()).zip(self.fields.chunks_mut(ROWS));
                threads.each(tasks, |(weights, fields)| fields_with(threads.instructions, weights, trial, fields));
            }
        }
    }

    /// Sums over the state for a range of vectors.
    pub(super) fn sum(&mut self, network: &Rate, threads: &Threads, (trial, vectors): (&[f32], &Range<usize>)) {
        let stride = network.patterns.count() + 1;
        let words = member_words(network.neurons());
        let context = Sums { network, bits: &self.bits, words, trial, vectors };
        let tasks = self.partials.chunks_mut(stride).enumerate();
        threads.each(tasks, |(chunk, partials)| sums_with(threads.instructions, context, chunk, partials));
        for vector in vectors.clone() {
            self.totals[vector] = total(&self.partials, stride, vector);
        }
    }

    /// Where W y comes from.
    pub(super) fn field(&self, coupling: &Coupling) -> Field<'_> {
        match coupling {
            Coupling::LowRank { .. } => Field::Patterns {
                terms: &self.terms,
                bits: &self.bits,
                words: self.bits.len() / self.terms.len().max(1),
            },
            Coupling::Uniform { scale } => Field::Same(scale * self.totals[self.totals.len() - 1]),
            Coupling::Dense(_) => Field::Stored(&self.fields),
        }
    }
}
