//! The array of all that is only read, `patterns` in the shaders: where each part of it starts, and what it holds.

use super::parameters::{SUM_WORDS, TERM_WORDS};
use crate::network::patterns::Patterns;
use crate::network::spiking::{Count, Spiking};

/// Where everything starts, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReadOnly {
    /// Of each set of patterns: bit rows, `[word][neuron]`, so that neighbouring invocations read neighbouring words.
    pub(super) rows: Vec<u64>,
    /// Of each set: its neurons in the order in which they are taken.
    pub(super) orders: Vec<u64>,
    /// Of each field: s_i, `[target]`; none where own spikes count.
    pub(super) own: Vec<u64>,
    /// Records of the sums of all fields that a projection counts.
    pub(super) sums: u64,
    /// How many there are.
    pub(super) sum_count: u64,
    terms: u64,
    /// All of it.
    pub(super) words: u64,
}

impl ReadOnly {
    pub(super) fn new(network: &Spiking) -> Self {
        let mut end = 0;
        let mut take = |words: u64| {
            end += words;
            end - words
        };
        let mut places = Self::default();
        for (_, patterns) in network.pattern_sets() {
            places.rows.push(take(patterns.words().len() as u64));
            places.orders.push(take(patterns.neurons() as u64));
        }
        places.own = network.fields.iter().map(|field| take(field.own.len() as u64)).collect();
        places.sum_count = fields(network).map(|(_, field, _)| network.fields[field].sums() as u64).sum();
        places.sums = take(u64::from(SUM_WORDS) * places.sum_count);
        let terms: u64 = fields(network).map(|(_, field, _)| network.fields[field].terms.len() as u64).sum();
        places.terms = take(u64::from(TERM_WORDS) * terms);
        // None is empty, since none can be bound so.
        places.words = take(0).max(1);
        places
    }

    /// The words; `goes_to` is where the sums of each field go in `counts`, step by step.
    pub(super) fn contents(&self, network: &Spiking, group_size: usize, goes_to: &[u64]) -> Vec<u32> {
        let mut contents = Vec::with_capacity(self.words as usize);
        for (_, patterns) in network.pattern_sets() {
            rows(patterns, &mut contents);
            order(patterns, group_size, &mut contents);
        }
        for field in &network.fields {
            contents.extend(field.own.iter().map(|own| own.cast_unsigned()));
        }
        let mut next = self.terms;
        for (_, field, delay_steps) in fields(network) {
            let (to, field) = (goes_to[field], &network.fields[field]);
            for sum in 0..field.sums() {
                let terms = field.terms_of(sum).len() as u64;
                let record =
                    [next, terms, field.shift.into(), delay_steps.into(), to + sum as u64, field.sums() as u64];
                contents.extend(record.map(|word| word as u32));
                next += u64::from(TERM_WORDS) * terms;
            }
        }
        for (_, field, _) in fields(network) {
            let words = network.fields[field].terms.iter().flat_map(|term| {
                let coefficient = term.coefficient.cast_unsigned();
                [term.entry, coefficient as u32, (coefficient >> 32) as u32]
            });
            contents.extend(words);
        }
        contents.resize(self.words as usize, 0);
        contents
    }
}

/// The projections that count a field: their number, that of the field, and their delay.
fn fields(network: &Spiking) -> impl Iterator<Item = (usize, usize, u32)> + '_ {
    network.projections.iter().enumerate().filter_map(|(index, projection)| match projection.count {
        Count::Field(field) => Some((index, field, projection.delay_steps)),
        _ => None,
    })
}

fn rows(patterns: &Patterns, contents: &mut Vec<u32>) {
    let (neurons, words, first) = (patterns.neurons(), patterns.words_per_neuron(), contents.len());
    contents.resize(first + neurons * words, 0);
    for (neuron, row) in patterns.words().chunks_exact(words.max(1)).enumerate() {
        for (word, &bits) in row.iter().enumerate() {
            contents[first + word * neurons + neuron] = bits;
        }
    }
}

/// The neurons, within each workgroup by their memberships.
fn order(patterns: &Patterns, group_size: usize, contents: &mut Vec<u32>) {
    let mut order: Vec<u32> = (0..patterns.neurons() as u32).collect();
    for group in order.chunks_mut(group_size) {
        group.sort_by_key(|&neuron| patterns.memberships(neuron as usize));
    }
    contents.extend(order);
}
