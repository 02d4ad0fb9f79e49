//! `[[protocol]]` as written: what is learned and forgotten, and when.

use super::{Range, Section, time};
use crate::config::choice::Choice;
use crate::config::echo::Echo;
use crate::config::kinds::{Kind, Physical, Whole};
use crate::config::problem::Problem;
use crate::config::tree::{Node, Value};
use crate::units::{Dimension, Quantity};

/// One entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) at: Option<Quantity>,
    pub(crate) action: Option<Action>,
}

/// What is done.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// A pattern is learned.
    Learn { window: Option<Quantity>, above: Option<Quantity> },
    /// A pattern is forgotten.
    Forget(Option<Which>),
}

/// Which pattern is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Number(u64),
    Oldest,
}

const ACTION: Choice = Choice { options: &["learn", "forget"], later: &[] };
const ABOVE: Physical = Physical { dimension: Dimension::Rate, range: Range::NotNegative, example: "20 Hz" };

pub(super) fn read(root: &mut Section<'_, '_>) -> Vec<Entry> {
    root.each("protocol", entry)
}

fn entry(section: &mut Section<'_, '_>) -> Entry {
    let at = section.required("at", &time(Range::Positive, "1 s"));
    let action = match section.required("action", &ACTION) {
        Some("learn") => {
            section.misplaced("pattern", "\"forget\", and this learns: the pattern gets the next number");
            Some(Action::Learn {
                window: section.required("window", &time(Range::Positive, "100 ms")),
                above: section.required("above", &ABOVE),
            })
        }
        Some(_) => {
            ["window", "above"].into_iter().for_each(|key| section.misplaced(key, "\"learn\", and this forgets"));
            Some(Action::Forget(section.required("pattern", &Which::Oldest)))
        }
        None => {
            section.known(&["window", "above", "pattern"]);
            None
        }
    };
    Entry { at, action }
}

/// A number of a pattern, or "oldest".
impl Kind for Which {
    type Value = Self;

    fn read(&self, node: &Node, path: &str) -> Result<Self, Problem> {
        match &node.value {
            Value::Text(text) if text == "oldest" => Ok(Self::Oldest),
            Value::Text(_) => {
                let message = format!("`{path}` is the number of a pattern or \"oldest\", not {}", node.describe());
                Err(Problem::value(path, message, "write a number such as 0, or \"oldest\""))
            }
            _ => Whole { least: 0, most: u64::MAX, example: 0 }.read(node, path).map(Self::Number),
        }
    }

    fn echo(&self, value: &Self) -> Echo {
        match value {
            Self::Number(number) => Echo::Integer(i128::from(*number)),
            Self::Oldest => Echo::Text("oldest".into()),
        }
    }

    fn example(&self) -> String {
        "\"oldest\"".into()
    }
}
