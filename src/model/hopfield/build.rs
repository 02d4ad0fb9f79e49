//! Building the binary model: what is written is put together and checked, and all that does not fit is reported.

use super::weights::build_weights;
use super::{Dilution, Gain, Hopfield, Patterns, Start, Threshold};
use crate::config::hopfield as written;
use crate::config::{PatternSource as Written, Problem};
use crate::model::patterns::{self, PatternSource, Space};
use crate::units::{Decimal, Ratio};

/// Builds the model; `None` where problems are reported (or were before).
pub(in crate::model) fn build(written: &written::Hopfield, problems: &mut Vec<Problem>) -> Option<Hopfield> {
    let network = &written.network;
    let size = network.size;
    let patterns = build_patterns(written, problems);
    let weights = size.and_then(|size| build_weights(network, size, patterns.as_ref(), problems));
    let dilution = build_dilution(network, problems);
    let threshold = size.and_then(|size| build_threshold(network, size, problems));
    let start_pattern = start_pattern(written, patterns.as_ref(), problems);
    let start = size.and_then(|size| build_start(written, size, patterns.as_ref(), problems));
    check_gain(network, problems);
    let patterns = patterns?;
    Some(Hopfield {
        seed: written.seed?,
        sweeps: written.sweeps?,
        trials: u32::try_from(written.trials?).ok()?,
        size: size?,
        patterns: patterns.present,
        signed: !network.binary?,
        weights: weights?,
        self_coupling: network.self_coupling?,
        dilution: dilution?,
        threshold: threshold?,
        tie_on: network.tie_on?,
        synchronous: network.synchronous?,
        temperature: network.temperature?.value(),
        gain: match network.gain? {
            "erf" => Gain::Erf,
            "linear" => Gain::Linear,
            _ => Gain::Tanh,
        },
        start: start?,
        start_pattern: start_pattern?,
        stop_when_stable: written.start.stop_when_stable?,
        record_states: written.record_states?,
    })
    .filter(|_| problems.is_empty())
}

/// The patterns, and their activity as a fraction.
pub(super) struct Built {
    present: Option<Patterns>,
    pub(super) activity: Option<Ratio>,
}

impl Built {
    pub(super) fn count(&self) -> usize {
        self.present.as_ref().map_or(0, |patterns| patterns.count)
    }
}

fn build_patterns(written: &written::Hopfield, problems: &mut Vec<Problem>) -> Option<Built> {
    let Some(own) = &written.patterns else { return Some(Built { present: None, activity: None }) };
    let size = written.network.size;
    let symmetric = written.network.binary == Some(false);
    let space = Space { size, whose: "the network", key: "network.size", symmetric };
    let (count, rest) = patterns::build(own.source.as_ref(), space, problems);
    let image_size = match &own.source {
        Some(Written::Images(_, size)) => Some(*size),
        _ => None,
    };
    let ((activity, source), count) = rest.zip(count)?;
    let exact_activity = match &source {
        // The shortest decimal that means the number is what was written.
        PatternSource::Drawn { .. } | PatternSource::Balanced => {
            Decimal::parse(&format!("{activity:?}")).and_then(Decimal::ratio)
        }
        PatternSource::Given(members) => {
            let active: usize = members.iter().map(Vec::len).sum();
            Ratio::new(active as i128, members.len() as i128 * i128::from(written.network.size?))
        }
    };
    let present = Some(Patterns { count, activity, source, image_size });
    Some(Built { present, activity: exact_activity })
}

fn build_dilution(network: &written::Network, problems: &mut Vec<Problem>) -> Option<Option<Dilution>> {
    let (probability, symmetric) = (network.connection_probability?, network.symmetric?);
    if probability == 0.0 {
        let message = "`network.connection_probability` must be above zero: nothing would be connected";
        problems.push(Problem::value("network.connection_probability", message, "write a number such as 0.1"));
        return None;
    }
    if probability < 1.0 && network.weights.is_some() {
        let message = "`network.connection_probability` dilutes weights that are made from patterns";
        let label = "leave it out: write zeros into the weights";
        problems.push(Problem::value("network.connection_probability", message, label));
        return None;
    }
    Some((probability < 1.0).then_some(Dilution { probability, symmetric }))
}

fn build_threshold(network: &written::Network, size: u32, problems: &mut Vec<Problem>) -> Option<Threshold> {
    let built = match network.threshold.as_ref()? {
        written::Threshold::HalfSum => Some(Threshold::HalfSum),
        written::Threshold::Same(value) => value.ratio().map(Threshold::Same),
        written::Threshold::Each(values) => {
            if values.len() != size as usize {
                let message =
                    format!("`network.threshold` has {} numbers, and the network has {size} neurons", values.len());
                problems.push(Problem::value("network.threshold", message, format!("write {size} numbers, or one")));
                return None;
            }
            values.iter().map(|value| value.ratio()).collect::<Option<Vec<_>>>().map(Threshold::Each)
        }
    };
    if built.is_none() {
        let message = "`network.threshold` has more digits than exact fractions hold";
        problems.push(Problem::value("network.threshold", message, "write fewer digits"));
    }
    built
}

fn check_gain(network: &written::Network, problems: &mut Vec<Problem>) {
    if network.temperature.is_some_and(Decimal::is_zero) && network.gain.is_some_and(|gain| gain != "tanh") {
        let message = "`network.gain` is the probability of being on at a temperature, and `network.temperature` is 0";
        problems.push(Problem::value("network.gain", message, "write a temperature such as 0.4, or leave it out"));
    }
}

fn start_pattern(
    written: &written::Hopfield,
    patterns: Option<&Built>,
    problems: &mut Vec<Problem>,
) -> Option<Option<usize>> {
    let Some(pattern) = written.start.pattern else { return Some(None) };
    let count = patterns?.count();
    if pattern < count as u64 {
        return Some(Some(pattern as usize));
    }
    let (message, label) = match count {
        0 => ("`start.pattern` names a pattern, and there is none".to_owned(), "add [patterns]".to_owned()),
        1 => (format!("there is no pattern {pattern}: there is 1"), "write 0".to_owned()),
        _ => (format!("there is no pattern {pattern}: there are {count}"), format!("write 0 to {}", count - 1)),
    };
    problems.push(Problem::value("start.pattern", message, label));
    None
}

fn build_start(
    written: &written::Hopfield,
    size: u32,
    patterns: Option<&Built>,
    problems: &mut Vec<Problem>,
) -> Option<Start> {
    let binary = written.network.binary?;
    Some(match written.start.way.as_ref()? {
        written::Way::Pattern => Start::Pattern,
        written::Way::Overlap(overlap) if binary && overlap.is_negative() => {
            let message = format!("`start.overlap` must be 0 to 1 with states of 1 and 0, and `{overlap}` is not");
            problems.push(Problem::value("start.overlap", message, "write a number such as 0.4"));
            return None;
        }
        written::Way::Overlap(overlap) => Start::Overlap(overlap.value()),
        written::Way::Flip(fraction) => Start::Flip(*fraction),
        written::Way::Keep(fraction) => Start::Keep(*fraction),
        written::Way::Random => Start::Random,
        written::Way::Given(row) if row.neurons != size as usize => {
            let message = format!("`start.state` is for {} neurons, and the network has {size}", row.neurons);
            problems.push(Problem::value("start.state", message, format!("write {size} values")));
            return None;
        }
        written::Way::Given(row) => Start::Given(row.members.clone()),
    })
    .filter(|_| patterns.is_some())
}
