//! What the patterns count in each step of a block, steps side by side: what the sums of neurons are made of.

use super::arrivals::Rows;
use super::job::Steps;
use crate::engine::Block;
use crate::network::spiking::{BLOCK_STEPS_MAX, Projection};

/// M^μ of each step of a block; or F^μ, and U, of a field.
#[derive(Debug, Default)]
pub(super) struct PatternCounts {
    /// `stride` steps for each pattern. Cut to 16 bits, and not to be used, where `wide` has them.
    narrow: Vec<u16>,
    /// The same where a neuron's sum may not fit 16 bits.
    wide: Vec<i32>,
    /// Numbers in a row: 8, 16 or 32.
    stride: usize,
    /// The patterns that count something.
    active: Vec<u32>,
    /// What every neuron counts in each step beside its patterns.
    uniform: Steps<i32>,
    /// No neuron's sum has a larger magnitude, in any step.
    sum_max: i64,
}

impl PatternCounts {
    /// Reads what the patterns of a set count in the rows that arrive in `block`; no neuron has more than
    /// `memberships_max` patterns.
    pub(super) fn new(
        (rows, set): (&Rows<'_>, usize),
        projection: &Projection,
        block: Block,
        memberships_max: u32,
    ) -> Self {
        let stride = stride(block);
        let patterns = rows.layout.patterns;
        let first = rows.layout.patterns_of(set);
        let mut any = vec![0u32; patterns];
        let mut narrow = vec![0u16; patterns * stride];
        for (step, row) in rows.arriving(projection.delay_steps, block) {
            if row[rows.layout.spikes(projection.source)] != 0 {
                let counts = row[first..first + patterns].iter();
                for ((&count, any), counts) in counts.zip(&mut any).zip(narrow.chunks_exact_mut(stride)) {
                    counts[step] = count as u16;
                    *any |= count;
                }
            }
        }
        let fits = any.iter().fold(0, |all, any| all | any) <= u32::from(u16::MAX);
        let mut counts = Self { narrow, stride, active: active(&any), ..Self::default() };
        if fits {
            counts.sum_max = sum_max(&counts.narrow, stride, memberships_max);
        }
        if !fits || counts.sum_max > i64::from(u16::MAX) {
            counts.wide = vec![0; patterns * stride];
            for (step, row) in rows.arriving(projection.delay_steps, block) {
                let counts = counts.wide.chunks_exact_mut(stride).zip(&row[first..]);
                counts.for_each(|(counts, &count)| counts[step] = count as i32);
            }
            counts.sum_max = sum_max(&counts.wide, stride, memberships_max);
        }
        counts
    }

    /// Of a field: `stride` sums for each pattern, and those that every neuron gets.
    pub(super) fn of_fields(wide: Vec<i32>, uniform: Steps<i32>, block: Block, memberships_max: u32) -> Self {
        let stride = stride(block);
        let any = wide.chunks_exact(stride).map(|sums| sums.iter().fold(0, |any, &sum| any | sum.cast_unsigned()));
        let active = active(&any.collect::<Vec<u32>>());
        let largest = uniform.iter().map(|sum| sum.magnitude()).max().unwrap_or(0);
        let sum_max = sum_max(&wide, stride, memberships_max) + largest;
        Self { wide, stride, active, uniform, sum_max, ..Self::default() }
    }

    /// What a pattern counts in a step.
    pub(super) fn at(&self, pattern: usize, step: usize) -> i32 {
        let place = pattern * self.stride + step;
        self.wide.get(place).copied().unwrap_or_else(|| i32::from(self.narrow[place]))
    }

    /// What every neuron counts in each step beside its patterns.
    pub(super) fn uniform(&self) -> &Steps<i32> {
        &self.uniform
    }

    /// Numbers in a row: 8, 16 or 32.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// The patterns that count something, ascending.
    pub(super) fn active(&self) -> &[u32] {
        &self.active
    }

    /// Whether 16 bits hold the sum of every neuron.
    pub(super) fn is_narrow(&self) -> bool {
        self.wide.is_empty()
    }

    /// No neuron's sum has a larger magnitude, in any step.
    pub(super) fn sum_max(&self) -> i64 {
        self.sum_max
    }
}

/// Steps in a row for a block: whole vectors.
pub(super) fn stride(block: Block) -> usize {
    const { assert!(BLOCK_STEPS_MAX.is_power_of_two(), "no row is longer than the longest block") };
    (block.steps as usize).next_power_of_two().max(8)
}

/// The patterns of which something is left.
fn active(any: &[u32]) -> Vec<u32> {
    (0u32..).zip(any).filter(|&(_, &any)| any != 0).map(|(pattern, _)| pattern).collect()
}

/// No sum over so many rows is larger in any column: at most all of them, at most so many times the largest.
fn sum_max<T: Cell>(rows: &[T], stride: usize, memberships_max: u32) -> i64 {
    let (mut most, mut total) = ([0i64; BLOCK_STEPS_MAX as usize], [0i64; BLOCK_STEPS_MAX as usize]);
    for row in rows.chunks_exact(stride) {
        for ((most, total), number) in most.iter_mut().zip(&mut total).zip(row) {
            *most = (*most).max(number.magnitude());
            *total += number.magnitude();
        }
    }
    let sums = most.iter().zip(&total).map(|(&most, &total)| total.min(most * i64::from(memberships_max)));
    sums.max().unwrap_or(0)
}

/// A number of a table of counts.
pub(super) trait Cell: Copy + Default {
    /// A count that fits it.
    fn of(count: i32) -> Self;
    /// a + b, which wraps.
    fn plus(self, other: Self) -> Self;
    /// a - b, which wraps.
    fn minus(self, other: Self) -> Self;
    /// |a|.
    fn magnitude(self) -> i64;
    /// The rows of a kind.
    fn rows(counts: &PatternCounts) -> &[Self];
}

impl Cell for u16 {
    #[inline(always)]
    fn of(count: i32) -> Self {
        count as Self
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline(always)]
    fn magnitude(self) -> i64 {
        i64::from(self)
    }

    #[inline(always)]
    fn rows(counts: &PatternCounts) -> &[Self] {
        &counts.narrow
    }
}

impl Cell for i32 {
    #[inline(always)]
    fn of(count: i32) -> Self {
        count
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline(always)]
    fn magnitude(self) -> i64 {
        i64::from(self).abs()
    }

    #[inline(always)]
    fn rows(counts: &PatternCounts) -> &[Self] {
        &counts.wide
    }
}
