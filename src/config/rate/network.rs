//! `[network]` of a rate network as written.

use std::path::Path;

use super::{Quantity, Range, Section, Whole, text, time};
use crate::config::array_file::{ArrayFile, array};
use crate::config::choice::Choice;
use crate::config::echo::Echo;
use crate::config::number::Number;
use crate::config::problem::Problem;
use crate::config::tree::{Table, Value};

/// The most neurons.
const SIZE_MAX: u64 = (1 << 31) - 1;

/// [network]
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    pub(crate) size: Option<u32>,
    pub(crate) tau: Option<Quantity>,
    pub(crate) input: Option<f64>,
    pub(crate) strength: Option<f64>,
    /// "exponential" or "rk4".
    pub(crate) integrator: Option<&'static str>,
    pub(crate) gain: Gain,
    pub(crate) coupling: Option<Coupling>,
}

/// gain
#[derive(Clone, Debug, Default)]
pub(crate) struct Gain {
    /// "relu", "saturating", "tanh" or "sigmoid".
    pub(crate) kind: Option<&'static str>,
    pub(crate) slope: Option<f64>,
    pub(crate) threshold: Option<f64>,
    pub(crate) maximum: Option<f64>,
}

/// coupling
#[derive(Clone, Debug)]
pub(crate) enum Coupling {
    /// A sum over patterns; `b` where it is written.
    Hebbian { b: Option<f64> },
    /// One weight for all.
    Uniform,
    /// Drawn.
    Gaussian,
    /// A matrix, `None`: not readable.
    File(Option<ArrayFile>),
}

const INTEGRATOR: Choice = Choice { options: &["exponential", "rk4"], later: &[] };
const GAIN: Choice = Choice { options: &["relu", "saturating", "tanh", "sigmoid"], later: &[] };
const COUPLING: Choice = Choice { options: &["hebbian", "uniform", "gaussian", "file"], later: &[] };

const fn number(range: Range, example: &'static str) -> Number {
    Number { range, example }
}

pub(super) fn read(root: &mut Section<'_, '_>, directory: &Path) -> Network {
    if !root.has("network") {
        let message = "there is no [network]";
        root.problem(Problem::missing("", message, "add [network] with size, tau, gain, coupling, strength"));
    }
    let Some(table) = root.table("network") else { return Network::default() };
    let mut section = Section::new("network", table, root.problems);
    let size = section.required("size", &Whole { least: 1, most: SIZE_MAX, example: 2000 });
    let size = size.and_then(|size| u32::try_from(size).ok());
    let tau = section.required("tau", &time(Range::Positive, "10 ms"));
    let input = section.or("input", &number(Range::Any, "0.0"), float(0.0));
    let gain = gain(&mut section);
    let coupling = coupling(&mut section, directory, size);
    let strength = number(Range::Any, "2.0");
    let strength = match coupling {
        // A stored matrix is what it is unless it is scaled.
        Some(Coupling::File(_)) => section.or("strength", &strength, float(1.0)),
        None => section.optional("strength", &strength),
        _ => section.required("strength", &strength),
    };
    let integrator = section.or("integrator", &INTEGRATOR, text("exponential"));
    let echo = section.finish();
    root.put("network", Echo::Table(echo));
    Network { size, tau, input, strength, integrator, gain, coupling }
}

fn gain(section: &mut Section<'_, '_>) -> Gain {
    if !section.has("gain") {
        section.missing("gain", "{ kind = \"tanh\" }");
    }
    let Some(table) = section.table("gain") else { return Gain::default() };
    let mut inner = Section::new("network.gain", table, section.problems);
    let kind = inner.required("kind", &GAIN);
    let slope = inner.or("slope", &number(Range::Positive, "1.0"), float(1.0));
    let threshold = inner.or("threshold", &number(Range::Any, "0.0"), float(0.0));
    let maximum = match kind {
        Some(kind @ ("relu" | "tanh")) => {
            let maximum = inner.optional("maximum", &number(Range::Positive, "1.0"));
            if maximum.is_some_and(|maximum| maximum != 1.0) {
                let message =
                    format!("`network.gain.maximum` belongs to \"saturating\" and \"sigmoid\", not to \"{kind}\"");
                inner.problem(Problem::key("network.gain.maximum", message, "leave it out"));
            }
            Some(1.0)
        }
        _ => inner.or("maximum", &number(Range::Positive, "1.0"), float(1.0)),
    };
    let echo = inner.finish();
    section.put("gain", Echo::Table(echo));
    Gain { kind, slope, threshold, maximum }
}

fn coupling(section: &mut Section<'_, '_>, directory: &Path, size: Option<u32>) -> Option<Coupling> {
    if !section.has("coupling") {
        section.missing("coupling", "{ kind = \"hebbian\" }");
    }
    let table: &Table = section.table("coupling")?;
    let mut inner = Section::new("network.coupling", table, section.problems);
    let kind = inner.required("kind", &COUPLING);
    if kind.is_some_and(|kind| kind != "hebbian") {
        inner.misplaced("b", "the \"hebbian\" coupling");
    }
    if kind.is_some_and(|kind| kind != "file") {
        ["file", "file_hash"].into_iter().for_each(|key| inner.misplaced(key, "the \"file\" coupling"));
    }
    let coupling = match kind {
        Some("hebbian") => Some(Coupling::Hebbian { b: inner.optional("b", &number(Range::Any, "0.1")) }),
        Some("uniform") => Some(Coupling::Uniform),
        Some("gaussian") => Some(Coupling::Gaussian),
        Some(_) => {
            if !inner.has("file") {
                inner.missing("file", "\"weights.npy\"");
            }
            let due = size.map(|size| vec![size as usize; 2]);
            Some(Coupling::File(array(&mut inner, directory, ["file", "file_hash"], due.as_deref())))
        }
        None => {
            inner.known(&["b", "file", "file_hash"]);
            None
        }
    };
    let echo = inner.finish();
    section.put("coupling", Echo::Table(echo));
    coupling
}

pub(super) fn float(value: f64) -> Value {
    Value::Float { text: value.to_string(), value }
}
