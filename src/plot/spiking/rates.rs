//! Rates over time: of the members of the patterns in colour, of the other neurons, of every population.

use crate::analysis::Window;
use crate::plot::PlotError;
use crate::plot::binning;
use crate::plot::figure::{Content, Panel, Series};
use crate::plot::scene::Ink;

use super::{Attempt, Drawn, POINTS};

/// Bins of the members' rates are at least so long, ms: shorter ones show little but chance.
const BIN_MS_MIN: f64 = 5.0;
/// Spikes are read in slices of so many.
const SLICE: u64 = 1 << 20;

pub(super) fn panel(drawn: &Drawn<'_>) -> Result<Attempt, PlotError> {
    let mut series = populations(drawn)?;
    series.extend(members(drawn)?);
    if series.is_empty() {
        return Ok(Err("record them with `record.rates = \"5 ms\"`".into()));
    }
    Ok(Ok(vec![Panel { name: "rates", label: "rate (Hz)".into(), weight: 1.0, content: Content::Lines(series) }]))
}

fn populations(drawn: &Drawn<'_>) -> Result<Vec<Series>, PlotError> {
    let mut series = Vec::new();
    for name in drawn.results.rate_populations()?.into_iter().rev() {
        let rates = drawn.results.rates(&name)?;
        let least = BIN_MS_MIN / rates.times_ms.first().copied().unwrap_or(BIN_MS_MIN).max(1e-9);
        // As coarse as the members' rates are.
        let points = POINTS.min((rates.times_ms.len() as f64 / least).ceil() as usize);
        let columns = binning::columns(&rates.times_ms, drawn.window, points);
        let mean = |rows: &std::ops::Range<usize>| {
            rates.values_hz[rows.clone()].iter().map(|&rate| f64::from(rate)).sum::<f64>() / rows.len() as f64
        };
        series.push(Series {
            ink: drawn.population_ink(&name),
            across: columns.iter().map(|rows| rates.times_ms[rows.end - 1]).collect(),
            values: columns.iter().map(mean).collect(),
            name: Some(name),
            width: 0.8,
            alpha: 0.9,
            down_to: None,
        });
    }
    Ok(series)
}

/// Rates of members and others, counted from the spikes; none where not all of them are recorded.
fn members(drawn: &Drawn<'_>) -> Result<Vec<Series>, PlotError> {
    let Some(patterns) = &drawn.run.patterns else { return Ok(Vec::new()) };
    let name = &patterns.population;
    if drawn.patterns.is_empty() || !drawn.run.has_all_spikes(drawn.results, name, drawn.window)? {
        return Ok(Vec::new());
    }
    let size = drawn.run.facts.size(name);
    let groups = Groups::new(size, drawn.patterns.iter().map(|&pattern| patterns.members(pattern)));
    let bin_ms = binning::bin_ms(drawn.window, BIN_MS_MIN, POINTS);
    let counts = groups.count(drawn, name, bin_ms)?;
    let bins = bins(drawn.window, bin_ms);
    let rates = |group: usize| -> Vec<f64> {
        let rate = |(bin, own): (usize, &Window)| {
            counts[bin * groups.sizes.len() + group] / groups.sizes[group] as f64 / own.seconds()
        };
        bins.iter().enumerate().map(rate).collect()
    };
    let across: Vec<f64> = bins.iter().map(|bin| bin.stop_ms).collect();
    let line = |name, ink, width, values| Series {
        name: Some(name),
        ink,
        width,
        alpha: 1.0,
        across: across.clone(),
        values,
        down_to: None,
    };
    let mut series = Vec::new();
    if groups.sizes[drawn.patterns.len()] > 0 {
        series.push(line("other neurons".to_owned(), Ink::Other, 1.0, rates(drawn.patterns.len())));
    }
    for (at, pattern) in drawn.patterns.iter().enumerate().rev().filter(|&(at, _)| groups.sizes[at] > 0) {
        series.push(line(format!("members of {pattern}"), drawn.ink(*pattern), 1.1, rates(at)));
    }
    Ok(series)
}

/// The bins of a window, the last shorter where it has to be.
fn bins(window: Window, bin_ms: f64) -> Vec<Window> {
    let count = ((window.stop_ms - window.start_ms) / bin_ms - 1e-9).ceil().max(0.0) as usize;
    let start = |bin: usize| window.start_ms + bin as f64 * bin_ms;
    (0..count).map(|bin| Window::new(start(bin), start(bin + 1).min(window.stop_ms))).collect()
}

/// Groups of neurons: the members of each pattern, and last those of none of them. A neuron may be in several.
struct Groups {
    /// Neurons of each group.
    sizes: Vec<usize>,
    /// Groups of each neuron as bits; 0 for the last.
    of: Vec<u64>,
}

impl Groups {
    fn new<'a>(size: usize, patterns: impl Iterator<Item = &'a [u32]>) -> Self {
        let mut of = vec![0u64; size];
        let mut sizes = Vec::new();
        // More patterns than bits are not told apart by colour either.
        for (at, members) in patterns.take(64).enumerate() {
            members.iter().for_each(|&member| of[member as usize] |= 1 << at);
            sizes.push(members.len());
        }
        sizes.push(of.iter().filter(|&&groups| groups == 0).count());
        Self { sizes, of }
    }

    /// Spikes of each group in each bin, `[bin][group]`.
    fn count(&self, drawn: &Drawn<'_>, population: &str, bin_ms: f64) -> Result<Vec<f64>, PlotError> {
        let groups = self.sizes.len();
        let bins = bins(drawn.window, bin_ms).len();
        let mut counts = vec![0.0; bins * groups];
        let numbers = drawn.results.spike_numbers(population, drawn.window.start_ms, drawn.window.stop_ms)?;
        let mut start = numbers.start;
        while start < numbers.end {
            let end = (start + SLICE).min(numbers.end);
            let slice = drawn.results.spikes_in(population, start..end)?;
            for (time_ms, &id) in slice.timestamps_ms.iter().zip(&slice.node_ids) {
                let bin = ((time_ms - drawn.window.start_ms - 1e-6) / bin_ms).ceil().max(1.0) as usize - 1;
                let mut of = self.of.get(id as usize).copied().unwrap_or(0);
                if of == 0 {
                    counts[bin.min(bins - 1) * groups + groups - 1] += 1.0;
                }
                while of != 0 {
                    counts[bin.min(bins - 1) * groups + of.trailing_zeros() as usize] += 1.0;
                    of &= of - 1;
                }
            }
            start = end;
        }
        Ok(counts)
    }
}
