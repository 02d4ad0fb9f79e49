//! Sections: a table being read key by key, its echo growing on the way; what is left over is unknown.

use super::choice::nearest;
use super::echo::{Echo, EchoTable};
use super::kinds::Kind;
use super::problem::{Place, Problem};
use super::source::Span;
use super::tree::{Node, Table, Value, quoted};

/// A table being read.
pub(super) struct Section<'t, 'p> {
    /// Its dotted path; empty at the top level.
    pub(super) path: String,
    table: &'t Table,
    known: Vec<&'static str>,
    /// Keys that have a problem of their own where they are written.
    later: Vec<&'static str>,
    echo: EchoTable,
    pub(super) problems: &'p mut Vec<Problem>,
}

impl<'t, 'p> Section<'t, 'p> {
    pub(super) fn new(path: impl Into<String>, table: &'t Table, problems: &'p mut Vec<Problem>) -> Self {
        let path = path.into();
        Self { path, table, known: Vec::new(), later: Vec::new(), echo: EchoTable::default(), problems }
    }

    /// The dotted path of one of its keys.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Whether a key is written.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Whether a key is written as a table.
    pub(super) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|node| matches!(node.value, Value::Table(_)))
    }

    /// Keys that are known, though not read.
    pub(super) fn known(&mut self, keys: &[&'static str]) {
        self.known.extend_from_slice(keys);
    }

    /// Whether a key is written as a list.
    pub(super) fn is_list(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|node| matches!(node.value, Value::List(_)))
    }

    /// Whether a key is written as a text.
    pub(super) fn is_text(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|node| matches!(node.value, Value::Text(_)))
    }

    /// What is written at a key, not read.
    pub(super) fn value(&self, key: &str) -> Option<&'t Value> {
        self.table.get(key).map(|node| &node.value)
    }

    /// A key that is written as a text, not read.
    pub(super) fn text(&self, key: &str) -> Option<&'t str> {
        match self.value(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether a key is written as a whole number.
    pub(super) fn is_integer(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|node| matches!(node.value, Value::Integer { .. }))
    }

    /// The node of a key, which is known from then on.
    pub(super) fn node(&mut self, key: &'static str) -> Option<&'t Node> {
        self.known.push(key);
        self.table.get(key)
    }

    /// Adds to the echo.
    pub(super) fn put(&mut self, key: &str, value: Echo) {
        self.echo.put(key, value);
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// A value that may be absent. `None` too where it is wrong, which is reported.
    pub(super) fn optional<K: Kind>(&mut self, key: &'static str, kind: &K) -> Option<K::Value> {
        let node = self.node(key)?;
        self.read(key, kind, node)
    }

    /// A value that must be there.
    pub(super) fn required<K: Kind>(&mut self, key: &'static str, kind: &K) -> Option<K::Value> {
        if !self.has(key) {
            self.missing(key, &kind.example());
        }
        self.optional(key, kind)
    }

    /// A value with a default.
    pub(super) fn or<K: Kind>(&mut self, key: &'static str, kind: &K, default: Value) -> Option<K::Value> {
        let nowhere = Span::new(0, 0, 0);
        let default = Node { key: None, span: nowhere, value: default };
        match self.node(key) {
            Some(node) => self.read(key, kind, node),
            None => self.read(key, kind, &default),
        }
    }

    fn read<K: Kind>(&mut self, key: &'static str, kind: &K, node: &Node) -> Option<K::Value> {
        if matches!(node.value, Value::Broken) {
            return None;
        }
        let value = self.report(kind.read(node, &self.path_of(key)))?;
        self.put(key, kind.echo(&value));
        Some(value)
    }

    /// What was read; a problem is kept.
    pub(super) fn report<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.problem(problem)).ok()
    }

    /// Reports a key that must be there.
    pub(super) fn missing(&mut self, key: &str, example: &str) {
        let message = if self.path.is_empty() {
            format!("`{key}` is missing")
        } else {
            format!("`{}` has no `{key}`", self.path)
        };
        self.problems.push(Problem::missing(self.path.clone(), message, format!("add {key} = {example}")));
    }

    /// A key of a later version: refused unless it says what holds anyway.
    pub(super) fn later(&mut self, key: &'static str, is_neutral: fn(&Value) -> bool) {
        self.later.push(key);
        if let Some(node) = self.table.get(key)
            && !is_neutral(&node.value)
            && let Some(span) = node.key
        {
            let message = format!("`{}` is not there yet", self.path_of(key));
            let problem = Problem::new(Place::Span(span), message, "this version does not know it");
            self.problems.push(problem.help("leave it out: a later version will have it"));
        }
    }

    /// A key that belongs to another kind of the same table.
    pub(super) fn misplaced(&mut self, key: &'static str, belongs: &str) {
        self.misplaced_unless(key, belongs, neutral::never);
    }

    /// The same, unless it says what holds anyway.
    pub(super) fn misplaced_unless(&mut self, key: &'static str, belongs: &str, is_neutral: fn(&Value) -> bool) {
        self.later.push(key);
        if self.table.get(key).is_some_and(|node| !is_neutral(&node.value)) {
            let path = self.path_of(key);
            let problem = Problem::key(path.clone(), format!("`{path}` belongs to {belongs}"), "leave it out");
            self.problems.push(problem);
        }
    }

    /// A table within it; a problem if it is something else.
    pub(super) fn table(&mut self, key: &'static str) -> Option<&'t Table> {
        let node = self.node(key)?;
        let path = self.path_of(key);
        as_table(node, &path, self.problems)
    }

    /// Reads every table of a list within it; what stands for an item that is none has a problem of its own.
    pub(super) fn each<T: Default>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'_, '_>) -> T,
    ) -> Vec<T> {
        let (mut echo, mut items) = (Vec::new(), Vec::new());
        for (path, table) in self.tables(key) {
            let Some(table) = table else {
                items.push(T::default());
                continue;
            };
            let mut section = Section::new(path, table, self.problems);
            items.push(read(&mut section));
            echo.push(Echo::Table(section.finish()));
        }
        self.put(key, Echo::List(echo));
        items
    }

    /// A list of tables within it, each with its path; `None` for the items that are none.
    fn tables(&mut self, key: &'static str) -> Vec<(String, Option<&'t Table>)> {
        let path = self.path_of(key);
        let Some(node) = self.node(key) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            if !matches!(node.value, Value::Broken) {
                let message = format!("`{path}` is a list of tables, not {}", node.describe());
                let label = if self.path.is_empty() { format!("write [[{path}]]") } else { "write [{ .. }]".into() };
                self.problem(Problem::value(path, message, label));
            }
            return Vec::new();
        };
        let item = |(number, item): (usize, &'t Node)| {
            let path = format!("{path}.{number}");
            let table = as_table(item, &path, self.problems);
            (path, table)
        };
        items.iter().enumerate().map(item).collect()
    }

    /// Reports unknown keys. The echo is in the order of the file, what is not written there at the end.
    pub(super) fn finish(mut self) -> EchoTable {
        for (key, node) in &self.table.entries {
            if !self.known.contains(&key.as_str()) && !self.later.contains(&key.as_str()) {
                let problem = self.unknown(key, node);
                self.problems.push(problem);
            }
        }
        let place = |(key, _): &(String, Echo)| {
            self.table.entries.iter().position(|(written, _)| written == key).unwrap_or(usize::MAX)
        };
        self.echo.entries.sort_by_key(place);
        self.echo
    }

    fn unknown(&self, key: &str, node: &Node) -> Problem {
        let place = Place::Span(node.key.unwrap_or(node.span));
        let whose = if self.path.is_empty() { "a configuration".to_owned() } else { format!("`{}`", self.path) };
        let label = nearest(key, self.known.iter().copied())
            .map_or_else(|| "this key is not known".to_owned(), |near| format!("did you mean `{near}`?"));
        let problem = Problem::new(place, format!("{whose} has no key {}", quoted(key)), label);
        problem.help(format!("its keys are {}", self.known.join(", ")))
    }
}

/// A node as a table; a problem if it is something else.
pub(super) fn as_table<'t>(node: &'t Node, path: &str, problems: &mut Vec<Problem>) -> Option<&'t Table> {
    match &node.value {
        Value::Table(table) => Some(table),
        Value::Broken => None,
        _ => {
            let message = format!("`{path}` is a table, not {}", node.describe());
            problems.push(Problem::value(path, message, "write keys and values, { key = value, .. }"));
            None
        }
    }
}

/// What holds of a later key anyway.
pub(super) mod neutral {
    use super::Value;

    /// Nothing does.
    pub(crate) fn never(_: &Value) -> bool {
        false
    }

    /// `false`.
    pub(crate) fn off(value: &Value) -> bool {
        matches!(value, Value::Boolean(false))
    }

    /// One.
    pub(crate) fn one(value: &Value) -> bool {
        match value {
            Value::Float { value, .. } => *value == 1.0,
            Value::Integer { value, .. } => *value == Some(1),
            _ => false,
        }
    }
}
