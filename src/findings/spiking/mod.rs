//! A spiking run: its facts, its traces, and the episodes of recall in them.

mod facts;
mod recalls;
mod table;

use crate::analysis::recall::{self, Episode, episodes};
use crate::analysis::states::{Driven, State, states};
use crate::analysis::{self, Window};
use crate::results::{self, Guarded, Overlaps, Patterns, Results, State as FileState, Stimulus};

use super::FindingsError;

pub use facts::Facts;
pub use recalls::{Judged, Recalled, recalls};
pub use table::{Memory, Population, StateFindings, table};

/// A pattern was learned or forgotten.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Changed {
    /// When, ms.
    pub time_ms: f64,
    /// Number of the pattern.
    pub pattern: usize,
    /// How many members it has since; `None`: it was forgotten.
    pub members: Option<usize>,
}

/// A spiking run, as far as everything that shows it needs it; spikes stay in the file.
#[derive(Debug)]
pub struct Spiking {
    /// Sizes and times.
    pub facts: Facts,
    /// How far the data reach, ms.
    pub recorded_ms: f64,
    /// The stored patterns; `None` where nothing is Hebbian.
    pub patterns: Option<Patterns>,
    /// Stimuli in the order of the configuration.
    pub stimuli: Vec<Stimulus>,
    /// What was learned and forgotten as far as the data reach, in order of time.
    pub changes: Vec<Changed>,
    /// How many patterns the protocol learns in all.
    pub learnable: usize,
    /// Why a guard ended the run, if one did.
    pub guarded: Option<Guarded>,
    /// Overlaps; `None` where they are not recorded.
    pub overlaps: Option<Overlaps>,
    /// When which memory led, in order of time.
    pub episodes: Vec<Episode>,
}

impl Spiking {
    /// Reads a run, finished or not.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn read(results: &Results) -> Result<Self, FindingsError> {
        let facts = Facts::read(results)?;
        let overlaps = results.overlaps()?;
        let recorded_ms = recorded_ms(results, &facts, overlaps.as_ref())?;
        let patterns = results.patterns()?;
        if let Some(patterns) = &patterns {
            inside(results, &facts, patterns)?;
        }
        Ok(Self {
            recorded_ms,
            patterns,
            stimuli: results.stimuli()?,
            changes: changes(results, recorded_ms)?,
            learnable: results.protocol()?.iter().filter(|change| change.action == "learn").count(),
            guarded: results.guarded()?,
            episodes: overlaps.as_ref().map_or_else(Vec::new, found_episodes),
            overlaps,
            facts,
        })
    }

    /// What was recorded, from the start.
    #[must_use]
    pub fn whole(&self) -> Window {
        Window::new(0.0, self.recorded_ms)
    }

    /// The states of the run: rest, cue, memory, after.
    #[must_use]
    pub fn states(&self) -> Vec<State> {
        let driven = self
            .stimuli
            .iter()
            .map(|one| Driven { window: Window::new(one.start_ms, one.stop_ms), pattern: one.pattern });
        states(&driven.collect::<Vec<_>>(), &self.episodes, self.whole())
    }

    /// Patterns that led for at least the shortest state, or were cued, in order of time, each once.
    #[must_use]
    pub fn leading_patterns(&self) -> Vec<usize> {
        let led =
            |episode: &&Episode| episode.window.stop_ms - episode.window.start_ms >= analysis::states::STATE_MS_MIN;
        let mut times: Vec<(f64, usize)> =
            self.episodes.iter().filter(led).map(|episode| (episode.window.start_ms, episode.pattern)).collect();
        let cues = self.stimuli.iter().filter(|one| one.start_ms < self.recorded_ms);
        times.extend(cues.filter_map(|one| Some((one.start_ms, one.pattern?))));
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut patterns = Vec::new();
        for (_, pattern) in times {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        patterns
    }

    /// Whether the file holds the spikes of every neuron of a population throughout a window.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn has_all_spikes(&self, results: &Results, population: &str, window: Window) -> Result<bool, FindingsError> {
        let Facts { every, start_ms, stop_ms, .. } = self.facts;
        let recorded = results.populations()?.iter().any(|name| name == population);
        Ok(recorded && every == 1 && start_ms <= window.start_ms && window.stop_ms <= stop_ms)
    }

    /// The spikes of a window as analysis takes them: neurons are numbered among those recorded.
    ///
    /// # Errors
    /// If they are not recorded, or the file is damaged.
    pub fn spikes(
        &self,
        results: &Results,
        population: &str,
        window: Window,
    ) -> Result<results::Spikes, FindingsError> {
        let numbers = results.spike_numbers(population, window.start_ms, window.stop_ms)?;
        let mut spikes = results.spikes_in(population, numbers)?;
        if self.facts.every > 1 {
            spikes.node_ids.iter_mut().for_each(|id| *id /= self.facts.every);
        }
        Ok(spikes)
    }

    /// Number of neurons of a population whose spikes are recorded.
    #[must_use]
    pub fn recorded_neurons(&self, population: &str) -> usize {
        self.facts.size(population).div_ceil(self.facts.every as usize)
    }
}

/// Members that are no neurons of their population would break what is made of them.
fn inside(results: &Results, facts: &Facts, patterns: &Patterns) -> Result<(), FindingsError> {
    let size = facts.size(&patterns.population);
    let beyond = |&pattern: &usize| patterns.members(pattern).iter().any(|&member| member as usize >= size);
    match (0..patterns.count()).find(beyond) {
        None => Ok(()),
        Some(pattern) => Err(FindingsError::Damaged {
            path: results.path().to_path_buf(),
            reason: format!("pattern {pattern} has members beyond the {size} neurons of `{}`", patterns.population),
        }),
    }
}

/// How far the data of a run reach: to its end, or to the last bin or spike.
fn recorded_ms(results: &Results, facts: &Facts, overlaps: Option<&Overlaps>) -> Result<f64, FindingsError> {
    if results.state() == FileState::Complete {
        return Ok(results.guarded()?.map_or(facts.duration_ms, |guarded| guarded.ended_ms));
    }
    let mut last_ms = overlaps.and_then(|overlaps| overlaps.times_ms.last().copied()).unwrap_or(0.0);
    for name in results.rate_populations()? {
        last_ms = last_ms.max(results.rates(&name)?.times_ms.last().copied().unwrap_or(0.0));
    }
    for name in results.populations()? {
        let count = results.spike_count(&name)?;
        let last = results.spikes_in(&name, count.saturating_sub(1)..count)?;
        last_ms = last_ms.max(last.timestamps_ms.last().copied().unwrap_or(0.0));
    }
    Ok(last_ms)
}

/// What was learned, as the file has it, and what was forgotten by the time that the data reach.
fn changes(results: &Results, recorded_ms: f64) -> Result<Vec<Changed>, FindingsError> {
    let mut learned = results.learned()?.into_iter();
    let mut changes = Vec::new();
    for change in results.protocol()?.into_iter().filter(|change| change.at_ms < recorded_ms) {
        let members = match change.action == "learn" {
            true => match learned.next() {
                Some(learned) => Some(learned.members.len()),
                None => break,
            },
            false => None,
        };
        changes.push(Changed { time_ms: change.at_ms, pattern: change.pattern, members });
    }
    Ok(changes)
}

/// The episodes in recorded overlaps.
fn found_episodes(overlaps: &Overlaps) -> Vec<Episode> {
    let values: Vec<f32> = overlaps.values.iter().copied().collect();
    match overlaps.values.ncols() {
        0 => Vec::new(),
        patterns => episodes(recall::Overlaps {
            times_ms: &overlaps.times_ms,
            values: &values,
            patterns,
            reference_rate_hz: overlaps.reference_rate_hz,
        }),
    }
}
