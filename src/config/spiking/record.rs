//! `[record]` as written.

use super::projections::POPULATION;
use super::{Population, Range, Section, integer, text, time};
use crate::config::choice::Choice;
use crate::config::echo::Echo;
use crate::config::kinds::{Flag, Kind, Physical, TimeOrOff, Whole};
use crate::config::problem::Problem;
use crate::config::tree::{Node, Table, Value};
use crate::units::{Dimension, Quantity};

/// What is recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) spikes: Spikes,
    /// `Some(None)`: off.
    pub(crate) overlaps: Option<Option<Quantity>>,
    /// `Some(None)`: off.
    pub(crate) rates: Option<Option<Quantity>>,
    pub(crate) reference_rate: Option<Quantity>,
    pub(crate) voltages: Vec<Voltages>,
    pub(crate) deflate: Option<bool>,
}

/// Which spikes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spikes {
    /// The list is at `record.spikes`, not at `record.spikes.populations`.
    pub(crate) is_list: bool,
    pub(crate) populations: Option<Vec<String>>,
    pub(crate) every: Option<u64>,
    /// `None`: from the start.
    pub(crate) start: Option<Quantity>,
    /// `None`: to the end.
    pub(crate) stop: Option<Quantity>,
}

/// The recorded potentials of one population.
#[derive(Clone, Debug, Default)]
pub(crate) struct Voltages {
    pub(crate) population: Option<String>,
    pub(crate) neurons: Option<Neurons>,
    pub(crate) every: Option<Quantity>,
    pub(crate) inputs: Option<bool>,
}

/// Which neurons.
#[derive(Clone, Debug)]
pub(crate) enum Neurons {
    /// The first so many.
    Count(u64),
    /// These.
    List(Vec<u64>),
}

const BIN: TimeOrOff = TimeOrOff(time(Range::Positive, "1 ms"));
const REFERENCE_RATE: Physical = Physical { dimension: Dimension::Rate, range: Range::Positive, example: "40 Hz" };
const COMPRESSION: Choice = Choice { options: &["none", "deflate"], later: &[] };
const COUNT: Whole = Whole { least: 0, most: u64::MAX, example: 10 };

pub(super) fn read(
    root: &mut Section<'_, '_>,
    populations: Option<&[Population]>,
    duration: Option<&Quantity>,
) -> Record {
    let empty = Table::default();
    let table = root.table("record").unwrap_or(&empty);
    let mut section = Section::new("record", table, root.problems);
    let record = Record {
        spikes: spikes(&mut section, populations, duration),
        overlaps: section.or("overlaps", &BIN, text("1 ms")),
        rates: section.or("rates", &BIN, text("1 ms")),
        reference_rate: section.or("reference_rate", &REFERENCE_RATE, text("40 Hz")),
        voltages: voltages(&mut section),
        deflate: section.or("compression", &COMPRESSION, text("none")).map(|compression| compression == "deflate"),
    };
    section.later("checkpoint", |value| matches!(value, Value::Text(text) if text == "off"));
    section.put("checkpoint", Echo::Text("off".into()));
    let echo = section.finish();
    root.put("record", Echo::Table(echo));
    record
}

/// A list of names of populations.
struct Names;

impl Kind for Names {
    type Value = Vec<String>;

    fn read(&self, node: &Node, path: &str) -> Result<Vec<String>, Problem> {
        let Value::List(items) = &node.value else {
            let message = format!("`{path}` is a list of populations, not {}", node.describe());
            return Err(Problem::value(path, message, format!("write it as {}", self.example())));
        };
        items.iter().enumerate().map(|(number, item)| POPULATION.read(item, &format!("{path}.{number}"))).collect()
    }

    fn echo(&self, value: &Vec<String>) -> Echo {
        Echo::List(value.iter().cloned().map(Echo::Text).collect())
    }

    fn example(&self) -> String {
        "[\"excitatory\"]".into()
    }
}

fn spikes(section: &mut Section<'_, '_>, populations: Option<&[Population]>, duration: Option<&Quantity>) -> Spikes {
    let all = || {
        let names = populations.unwrap_or_default().iter().map(|population| population.name.clone());
        names.collect::<Vec<String>>()
    };
    if !section.is_table("spikes") {
        let listed = if section.has("spikes") { section.required("spikes", &Names) } else { Some(all()) };
        if let Some(names) = listed.as_ref().filter(|_| !section.has("spikes")) {
            section.node("spikes");
            section.put("spikes", Names.echo(names));
        }
        return Spikes { is_list: true, populations: listed, every: Some(1), start: None, stop: None };
    }
    let Some(table) = section.table("spikes") else { return Spikes::default() };
    let mut inner = Section::new("record.spikes", table, section.problems);
    let populations = if inner.has("populations") {
        inner.required("populations", &Names)
    } else {
        inner.node("populations");
        inner.put("populations", Names.echo(&all()));
        Some(all())
    };
    let every = inner.or("every", &Whole { least: 1, most: u64::from(u32::MAX), example: 10 }, integer(1));
    let start = inner.or("start", &time(Range::NotNegative, "500 ms"), text("0 ms"));
    let stop = match duration {
        Some(duration) => inner.or("stop", &time(Range::Positive, "1 s"), text(duration.text())),
        None => inner.optional("stop", &time(Range::Positive, "1 s")),
    };
    let echo = inner.finish();
    section.put("spikes", Echo::Table(echo));
    Spikes { is_list: false, populations, every, start, stop }
}

fn voltages(section: &mut Section<'_, '_>) -> Vec<Voltages> {
    section.each("voltages", |inner| Voltages {
        population: inner.required("population", &POPULATION),
        neurons: neurons(inner),
        every: inner.or("every", &time(Range::Positive, "1 ms"), text("1 ms")),
        inputs: inner.or("inputs", &Flag, Value::Boolean(false)),
    })
}

/// A list of numbers of neurons.
struct Numbers;

impl Kind for Numbers {
    type Value = Vec<u64>;

    fn read(&self, node: &Node, path: &str) -> Result<Vec<u64>, Problem> {
        let Value::List(items) = &node.value else {
            let message = format!("`{path}` is a list of numbers of neurons, not {}", node.describe());
            return Err(Problem::value(path, message, "write it as [0, 1, 2]"));
        };
        items.iter().enumerate().map(|(number, item)| COUNT.read(item, &format!("{path}.{number}"))).collect()
    }

    fn echo(&self, value: &Vec<u64>) -> Echo {
        Echo::List(value.iter().map(|&number| Echo::Integer(i128::from(number))).collect())
    }

    fn example(&self) -> String {
        "[0, 1, 2]".into()
    }
}

/// Exactly one of `neurons`, a list or their number, and `count`.
fn neurons(section: &mut Section<'_, '_>) -> Option<Neurons> {
    let path = section.path.clone();
    let (has_list, has_count) = (section.has("neurons"), section.has("count"));
    if has_list && has_count {
        let message = format!("`{path}` has both `neurons` and `count`");
        section.problem(Problem::key(format!("{path}.count"), message, "leave one of the two out"));
    } else if !has_list && !has_count {
        let message = format!("`{path}` has neither `neurons` nor `count`");
        section.problem(Problem::missing(path, message, "add neurons = [0, 1, 2] or count = 3"));
    }
    if section.is_integer("neurons") {
        return section.optional("neurons", &COUNT).map(Neurons::Count).filter(|_| !has_count);
    }
    let list = section.optional("neurons", &Numbers);
    let count = section.optional("count", &COUNT);
    match (has_list, has_count) {
        (true, false) => list.map(Neurons::List),
        (false, true) => count.map(Neurons::Count),
        _ => None,
    }
}
