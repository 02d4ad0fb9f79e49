//! `[start]` of a rate network as written.

use std::path::Path;

use super::network::float;
use super::{Range, Section, Whole};
use crate::config::array_file::{ArrayFile, array};
use crate::config::echo::Echo;
use crate::config::number::{Number, Numbers};
use crate::config::problem::Problem;
use crate::config::tree::{Value, quoted};

/// The state at time 0.
#[derive(Clone, Debug)]
pub(crate) enum Start {
    /// Not written: at rest, 0.
    Rest,
    /// Near a pattern.
    Pattern { pattern: Option<u64>, overlap: Option<f64> },
    /// A state, `None`: not readable.
    State(Option<State>),
}

/// A state.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// One rate for all.
    Same(f64),
    /// Written out at `start.state`.
    List(Vec<f64>),
    /// In the file at `start.state`.
    File(ArrayFile),
    /// Drawn.
    Random,
}

const NUMBER: Number = Number { range: Range::Any, example: "0.1" };

pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path, size: Option<u32>) -> Start {
    if !root.has("start") {
        root.node("start");
        return Start::Rest;
    }
    let Some(table) = root.table("start") else { return Start::State(None) };
    let mut section = Section::new("start", table, root.problems);
    let start = if section.has("pattern") {
        if section.has("state") {
            let message = "`start` has both `pattern` and `state`";
            section.problem(Problem::key("start.state", message, "leave one of the two out"));
        }
        section.known(&["state", "state_hash"]);
        Start::Pattern {
            pattern: section.required("pattern", &Whole { least: 0, most: u64::MAX, example: 0 }),
            overlap: section.or("overlap", &NUMBER, float(1.0)),
        }
    } else {
        if !section.has("state") {
            let message = "`start` has neither `pattern` nor `state`";
            section.problem(Problem::missing("start", message, "add pattern = 0 and overlap = 0.1, or state = 0.0"));
        }
        section.misplaced("overlap", "`pattern`, and there is none");
        section.known(&["pattern"]);
        Start::State(state(&mut section, directory, size))
    };
    let echo = section.finish();
    root.put("start", Echo::Table(echo));
    start
}

/// A number for all, a list, "random", or the name of a file.
fn state(section: &mut Section<'_, '_>, directory: &Path, size: Option<u32>) -> Option<State> {
    let node = section.node("state")?;
    let Value::Text(word) = &node.value else {
        section.misplaced("state_hash", "a state from a file");
        return if matches!(node.value, Value::List(_)) {
            section.required("state", &Numbers).map(State::List)
        } else {
            section.required("state", &NUMBER).map(State::Same)
        };
    };
    if word.to_lowercase().ends_with(".npy") {
        let due = size.map(|size| [size as usize]);
        let due = due.as_ref().map(|due| &due[..]);
        return array(section, directory, ["state", "state_hash"], due).map(State::File);
    }
    section.misplaced("state_hash", "a state from a file");
    if word == "random" {
        section.put("state", Echo::Text(word.clone()));
        return Some(State::Random);
    }
    let message = format!("`start.state` cannot be {}", quoted(word));
    let label = "write 0.0 for all, [0.1, 0.2] for each, \"random\", or the name of a .npy file";
    section.problem(Problem::value("start.state", message, label));
    None
}
