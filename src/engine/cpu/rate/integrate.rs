//! A stage of a step for a chunk of neurons. Twin of shaders/rate/integrate.wgsl.

use super::gain;
use super::sums::{Choice, WORD};
use crate::network::rate::{CHUNK, GROUP, LANES, Rate};

/// What all chunks share in a stage.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) network: &'a Rate,
    /// Number of the stage.
    pub(super) stage: usize,
    pub(super) field: Field<'a>,
    /// Input from outside, `[neuron]`.
    pub(super) external: &'a [f32],
}

/// Where W y comes from.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    /// A sum over patterns.
    Patterns {
        /// For each pattern what its members get, and what the others get.
        terms: &'a [[f32; 2]],
        /// One bit a neuron for each pattern, `[pattern][word]`.
        bits: &'a [u32],
        /// Words of a row of `bits`.
        words: usize,
    },
    /// The same for all.
    Same(f32),
    /// Stored, `[neuron]`.
    Stored(&'a [f32]),
}

/// The state of a chunk.
pub(super) struct Chunk<'a> {
    /// Its number.
    pub(super) number: usize,
    /// r
    pub(super) rates: &'a mut [f32],
    /// What rounding left out of r.
    pub(super) rests: &'a mut [f32],
    /// y
    pub(super) trial: &'a mut [f32],
    /// The weighted slopes of the stages so far.
    pub(super) slopes: &'a mut [f32],
    /// The largest |r|, as the bits of a float: in their order infinity is above all numbers, NaN above infinity.
    pub(super) largest: &'a mut u32,
}

/// Takes the chunk through the stage.
#[inline(always)]
pub(super) fn integrate(context: Context<'_>, chunk: &mut Chunk<'_>) {
    let mut rates_due = [0f32; CHUNK];
    let size = chunk.rates.len();
    phi(context, chunk.number, &mut rates_due[..size]);
    let stages = &context.network.stages;
    let (stage, is_first) = (stages[context.stage], context.stage == 0);
    // Slices of one length, so that the compiler need not look where they end.
    let Chunk { rates, rests, trial, slopes, .. } = chunk;
    let (rates, rests) = (&mut rates[..size], &mut rests[..size]);
    let (trial, slopes) = (&mut trial[..size], &mut slopes[..size]);
    for i in 0..size {
        let slope = rates_due[i] - trial[i];
        let sum = if is_first { 0.0 } else { slopes[i] };
        slopes[i] = sum + stage.weight * slope;
        trial[i] = rates[i] + stage.advance * slope;
    }
    if context.stage + 1 == stages.len() {
        for i in 0..size {
            let (rate, rest) = add(rates[i], stage.advance * slopes[i] + rests[i]);
            trial[i] = rate;
            rates[i] = rate;
            rests[i] = rest;
        }
        *chunk.largest = largest(rates);
    }
}

/// The sum of two numbers, and what rounding leaves out of it (Møller 1965).
#[inline(always)]
fn add(a: f32, b: f32) -> (f32, f32) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

/// φ(u + W y) of the neurons of a chunk.
#[inline(always)]
pub(super) fn phi(context: Context<'_>, chunk: usize, inputs: &mut [f32]) {
    let first = chunk * CHUNK;
    field(context, first, inputs);
    let external = &context.external[first..first + inputs.len()];
    inputs.iter_mut().zip(external).for_each(|(input, external)| *input += external);
    gain::apply(&context.network.gain, inputs);
}

/// W y of the neurons from `first` on.
#[inline(always)]
fn field(context: Context<'_>, first: usize, fields: &mut [f32]) {
    match context.field {
        Field::Same(field) => fields.fill(field),
        Field::Stored(stored) => fields.copy_from_slice(&stored[first..first + fields.len()]),
        Field::Patterns { terms, bits, words } => {
            for (row, fields) in fields.chunks_mut(LANES).enumerate() {
                let lanes = pattern_field(terms, bits, (words, first / 32 + row * (LANES / 32)));
                fields.copy_from_slice(&lanes[..fields.len()]);
            }
        }
    }
}

/// The fields of as many neurons as there are lanes, whose bits start at the word `at` of each row.
#[inline(always)]
fn pattern_field(terms: &[[f32; 2]], bits: &[u32], (words, at): (usize, usize)) -> [f32; LANES] {
    let mut fields = [0f32; LANES];
    for (group, terms) in terms.chunks(GROUP).enumerate() {
        let mut lanes = [0f32; LANES];
        for (pattern, &[member, other]) in (group * GROUP..).zip(terms) {
            let start = pattern * words + at;
            let choice = Choice::new(member, other);
            for (lanes, &word) in lanes.chunks_exact_mut(WORD).zip(&bits[start..start + LANES / WORD]) {
                for (at, lane) in lanes.iter_mut().enumerate() {
                    *lane += choice.of(word, at);
                }
            }
        }
        fields.iter_mut().zip(lanes).for_each(|(field, lane)| *field += lane);
    }
    fields
}

/// The largest absolute value, as bits.
#[inline(always)]
pub(super) fn largest(values: &[f32]) -> u32 {
    values.iter().fold(0, |largest, value| largest.max(value.to_bits() & 0x7fff_ffff))
}
