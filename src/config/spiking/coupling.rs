//! Which pattern excites which, as a Hebbian projection has it written: rule, coupling, strengths.

use std::path::Path;

use super::text;
use crate::config::array_file::array;
use crate::config::choice::Choice;
use crate::config::echo::Echo;
use crate::config::kinds::{Flag, Fraction, Kind, Range};
use crate::config::number::{Number, Numbers};
use crate::config::problem::Problem;
use crate::config::section::{Section, neutral};
use crate::config::tree::{Node, Value};

/// `w_ij = c Σ_{μν} A[μ][ν] (ξ_i^μ - b)(ξ_j^ν - a)`. `None` is what could not be read, and is reported already.
#[derive(Clone, Debug)]
pub(crate) struct Coupling {
    pub(crate) form: Option<CouplingForm>,
    /// a and b.
    pub(crate) rule: Option<[f64; 2]>,
    /// `Some(None)`: not written.
    pub(crate) strengths: Option<Option<Vec<f64>>>,
    pub(crate) fade: Option<f64>,
}

/// A.
#[derive(Clone, Debug)]
pub(crate) enum CouplingForm {
    /// Each pattern excites itself.
    Auto,
    /// Each pattern excites the next one.
    Sequence {
        /// And the last one the first.
        cycle: Option<bool>,
    },
    /// Written out, `[target][source]`.
    Matrix(Vec<Vec<f64>>),
    /// In a file, row by row: as many as there are patterns.
    File(Vec<f64>),
}

const COUPLING: Choice = Choice { options: &["auto", "sequence"], later: &[] };
const NUMBER: Number = Number { range: Range::Any, example: "0.1" };
const KEYS: [&str; 6] = ["rule", "coupling", "coupling_hash", "cycle", "strengths", "fade"];

/// Reads it; `count` is the number of patterns, as far as known.
pub(super) fn read(section: &mut Section<'_, '_>, directory: &Path, count: Option<u64>) -> Coupling {
    Coupling {
        rule: rule(section),
        form: form(section, directory, count),
        strengths: match section.has("strengths") {
            true => section.required("strengths", &Numbers).map(Some),
            false => {
                section.known(&["strengths"]);
                Some(None)
            }
        },
        fade: section.or("fade", &Fraction { example: "0.95" }, float("1.0")),
    }
}

/// For a projection that has none of it: what says so is welcome.
pub(super) fn refuse(section: &mut Section<'_, '_>) {
    for key in KEYS {
        let is_neutral = match key {
            "coupling" => section.text(key) == Some("auto"),
            "rule" => section.value(key).is_some_and(is_plain_rule),
            "cycle" => section.value(key).is_some_and(neutral::off),
            "fade" => section.value(key).is_some_and(neutral::one),
            _ => false,
        };
        if is_neutral {
            section.known(&[key]);
        } else {
            section.misplaced(key, "a Hebbian projection");
        }
    }
}

/// { a = 0, b = 0 }: the plain Hebbian weight.
fn is_plain_rule(value: &Value) -> bool {
    let is_zero = |value: &Value| match value {
        Value::Float { value, .. } => *value == 0.0,
        Value::Integer { value, .. } => *value == Some(0),
        _ => false,
    };
    matches!(value, Value::Table(table)
        if table.entries.iter().all(|(key, node)| (key == "a" || key == "b") && is_zero(&node.value)))
}

/// For a projection of which it is not known whether it has it.
pub(super) fn overlook(section: &mut Section<'_, '_>) {
    section.known(&KEYS);
}

/// { a, b }
fn rule(section: &mut Section<'_, '_>) -> Option<[f64; 2]> {
    let path = section.path_of("rule");
    let empty = Default::default();
    let is_wrong = section.has("rule") && !section.is_table("rule");
    let table = section.table("rule").unwrap_or(&empty);
    let mut inner = Section::new(path, table, section.problems);
    let (a, b) = (inner.or("a", &NUMBER, float("0.0")), inner.or("b", &NUMBER, float("0.0")));
    let echo = inner.finish();
    section.put("rule", Echo::Table(echo));
    if is_wrong { None } else { Some([a?, b?]) }
}

fn form(section: &mut Section<'_, '_>, directory: &Path, count: Option<u64>) -> Option<CouplingForm> {
    let is_file = matches!(section.text("coupling"), Some(name) if !COUPLING.options.contains(&name) && is_file(name));
    let is_sequence = section.text("coupling") == Some("sequence");
    if !is_file {
        section.misplaced("coupling_hash", "a coupling in a file");
    }
    if section.value("cycle").is_some_and(neutral::off) {
        section.known(&["cycle"]);
    } else if !is_sequence {
        section.misplaced("cycle", "coupling = \"sequence\"");
    }
    if is_file {
        let due = count.and_then(|count| usize::try_from(count).ok()).map(|count| [count; 2]);
        let file = array(section, directory, ["coupling", "coupling_hash"], due.as_ref().map(|due| &due[..]))?;
        return Some(CouplingForm::File(file.values.to_vec()));
    }
    if section.is_list("coupling") {
        return section.required("coupling", &Matrix).map(CouplingForm::Matrix);
    }
    Some(match section.or("coupling", &Word, text("auto"))? {
        "sequence" => CouplingForm::Sequence { cycle: section.or("cycle", &Flag, Value::Boolean(false)) },
        _ => CouplingForm::Auto,
    })
}

/// One of the words; whoever wrote something else is told of all forms that there are.
struct Word;

impl Kind for Word {
    type Value = &'static str;

    fn read(&self, node: &Node, path: &str) -> Result<&'static str, Problem> {
        COUPLING.read(node, path).map_err(|problem| {
            problem.help("or P x P numbers, A[target][source], written out or in a .npy file: coupling = \"a.npy\"")
        })
    }

    fn echo(&self, value: &&'static str) -> Echo {
        COUPLING.echo(value)
    }

    fn example(&self) -> String {
        COUPLING.example()
    }
}

/// Whether a text is more like the name of a file than like a word.
fn is_file(text: &str) -> bool {
    text.contains(['.', '/', '\\'])
}

/// A matrix written out.
struct Matrix;

impl Kind for Matrix {
    type Value = Vec<Vec<f64>>;

    fn read(&self, node: &Node, path: &str) -> Result<Self::Value, Problem> {
        let Value::List(rows) = &node.value else {
            let message = format!("`{path}` is a list of lists of numbers, not {}", node.describe());
            return Err(Problem::value(path, message, format!("write it as {}", self.example())));
        };
        rows.iter().enumerate().map(|(at, row)| Numbers.read(row, &format!("{path}.{at}"))).collect()
    }

    fn echo(&self, value: &Self::Value) -> Echo {
        Echo::List(value.iter().map(|row| Numbers.echo(row)).collect())
    }

    fn example(&self) -> String {
        "[[1.0, 0.0], [0.5, 1.0]], a row for each pattern that is excited".into()
    }
}

fn float(text: &str) -> Value {
    Value::Float { text: text.to_owned(), value: text.parse().unwrap_or_default() }
}
