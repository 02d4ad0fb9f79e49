//! What the configuration in a results file says that its data do not.

use std::path::Path;

use anyhow::{Context, anyhow};
use attractor::config::{Config, Override};
use attractor::units::{Dimension, Quantity};
use serde_json::Value;

/// Sizes and times of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Facts {
    /// Length of the run, ms.
    pub(super) duration_ms: f64,
    /// Populations, in order: name and number of neurons.
    pub(super) populations: Vec<(String, usize)>,
    /// Spikes are those of one neuron in so many.
    pub(super) every: u64,
    /// Spikes are recorded from here on, ms.
    pub(super) start_ms: f64,
    /// Spikes are recorded up to here, ms.
    pub(super) stop_ms: f64,
}

impl Facts {
    /// Reads them from the configuration as the results file holds it: complete, with every default.
    pub(super) fn read(config: &str) -> anyhow::Result<Self> {
        // The results file holds the patterns; the file that they may have come from need not be on this machine.
        let without = [("patterns", "{ count = 1 }"), ("stimuli", "[]")]
            .map(|(key, value)| Override { key: key.into(), value: value.into() });
        let config = Config::parse(config, "the configuration in the results file", Path::new("."), &without)?;
        let config = config.to_json();
        let duration_ms = time_ms(&config["duration"])?;
        let sizes = config["populations"].as_object().context("the configuration has no populations")?;
        let size = |one: &Value| one["size"].as_u64().context("a population of the configuration has no size");
        let populations = sizes.iter().map(|(name, one)| Ok((name.clone(), size(one)? as usize)));
        let spikes = &config["record"]["spikes"];
        let time = |key: &str, otherwise: f64| match &spikes[key] {
            Value::Null => Ok(otherwise),
            written => time_ms(written),
        };
        Ok(Self {
            duration_ms,
            populations: populations.collect::<anyhow::Result<_>>()?,
            every: spikes["every"].as_u64().unwrap_or(1).max(1),
            start_ms: time("start", 0.0)?,
            stop_ms: time("stop", duration_ms)?,
        })
    }
}

fn time_ms(value: &Value) -> anyhow::Result<f64> {
    let text = value.as_str().unwrap_or_default();
    let quantity = Quantity::parse(text, Dimension::Time);
    Ok(quantity.map_err(|error| anyhow!("a time in the configuration, `{text}`, {error}"))?.value())
}
