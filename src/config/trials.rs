//! `[trials]` as written: how many independent runs of the same patterns and wiring.

use super::echo::Echo;
use super::kinds::Whole;
use super::section::Section;
use super::spiking::integer;
use super::tree::Table;

/// The most trials: they are numbered in 28 bits, and this many are a lot.
const COUNT_MAX: u64 = 1 << 20;

/// Reads the number of trials.
pub(super) fn read(root: &mut Section<'_, '_>) -> Option<u64> {
    let empty = Table::default();
    let table = root.table("trials").unwrap_or(&empty);
    let mut section = Section::new("trials", table, root.problems);
    let count = section.or("count", &Whole { least: 1, most: COUNT_MAX, example: 10 }, integer(1));
    let echo = section.finish();
    root.put("trials", Echo::Table(echo));
    count
}
