//! Problems: what is wrong with a configuration, where, and what to do; all of them at once.

use std::fmt;

use serde_json::json;

use super::source::{Source, Span};
use super::tree::Table;

/// So many problems are kept; beyond them only their number is.
const KEPT_MAX: usize = 1000;

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The value at a dotted path such as `populations.excitatory.tau_m` or `projections.0.strength`, or what
    /// stands for it where it is not written: the nearest table around it.
    Value(String),
    /// The value at the first of these paths that is written.
    FirstOf(Vec<String>),
    /// The key at a dotted path, or what stands for it.
    Key(String),
    /// The header of the table at a dotted path: something is missing there.
    Missing(String),
    /// A stretch of a source.
    Span(Span),
    /// The configuration as a whole.
    Whole,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong, in a sentence without its capital and full stop.
    pub message: String,
    /// What to write instead: shown under the place.
    pub label: String,
    /// More that helps, on a line of its own.
    pub help: Option<String>,
}

impl Problem {
    /// A problem anywhere.
    #[must_use]
    pub fn new(place: Place, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { place, message: message.into(), label: label.into(), help: None }
    }

    /// A problem with the value at a dotted path.
    #[must_use]
    pub fn value(path: impl Into<String>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Place::Value(path.into()), message, label)
    }

    /// A problem with the key at a dotted path.
    #[must_use]
    pub fn key(path: impl Into<String>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Place::Key(path.into()), message, label)
    }

    /// Something is missing in the table at a dotted path ("" for the top level).
    #[must_use]
    pub fn missing(table: impl Into<String>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(Place::Missing(table.into()), message, label)
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All problems of a configuration, in the order of their places, with the texts they are in.
#[derive(Clone, Debug)]
pub struct Problems {
    pub(super) sources: Vec<Source>,
    /// The first [`KEPT_MAX`] of them.
    pub(super) found: Vec<Found>,
    count: usize,
    /// They are told as warnings.
    pub(super) warns: bool,
}

/// A problem and where it was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// `None`: the file as a whole.
    pub(super) span: Option<Span>,
    pub(super) problem: Problem,
}

impl Problems {
    pub(super) fn new(sources: &[Source], tree: &Table, problems: Vec<Problem>) -> Self {
        let locate = |problem: Problem| Found { span: tree.locate(&problem.place), problem };
        let mut found: Vec<Found> = problems.into_iter().map(locate).collect();
        found.sort_by_key(|found| found.span);
        found.dedup_by(|a, b| a.span == b.span && a.problem == b.problem);
        let count = found.len();
        found.truncate(KEPT_MAX);
        Self { sources: sources.to_vec(), found, count, warns: false }
    }

    pub(super) fn into_warnings(self) -> Self {
        Self { warns: true, ..self }
    }

    /// Number of problems.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The problems, in the order of their places; of very many the first thousand.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.found.iter().map(|found| &found.problem)
    }

    /// A list of objects: `message`, `file`, `line`, `column`, `label` and `help`, null where there is none.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let one = |found: &Found| {
            let source = &self.sources[found.span.map_or(0, |span| span.source as usize)];
            let position = found.span.map(|span| source.position(span));
            json!({
                "message": found.problem.message,
                "file": source.name,
                "line": position.as_ref().map(|position| position.line),
                "column": position.as_ref().map(|position| position.column),
                "label": found.problem.label,
                "help": found.problem.help,
            })
        };
        self.found.iter().map(one).collect()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}
