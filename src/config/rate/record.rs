//! `[record]` of a rate network as written.

use super::{Quantity, Range, Section, Whole, text, time};
use crate::config::echo::Echo;
use crate::config::kinds::{Kind, TimeOrOff};
use crate::config::problem::Problem;
use crate::config::tree::{Node, Table, Value};

/// What is recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// `Some(None)`: off.
    pub(crate) overlaps: Option<Option<Quantity>>,
    /// `Some(None)`: off.
    pub(crate) rates: Option<Option<Quantity>>,
    pub(crate) neurons: Option<Neurons>,
    /// `None` too where nobody is recorded.
    pub(crate) every: Option<Quantity>,
}

/// Whose rates.
#[derive(Clone, Debug)]
pub(crate) enum Neurons {
    /// The first so many.
    Count(u64),
    /// These.
    List(Vec<u64>),
}

const BIN: TimeOrOff = TimeOrOff(time(Range::Positive, "1 ms"));
const COUNT: Whole = Whole { least: 0, most: u64::MAX, example: 10 };
const SPIKING: &str = "spiking networks, and this is a rate network";

pub(super) fn read(root: &mut Section<'_, '_>) -> Record {
    let empty = Table::default();
    let table = root.table("record").unwrap_or(&empty);
    let mut section = Section::new("record", table, root.problems);
    let overlaps = section.or("overlaps", &BIN, text("1 ms"));
    let rates = section.or("rates", &BIN, text("1 ms"));
    let neurons = section.or("neurons", &Chosen, Value::List(Vec::new()));
    let every = time(Range::Positive, "1 ms");
    let every = match &neurons {
        // Where nobody is recorded the default need not fit.
        Some(Neurons::Count(0)) => section.optional("every", &every),
        Some(Neurons::List(list)) if list.is_empty() => section.optional("every", &every),
        _ => section.or("every", &every, text("1 ms")),
    };
    for key in ["spikes", "reference_rate", "compression"] {
        section.misplaced(key, SPIKING);
    }
    section.misplaced("voltages", "spiking networks: `record.neurons` records the rates of chosen neurons");
    section.later("checkpoint", |value| matches!(value, Value::Text(text) if text == "off"));
    section.put("checkpoint", Echo::Text("off".into()));
    let echo = section.finish();
    root.put("record", Echo::Table(echo));
    Record { overlaps, rates, neurons, every }
}

/// A list of numbers of neurons, or how many of the first ones.
struct Chosen;

impl Kind for Chosen {
    type Value = Neurons;

    fn read(&self, node: &Node, path: &str) -> Result<Neurons, Problem> {
        match &node.value {
            Value::Integer { .. } => COUNT.read(node, path).map(Neurons::Count),
            Value::List(items) => {
                let numbers = items.iter().enumerate().map(|(at, item)| COUNT.read(item, &format!("{path}.{at}")));
                numbers.collect::<Result<_, _>>().map(Neurons::List)
            }
            _ => {
                let message =
                    format!("`{path}` is a list of numbers of neurons, or their number, not {}", node.describe());
                Err(Problem::value(path, message, "write it as [0, 1, 2], or as 3"))
            }
        }
    }

    fn echo(&self, value: &Neurons) -> Echo {
        match value {
            Neurons::Count(count) => Echo::Integer(i128::from(*count)),
            Neurons::List(list) => Echo::List(list.iter().map(|&number| Echo::Integer(i128::from(number))).collect()),
        }
    }

    fn example(&self) -> String {
        "[0, 1, 2]".into()
    }
}
