//! What neurons of a population have for themselves, as written: distributed parameters, Poisson input, escape noise,
//! adaptation.

use super::{Range, Section, potential, text, time};
use crate::config::echo::Echo;
use crate::config::kinds::Physical;
use crate::units::{Dimension, Quantity};

/// A quantity that may differ between neurons.
#[derive(Clone, Debug)]
pub(crate) struct Distributed {
    /// Its mean; of all neurons, where there is no `sd`.
    pub(crate) mean: Quantity,
    /// Its standard deviation.
    pub(crate) sd: Option<Quantity>,
}

impl Distributed {
    /// The standard deviation as a number.
    pub(crate) fn sd(&self) -> f64 {
        self.sd.as_ref().map_or(0.0, Quantity::value)
    }
}

/// `poisson = { rate, weight, tau_syn }`.
#[derive(Clone, Debug)]
pub(crate) struct Poisson {
    pub(crate) rate: Option<Quantity>,
    pub(crate) weight: Option<Quantity>,
    pub(crate) tau_syn: Option<Quantity>,
}

/// `escape = { rate, width }`.
#[derive(Clone, Debug)]
pub(crate) struct Escape {
    pub(crate) rate: Option<Quantity>,
    pub(crate) width: Option<Quantity>,
}

/// `adaptation = { jump, tau }`.
#[derive(Clone, Debug)]
pub(crate) struct Adaptation {
    pub(crate) jump: Option<Quantity>,
    pub(crate) tau: Option<Quantity>,
}

/// One value for all neurons, or `{ mean, sd }`.
pub(super) fn distributed(
    section: &mut Section<'_, '_>,
    key: &'static str,
    kind: &Physical,
    default: Option<&str>,
) -> Option<Distributed> {
    if section.is_table(key) {
        let spread = Physical { range: Range::NotNegative, ..*kind };
        let read = |inner: &mut Section<'_, '_>| (inner.required("mean", kind), inner.required("sd", &spread));
        let (mean, sd) = inner(section, key, read)?;
        return Some(Distributed { mean: mean?, sd: Some(sd?) });
    }
    let value = match default {
        Some(default) => section.or(key, kind, text(default)),
        None => section.required(key, kind),
    };
    value.map(|mean| Distributed { mean, sd: None })
}

pub(super) fn poisson(section: &mut Section<'_, '_>) -> Option<Poisson> {
    inner(section, "poisson", |inner| Poisson {
        rate: inner.required("rate", &rate(Range::NotNegative, "1000 Hz")),
        weight: inner.required("weight", &potential(Range::Any, "0.1 mV")),
        tau_syn: inner.or("tau_syn", &time(Range::NotNegative, "5 ms"), text("0 ms")),
    })
}

pub(super) fn escape(section: &mut Section<'_, '_>) -> Option<Escape> {
    inner(section, "escape", |inner| Escape {
        rate: inner.required("rate", &rate(Range::Positive, "125 Hz")),
        width: inner.required("width", &potential(Range::Positive, "2 mV")),
    })
}

pub(super) fn adaptation(section: &mut Section<'_, '_>) -> Option<Adaptation> {
    inner(section, "adaptation", |inner| Adaptation {
        jump: inner.required("jump", &potential(Range::Any, "1 mV")),
        tau: inner.required("tau", &time(Range::Positive, "200 ms")),
    })
}

const fn rate(range: Range, example: &'static str) -> Physical {
    Physical { dimension: Dimension::Rate, range, example }
}

/// A table within a section, if it is there.
fn inner<T>(
    section: &mut Section<'_, '_>,
    key: &'static str,
    read: impl FnOnce(&mut Section<'_, '_>) -> T,
) -> Option<T> {
    let path = section.path_of(key);
    let table = section.table(key)?;
    let mut inner = Section::new(path, table, section.problems);
    let value = read(&mut inner);
    let echo = inner.finish();
    section.put(key, Echo::Table(echo));
    Some(value)
}
