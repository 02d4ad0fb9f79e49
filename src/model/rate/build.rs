//! Building the rate model: what is written is put together and checked, and all that does not fit is reported.

use std::sync::Arc;

use super::{Coupling, Gain, GainKind, Integrator, Patterns, Rate, Start};
use super::{record, stimuli};
use crate::config::rate as written;
use crate::config::{Config, Problem};
use crate::model::patterns::{self, Space};
use crate::model::steps;
use crate::units::Quantity;

/// What all parts of the building need: the configuration, the problems found so far.
///
/// `None` anywhere means that a problem is reported already.
pub(super) struct Builder<'c> {
    config: &'c Config,
    pub(super) written: &'c written::Rate,
    /// Number of steps of the run.
    pub(super) duration_steps: Option<u64>,
    /// Number of patterns, 0 where there are none, as far as known.
    pub(super) patterns_count: Option<usize>,
    problems: &'c mut Vec<Problem>,
}

/// Builds the model. Where problems are reported (or were before), there is none.
pub(in crate::model) fn build(config: &Config, written: &written::Rate, problems: &mut Vec<Problem>) -> Option<Rate> {
    let mut builder = Builder { config, written, duration_steps: None, patterns_count: Some(0), problems };
    let builder = &mut builder;
    builder.duration_steps = written.duration.as_ref().and_then(|duration| builder.steps("duration", duration));
    let patterns = patterns(builder);
    let gain = gain(&written.network.gain);
    let coupling = coupling(builder, patterns.as_ref());
    let start = start(builder);
    let stimuli = stimuli::build(builder);
    let record = record::build(builder);
    Some(Rate {
        seed: written.seed?,
        dt_ms: written.dt.as_ref()?.value(),
        duration_steps: builder.duration_steps?,
        size: written.network.size?,
        tau_ms: written.network.tau.as_ref()?.value(),
        input: written.network.input?,
        gain: gain?,
        coupling: coupling?,
        strength: written.network.strength?,
        integrator: match written.network.integrator? {
            "rk4" => Integrator::Rk4,
            _ => Integrator::Exponential,
        },
        patterns: patterns?,
        start: start?,
        stimuli: stimuli?,
        record: record?,
    })
}

impl Builder<'_> {
    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A time as a number of steps.
    pub(super) fn steps(&mut self, path: &str, time: &Quantity) -> Option<u64> {
        let steps = steps::steps(self.config, self.written.dt.as_ref()?, path, time);
        steps.map_err(|problem| self.problem(problem)).ok()
    }

    /// A pattern by its number at `path`.
    pub(super) fn pattern(&mut self, path: &str, pattern: u64) -> Option<usize> {
        let count = self.patterns_count?;
        if pattern < count as u64 {
            return Some(pattern as usize);
        }
        let label = match count {
            0 => "there are no patterns: add [patterns]".to_owned(),
            1 => "the only pattern is 0".to_owned(),
            _ => format!("the {count} patterns are numbered 0 to {}", count - 1),
        };
        self.problem(Problem::value(path, format!("there is no pattern {pattern}"), label));
        None
    }
}

/// The patterns; `Some(None)`: there are none.
fn patterns(builder: &mut Builder<'_>) -> Option<Option<Patterns>> {
    let Some(written) = &builder.written.patterns else { return Some(None) };
    let size = builder.written.network.size;
    let space = Space { size, whose: "the network", key: "network.size", symmetric: false };
    let (count, rest) = patterns::build(written.source.as_ref(), space, builder.problems);
    builder.patterns_count = count;
    let ((activity, source), count) = (rest?, count?);
    if activity >= 1.0 && count > 0 {
        let message = "every neuron is active in every pattern";
        builder.problem(Problem::value("patterns", message, "an overlap compares the active ones with the others"));
        return None;
    }
    Some(Some(Patterns { count, activity, source }))
}

fn gain(written: &written::Gain) -> Option<Gain> {
    let kind = match written.kind? {
        "relu" => GainKind::Relu,
        "saturating" => GainKind::Saturating,
        "tanh" => GainKind::Tanh,
        _ => GainKind::Sigmoid,
    };
    Some(Gain { kind, slope: written.slope?, threshold: written.threshold?, maximum: written.maximum? })
}

fn coupling(builder: &mut Builder<'_>, patterns: Option<&Option<Patterns>>) -> Option<Coupling> {
    match builder.written.network.coupling.as_ref()? {
        written::Coupling::Hebbian { b } => {
            let patterns = patterns?.as_ref();
            if builder.patterns_count == Some(0) {
                let message = "\"hebbian\" weights are made of patterns, and there are none";
                let label = "add [patterns] with a count, or write another kind";
                builder.problem(Problem::value("network.coupling.kind", message, label));
                return None;
            }
            let patterns = patterns?;
            if b.is_some() && patterns.are_signed() {
                let message = "`network.coupling.b` belongs to patterns of 1 and 0, and at an activity of 0.5 they are of +1 and -1";
                builder.problem(Problem::key("network.coupling.b", message, "leave it out"));
            }
            Some(Coupling::Hebbian { b: b.unwrap_or(patterns.activity) })
        }
        written::Coupling::Uniform => Some(Coupling::Uniform),
        written::Coupling::Gaussian => Some(Coupling::Gaussian),
        written::Coupling::File(file) => Some(Coupling::Matrix(Arc::clone(&file.as_ref()?.values))),
    }
}

fn start(builder: &mut Builder<'_>) -> Option<Start> {
    match &builder.written.start {
        written::Start::Rest => Some(Start::Same(0.0)),
        written::Start::Pattern { pattern, overlap } => {
            let pattern = builder.pattern("start.pattern", (*pattern)?);
            Some(Start::Pattern { pattern: pattern?, overlap: (*overlap)? })
        }
        written::Start::State(state) => match state.as_ref()? {
            written::State::Same(rate) => Some(Start::Same(*rate)),
            written::State::File(file) => Some(Start::Given(Arc::clone(&file.values))),
            written::State::Random => Some(Start::Random),
            written::State::List(rates) => {
                let size = builder.written.network.size?;
                if rates.len() != size as usize {
                    let message = format!("`start.state` has {} rates, and the network {size} neurons", rates.len());
                    builder.problem(Problem::value(
                        "start.state",
                        message,
                        format!("write {size} numbers, or one for all"),
                    ));
                    return None;
                }
                Some(Start::Given(Arc::new(rates.iter().map(|&rate| rate as f32).collect())))
            }
        },
    }
}
