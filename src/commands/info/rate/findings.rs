//! The analysis of a results file of a rate network: everything that `info` tells, as data.

use attractor::analysis::fixed_points::{Course, Overlaps, fixed_points};
use attractor::results::{Results, Trace, Traces};
use serde::Serialize;

use super::facts::Facts;
use crate::commands::info::origin::Origin;

/// What is in a results file.
#[derive(Debug, Serialize)]
pub(super) struct Findings {
    #[serde(flatten)]
    pub(super) origin: Origin,
    pub(super) duration_ms: f64,
    /// How far the data reach, ms.
    pub(super) recorded_ms: f64,
    /// When the network diverged.
    pub(super) diverged_ms: Option<f64>,
    pub(super) neurons: u64,
    pub(super) gain: String,
    pub(super) coupling: String,
    pub(super) strength: f64,
    pub(super) mean_rate: Option<Ends>,
    pub(super) recorded_neurons: usize,
    pub(super) patterns: Option<Stored>,
    pub(super) stimuli: Vec<Stimulus>,
    pub(super) overlaps: Option<Glance>,
    /// `None`: no residual is recorded.
    pub(super) fixed_points: Option<Vec<FixedPoint>>,
}

/// A value over time in four numbers.
#[derive(Debug, Serialize)]
pub(super) struct Ends {
    pub(super) first: f32,
    pub(super) last: f32,
    pub(super) least: f32,
    pub(super) greatest: f32,
}

/// The stored patterns.
#[derive(Debug, Serialize)]
pub(super) struct Stored {
    pub(super) count: usize,
    pub(super) activity: f64,
}

/// A stimulus.
#[derive(Debug, Serialize)]
pub(super) struct Stimulus {
    pub(super) kind: String,
    pub(super) pattern: Option<usize>,
    pub(super) start_ms: f64,
    pub(super) stop_ms: f64,
    pub(super) amplitude: f64,
}

/// The overlaps at a glance.
#[derive(Debug, Serialize)]
pub(super) struct Glance {
    pub(super) column_ms: f64,
    /// The patterns that led at some time, in the order of their numbers.
    pub(super) patterns: Vec<Row>,
}

/// The overlaps of one pattern.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) pattern: usize,
    pub(super) overlap: Vec<f32>,
}

/// A fixed point.
#[derive(Debug, Serialize)]
pub(super) struct FixedPoint {
    pub(super) start_ms: f64,
    pub(super) stop_ms: f64,
    /// The pattern with the overlap of the largest size.
    pub(super) pattern: Option<usize>,
    pub(super) overlap: Option<f64>,
    pub(super) mean_rate: f64,
    /// The largest |-r + φ(u + W r)|.
    pub(super) residual: f64,
}

/// Columns of the overlaps at a glance.
const COLUMNS: usize = 60;
/// Patterns shown at most.
const ROWS_MAX: usize = 12;

impl Findings {
    /// Reads and analyses.
    pub(super) fn of(results: &Results, facts: &Facts) -> anyhow::Result<Self> {
        let (overlaps, mean_rate) = (results.rate_overlaps()?, results.mean_rate()?);
        let (residual, diverged_ms) = (results.residual()?, results.diverged_ms()?);
        let neurons = results.neuron_rates()?;
        let mut origin = Origin::of(results);
        if diverged_ms.is_some() {
            origin.state = "diverged";
        }
        let last = |times: &[f64]| times.last().copied().unwrap_or(0.0);
        let traces = overlaps.as_ref().map(|own| last(&own.times_ms)).into_iter();
        let reached = traces
            .chain(mean_rate.as_ref().map(|own| last(&own.times_ms)))
            .chain(neurons.as_ref().map(|own| last(&own.1.times_ms)));
        let reached = reached.fold(0.0, f64::max);
        let recorded_ms = if results.attributes().complete { facts.duration_ms } else { reached };
        let patterns = results.patterns()?;
        let stimuli = results.rate_stimuli()?.into_iter().map(|own| Stimulus {
            kind: own.kind,
            pattern: own.pattern,
            start_ms: own.start_ms,
            stop_ms: own.stop_ms,
            amplitude: own.amplitude,
        });
        Ok(Self {
            origin,
            duration_ms: facts.duration_ms,
            recorded_ms,
            diverged_ms,
            neurons: facts.size,
            gain: facts.gain.clone(),
            coupling: facts.coupling.clone(),
            strength: facts.strength,
            mean_rate: mean_rate.as_ref().and_then(ends),
            recorded_neurons: neurons.map_or(0, |neurons| neurons.0.len()),
            patterns: patterns.map(|own| Stored { count: own.count(), activity: own.activity }),
            stimuli: stimuli.collect(),
            overlaps: overlaps.as_ref().map(glance),
            fixed_points: residual
                .zip(mean_rate)
                .map(|(residual, mean)| found(&residual, &mean, overlaps.as_ref(), facts)),
        })
    }
}

fn ends(trace: &Trace) -> Option<Ends> {
    let (first, last) = (*trace.values.first()?, *trace.values.last()?);
    let least = trace.values.iter().copied().fold(f32::INFINITY, f32::min);
    Some(Ends { first, last, least, greatest: trace.values.iter().copied().fold(f32::NEG_INFINITY, f32::max) })
}

/// The fixed points that the network came to.
fn found(residual: &Trace, mean: &Trace, overlaps: Option<&Traces>, facts: &Facts) -> Vec<FixedPoint> {
    let values: Option<Vec<f32>> = overlaps.map(|own| own.values.iter().copied().collect());
    let overlaps = overlaps.zip(values.as_ref()).map(|(own, values)| Overlaps {
        times_ms: &own.times_ms,
        values,
        patterns: own.values.ncols(),
    });
    let course = Course {
        times_ms: &residual.times_ms,
        residual: &residual.values,
        mean_rate: &mean.values,
        tau_ms: facts.tau_ms,
        overlaps,
    };
    let one = |own: attractor::analysis::fixed_points::FixedPoint| FixedPoint {
        start_ms: own.start_ms,
        stop_ms: own.stop_ms,
        pattern: own.overlap.map(|overlap| overlap.0),
        overlap: own.overlap.map(|overlap| overlap.1),
        mean_rate: own.mean_rate,
        residual: own.residual,
    };
    fixed_points(course).into_iter().map(one).collect()
}

/// The overlaps of the patterns that led, at equally many times.
fn glance(overlaps: &Traces) -> Glance {
    let rows = overlaps.values.nrows();
    let columns = rows.min(COLUMNS);
    let at = |column: usize| if columns <= 1 { 0 } else { column * (rows - 1) / (columns - 1) };
    let leads = |at: usize| {
        let row = overlaps.values.row(at);
        row.iter().enumerate().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs())).map(|(pattern, _)| pattern)
    };
    let mut leading: Vec<usize> = (0..columns).filter_map(|column| leads(at(column))).collect();
    leading.sort_unstable();
    leading.dedup();
    leading.truncate(ROWS_MAX);
    let row = |pattern: usize| Row {
        pattern,
        overlap: (0..columns).map(|column| overlaps.values[[at(column), pattern]]).collect(),
    };
    let last = overlaps.times_ms.last().copied().unwrap_or(0.0);
    Glance { column_ms: last / columns.max(1) as f64, patterns: leading.into_iter().map(row).collect() }
}
