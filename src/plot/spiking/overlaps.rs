//! Overlaps of all patterns over time: those in colour, the others in grey; a panel for each population with patterns.

use crate::plot::figure::{Content, Panel, Series};
use crate::plot::scene::Ink;
use crate::plot::{PlotError, binning, naming};
use crate::results::Overlaps;

use super::{Attempt, Drawn, POINTS};

/// So many other patterns are drawn one by one; more are drawn as the stretch they cover.
const LINES_MAX: usize = 100;

pub(super) fn panels(drawn: &Drawn<'_>) -> Result<Attempt, PlotError> {
    let Some(overlaps) = &drawn.run.overlaps else {
        return Ok(Err("record them with `record.overlaps = \"5 ms\"`, in a network with patterns".into()));
    };
    let further = drawn.results.further_populations()?;
    let label = |population: &str| if further.is_empty() { "overlap".into() } else { format!("overlap, {population}") };
    let first = drawn.run.patterns.as_ref().map_or("", |patterns| &patterns.population[..]);
    let mut panels = vec![panel(label(first), lines(drawn, overlaps))];
    for population in &further {
        let own = drawn.results.further_overlaps(population)?;
        panels.extend(own.map(|own| panel(label(population), lines(drawn, &own))));
    }
    Ok(Ok(panels))
}

fn panel(label: String, lines: Vec<Series>) -> Panel {
    Panel { name: "overlaps", label, weight: 1.0, content: Content::Lines(lines) }
}

/// The lines of one population's overlaps.
fn lines(drawn: &Drawn<'_>, overlaps: &Overlaps) -> Vec<Series> {
    let columns = binning::columns(&overlaps.times_ms, drawn.window, POINTS);
    let across: Vec<f64> = columns.iter().map(|rows| overlaps.times_ms[rows.end - 1]).collect();
    let mean = |pattern: usize| -> Vec<f64> {
        let of = |rows: &std::ops::Range<usize>| {
            rows.clone().map(|row| f64::from(overlaps.values[[row, pattern]])).sum::<f64>() / rows.len() as f64
        };
        columns.iter().map(of).collect()
    };
    let others: Vec<usize> = (0..overlaps.values.ncols()).filter(|pattern| !drawn.patterns.contains(pattern)).collect();
    let line = |name, ink, width, alpha, values| Series {
        name,
        ink,
        width,
        alpha,
        across: across.clone(),
        values,
        down_to: None,
    };
    let mut series = Vec::new();
    let noun = if drawn.patterns.is_empty() { "pattern" } else { "other" };
    let name = naming::counted(others.len() as u64, noun);
    if others.len() > LINES_MAX {
        let all: Vec<Vec<f64>> = others.iter().map(|&pattern| mean(pattern)).collect();
        let fold = |start: f64, pick: fn(f64, f64) -> f64| -> Vec<f64> {
            (0..across.len()).map(|at| all.iter().map(|one| one[at]).fold(start, pick)).collect()
        };
        let mut surface = line(Some(name), Ink::Other, 0.0, 0.45, fold(f64::NAN, f64::max));
        surface.down_to = Some(fold(f64::NAN, f64::min));
        series.push(surface);
    } else {
        for (at, &pattern) in others.iter().enumerate() {
            series.push(line((at == 0).then(|| name.clone()), Ink::Other, 0.5, 0.4, mean(pattern)));
        }
    }
    // The first lies on top of the others.
    for &pattern in drawn.patterns.iter().rev() {
        series.push(line(Some(format!("pattern {pattern}")), drawn.ink(pattern), 1.1, 1.0, mean(pattern)));
    }
    series
}
