//! The raster: members of the patterns in colour first, then a sample of the others, then the other populations; where
//! single spikes could no longer be told apart, their density.

mod count;

use std::collections::HashSet;

use crate::plot::figure::{Content, Panel, Section};
use crate::plot::scene::Ink;
use crate::plot::{PlotError, naming};

use self::count::{Grid, Rows, count};
use super::{Attempt, Drawn};

/// Rows that all members in colour share, that the other neurons of their population have, and each other population.
const MEMBER_ROWS: usize = 240;
const OTHER_ROWS: usize = 150;
const POPULATION_ROWS: usize = 60;
/// More spikes than this are shown by density.
const MARKS_MAX: usize = 120_000;

/// Neurons of one kind that are to be shown.
struct Kind {
    name: String,
    ink: Ink,
    population: String,
    /// Of a population, in order; those recorded.
    neurons: Vec<u32>,
    rows_max: usize,
}

pub(super) fn panel(drawn: &Drawn<'_>, notes: &mut Vec<String>) -> Result<Attempt, PlotError> {
    let kinds = kinds(drawn)?;
    if kinds.is_empty() {
        return Ok(Err("record spikes: leave `record.spikes` out to record those of all populations".into()));
    }
    let sampled: Vec<Rows> = kinds.iter().map(|kind| Rows::sampled(&kind.neurons, kind.rows_max)).collect();
    let pooled: Vec<Rows> = kinds.iter().map(|kind| Rows::pooled(&kind.neurons, kind.rows_max)).collect();
    let mut found = Vec::new();
    for ((kind, sampled), pooled) in kinds.iter().zip(&sampled).zip(&pooled) {
        found.push(count(drawn, &kind.population, sampled, pooled, MARKS_MAX)?);
    }
    let marks: usize = found.iter().map(|one| one.marks).sum();
    let dense = marks > MARKS_MAX;
    let mut sections = Vec::new();
    for ((kind, sampled), found) in kinds.into_iter().zip(&sampled).zip(found) {
        let all = kind.neurons.len();
        let note = match (dense, sampled.count < all) {
            (true, _) => format!("all {}", naming::count(all as u64)),
            (false, true) => format!("{} of {}", naming::count(sampled.count as u64), naming::count(all as u64)),
            (false, false) => format!("all {}", naming::count(all as u64)),
        };
        sections.push(Section {
            name: kind.name,
            note,
            ink: kind.ink,
            weight: (sampled.count as f32).max(18.0),
            rows: sampled.count,
            neurons: (0..sampled.count).map(|row| kind.neurons[row * all / sampled.count]).collect(),
            spikes: found.spikes(dense),
        });
    }
    if dense {
        notes.push(
            "More spikes than can be told apart: a row of the raster is the density of a group of neurons; none are left out."
                .into(),
        );
    } else if sections.iter().any(|section| section.note.contains(" of ")) {
        notes.push("The raster shows a sample at equal distances, how many of how many beside it; a neuron of two patterns is shown with the first.".into());
    }
    Ok(Ok(vec![Panel { name: "raster", label: "neurons".into(), weight: 2.6, content: Content::Raster(sections) }]))
}

fn kinds(drawn: &Drawn<'_>) -> Result<Vec<Kind>, PlotError> {
    let every = drawn.run.facts.every;
    let mut kinds = Vec::new();
    let mut populations = drawn.results.populations()?;
    let holder = drawn.run.patterns.as_ref().map(|patterns| patterns.population.clone());
    // The population of the patterns comes first.
    populations.sort_by_key(|name| Some(name) != holder.as_ref());
    for name in populations {
        let recorded: Vec<u32> =
            (0..drawn.run.facts.size(&name) as u32).filter(|&neuron| u64::from(neuron).is_multiple_of(every)).collect();
        if Some(&name) == holder.as_ref() {
            kinds.extend(of_patterns(drawn, &name, recorded));
        } else {
            let (ink, population) = (drawn.population_ink(&name), name.clone());
            kinds.push(Kind { name, ink, population, neurons: recorded, rows_max: POPULATION_ROWS });
        }
    }
    kinds.retain(|kind| !kind.neurons.is_empty());
    Ok(kinds)
}

/// The members of each pattern in colour that no earlier one has, and the other neurons.
fn of_patterns(drawn: &Drawn<'_>, population: &str, recorded: Vec<u32>) -> Vec<Kind> {
    let Some(patterns) = &drawn.run.patterns else { return Vec::new() };
    let every = drawn.run.facts.every;
    let mut taken: HashSet<u32> = HashSet::new();
    let mut kinds = Vec::new();
    let rows_max = MEMBER_ROWS / drawn.patterns.len().max(2);
    for &pattern in &drawn.patterns {
        let members = patterns.members(pattern).iter().copied();
        let neurons: Vec<u32> =
            members.filter(|&member| u64::from(member).is_multiple_of(every) && taken.insert(member)).collect();
        let name = format!("pattern {pattern}");
        kinds.push(Kind { name, ink: drawn.ink(pattern), population: population.to_owned(), neurons, rows_max });
    }
    let neurons: Vec<u32> = recorded.into_iter().filter(|neuron| !taken.contains(neuron)).collect();
    let name = if drawn.patterns.is_empty() { population.to_owned() } else { "others".to_owned() };
    kinds.push(Kind { name, ink: Ink::Other, population: population.to_owned(), neurons, rows_max: OTHER_ROWS });
    kinds
}

impl Grid {
    /// The columns of a density.
    const COLUMNS: usize = 900;
}
