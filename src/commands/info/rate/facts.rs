//! What the configuration in a results file says that its data do not.

use anyhow::{Context, anyhow};
use attractor::config::echoed;
use attractor::units::{Dimension, Quantity};
use serde_json::Value;

/// Sizes and times of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Facts {
    /// Length of the run, ms.
    pub(super) duration_ms: f64,
    /// Time constant, ms.
    pub(super) tau_ms: f64,
    /// Number of neurons.
    pub(super) size: u64,
    /// "relu" and so on.
    pub(super) gain: String,
    /// "hebbian" and so on.
    pub(super) coupling: String,
    pub(super) strength: f64,
}

impl Facts {
    /// Reads them from the configuration as the results file holds it: complete, with every default.
    pub(super) fn read(config: &str) -> anyhow::Result<Self> {
        let config = echoed(config);
        let network = &config["network"];
        let text = |value: &Value| value.as_str().map(str::to_owned).context("the configuration lacks a word");
        Ok(Self {
            duration_ms: time_ms(&config["duration"])?,
            tau_ms: time_ms(&network["tau"])?,
            size: network["size"].as_u64().context("the configuration has no size")?,
            gain: text(&network["gain"]["kind"])?,
            coupling: text(&network["coupling"]["kind"])?,
            strength: network["strength"].as_f64().context("the configuration has no strength")?,
        })
    }
}

fn time_ms(value: &Value) -> anyhow::Result<f64> {
    let text = value.as_str().unwrap_or_default();
    let quantity = Quantity::parse(text, Dimension::Time);
    Ok(quantity.map_err(|error| anyhow!("a time in the configuration, `{text}`, {error}"))?.value())
}
