//! `[network]` of a binary network as written.

use std::path::Path;

use super::weights::{self, Weights};
use crate::config::choice::Choice;
use crate::config::echo::Echo;
use crate::config::kinds::{Flag, Fraction, Kind, Number, NumberOr, Range, Whole};
use crate::config::problem::Problem;
use crate::config::section::Section;
use crate::config::spiking::text;
use crate::config::tree::{Node, Value};
use crate::units::Decimal;

/// The most neurons: sums of sixty-four counts fit 32 bits.
const SIZE_MAX: u64 = (1 << 26) - 1;

/// The network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    pub(crate) size: Option<u32>,
    /// States 1/0 and not +1/-1.
    pub(crate) binary: Option<bool>,
    /// `None`: weights are given, or something is wrong.
    pub(crate) rule: Option<Rule>,
    /// `Some(None)`: the default of the rule.
    pub(crate) scale: Option<Option<Decimal>>,
    pub(crate) weights: Option<Weights>,
    pub(crate) synchronous: Option<bool>,
    pub(crate) temperature: Option<Decimal>,
    /// "tanh", "erf" or "linear".
    pub(crate) gain: Option<&'static str>,
    pub(crate) threshold: Option<Threshold>,
    /// A tie switches on, and does not keep the state.
    pub(crate) tie_on: Option<bool>,
    pub(crate) connection_probability: Option<f64>,
    pub(crate) symmetric: Option<bool>,
    pub(crate) self_coupling: Option<bool>,
    pub(crate) self_coupling_is_written: bool,
}

/// How weights follow from patterns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Sum of p_i p_j, p = +1/-1.
    Hebb,
    /// Sum of (xi_i - b)(xi_j - a). `Some(None)`: a the activity of the patterns, b = a.
    Covariance { a: Option<Option<Decimal>>, b: Option<Option<Decimal>> },
}

/// The thresholds.
#[derive(Clone, Debug)]
pub(crate) enum Threshold {
    Same(Decimal),
    Each(Vec<Decimal>),
    HalfSum,
}

const STATES: Choice = Choice { options: &["signed", "binary"], later: &[] };
const RULE: Choice = Choice { options: &["hebb", "covariance"], later: &[] };
const UPDATE: Choice = Choice { options: &["asynchronous", "synchronous"], later: &[] };
const GAIN: Choice = Choice { options: &["tanh", "erf", "linear"], later: &[] };
const TIE: Choice = Choice { options: &["keep", "on"], later: &[] };
const SCALE: NumberOr = NumberOr { number: Number { range: Range::Any, example: "1.0" }, word: "auto" };
const COVARIANCE: &str = "rule = \"covariance\"";
const NO_WEIGHTS: &str = "networks that are made from patterns, and this one has `weights`";

pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path) -> Network {
    if !root.has("network") {
        root.node("network");
        root.problem(Problem::missing("", "`network` is missing", "add [network] with size = 1000"));
        return Network::default();
    }
    let Some(table) = root.table("network") else { return Network::default() };
    let mut section = Section::new("network", table, root.problems);
    let size = section.required("size", &Whole { least: 1, most: SIZE_MAX, example: 1000 });
    let binary = section.or("states", &STATES, text("signed")).map(|states| states == "binary");
    let (rule, scale, weights) = coupling(&mut section, directory);
    let network = Network {
        size: size.and_then(|size| u32::try_from(size).ok()),
        binary,
        rule,
        scale,
        weights,
        synchronous: section.or("update", &UPDATE, text("asynchronous")).map(|update| update == "synchronous"),
        temperature: section.or("temperature", &Number { range: Range::NotNegative, example: "0.4" }, number("0.0")),
        gain: section.or("gain", &GAIN, text("tanh")),
        threshold: section.or("threshold", &Thresholds, number("0.0")),
        tie_on: section.or("tie", &TIE, text("keep")).map(|tie| tie == "on"),
        connection_probability: section.or("connection_probability", &Fraction { example: "0.1" }, number("1.0")),
        symmetric: section.or("symmetric", &Flag, Value::Boolean(true)),
        self_coupling_is_written: section.has("self_coupling"),
        self_coupling: section.or("self_coupling", &Flag, Value::Boolean(false)),
    };
    let echo = section.finish();
    root.put("network", Echo::Table(echo));
    network
}

/// The rule with its scale, or the weights themselves.
fn coupling(
    section: &mut Section<'_, '_>,
    directory: &Path,
) -> (Option<Rule>, Option<Option<Decimal>>, Option<Weights>) {
    if section.has("weights") {
        for key in ["rule", "scale", "a", "b"] {
            section.misplaced(key, NO_WEIGHTS);
        }
        return (None, None, weights::read(section, directory));
    }
    section.known(&["weights"]);
    section.misplaced("weights_hash", "`weights`, and there are none");
    let rule = match section.or("rule", &RULE, text("hebb")) {
        Some("covariance") => {
            let a = NumberOr { number: Number { range: Range::Any, example: "0.1" }, word: "activity" };
            let b = NumberOr { word: "a", ..a };
            Some(Rule::Covariance { a: section.or("a", &a, text("activity")), b: section.or("b", &b, text("a")) })
        }
        Some(_) => {
            ["a", "b"].into_iter().for_each(|key| section.misplaced(key, COVARIANCE));
            Some(Rule::Hebb)
        }
        None => {
            section.known(&["a", "b"]);
            None
        }
    };
    (rule, section.or("scale", &SCALE, text("auto")), None)
}

fn number(text: &str) -> Value {
    Value::Float { text: text.to_owned(), value: text.parse().unwrap_or_default() }
}

/// A number, a list of them, or "half-sum".
struct Thresholds;

const ANY: Number = Number { range: Range::Any, example: "0.5" };

impl Kind for Thresholds {
    type Value = Threshold;

    fn read(&self, node: &Node, path: &str) -> Result<Threshold, Problem> {
        match &node.value {
            Value::Text(text) if text == "half-sum" => Ok(Threshold::HalfSum),
            Value::List(items) => {
                let each = items.iter().enumerate().map(|(at, item)| ANY.read(item, &format!("{path}.{at}")));
                each.collect::<Result<_, _>>().map(Threshold::Each)
            }
            Value::Float { .. } | Value::Integer { .. } => ANY.read(node, path).map(Threshold::Same),
            _ => {
                let message = format!("`{path}` is a number, a list of them or \"half-sum\", not {}", node.describe());
                Err(Problem::value(path, message, "write it as 0.5"))
            }
        }
    }

    fn echo(&self, value: &Threshold) -> Echo {
        match value {
            Threshold::Same(value) => Echo::Number(*value),
            Threshold::Each(values) => Echo::List(values.iter().copied().map(Echo::Number).collect()),
            Threshold::HalfSum => Echo::Text("half-sum".into()),
        }
    }

    fn example(&self) -> String {
        "0.5".into()
    }
}
