//! One pass over the spikes of a population: marks of sampled neurons, and counts of all neurons in a grid.

use crate::plot::PlotError;
use crate::plot::figure::RasterSpikes;
use crate::plot::scene::Shades;
use crate::plot::spiking::Drawn;

/// Spikes are read in slices of so many.
const SLICE: u64 = 1 << 20;
/// No row.
const NONE: u32 = u32::MAX;

/// The row of each neuron of a population.
pub(super) struct Rows {
    /// By neuron.
    of: Vec<u32>,
    /// Number of rows.
    pub(super) count: usize,
    /// Neurons a row, about.
    pooled: f64,
}

impl Rows {
    /// A row for each of at most `rows_max` neurons at equal distances.
    pub(super) fn sampled(neurons: &[u32], rows_max: usize) -> Self {
        let count = neurons.len().min(rows_max);
        let mut of = blank(neurons);
        for row in 0..count {
            of[neurons[row * neurons.len() / count] as usize] = row as u32;
        }
        Self { of, count, pooled: 1.0 }
    }

    /// A row for each of at most `rows_max` groups of neighbours, which hold all neurons.
    pub(super) fn pooled(neurons: &[u32], rows_max: usize) -> Self {
        let count = neurons.len().min(rows_max);
        let mut of = blank(neurons);
        for (at, &neuron) in neurons.iter().enumerate() {
            of[neuron as usize] = (at * count / neurons.len()) as u32;
        }
        Self { of, count, pooled: neurons.len() as f64 / count.max(1) as f64 }
    }

    fn row(&self, neuron: u64) -> Option<u32> {
        self.of.get(neuron as usize).copied().filter(|&row| row != NONE)
    }
}

fn blank(neurons: &[u32]) -> Vec<u32> {
    vec![NONE; neurons.iter().max().map_or(0, |&last| last as usize + 1)]
}

/// Counts of spikes, `[row][column]`.
pub(super) struct Grid {
    rows: usize,
    counts: Vec<u32>,
    pooled: f64,
}

/// What was found of one kind of neurons.
pub(super) struct Found {
    /// Spikes of the sampled neurons: how many.
    pub(super) marks: usize,
    shown: Vec<(f64, u32)>,
    grid: Grid,
}

/// Reads the spikes of a window once. No more than `marks_max` marks are kept: more will not be drawn.
pub(super) fn count(
    drawn: &Drawn<'_>,
    population: &str,
    sampled: &Rows,
    pooled: &Rows,
    marks_max: usize,
) -> Result<Found, PlotError> {
    let window = drawn.window;
    let grid = Grid { rows: pooled.count, counts: vec![0; pooled.count * Grid::COLUMNS], pooled: pooled.pooled };
    let mut found = Found { marks: 0, shown: Vec::new(), grid };
    let numbers = drawn.results.spike_numbers(population, window.start_ms, window.stop_ms)?;
    let columns_a_ms = Grid::COLUMNS as f64 / (window.stop_ms - window.start_ms);
    let mut start = numbers.start;
    while start < numbers.end {
        let end = (start + SLICE).min(numbers.end);
        let slice = drawn.results.spikes_in(population, start..end)?;
        for (&time_ms, &neuron) in slice.timestamps_ms.iter().zip(&slice.node_ids) {
            if let Some(row) = pooled.row(neuron) {
                let column = ((time_ms - window.start_ms) * columns_a_ms) as usize;
                found.grid.counts[row as usize * Grid::COLUMNS + column.min(Grid::COLUMNS - 1)] += 1;
            }
            if let Some(row) = sampled.row(neuron) {
                found.marks += 1;
                if found.marks <= marks_max {
                    found.shown.push((time_ms, row));
                }
            }
        }
        start = end;
    }
    Ok(found)
}

impl Found {
    /// The spikes one by one, or their density.
    pub(super) fn spikes(self, dense: bool) -> RasterSpikes {
        if dense { RasterSpikes::Density(self.grid.shades()) } else { RasterSpikes::Marks(self.shown) }
    }
}

/// The share of cells, of those with spikes, that are not full: the few with the highest rates do not set the scale.
const FULL_SHARE: f64 = 0.99;

impl Grid {
    /// Cells by their rate: the root lets low rates be seen beside high ones.
    fn shades(&self) -> Shades {
        let mut ascending: Vec<u32> = self.counts.iter().copied().filter(|&count| count > 0).collect();
        ascending.sort_unstable();
        let full = ascending.get((ascending.len() as f64 * FULL_SHARE) as usize).or(ascending.last());
        let full = f64::from(full.copied().unwrap_or(1)).max(self.pooled.sqrt());
        let shade = |&count: &u32| ((f64::from(count) / full).sqrt().min(1.0) * 255.0).round() as u8;
        Shades { columns: Self::COLUMNS, rows: self.rows, values: self.counts.iter().map(shade).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_and_pools_hold_everyone() {
        let neurons: Vec<u32> = (0..1000).map(|n| 2 * n + 1).collect();
        let sampled = Rows::sampled(&neurons, 10);
        let shown: Vec<usize> = (0..2000).filter(|&n| sampled.row(n as u64).is_some()).collect();
        assert_eq!(shown, (0..10).map(|row| 200 * row + 1).collect::<Vec<_>>());
        let pooled = Rows::pooled(&neurons, 10);
        let mut sizes = [0; 10];
        neurons.iter().for_each(|&n| sizes[pooled.row(u64::from(n)).unwrap() as usize] += 1);
        assert_eq!((sizes, pooled.row(0), pooled.row(9999)), ([100; 10], None, None));
        let few = Rows::sampled(&[4, 7], 10);
        assert_eq!((few.count, few.row(4), few.row(7)), (2, Some(0), Some(1)));
        assert_eq!(Rows::sampled(&[], 10).count, 0);
    }
}
