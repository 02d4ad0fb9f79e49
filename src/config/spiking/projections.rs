//! `[[projections]]` as written.

use super::coupling::{self, Coupling};
use super::{Range, Section, potential, text, time};
use crate::config::choice::Choice;
use crate::config::kinds::{Flag, Fraction, Name, Whole};
use crate::config::problem::Problem;
use crate::config::section::neutral;
use crate::config::tree::Value;
use crate::units::Quantity;
use std::path::Path;

/// What a projection counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProjectionKind {
    Hebbian,
    Global,
    Random,
}

/// How many of the pairs are connected, as written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Connections {
    /// Each by itself with a probability.
    Probability(f64),
    /// So many sources a target, the same one more than once perhaps.
    Indegree { count: u32, multapses: bool },
}

/// Where the connections are while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    Auto,
    Procedural,
    Stored,
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
    /// Of a Hebbian projection.
    pub(crate) coupling: Option<Coupling>,
    pub(crate) jump: Option<Jump>,
    pub(crate) tau_syn: Option<Quantity>,
    pub(crate) delay: Option<Quantity>,
    pub(crate) scaled_by_memberships: Option<bool>,
    pub(crate) autapses: Option<bool>,
    pub(crate) connections: Option<Connections>,
    /// `Some(None)`: no limit.
    pub(crate) clip: Option<Option<u32>>,
    pub(crate) representation: Option<Representation>,
}

pub(super) const POPULATION: Name = Name { what: "the name of a population", example: "excitatory" };
const KIND: Choice = Choice { options: &["hebbian", "global", "random"], later: &[] };
const SCALED_BY: Choice = Choice { options: &["none", "memberships"], later: &[] };
const REPRESENTATION: Choice = Choice { options: &["auto", "procedural", "stored"], later: &[] };
const COUNT: Whole = Whole { least: 1, most: (1 << 31) - 1, example: 1000 };

/// Reads all; `count` is the number of patterns, as far as known.
pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path, count: Option<u64>) -> Vec<Projection> {
    root.each("projections", |section| projection(section, (directory, count)))
}

fn projection(section: &mut Section<'_, '_>, (directory, count): (&Path, Option<u64>)) -> Projection {
    let (from, to) = (section.required("from", &POPULATION), section.required("to", &POPULATION));
    let kind = section.required("kind", &KIND).map(|kind| match kind {
        "hebbian" => ProjectionKind::Hebbian,
        "random" => ProjectionKind::Random,
        _ => ProjectionKind::Global,
    });
    let coupling = match kind {
        Some(ProjectionKind::Hebbian) => Some(coupling::read(section, directory, count)),
        Some(_) => {
            coupling::refuse(section);
            None
        }
        None => {
            coupling::overlook(section);
            None
        }
    };
    Projection {
        from,
        to,
        kind,
        coupling,
        jump: jump(section),
        tau_syn: section.or("tau_syn", &time(Range::NotNegative, "5 ms"), text("0 ms")),
        delay: section.required("delay", &time(Range::Positive, "1 ms")),
        scaled_by_memberships: section.or("scaled_by", &SCALED_BY, text("none")).map(|scale| scale == "memberships"),
        autapses: section.or("autapses", &Flag, Value::Boolean(false)),
        connections: connections(section, kind),
        clip: clip(section, kind),
        representation: section.or("representation", &REPRESENTATION, text("auto")).map(|written| match written {
            "procedural" => Representation::Procedural,
            "stored" => Representation::Stored,
            _ => Representation::Auto,
        }),
    }
}

/// How many pairs are connected: all unless something is written; of a random projection something must be.
fn connections(section: &mut Section<'_, '_>, kind: Option<ProjectionKind>) -> Option<Connections> {
    let path = section.path.clone();
    let is_random = kind == Some(ProjectionKind::Random);
    if !is_random {
        let belongs = "projections of kind = \"random\"";
        section.misplaced("indegree", belongs);
        section.misplaced_unless("multapses", belongs, neutral::off);
    }
    if is_random && section.has("indegree") {
        let count = section.optional("indegree", &COUNT).and_then(|count| u32::try_from(count).ok());
        let multapses = section.or("multapses", &Flag, Value::Boolean(false));
        if section.has("connection_probability") {
            section.known(&["connection_probability"]);
            let message = format!("`{path}` has both `indegree` and `connection_probability`");
            let label = "leave one of the two out";
            section.problem(Problem::key(format!("{path}.connection_probability"), message, label));
            return None;
        }
        return Some(Connections::Indegree { count: count?, multapses: multapses? });
    }
    if is_random {
        if section.has("multapses") {
            section.misplaced_unless("multapses", "projections with `indegree`", neutral::off);
        }
        if !section.has("connection_probability") {
            let message = format!("`{path}` has neither `connection_probability` nor `indegree`");
            let label = "add connection_probability = 0.1 or indegree = 1000";
            section.known(&["connection_probability", "indegree", "multapses"]);
            section.problem(Problem::missing(path, message, label));
            return None;
        }
    }
    let all = Value::Float { text: "1.0".into(), value: 1.0 };
    section.or("connection_probability", &Fraction { example: "0.1" }, all).map(Connections::Probability)
}

/// The most shared patterns that count; only Hebbian projections count any.
fn clip(section: &mut Section<'_, '_>, kind: Option<ProjectionKind>) -> Option<Option<u32>> {
    if kind != Some(ProjectionKind::Hebbian) {
        if kind.is_some() {
            section.misplaced("clip", "projections of kind = \"hebbian\"");
        } else {
            section.known(&["clip"]);
        }
        return Some(None);
    }
    if !section.has("clip") {
        section.known(&["clip"]);
        return Some(None);
    }
    let most = section.optional("clip", &Whole { example: 1, ..COUNT })?;
    u32::try_from(most).ok().map(Some)
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
