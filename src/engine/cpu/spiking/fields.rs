//! The sums of a field in each step of a block: what each pattern brings its members, and what everybody gets. Twin of
//! shaders/spiking/fields.wgsl.

use super::arrivals::Rows;
use super::job::Steps;
use super::pattern_counts::{PatternCounts, stride};
use crate::engine::Block;
use crate::fixed::round_shift;
use crate::network::spiking::{BLOCK_STEPS_MAX, Field};

/// The sums over the rows that arrive in `block` after a delay; no neuron has more than `memberships_max` patterns.
pub(super) fn fields(
    field: &Field,
    rows: &Rows<'_>,
    (delay_steps, block): (u32, Block),
    memberships_max: u32,
) -> PatternCounts {
    let columns = Columns::new(rows, delay_steps, block);
    let (stride, patterns) = (columns.stride, field.sums() - 1);
    let mut sums = vec![0i32; patterns * stride];
    for (pattern, sums) in sums.chunks_exact_mut(stride).enumerate() {
        sums.copy_from_slice(&columns.sum(field, pattern)[..stride]);
    }
    PatternCounts::of_fields(sums, columns.sum(field, patterns), block, memberships_max)
}

/// Counts by entry, steps side by side.
struct Columns {
    /// `stride` steps for each entry.
    counts: Vec<u32>,
    /// Whether anything is counted at an entry.
    any: Vec<bool>,
    stride: usize,
}

impl Columns {
    fn new(rows: &Rows<'_>, delay_steps: u32, block: Block) -> Self {
        let (stride, entries) = (stride(block), rows.layout.saturated_potentials(0));
        let mut columns = Self { counts: vec![0; entries * stride], any: vec![false; entries], stride };
        for (step, row) in rows.arriving(delay_steps, block) {
            for ((column, any), &count) in columns.counts.chunks_exact_mut(stride).zip(&mut columns.any).zip(row) {
                column[step] = count;
                *any |= count != 0;
            }
        }
        columns
    }

    /// One of the field's sums in each step: terms in 64 bits, rounded once.
    fn sum(&self, field: &Field, number: usize) -> Steps<i32> {
        let mut totals = [0i64; BLOCK_STEPS_MAX as usize];
        for term in field.terms_of(number).iter().filter(|term| self.any[term.entry as usize]) {
            let column = &self.counts[term.entry as usize * self.stride..][..self.stride];
            for (total, &count) in totals.iter_mut().zip(column) {
                *total = total.wrapping_add(term.coefficient.wrapping_mul(i64::from(count)));
            }
        }
        totals.map(|total| round_shift(total, field.shift) as i32)
    }
}
