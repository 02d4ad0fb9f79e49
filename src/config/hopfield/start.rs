//! `[start]` of a binary network as written: where a run begins.

use std::path::Path;

use crate::config::echo::Echo;
use crate::config::kinds::{Flag, Fraction, Kind, Number, Range, Whole};
use crate::config::pattern_file::{self, PatternRow};
use crate::config::patterns::{HASH, row_of};
use crate::config::problem::Problem;
use crate::config::section::Section;
use crate::config::tree::{Value, quoted};
use crate::units::Decimal;

/// Where a run begins and whether it ends early.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    pub(crate) way: Option<Way>,
    /// The pattern that the start is made from, or that distances are told to.
    pub(crate) pattern: Option<u64>,
    pub(crate) stop_when_stable: Option<bool>,
}

/// How the first state is made.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// The pattern itself.
    Pattern,
    /// The pattern at an overlap with itself, -1 to 1.
    Overlap(Decimal),
    /// The pattern with a fraction of the neurons flipped.
    Flip(f64),
    /// A fraction of the neurons as in the pattern, the rest random.
    Keep(f64),
    /// Random.
    Random,
    /// Given at `start.state`: on where listed.
    Given(PatternRow),
}

const OVERLAP: Number = Number { range: Range::Any, example: "0.4" };
const WAYS: &str = "add pattern = 0 with overlap = 0.8, or state = \"random\"";

pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path) -> Start {
    if !root.has("start") {
        root.node("start");
        root.problem(Problem::missing("", "`start` is missing", "add [start] with pattern = 0, or state = \"random\""));
        return Start::default();
    }
    let Some(table) = root.table("start") else { return Start::default() };
    let mut section = Section::new("start", table, root.problems);
    let pattern = section.optional("pattern", &Whole { least: 0, most: u64::MAX, example: 0 });
    let way = way(&mut section, directory);
    let stop_when_stable = section.or("stop_when_stable", &Flag, Value::Boolean(false));
    let echo = section.finish();
    root.put("start", Echo::Table(echo));
    Start { way, pattern, stop_when_stable }
}

fn way(section: &mut Section<'_, '_>, directory: &Path) -> Option<Way> {
    let keys = ["overlap", "flip", "keep", "state"];
    let written: Vec<&str> = keys.into_iter().filter(|key| section.has(key)).collect();
    if let [first, second, ..] = written[..] {
        section.known(&keys);
        let message = format!("`start` has both `{first}` and `{second}`");
        section.problem(Problem::key(format!("start.{second}"), message, "leave one of the two out"));
        return None;
    }
    let is_name = section.is_text("state");
    if !section.has("pattern") && (written.is_empty() || written[0] != "state") {
        section.known(&keys);
        section.problem(Problem::missing("start", "`start` has no `pattern`", WAYS));
        return None;
    }
    let known = keys.into_iter().filter(|key| !written.contains(key)).collect::<Vec<_>>();
    section.known(&known);
    if !is_name && written != ["state"] {
        section.misplaced("state_hash", "a state in a file");
    }
    match written.first() {
        None => Some(Way::Pattern),
        Some(&"overlap") => overlap(section),
        Some(&"flip") => section.required("flip", &Fraction { example: "0.1" }).map(Way::Flip),
        Some(&"keep") => section.required("keep", &Fraction { example: "0.5" }).map(Way::Keep),
        Some(_) => state(section, directory),
    }
}

fn overlap(section: &mut Section<'_, '_>) -> Option<Way> {
    let overlap = section.required("overlap", &OVERLAP)?;
    if overlap.value().abs() > 1.0 {
        let message = format!("`start.overlap` must be -1 to 1, and `{overlap}` is not");
        section.problem(Problem::value("start.overlap", message, "write a number such as 0.4"));
        return None;
    }
    Some(Way::Overlap(overlap))
}

/// "random", "pattern", a list, or the name of a file.
fn state(section: &mut Section<'_, '_>, directory: &Path) -> Option<Way> {
    let expected = section.node("state_hash").map(|node| HASH.read(node, "start.state_hash"));
    let expected = expected.and_then(|read| section.report(read));
    let node = section.node("state")?;
    let name = match &node.value {
        Value::Text(name) if name == "random" => {
            section.put("state", Echo::Text(name.clone()));
            return Some(Way::Random);
        }
        Value::Text(name) if name == "pattern" => {
            section.put("state", Echo::Text(name.clone()));
            if !section.has("pattern") {
                section.problem(Problem::missing("start", "`start` has no `pattern`", "add pattern = 0"));
            }
            return Some(Way::Pattern);
        }
        Value::Text(name) => name,
        _ => {
            let row = section.report(row_of(node, "start.state", ("state", &mut None)))?;
            let values = (0..row.neurons as u32).map(|neuron| u8::from(row.members.binary_search(&neuron).is_ok()));
            section.put("state", Echo::List(values.map(|value| Echo::Integer(value.into())).collect()));
            return Some(Way::Given(row));
        }
    };
    let file = pattern_file::read(&directory.join(name), None).map_err(|error| {
        let message = format!("the file of the state, {}, {error}", quoted(name));
        Problem::value(
            "start.state",
            message,
            "write \"random\", \"pattern\", a list, or the name of a .npy or .txt file",
        )
    });
    let file = section.report(file)?;
    if let Some(expected) = expected.filter(|expected| *expected != file.hash) {
        let message =
            format!("the file of the state, {}, has changed: its hash was {}", quoted(name), quoted(&expected));
        let problem = Problem::value("start.state_hash", message, format!("it is \"{}\" now", file.hash));
        section.problem(problem.help("restore the file, or leave state_hash out to take it as it is"));
    }
    let count = file.rows.len();
    section.put("state", Echo::Text(file.absolute));
    section.put("state_hash", Echo::Text(file.hash));
    let only = file.rows.into_iter().next().filter(|_| count == 1);
    let only = only.ok_or_else(|| {
        let message = format!("the file of the state has {count} rows, and one is due");
        Problem::value("start.state", message, "save an array [1, neurons]")
    });
    section.report(only).map(Way::Given)
}
