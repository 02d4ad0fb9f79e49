//! The analysis of a results file: everything that `info` tells, as data.

use attractor::analysis::intervals::{self, PopulationCv};
use attractor::analysis::rates::{self, Spread};
use attractor::analysis::recall::Episode;
use attractor::analysis::{Spikes, Window};
use attractor::findings::spiking::{self as findings, Facts, Recalled, Spiking};
use attractor::results::{Overlaps, Results};
use serde::Serialize;

use crate::commands::info::origin::Origin;

/// What is in a results file.
#[derive(Debug, Serialize)]
pub(super) struct Findings {
    #[serde(flatten)]
    pub(super) origin: Origin,
    pub(super) duration_ms: f64,
    /// How far the data reach, ms.
    pub(super) recorded_ms: f64,
    pub(super) populations: Vec<Population>,
    pub(super) patterns: Option<Stored>,
    pub(super) stimuli: Vec<Stimulus>,
    /// What was learned and forgotten.
    pub(super) changes: Vec<Change>,
    /// Why a guard ended the run.
    pub(super) guarded: Option<Guarded>,
    pub(super) overlaps: Option<Glance>,
    pub(super) recalls: Vec<Recall>,
}

/// A population whose spikes are recorded.
#[derive(Debug, Serialize)]
pub(super) struct Population {
    pub(super) name: String,
    pub(super) size: usize,
    /// Neurons whose spikes are recorded.
    pub(super) recorded_neurons: usize,
    pub(super) spikes: usize,
    pub(super) rate_mean_hz: f64,
    pub(super) rate_5_percent_hz: f64,
    pub(super) rate_median_hz: f64,
    pub(super) rate_95_percent_hz: f64,
    /// Mean CV of the interspike intervals of the neurons that had enough spikes.
    pub(super) cv: f64,
    pub(super) cv_neurons: usize,
    pub(super) cv_spikes_min: usize,
}

/// The stored patterns.
#[derive(Debug, Serialize)]
pub(super) struct Stored {
    /// Those to be learned included.
    pub(super) count: usize,
    /// Those that were stored at the start.
    pub(super) at_start: usize,
    pub(super) population: String,
    /// Populations with as many patterns of their own; what is told of overlaps and recall is of the first one.
    pub(super) further_populations: Vec<String>,
    pub(super) activity: f64,
}

/// A stimulus.
#[derive(Debug, Serialize)]
pub(super) struct Stimulus {
    pub(super) kind: String,
    pub(super) target: String,
    pub(super) pattern: Option<usize>,
    pub(super) start_ms: f64,
    pub(super) stop_ms: f64,
    pub(super) amplitude_mv: f64,
}

/// A pattern was learned or forgotten.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    pub(super) time_ms: f64,
    pub(super) action: &'static str,
    pub(super) pattern: usize,
    /// Members that it has since; null where it was forgotten.
    pub(super) members: Option<usize>,
}

/// Why and when a guard ended a run.
#[derive(Debug, Serialize)]
pub(super) struct Guarded {
    pub(super) why: String,
    pub(super) ended_ms: f64,
}

/// The overlaps at a glance: their means over equal stretches of the run.
#[derive(Debug, Serialize)]
pub(super) struct Glance {
    pub(super) reference_rate_hz: f64,
    pub(super) column_ms: f64,
    /// The patterns that were recalled.
    pub(super) patterns: Vec<Row>,
    /// The largest of all other patterns in each stretch.
    pub(super) largest_other: Vec<f64>,
}

/// The overlaps of one pattern.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) pattern: usize,
    pub(super) overlap: Vec<f64>,
}

/// A stretch of time in which a memory led.
#[derive(Debug, Serialize)]
pub(super) struct Recall {
    pub(super) pattern: usize,
    pub(super) start_ms: f64,
    pub(super) stop_ms: f64,
    pub(super) overlap_mean: f64,
    /// Rate of its members; null where not all spikes of the population are recorded then.
    pub(super) members_hz: Option<f64>,
    pub(super) others_hz: Option<f64>,
    /// M = 1 - others/members.
    pub(super) contrast: Option<f64>,
    /// Share of its members that fire at half their mean rate or more.
    pub(super) members_active: Option<f64>,
    /// Whether rates and contrast are those of a recalled memory; null where they are not known.
    pub(super) recalled: Option<bool>,
}

/// Columns of the overlaps at a glance.
const COLUMNS: usize = 60;

impl Findings {
    /// Analyses a results file.
    pub(super) fn of(results: &Results) -> anyhow::Result<Self> {
        let run = Spiking::read(results)?;
        let (facts, recorded_ms) = (&run.facts, run.recorded_ms);
        let further_populations = results.further_populations()?;
        Ok(Self {
            origin: Origin::of(results),
            duration_ms: facts.duration_ms,
            recorded_ms,
            populations: populations(results, facts, recorded_ms)?,
            recalls: recalls(results, &run)?,
            overlaps: run.overlaps.as_ref().map(|overlaps| glance(overlaps, &run.episodes)),
            patterns: run.patterns.as_ref().map(|patterns| Stored {
                further_populations: further_populations.clone(),
                count: patterns.count(),
                at_start: patterns.count() - run.learnable,
                activity: patterns.activity,
                population: patterns.population.clone(),
            }),
            stimuli: run.stimuli.iter().map(stimulus).collect(),
            changes: run.changes.iter().map(change).collect(),
            guarded: run.guarded.map(|own| Guarded { why: own.why, ended_ms: own.ended_ms }),
        })
    }
}

fn populations(results: &Results, facts: &Facts, recorded_ms: f64) -> anyhow::Result<Vec<Population>> {
    let window = Window::new(facts.start_ms, facts.stop_ms.min(recorded_ms).max(facts.start_ms));
    let mut found = Vec::new();
    for name in results.populations()? {
        let size = facts.populations.iter().find(|(own, _)| *own == name).map_or(0, |&(_, size)| size);
        let recorded_neurons = size.div_ceil(facts.every as usize);
        let read = results.spikes(&name)?;
        let neurons: Vec<u64> = read.node_ids.iter().map(|id| id / facts.every).collect();
        let spikes = Spikes::new(&read.timestamps_ms, &neurons, recorded_neurons)?;
        let Spread { mean_hz, low_hz, median_hz, high_hz } = rates::spread(&rates::neuron_rates_hz(spikes, window));
        let PopulationCv { mean: cv, neurons: cv_neurons } = intervals::population_cv(spikes, window);
        found.push(Population {
            name,
            size,
            recorded_neurons,
            spikes: spikes.len(),
            rate_mean_hz: mean_hz,
            rate_5_percent_hz: low_hz,
            rate_median_hz: median_hz,
            rate_95_percent_hz: high_hz,
            cv,
            cv_neurons,
            cv_spikes_min: intervals::SPIKES_MIN,
        });
    }
    Ok(found)
}

/// Each episode as the spikes in it say.
fn recalls(results: &Results, run: &Spiking) -> anyhow::Result<Vec<Recall>> {
    let told = |one: Recalled| Recall {
        pattern: one.episode.pattern,
        start_ms: one.episode.window.start_ms,
        stop_ms: one.episode.window.stop_ms,
        overlap_mean: one.episode.overlap_mean,
        members_hz: one.judged.map(|judged| judged.rates.on_hz),
        others_hz: one.judged.map(|judged| judged.rates.off_hz),
        contrast: one.judged.map(|judged| judged.rates.contrast()),
        members_active: one.judged.map(|judged| judged.completeness.members),
        recalled: one.judged.map(|judged| judged.recalled),
    };
    Ok(findings::recalls(results, run)?.into_iter().map(told).collect())
}

fn glance(overlaps: &Overlaps, found: &[Episode]) -> Glance {
    let bins = overlaps.times_ms.len();
    let columns = COLUMNS.min(bins);
    let mean = |pattern: usize, column: usize| {
        let range = column * bins / columns..(column + 1) * bins / columns;
        let count = range.len() as f64;
        range.map(|bin| f64::from(overlaps.values[[bin, pattern]])).sum::<f64>() / count
    };
    let mut shown: Vec<usize> = found.iter().map(|episode| episode.pattern).collect();
    shown.sort_unstable();
    shown.dedup();
    let others: Vec<usize> = (0..overlaps.values.ncols()).filter(|pattern| !shown.contains(pattern)).collect();
    let largest = |column| others.iter().map(|&pattern| mean(pattern, column)).fold(f64::NAN, f64::max);
    let row = |pattern| Row { pattern, overlap: (0..columns).map(|column| mean(pattern, column)).collect() };
    Glance {
        reference_rate_hz: overlaps.reference_rate_hz,
        column_ms: overlaps.times_ms.last().copied().unwrap_or(0.0) / columns.max(1) as f64,
        largest_other: (0..columns).map(largest).collect(),
        patterns: shown.into_iter().map(row).collect(),
    }
}

fn change(own: &findings::Changed) -> Change {
    let action = if own.members.is_some() { "learn" } else { "forget" };
    Change { time_ms: own.time_ms, action, pattern: own.pattern, members: own.members }
}

fn stimulus(own: &attractor::results::Stimulus) -> Stimulus {
    Stimulus {
        kind: own.kind.clone(),
        target: own.target.clone(),
        pattern: own.pattern,
        start_ms: own.start_ms,
        stop_ms: own.stop_ms,
        amplitude_mv: own.amplitude_mv,
    }
}
