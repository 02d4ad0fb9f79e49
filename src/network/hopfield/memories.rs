//! Dense binary patterns as bits, twice: one column a pattern for the overlaps, one row a neuron for the fields.

use rayon::prelude::*;

/// P patterns over N neurons: bit j of column μ and bit μ of row j are ξ_j^μ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memories {
    count: usize,
    neurons: usize,
    columns: Vec<u64>,
    /// `[neuron][word]`.
    rows: Vec<u64>,
    sizes: Vec<u32>,
    memberships: Vec<u32>,
}

/// Words of 64 bits.
#[must_use]
pub const fn words(bits: usize) -> usize {
    bits.div_ceil(64)
}

impl Memories {
    /// Packs `count` columns of `words(neurons)` words each, one after the other; bits beyond the last neuron are zero.
    #[must_use]
    pub fn from_columns(neurons: usize, count: usize, columns: Vec<u64>) -> Self {
        assert_eq!(columns.len(), count * words(neurons), "a word for every 64 neurons of a pattern");
        let sizes = columns.chunks(words(neurons).max(1)).map(ones).collect();
        let rows = transposed(neurons, count, &columns);
        let mut memories = Self { count, neurons, columns, rows, sizes, memberships: Vec::new() };
        memories.memberships = (0..neurons).map(|neuron| memories.row(neuron).map(u64::count_ones).sum()).collect();
        memories
    }

    /// Number of patterns P.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of neurons N.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Words of a row: ceil(P / 64).
    #[must_use]
    pub fn row_words(&self) -> usize {
        words(self.count)
    }

    /// The active neurons of a pattern as bits.
    #[must_use]
    pub fn column(&self, pattern: usize) -> &[u64] {
        let words = words(self.neurons);
        &self.columns[pattern * words..(pattern + 1) * words]
    }

    /// The patterns of a neuron as bits, word by word.
    #[inline(always)]
    pub fn row(&self, neuron: usize) -> impl Iterator<Item = u64> + '_ {
        let words = words(self.count);
        self.rows[neuron * words..(neuron + 1) * words].iter().copied()
    }

    /// Number of active neurons of each pattern.
    #[must_use]
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// k_i: in how many patterns each neuron is active.
    #[must_use]
    pub fn memberships(&self) -> &[u32] {
        &self.memberships
    }

    /// How many of the active neurons of a state are active in each pattern.
    pub fn counts(&self, state: &[u64]) -> impl Iterator<Item = u32> + '_ {
        let state = state.to_vec();
        (0..self.count).map(move |pattern| common(self.column(pattern), &state))
    }
}

/// Number of bits that are set.
#[must_use]
pub fn ones(words: &[u64]) -> u32 {
    words.iter().map(|word| word.count_ones()).sum()
}

/// Number of bits that are set in both.
#[inline(always)]
#[must_use]
pub fn common(one: &[u64], other: &[u64]) -> u32 {
    one.iter().zip(other).map(|(one, other)| (one & other).count_ones()).sum()
}

/// Whether a bit is set.
#[inline(always)]
#[must_use]
pub const fn bit(words: &[u64], at: usize) -> bool {
    words[at / 64] >> (at % 64) & 1 == 1
}

/// The positions of the set bits, ascending.
pub fn set_bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(at, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                at * 64 + bit
            })
        })
    })
}

/// The rows of columns.
fn transposed(neurons: usize, count: usize, columns: &[u64]) -> Vec<u64> {
    let (column_words, row_words) = (words(neurons), words(count));
    let mut rows = vec![0u64; column_words * 64 * row_words];
    if count == 0 {
        return rows;
    }
    // Each word of the columns holds 64 neurons, whose rows are a piece of their own.
    rows.par_chunks_mut(64 * row_words).enumerate().for_each(|(at, rows)| {
        for word in 0..row_words {
            let mut block = [0u64; 64];
            for (bit, line) in block.iter_mut().enumerate() {
                if let Some(&bits) = columns.get((word * 64 + bit) * column_words + at) {
                    *line = bits;
                }
            }
            transpose(&mut block);
            for (neuron, &line) in block.iter().enumerate() {
                rows[neuron * row_words + word] = line;
            }
        }
    });
    rows
}

/// Transposes 64 x 64 bits in six rounds of swaps of blocks. Warren, Hacker's Delight (2nd ed.), 7-3.
fn transpose(block: &mut [u64; 64]) {
    let mut width = 32;
    let mut mask = 0x0000_0000_ffff_ffff_u64;
    while width != 0 {
        let mut at = 0;
        while at < 64 {
            let swapped = ((block[at] >> width) ^ block[at | width]) & mask;
            block[at | width] ^= swapped;
            block[at] ^= swapped << width;
            at = ((at | width) + 1) & !width;
        }
        width >>= 1;
        mask ^= mask << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Draws, Stream};

    #[test]
    fn rows_and_columns_say_the_same_at_every_word_boundary() {
        for (neurons, count) in [(1, 1), (31, 63), (63, 64), (64, 65), (65, 1), (130, 129), (8, 0), (1000, 200)] {
            let mut draws = Draws::new(1, Stream::Patterns, 0, neurons as u32);
            let mut columns = vec![0u64; count * words(neurons)];
            for pattern in 0..count {
                for neuron in (0..neurons).filter(|_| draws.below(2) == 1) {
                    columns[pattern * words(neurons) + neuron / 64] |= 1 << (neuron % 64);
                }
            }
            let memories = Memories::from_columns(neurons, count, columns);
            for neuron in 0..neurons {
                let row: Vec<u64> = memories.row(neuron).collect();
                assert_eq!(row.len(), words(count));
                let expected: Vec<usize> =
                    (0..count).filter(|&pattern| bit(memories.column(pattern), neuron)).collect();
                assert_eq!(set_bits(&row).collect::<Vec<_>>(), expected, "neuron {neuron} of {neurons}, {count}");
                assert_eq!(memories.memberships()[neuron] as usize, expected.len());
            }
            let state = vec![u64::MAX; words(neurons)];
            assert_eq!(memories.counts(&state).collect::<Vec<_>>(), memories.sizes());
        }
    }
}
