//! Recorded potentials over time, a panel a population.

use crate::plot::figure::{Content, Panel, Series};
use crate::plot::scene::Ink;
use crate::plot::{PlotError, naming};

use super::{Attempt, Drawn};

/// So many neurons are drawn: more lie over one another.
const NEURONS_MAX: usize = 4;
/// A potential has at most so many points: spikes are short.
const POINTS_MAX: usize = 4000;

pub(super) fn panels(drawn: &Drawn<'_>, notes: &mut Vec<String>) -> Result<Attempt, PlotError> {
    let mut panels = Vec::new();
    for name in drawn.results.voltage_populations()? {
        let voltages = drawn.results.voltages(&name)?;
        let frames = voltages.values_mv.nrows();
        let first = (drawn.window.start_ms / voltages.every_ms).ceil().max(0.0) as usize;
        let end = ((drawn.window.stop_ms / voltages.every_ms).floor() as usize + 1).min(frames);
        if first >= end {
            continue;
        }
        let shown = voltages.node_ids.len().min(NEURONS_MAX);
        if shown < voltages.node_ids.len() {
            let count = naming::count(voltages.node_ids.len() as u64);
            notes.push(format!("Potentials of the first {shown} of {count} recorded neurons of {name}."));
        }
        let every = (end - first).div_ceil(POINTS_MAX);
        if every > 1 {
            notes.push(format!(
                "Of the potentials of {name} one frame in {every} is drawn; a shorter window shows all."
            ));
        }
        let series = (0..shown).rev().map(|at| Series {
            name: Some(format!("{name} {}", voltages.node_ids[at])),
            ink: ink(drawn, &name, voltages.node_ids[at], at),
            width: 0.7,
            alpha: 0.95,
            across: (first..end).step_by(every).map(|frame| frame as f64 * voltages.every_ms).collect(),
            values: (first..end).step_by(every).map(|frame| f64::from(voltages.values_mv[[frame, at]])).collect(),
            down_to: None,
        });
        let content = Content::Lines(series.collect());
        panels.push(Panel { name: "voltages", label: "potential (mV)".into(), weight: 0.9, content });
    }
    if panels.is_empty() {
        let hint =
            "record potentials with `record.voltages = [{ population = \"NAME\", neurons = 3, every = \"1 ms\" }]`";
        return Ok(Err(hint.into()));
    }
    Ok(Ok(panels))
}

/// A member of a pattern in colour has its colour, the first of them; others are told apart by greys and hues.
fn ink(drawn: &Drawn<'_>, population: &str, neuron: u64, at: usize) -> Ink {
    let of_pattern =
        drawn.run.patterns.as_ref().filter(|patterns| patterns.population == population).and_then(|patterns| {
            let member = |pattern: &&usize| patterns.members(**pattern).binary_search(&(neuron as u32)).is_ok();
            drawn.patterns.iter().find(member)
        });
    match of_pattern {
        Some(&pattern) => drawn.ink(pattern),
        None => [Ink::Text, Ink::Other, Ink::Population(0), Ink::Population(1)][at % NEURONS_MAX],
    }
}
