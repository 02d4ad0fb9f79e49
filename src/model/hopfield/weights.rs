//! Building the weights of a binary network: a rule with its numbers as exact fractions, or weights one by one.

use super::Weights;
use super::build::Built;
use crate::config::Problem;
use crate::config::hopfield as written;
use crate::units::Ratio;

/// The weights; `None` where problems are reported.
pub(super) fn build_weights(
    network: &written::Network,
    size: u32,
    patterns: Option<&Built>,
    problems: &mut Vec<Problem>,
) -> Option<Weights> {
    if let Some(weights) = &network.weights {
        return given(network, weights, size, problems);
    }
    let patterns = patterns?;
    let neurons = Ratio::whole(size.into());
    let too_long = |key: &str| {
        let message = format!("`network.{key}` has more digits than exact fractions hold");
        Problem::value(format!("network.{key}"), message, "write fewer digits")
    };
    let mut exact = |key: &str, value: Option<Ratio>| {
        if value.is_none() {
            problems.push(too_long(key));
        }
        value
    };
    let (a, b) = match network.rule? {
        written::Rule::Hebb => (Ratio::ZERO, Ratio::ZERO),
        written::Rule::Covariance { a, b } => {
            let activity = patterns.activity.unwrap_or(Ratio::ZERO);
            let a = a?.map_or(Some(activity), |a| exact("a", a.ratio()))?;
            (a, b?.map_or(Some(a), |b| exact("b", b.ratio()))?)
        }
    };
    let hebb = matches!(network.rule, Some(written::Rule::Hebb));
    let scale = match network.scale? {
        Some(scale) => exact("scale", scale.ratio())?,
        None if hebb => Ratio::ONE.over(neurons)?,
        None => {
            let variance = Ratio::ONE.plus(a.negative()).and_then(|rest| rest.times(a));
            match variance.and_then(|variance| Ratio::ONE.over(variance.times(neurons)?)) {
                Some(scale) => scale,
                // Without patterns nothing is scaled.
                None if patterns.count() == 0 => Ratio::ONE,
                None => {
                    let message =
                        format!("`network.scale` is 1/(a (1 - a) N) unless it is written, and a is {}", a.value());
                    problems.push(Problem::value("network.scale", message, "write a scale, such as 1.0"));
                    return None;
                }
            }
        }
    };
    if scale == Ratio::ZERO {
        problems.push(Problem::value("network.scale", "`network.scale` must not be zero", "write a scale such as 1.0"));
        return None;
    }
    Some(if hebb { Weights::Hebb { scale } } else { Weights::Covariance { scale, a, b } })
}

/// Weights one by one: as many as neurons, and a diagonal only where one says what is to become of it.
fn given(
    network: &written::Network,
    weights: &written::Weights,
    size: u32,
    problems: &mut Vec<Problem>,
) -> Option<Weights> {
    let place = |row: usize| if weights.in_file { "network.weights".into() } else { format!("network.weights.{row}") };
    let found = problems.len();
    if weights.rows.len() != size as usize {
        let message = format!("`network.weights` has {} rows, and the network has {size} neurons", weights.rows.len());
        problems.push(Problem::value("network.weights", message, format!("write {size} rows of {size} numbers")));
    }
    let long = weights.rows.iter().enumerate().find(|(_, row)| row.len() != size as usize);
    if let Some((target, row)) = long {
        let message = format!("row {target} of `network.weights` has {} numbers, and {size} are due", row.len());
        problems.push(Problem::value(place(target), message, format!("write {size} numbers")));
    }
    let own = weights.rows.iter().enumerate().find(|(at, row)| row.get(*at).is_some_and(|own| !own.is_zero()));
    if let (Some((neuron, _)), false) = (own, network.self_coupling_is_written) {
        let message = format!("`network.weights` has a weight from neuron {neuron} to itself");
        let label = "write self_coupling = true to keep the diagonal, or self_coupling = false to leave it out";
        problems.push(Problem::value(place(neuron), message, label));
    }
    if problems.len() > found {
        return None;
    }
    let rows = weights.rows.iter().map(|row| row.iter().map(|weight| weight.ratio()).collect::<Option<Vec<_>>>());
    let rows = rows.collect::<Option<Vec<_>>>();
    if rows.is_none() {
        let message = "`network.weights` has numbers with more digits than exact fractions hold";
        problems.push(Problem::value(
            "network.weights",
            message,
            "write fewer digits; of an array, save `numpy.round(weights, 6)`",
        ));
    }
    rows.map(Weights::Given)
}
