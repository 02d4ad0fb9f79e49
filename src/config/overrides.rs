//! Overrides: `--set path.to.key=value` puts a value into the tree of the file.

use std::str::FromStr;

use super::problem::{Place, Problem};
use super::source::{Source, Span};
use super::syntax;
use super::tree::{Node, Origin, Table, Value, quoted};

/// The longest path, in keys.
const PATH_KEYS_MAX: usize = 16;

/// A value given on the command line, which replaces or adds to what the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Dotted path; items of a list by number.
    pub key: String,
    /// TOML, or else a bare text.
    pub value: String,
}

/// An argument that is not `path.to.key=value`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{argument}` is not of the form path.to.key=value")]
pub struct OverrideError {
    argument: String,
}

impl FromStr for Override {
    type Err = OverrideError;

    fn from_str(argument: &str) -> Result<Self, OverrideError> {
        let error = || OverrideError { argument: argument.to_owned() };
        let (key, value) = argument.split_once('=').ok_or_else(error)?;
        if key.split('.').any(|segment| segment.trim().is_empty()) {
            return Err(error());
        }
        Ok(Self { key: key.trim().to_owned(), value: value.trim().to_owned() })
    }
}

impl Override {
    /// The argument as a source: one line, numbered among the arguments from 1.
    pub(super) fn source(&self, number: usize) -> Source {
        // One byte for one byte, so that places stay what they are.
        let text = format!("{}={}", self.key, self.value).replace(['\n', '\r'], " ");
        Source::new("--set", text, number)
    }

    /// Puts the value into `tree`. `number` is that of its source.
    pub(super) fn apply(&self, number: u32, tree: &mut Table, problems: &mut Vec<Problem>) {
        let key_span = Span::new(number, 0, self.key.len());
        let origin = Origin { source: number, offset: self.key.len() + 1 };
        let text_span = origin.span(0..self.value.len());
        let mut node = syntax::read_value(&self.value, origin, problems).unwrap_or_else(|| Node {
            key: None,
            span: text_span,
            value: Value::Text(self.value.clone()),
        });
        node.key = Some(key_span);
        let segments: Vec<&str> = self.key.split('.').map(str::trim).collect();
        if segments.len() > PATH_KEYS_MAX || segments.contains(&"") {
            let label = "write path.to.key=value";
            problems.push(Problem::new(Place::Span(key_span), "this is not the path of a key", label));
            return;
        }
        if let Err((message, label)) = insert(tree, &segments, node) {
            problems.push(Problem::new(Place::Span(key_span), message, label));
        }
    }
}

/// Goes down `segments`, adding tables where there are none, and puts `node` at their end.
fn insert(tree: &mut Table, segments: &[&str], node: Node) -> Result<(), (String, String)> {
    let Some((first, rest)) = segments.split_first() else { return Ok(()) };
    let added_at = node.key.unwrap_or(node.span);
    let mut place = tree.entry(first, added_at);
    let mut path = (*first).to_owned();
    for segment in rest {
        place = match &mut place.value {
            Value::Table(table) => table.entry(segment, added_at),
            Value::List(items) => {
                let count = items.len();
                let item = segment.parse::<usize>().ok().and_then(|number| items.get_mut(number));
                item.ok_or_else(|| no_item(&path, count, segment))?
            }
            _ => {
                let message = format!("{} is a single value, so it has no {}", quoted(&path), quoted(segment));
                return Err((message, "a path goes through tables and lists".into()));
            }
        };
        path = format!("{path}.{segment}");
    }
    *place = node;
    Ok(())
}

fn no_item(path: &str, count: usize, segment: &str) -> (String, String) {
    let message = format!("`{path}` is a list of {count} items, and {} is not the number of one", quoted(segment));
    let label = match count {
        0 => "it is empty".to_owned(),
        _ => format!("its items are numbered 0 to {}", count - 1),
    };
    (message, label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_at_the_first_equals_sign() {
        let parsed: Override = "a.b = x=y".parse().unwrap();
        assert_eq!(parsed, Override { key: "a.b".into(), value: "x=y".into() });
        for argument in ["a", "=1", "a..b=1", ".=1", ""] {
            assert!(argument.parse::<Override>().is_err(), "{argument}");
        }
    }
}
