//! What the configuration in a results file says that its data do not.

use std::path::Path;

use serde_json::Value;

use crate::config::{Config, Override};
use crate::results::Results;
use crate::units::{Dimension, Quantity};

use crate::findings::FindingsError;

/// Sizes and times of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The seed of every random draw.
    pub seed: u64,
    /// Length of a step, ms.
    pub dt_ms: f64,
    /// Length of the run, ms.
    pub duration_ms: f64,
    /// Populations, in order: name and number of neurons.
    pub populations: Vec<(String, usize)>,
    /// Spikes are those of one neuron in so many.
    pub every: u64,
    /// Spikes are recorded from here on, ms.
    pub start_ms: f64,
    /// Spikes are recorded up to here, ms.
    pub stop_ms: f64,
}

impl Facts {
    /// Reads them from the configuration as the results file holds it: complete, with every default.
    ///
    /// # Errors
    /// If it is not a configuration.
    pub fn read(results: &Results) -> Result<Self, FindingsError> {
        Self::of_config(&results.attributes().config)
            .map_err(|reason| FindingsError::Damaged { path: results.path().to_path_buf(), reason })
    }

    fn of_config(config: &str) -> Result<Self, String> {
        // The results file holds the patterns; the files that they and couplings may have come from need not be on this
        // machine.
        let without = [("patterns", "{ count = 1 }"), ("projections", "[]"), ("stimuli", "[]"), ("protocol", "[]")]
            .map(|(key, value)| Override { key: key.into(), value: value.into() });
        let config = Config::parse(config, "the configuration in the results file", Path::new("."), &without);
        let config = config.map_err(|problems| problems.to_string())?.to_json();
        let duration_ms = time_ms(&config["duration"])?;
        let sizes = config["populations"].as_object().ok_or("the configuration has no populations")?;
        let size = |one: &Value| one["size"].as_u64().ok_or("a population of the configuration has no size");
        let populations = sizes.iter().map(|(name, one)| Ok((name.clone(), size(one)? as usize)));
        let spikes = &config["record"]["spikes"];
        let time = |key: &str, otherwise: f64| match &spikes[key] {
            Value::Null => Ok(otherwise),
            written => time_ms(written),
        };
        Ok(Self {
            seed: config["seed"].as_u64().unwrap_or_default(),
            dt_ms: time_ms(&config["dt"])?,
            duration_ms,
            populations: populations.collect::<Result<_, String>>()?,
            every: spikes["every"].as_u64().unwrap_or(1).max(1),
            start_ms: time("start", 0.0)?,
            stop_ms: time("stop", duration_ms)?,
        })
    }

    /// Number of neurons of a population; 0 where there is none of that name.
    #[must_use]
    pub fn size(&self, population: &str) -> usize {
        self.populations.iter().find(|(name, _)| name == population).map_or(0, |&(_, size)| size)
    }
}

fn time_ms(value: &Value) -> Result<f64, String> {
    let text = value.as_str().unwrap_or_default();
    let quantity = Quantity::parse(text, Dimension::Time);
    Ok(quantity.map_err(|error| format!("a time in the configuration, `{text}`, {error}"))?.value())
}
