//! TOML: from a text to a tree, with a problem for every line that is not TOML.

use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};
use super::source::{Source, Span};
use super::tree::{Node, Origin, Table};
use crate::units;

/// What the parser made of a file.
pub(super) struct Parsed {
    /// What could be read.
    pub(super) tree: Table,
    /// What could not, in order.
    pub(super) problems: Vec<Problem>,
    /// Lines on which something could not.
    lines: Vec<usize>,
    /// Where a list or table was not closed: nothing from here on is what it seems.
    lost_from: Option<u32>,
}

impl Parsed {
    /// Whether a problem found in the tree is one of the file, not one that a syntax error led to.
    pub(super) fn believes(&self, problem: &Problem, source: &Source) -> bool {
        if self.lines.is_empty() {
            return true;
        }
        if matches!(problem.place, Place::Missing(_) | Place::Whole) {
            return false;
        }
        let Some(span) = self.tree.locate(&problem.place) else { return false };
        let is_lost = self.lost_from.is_some_and(|lost| span.start >= lost);
        span.source != 0 || !(is_lost || self.lines.binary_search(&source.line(span)).is_ok())
    }
}

/// Reads a file's text. What a syntax error left readable is in the tree.
pub(super) fn read(source: &Source) -> Parsed {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    let mut errors: Vec<(Span, &str)> = errors.iter().map(|error| (span_of(error, source), error.message())).collect();
    errors.sort_by_key(|(span, _)| *span);
    let unclosed =
        errors.iter().any(|(_, message)| message.starts_with("unclosed array") || message.contains("inline table"));
    let structural = |message: &str| message.starts_with("missing comma") || message.starts_with("unclosed");
    let lost_at = errors.iter().position(|(_, message)| unclosed && structural(message));
    let lost_from = lost_at.map(|at| errors[at].0.start);
    errors.truncate(lost_at.map_or(errors.len(), |at| at + 1));

    let (mut problems, mut lines) = (Vec::new(), Vec::new());
    for (span, message) in errors {
        let line = source.line(span);
        // What follows on the same line is mostly what the first error led to.
        if lines.last() != Some(&line) {
            problems.push(describe(source, span, message));
            lines.push(line);
        }
    }
    let tree = Table::from_toml(document.get_ref(), Origin { source: 0, offset: 0 }, 0, &mut problems);
    Parsed { tree, problems, lines, lost_from }
}

/// Reads a value as TOML, as `--set` has it; `None` where it is not.
pub(super) fn read_value(text: &str, origin: Origin, problems: &mut Vec<Problem>) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    Some(Node::from_toml(&value, origin, 0, problems))
}

fn span_of(error: &toml::de::Error, source: &Source) -> Span {
    let range = error.span().unwrap_or(source.text.len()..source.text.len());
    Span::new(0, range.start, range.end)
}

/// A syntax error in words; a quantity without its quotes is what people write most.
fn describe(source: &Source, span: Span, message: &str) -> Problem {
    let line = source.position(span).text;
    let place = Place::Span(span);
    if message.starts_with("duplicate key") {
        return Problem::new(place, "this key or table is there already", "write it once");
    }
    if message.starts_with("string values must be quoted") {
        let (key, value) = line.split_once('=').unwrap_or(("this", line));
        let value = value.split('#').next().unwrap_or(value).trim();
        let key = key.trim();
        if value.is_empty() {
            return Problem::new(place, format!("`{key}` has no value"), "write one after the `=`");
        }
        let what = if units::is_quantity(value) { "a quantity, and quantities are" } else { "a text, and texts are" };
        let start = span.start as usize..span.end as usize;
        let written = source.text.get(start).unwrap_or(value);
        return Problem::new(
            place,
            format!("`{key}` is {what} written in quotes"),
            format!("write it as \"{written}\""),
        );
    }
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let label =
        if expected.is_empty() || expected == "nothing" { "here".into() } else { format!("expected {expected}") };
    Problem::new(place, format!("this is not TOML: {what}"), label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Source, Parsed) {
        let source = Source::new("x.toml", text, 1);
        let parsed = read(&source);
        (source, parsed)
    }

    #[test]
    fn a_line_has_one_problem_and_the_others_are_read() {
        let (source, parsed) = read_text("a = 20 ms # time\nb == 3\nc = 1\nc = 2\nd = \n");
        let lines: Vec<usize> = parsed
            .problems
            .iter()
            .map(|problem| source.position(parsed.tree.locate(&problem.place).unwrap()).line)
            .collect();
        assert_eq!(lines, [1, 2, 4, 5]);
        assert_eq!(parsed.problems[0].label, "write it as \"20 ms\"");
        assert_eq!(parsed.problems[2].message, "this key or table is there already");
        assert!(parsed.tree.get("c").is_some());
    }

    #[test]
    fn what_an_open_bracket_swallows_is_not_believed() {
        let (source, parsed) = read_text("a = 1\nb = [1, 2\nc = 3\n[d]\ne = 4\n");
        assert_eq!(parsed.problems.len(), 1);
        assert!(parsed.believes(&Problem::value("a", "", ""), &source));
        assert!(!parsed.believes(&Problem::value("b.3", "", ""), &source));
        assert!(!parsed.believes(&Problem::missing("", "", ""), &source));
    }
}
