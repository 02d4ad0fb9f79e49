//! Each episode of recall, judged by the spikes in it: which memory, from when to when, how complete.

use crate::analysis::Spikes;
use crate::analysis::overlap::{PatternRates, pattern_rates};
use crate::analysis::rates::neuron_rates_hz;
use crate::analysis::recall::{self, Completeness, Episode};
use crate::results::Results;

use super::{FindingsError, Spiking};

/// An episode and what its spikes say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recalled {
    /// Which memory led, from when to when.
    pub episode: Episode,
    /// What the spikes say; `None` where not all of them are recorded then.
    pub judged: Option<Judged>,
}

/// What the spikes of an episode say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Rates of members and others.
    pub rates: PatternRates,
    /// How much of the memory is active.
    pub completeness: Completeness,
    /// Whether rates and contrast are those of a recalled memory.
    pub recalled: bool,
}

/// The episodes of a run, judged.
///
/// # Errors
/// If the file is damaged.
pub fn recalls(results: &Results, run: &Spiking) -> Result<Vec<Recalled>, FindingsError> {
    run.episodes.iter().map(|&episode| Ok(Recalled { episode, judged: judged(results, run, episode)? })).collect()
}

fn judged(results: &Results, run: &Spiking, episode: Episode) -> Result<Option<Judged>, FindingsError> {
    let Some(patterns) = &run.patterns else { return Ok(None) };
    let name = &patterns.population;
    if !run.has_all_spikes(results, name, episode.window)? {
        return Ok(None);
    }
    let read = run.spikes(results, name, episode.window)?;
    let spikes = Spikes::new(&read.timestamps_ms, &read.node_ids, run.facts.size(name));
    let spikes = spikes.map_err(|error| FindingsError::spikes(results, name, error))?;
    let members = patterns.members(episode.pattern);
    let rates = pattern_rates(spikes, members, episode.window);
    let completeness = recall::completeness(&neuron_rates_hz(spikes, episode.window), members);
    Ok(Some(Judged { rates, completeness, recalled: recall::is_recall(rates) }))
}
