//! D_i = Σ_{μ of i} n^μ for all neurons: the patterns of a neuron, five at a time, name an entry of a table of sums.
//!
//! Entries and sums have 16 bits. Counts that lie close together, as those of random patterns do, are kept less their
//! mean, and one pass over the neurons is exact; others are cut into digits, a pass for each.

use super::kernels::Kernels;
use crate::network::hopfield::Memories;

/// Neurons side by side: the lanes of 16 bits of the widest vector.
const LANES: usize = 32;
/// Patterns in a word of a row: three indices of five bits.
const PATTERNS: usize = 15;
/// Words whose sums of digits of six bits fit 16 bits: 68 words have 1020 patterns.
const WORDS_MAX: usize = 68;

/// A word of the rows of [`LANES`] neurons.
type Word = [u16; LANES];
/// The sums of the five patterns that each index stands for.
type Tables = [[u16; 1 << 5]; 3];

/// The patterns of all neurons, `[neuron / LANES][word]`.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    words: usize,
    rows: Vec<Word>,
}

impl Rows {
    pub(super) fn new(memories: &Memories) -> Self {
        let words = memories.count().div_ceil(PATTERNS);
        // Whole words of a state have two groups each.
        let groups = memories.neurons().div_ceil(64) * 2;
        let mut rows = vec![[0; LANES]; groups * words];
        let mut row = Vec::new();
        for neuron in 0..memories.neurons() {
            row.clear();
            row.extend(memories.row(neuron).chain([0]));
            for word in 0..words {
                let (at, bit) = (word * PATTERNS / 64, word * PATTERNS % 64);
                let both = u128::from(row[at + 1]) << 64 | u128::from(row[at]);
                rows[neuron / LANES * words + word][neuron % LANES] = (both >> bit) as u16 & ((1 << PATTERNS) - 1);
            }
        }
        Self { words, rows }
    }
}

/// A part of the counts whose sums fit 16 bits.
#[derive(Clone, Debug)]
struct Pass {
    first_word: usize,
    tables: Vec<Tables>,
    /// What its sums are multiplied by, 2^shift.
    shift: u32,
    signed: bool,
}

/// The counts of the patterns as tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Passes {
    passes: Vec<Pass>,
    /// What every pattern of a neuron adds besides.
    offset: i64,
}

impl Passes {
    /// The tables of some counts.
    pub(super) fn set(&mut self, counts: &[u32]) {
        self.passes.clear();
        self.offset = 0;
        if counts.is_empty() {
            return;
        }
        let mean = (counts.iter().map(|&count| u64::from(count)).sum::<u64>() / counts.len() as u64) as u32;
        let spread: u64 = counts.iter().map(|&count| u64::from(count.abs_diff(mean))).sum();
        if spread <= i16::MAX as u64 {
            self.offset = i64::from(mean);
            let values = counts.iter().map(|&count| count.wrapping_sub(mean) as u16);
            self.passes.push(Pass { first_word: 0, tables: tables(values), shift: 0, signed: true });
            return;
        }
        for (at, some) in counts.chunks(WORDS_MAX * PATTERNS).enumerate() {
            let largest = some.iter().copied().max().unwrap_or(0);
            for shift in (0..32).step_by(6).take_while(|&shift| largest >> shift != 0) {
                let digits = some.iter().map(|&count| (count >> shift) as u16 & 63);
                self.passes.push(Pass { first_word: at * WORDS_MAX, tables: tables(digits), shift, signed: false });
            }
        }
    }

    /// D_i of the 64 neurons of a word of a state, but for `offset` times the number of their patterns.
    #[inline(always)]
    pub(super) fn dots(&self, kernels: Kernels, rows: &Rows, word: usize) -> [i64; 64] {
        let mut dots = [0; 64];
        for pass in &self.passes {
            for (half, dots) in dots.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let first = (2 * word + half) * rows.words + pass.first_word;
                let sums = sums_with(kernels, &rows.rows[first..first + pass.tables.len()], &pass.tables);
                for (dot, sum) in dots.iter_mut().zip(sums) {
                    let sum = if pass.signed { i64::from(sum as i16) } else { i64::from(sum) };
                    *dot += sum << pass.shift;
                }
            }
        }
        dots
    }

    /// What every pattern of a neuron adds to D_i.
    pub(super) fn offset(&self) -> i64 {
        self.offset
    }
}

/// The tables of some values, fifteen a word.
fn tables(values: impl Iterator<Item = u16>) -> Vec<Tables> {
    let values: Vec<u16> = values.collect();
    let of_five = |five: &[u16]| {
        let mut table = [0u16; 32];
        for (bit, &value) in five.iter().enumerate() {
            for index in 0..1 << bit {
                table[index | 1 << bit] = table[index].wrapping_add(value);
            }
        }
        // Places of patterns that there are not are never named.
        table
    };
    let of_word = |word: &[u16]| {
        let mut tables = [[0; 32]; 3];
        tables.iter_mut().zip(word.chunks(5)).for_each(|(table, five)| *table = of_five(five));
        tables
    };
    values.chunks(PATTERNS).map(of_word).collect()
}

/// The sums of [`LANES`] neurons, modulo 2^16.
#[inline(always)]
fn sums_with(kernels: Kernels, rows: &[Word], tables: &[Tables]) -> Word {
    #[cfg(target_arch = "x86_64")]
    if kernels.instructions == crate::engine::cpu::host::Instructions::Avx512 {
        // SAFETY: these instructions come from run-time detection on this processor.
        return unsafe { sums_avx512(rows, tables) };
    }
    let _ = kernels;
    sums(rows, tables)
}

fn sums(rows: &[Word], tables: &[Tables]) -> Word {
    let mut sums = [0u16; LANES];
    for (row, tables) in rows.iter().zip(tables) {
        for (sum, &word) in sums.iter_mut().zip(row) {
            for (at, table) in tables.iter().enumerate() {
                *sum = sum.wrapping_add(table[(word >> (5 * at)) as usize & 31]);
            }
        }
    }
    sums
}

/// The same with a permutation as the look-up: it reads the low five bits of each lane.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn sums_avx512(rows: &[Word], tables: &[Tables]) -> Word {
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi16, _mm512_loadu_si512, _mm512_permutexvar_epi16, _mm512_setzero_si512,
        _mm512_srli_epi16, _mm512_storeu_si512,
    };
    // SAFETY: the array has the 64 bytes that are loaded.
    let load = |word: &Word| unsafe { _mm512_loadu_si512(word.as_ptr().cast::<__m512i>()) };
    let mut sums = [_mm512_setzero_si512(); 3];
    for (row, tables) in rows.iter().zip(tables) {
        let word = load(row);
        let indices = [word, _mm512_srli_epi16::<5>(word), _mm512_srli_epi16::<10>(word)];
        for at in 0..3 {
            sums[at] = _mm512_add_epi16(sums[at], _mm512_permutexvar_epi16(indices[at], load(&tables[at])));
        }
    }
    let sum = _mm512_add_epi16(_mm512_add_epi16(sums[0], sums[1]), sums[2]);
    let mut result = [0u16; LANES];
    // SAFETY: the array has the 64 bytes that are stored.
    unsafe { _mm512_storeu_si512(result.as_mut_ptr().cast::<__m512i>(), sum) };
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cpu::host::Instructions;
    use crate::network::hopfield::memories::{bit, words};
    use crate::random::{Draws, Stream};

    #[test]
    fn dots_are_sums_whatever_the_counts() {
        for (neurons, count, most) in [
            (1, 1, 9),
            (33, 0, 9),
            (64, 15, 1 << 26),
            (65, 16, 70_000),
            (130, 400, 300),
            (70, 1021, 1 << 20),
            (64, 2100, 63),
        ] {
            let mut draws = Draws::new(1, Stream::Patterns, 0, neurons as u32);
            let mut columns = vec![0u64; count * words(neurons)];
            for pattern in 0..count {
                for neuron in (0..neurons).filter(|_| draws.below(2) == 1) {
                    columns[pattern * words(neurons) + neuron / 64] |= 1 << (neuron % 64);
                }
            }
            let memories = Memories::from_columns(neurons, count, columns);
            let rows = Rows::new(&memories);
            let counts: Vec<u32> = (0..count).map(|_| draws.below(most)).collect();
            let mut passes = Passes::default();
            passes.set(&counts);
            for instructions in Instructions::available() {
                let kernels = Kernels { instructions, vector_popcount: false };
                for neuron in 0..neurons {
                    let row: Vec<u64> = memories.row(neuron).collect();
                    let expected: i64 = (0..count).filter(|&at| bit(&row, at)).map(|at| i64::from(counts[at])).sum();
                    let dot = passes.dots(kernels, &rows, neuron / 64)[neuron % 64];
                    let found = dot + passes.offset() * i64::from(memories.memberships()[neuron]);
                    assert_eq!(found, expected, "neuron {neuron} of {neurons}, {count} patterns, {instructions:?}");
                }
            }
        }
    }
}
