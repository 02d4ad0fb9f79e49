//! The configuration of a spiking network as written. `None` is what could not be read, and is reported already.

mod coupling;
mod guard;
mod projections;
mod protocol;
mod record;
mod stimuli;

use super::echo::{Echo, EchoTable};
use super::kinds::{Kind, Range, Whole, potential, time};
use super::patterns::{self, Patterns};
use super::problem::Problem;
use super::section::{Section, as_table, neutral};
use super::tree::{Node, Value, quoted};
use super::trials;
use crate::units::Quantity;

pub(crate) use coupling::{Coupling, CouplingForm};
pub(crate) use guard::Guard;
pub(crate) use projections::{Connections, Jump, Projection, ProjectionKind, Representation};
pub(crate) use protocol::{Action, Entry, Which};
pub(crate) use record::{Neurons, Record, Spikes, Voltages};
use std::path::Path;
pub(crate) use stimuli::{Stimulus, Target};

/// The longest name of a population, in characters.
const NAME_CHARACTERS_MAX: usize = 100;

/// What is not written of patterns.
const PATTERNS: patterns::Defaults =
    patterns::Defaults { activity: "0.1", exact: true, population: Some("excitatory") };

/// A spiking network, its run and its record.
#[derive(Clone, Debug)]
pub(crate) struct Spiking {
    pub(crate) seed: Option<u64>,
    pub(crate) dt: Option<Quantity>,
    pub(crate) duration: Option<Quantity>,
    /// `None`: there are none.
    pub(crate) patterns: Option<Patterns>,
    /// `None`: not readable, so that no name can be called unknown.
    pub(crate) populations: Option<Vec<Population>>,
    pub(crate) projections: Vec<Projection>,
    pub(crate) stimuli: Vec<Stimulus>,
    pub(crate) protocol: Vec<Entry>,
    pub(crate) guard: Guard,
    pub(crate) trials: Option<u64>,
    pub(crate) record: Record,
}

/// [populations.NAME]
#[derive(Clone, Debug, Default)]
pub(crate) struct Population {
    pub(crate) name: String,
    pub(crate) size: Option<u32>,
    pub(crate) tau_m: Option<Quantity>,
    pub(crate) threshold: Option<Quantity>,
    pub(crate) reset: Option<Quantity>,
    pub(crate) refractory: Option<Quantity>,
    pub(crate) drive: Option<Quantity>,
    pub(crate) noise: Option<Quantity>,
    pub(crate) initial_low: Option<Quantity>,
    pub(crate) initial_high: Option<Quantity>,
}

/// Reads everything but `model`, which chose this.
pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path) -> Spiking {
    let seed = root.or("seed", &Whole { least: 0, most: u64::MAX, example: 1 }, integer(1));
    let dt = root.or("dt", &time(Range::Positive, "0.1 ms"), text("0.1 ms"));
    let duration = root.required("duration", &time(Range::Positive, "1 s"));
    let patterns = patterns::read(root, directory, PATTERNS);
    let populations = populations(root);
    let count = patterns.as_ref().map_or(Some(0), Patterns::count);
    let projections = projections::read(root, directory, count);
    let stimuli = stimuli::read(root);
    let record = record::read(root, populations.as_deref(), duration.as_ref());
    let protocol = protocol::read(root);
    let guard = guard::read(root);
    let trials = trials::read(root);
    for key in ["sweeps", "network", "start"] {
        root.misplaced(key, "hopfield and rate networks, which are not there yet");
    }
    Spiking { seed, dt, duration, patterns, populations, projections, stimuli, protocol, guard, trials, record }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn integer(value: u64) -> Value {
    Value::Integer { text: value.to_string(), value: Some(i128::from(value)) }
}

fn populations(root: &mut Section<'_, '_>) -> Option<Vec<Population>> {
    if !root.has("populations") {
        let message = "there is no population";
        root.problem(Problem::missing("", message, "add [populations.excitatory] with size, tau_m, threshold, .."));
    }
    let table = root.table("populations")?;
    if table.entries.is_empty() {
        let label = "add [populations.excitatory] with size, tau_m, threshold, ..";
        root.problem(Problem::value("populations", "there is no population", label));
        return None;
    }
    let mut echo = EchoTable::default();
    let mut populations = Vec::with_capacity(table.entries.len());
    for (name, node) in &table.entries {
        let (population, population_echo) = population(name, node, root.problems);
        echo.put(name, Echo::Table(population_echo));
        populations.push(population);
    }
    root.put("populations", Echo::Table(echo));
    Some(populations)
}

fn population(name: &str, node: &Node, problems: &mut Vec<Problem>) -> (Population, EchoTable) {
    let nameless = Population { name: name.to_owned(), ..Population::default() };
    let is_part_of_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX || !name.chars().all(is_part_of_name) {
        let place = super::problem::Place::Span(node.key.unwrap_or(node.span));
        let message = format!("{} cannot be the name of a population", quoted(name));
        problems.push(Problem::new(place, message, "letters, digits, `_` and `-` make a name"));
        return (nameless, EchoTable::default());
    }
    let path = format!("populations.{name}");
    let Some(table) = as_table(node, &path, problems) else { return (nameless, EchoTable::default()) };
    let mut section = Section::new(path, table, problems);
    let any = Range::Any;
    let size = section.required("size", &Whole { least: 1, most: (1 << 31) - 1, example: 8000 });
    let tau_m = constant(&mut section, "tau_m", &time(Range::Positive, "20 ms"), None);
    let threshold = constant(&mut section, "threshold", &potential(any, "20 mV"), None);
    let reset = section.required("reset", &potential(any, "10 mV"));
    let refractory = section.required("refractory", &time(Range::NotNegative, "5 ms"));
    let drive = constant(&mut section, "drive", &potential(any, "0 mV"), Some("0 mV"));
    let noise = section.or("noise", &potential(Range::NotNegative, "4 mV"), text("0 mV"));
    let (initial_low, initial_high) = initial(&mut section, reset.as_ref());
    for key in ["poisson", "escape", "adaptation"] {
        section.later(key, neutral::never);
    }
    let size = size.and_then(|size| u32::try_from(size).ok());
    let name = name.to_owned();
    let population =
        Population { name, size, tau_m, threshold, reset, refractory, drive, noise, initial_low, initial_high };
    (population, section.finish())
}

/// A quantity that later versions also draw from a distribution.
fn constant<K: Kind>(
    section: &mut Section<'_, '_>,
    key: &'static str,
    kind: &K,
    default: Option<&str>,
) -> Option<K::Value> {
    let path = section.path_of(key);
    if section.is_table(key) {
        section.node(key);
        let message = format!("`{path}` as a distribution {{ mean, sd }} is not there yet");
        section.problem(Problem::value(path, message, format!("write one value, such as {}", kind.example())));
        return None;
    }
    match default {
        Some(default) => section.or(key, kind, text(default)),
        None => section.required(key, kind),
    }
}

/// Lower and upper end of the initial potential: { low, high }, or one potential for both.
fn initial(section: &mut Section<'_, '_>, reset: Option<&Quantity>) -> (Option<Quantity>, Option<Quantity>) {
    let kind = potential(Range::Any, "0 mV");
    let path = section.path_of("initial");
    if section.has("initial") && !section.is_table("initial") {
        let both = section.required("initial", &kind);
        return (both.clone(), both);
    }
    let is_written = section.has("initial");
    let empty = super::tree::Table::default();
    let table = section.table("initial").unwrap_or(&empty);
    let mut inner = Section::new(path, table, section.problems);
    // Between 0 mV and reset, whichever is higher.
    let below = reset.filter(|reset| !is_written && reset.decimal().is_negative());
    let low = inner.or("low", &kind, text(below.map_or("0 mV", Quantity::text)));
    let high = match (inner.has("high"), below, reset) {
        (false, Some(_), _) => inner.or("high", &kind, text("0 mV")),
        (false, None, Some(reset)) => inner.or("high", &kind, text(reset.text())),
        // Without a reset there is no default, and the missing reset is reported.
        _ => inner.optional("high", &kind),
    };
    let echo = inner.finish();
    section.put("initial", Echo::Table(echo));
    (low, high)
}
