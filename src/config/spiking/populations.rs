//! `[populations.NAME]` as written.

use super::neurons::{self, Adaptation, Distributed, Escape, Poisson};
use super::{Range, Section, Whole, potential, text, time};
use crate::config::echo::{Echo, EchoTable};
use crate::config::problem::{Place, Problem};
use crate::config::section::as_table;
use crate::config::tree::{Node, Table, quoted};
use crate::units::Quantity;

/// The longest name of a population, in characters.
const NAME_CHARACTERS_MAX: usize = 100;

/// One population.
#[derive(Clone, Debug, Default)]
pub(crate) struct Population {
    pub(crate) name: String,
    pub(crate) size: Option<u32>,
    pub(crate) tau_m: Option<Distributed>,
    pub(crate) threshold: Option<Distributed>,
    pub(crate) reset: Option<Quantity>,
    pub(crate) refractory: Option<Quantity>,
    pub(crate) drive: Option<Distributed>,
    pub(crate) noise: Option<Quantity>,
    pub(crate) initial_low: Option<Quantity>,
    pub(crate) initial_high: Option<Quantity>,
    /// `None`: there is none. The same for the two below.
    pub(crate) poisson: Option<Poisson>,
    pub(crate) escape: Option<Escape>,
    pub(crate) adaptation: Option<Adaptation>,
}

pub(super) fn read(root: &mut Section<'_, '_>) -> Option<Vec<Population>> {
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
        let place = Place::Span(node.key.unwrap_or(node.span));
        let message = format!("{} cannot be the name of a population", quoted(name));
        problems.push(Problem::new(place, message, "letters, digits, `_` and `-` make a name"));
        return (nameless, EchoTable::default());
    }
    let path = format!("populations.{name}");
    let Some(table) = as_table(node, &path, problems) else { return (nameless, EchoTable::default()) };
    let mut section = Section::new(path, table, problems);
    let any = Range::Any;
    let size = section.required("size", &Whole { least: 1, most: (1 << 31) - 1, example: 8000 });
    let tau_m = neurons::distributed(&mut section, "tau_m", &time(Range::Positive, "20 ms"), None);
    let threshold = neurons::distributed(&mut section, "threshold", &potential(any, "20 mV"), None);
    let reset = section.required("reset", &potential(any, "10 mV"));
    let refractory = section.required("refractory", &time(Range::NotNegative, "5 ms"));
    let drive = neurons::distributed(&mut section, "drive", &potential(any, "0 mV"), Some("0 mV"));
    let noise = section.or("noise", &potential(Range::NotNegative, "4 mV"), text("0 mV"));
    let (initial_low, initial_high) = initial(&mut section, reset.as_ref());
    let population = Population {
        name: name.to_owned(),
        size: size.and_then(|size| u32::try_from(size).ok()),
        tau_m,
        threshold,
        reset,
        refractory,
        drive,
        noise,
        initial_low,
        initial_high,
        poisson: neurons::poisson(&mut section),
        escape: neurons::escape(&mut section),
        adaptation: neurons::adaptation(&mut section),
    };
    (population, section.finish())
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
    let empty = Table::default();
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
