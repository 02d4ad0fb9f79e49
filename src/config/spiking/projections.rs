//! `[[projections]]` as written.

use super::{Range, Section, neutral, potential, text, time};
use crate::config::choice::Choice;
use crate::config::echo::Echo;
use crate::config::kinds::{Flag, Name};
use crate::config::problem::Problem;
use crate::config::tree::{Table, Value};
use crate::units::Quantity;

/// What a projection counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProjectionKind {
    Hebbian,
    Global,
}

/// How the jump that a spike gives is written.
#[derive(Clone, Debug)]
pub(crate) enum Jump {
    /// N_from times the jump.
    Strength(Quantity),
    /// The jump itself.
    Weight(Quantity),
}

/// One projection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Projection {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) kind: Option<ProjectionKind>,
    pub(crate) jump: Option<Jump>,
    pub(crate) tau_syn: Option<Quantity>,
    pub(crate) delay: Option<Quantity>,
    pub(crate) scaled_by_memberships: Option<bool>,
    pub(crate) autapses: Option<bool>,
}

pub(super) const POPULATION: Name = Name { what: "the name of a population", example: "excitatory" };
const KIND: Choice = Choice { options: &["hebbian", "global"], later: &["random"] };
const SCALED_BY: Choice = Choice { options: &["none", "memberships"], later: &[] };

pub(super) fn read(root: &mut Section<'_, '_>) -> Vec<Projection> {
    let mut echo = Vec::new();
    let mut projections = Vec::new();
    for (path, table) in root.tables("projections") {
        let Some(table) = table else {
            projections.push(Projection::default());
            continue;
        };
        let mut section = Section::new(path, table, root.problems);
        projections.push(projection(&mut section, table));
        echo.push(Echo::Table(section.finish()));
    }
    root.put("projections", Echo::List(echo));
    projections
}

fn projection(section: &mut Section<'_, '_>, table: &Table) -> Projection {
    let projection = Projection {
        from: section.required("from", &POPULATION),
        to: section.required("to", &POPULATION),
        kind: section.required("kind", &KIND).map(|kind| match kind {
            "hebbian" => ProjectionKind::Hebbian,
            _ => ProjectionKind::Global,
        }),
        jump: jump(section),
        tau_syn: section.or("tau_syn", &time(Range::NotNegative, "5 ms"), text("0 ms")),
        delay: section.required("delay", &time(Range::Positive, "1 ms")),
        scaled_by_memberships: section.or("scaled_by", &SCALED_BY, text("none")).map(|scale| scale == "memberships"),
        autapses: section.or("autapses", &Flag, Value::Boolean(false)),
    };
    // What only `random` has is part of that one message.
    let is_random = matches!(table.get("kind").map(|node| &node.value), Some(Value::Text(kind)) if kind == "random");
    let indegree = if is_random { |_: &Value| true } else { neutral::never };
    section.later("indegree", indegree);
    section.later("connection_probability", neutral::one);
    section.later("multapses", neutral::off);
    section.later("rule", is_plain_rule);
    section.later("coupling", |value| matches!(value, Value::Text(text) if text == "auto"));
    section.later("cycle", neutral::off);
    for key in ["clip", "strengths", "fade"] {
        section.later(key, neutral::never);
    }
    projection
}

/// { a = 0, b = 0 }: the plain Hebbian weight.
fn is_plain_rule(value: &Value) -> bool {
    let is_zero = |value: &Value| match value {
        Value::Float { value, .. } => *value == 0.0,
        Value::Integer { value, .. } => *value == Some(0),
        _ => false,
    };
    matches!(value, Value::Table(table)
        if table.entries.iter().all(|(key, node)| (key == "a" || key == "b") && is_zero(&node.value)))
}

/// Exactly one of strength and weight.
fn jump(section: &mut Section<'_, '_>) -> Option<Jump> {
    let path = section.path.clone();
    let (strength, weight) = (section.has("strength"), section.has("weight"));
    let strength_value = section.optional("strength", &potential(Range::Any, "100 mV"));
    let weight_value = section.optional("weight", &potential(Range::Any, "0.1 mV"));
    match (strength, weight) {
        (true, false) => strength_value.map(Jump::Strength),
        (false, true) => weight_value.map(Jump::Weight),
        (true, true) => {
            let message = format!("`{path}` has both `strength` and `weight`");
            let help = "strength is the jump a spike gives times the number of source neurons, weight the jump itself";
            section.problem(Problem::key(format!("{path}.weight"), message, "leave one of the two out").help(help));
            None
        }
        (false, false) => {
            let message = format!("`{path}` has neither `strength` nor `weight`");
            let help = "strength is the jump a spike gives times the number of source neurons, weight the jump itself";
            section.problem(
                Problem::missing(path, message, "add strength = \"100 mV\" or weight = \"0.1 mV\"").help(help),
            );
            None
        }
    }
}
