//! A run of a binary network: what was stored, and the course and the end of its trials.

use crate::config;
use crate::results::{Ending, Results, Stored, Trial};

use super::FindingsError;

/// A run of a binary network.
#[derive(Clone, Debug, PartialEq)]
pub struct Hopfield {
    /// Number of neurons N.
    pub neurons: usize,
    /// Sweeps at most.
    pub sweeps: u64,
    /// The seed of every random draw.
    pub seed: u64,
    /// "asynchronous" or "synchronous".
    pub update: String,
    /// T of the updates.
    pub temperature: f64,
    /// What is told of the patterns; `None` where there are none.
    pub stored: Option<Stored>,
    /// The pattern that starts are made from.
    pub start_pattern: Option<usize>,
    /// Number of trials.
    pub trial_count: usize,
    /// The courses of the first of them.
    pub trials: Vec<Trial>,
    /// What all of them came to.
    pub endings: Vec<Ending>,
}

/// The courses of so many trials are read: more lie over one another.
const TRIALS_MAX: usize = 50;

impl Hopfield {
    /// Reads a run, finished or not.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn read(results: &Results) -> Result<Self, FindingsError> {
        let config = config::echoed(&results.attributes().config);
        let trial_count = results.trial_count()?;
        Ok(Self {
            neurons: config["network"]["size"].as_u64().unwrap_or_default() as usize,
            sweeps: config["sweeps"].as_u64().unwrap_or_default(),
            seed: config["seed"].as_u64().unwrap_or_default(),
            update: config["network"]["update"].as_str().unwrap_or_default().to_owned(),
            temperature: config["network"]["temperature"].as_f64().unwrap_or_default(),
            stored: results.stored()?,
            start_pattern: config["start"]["pattern"].as_u64().map(|pattern| pattern as usize),
            trial_count,
            trials: (0..trial_count.min(TRIALS_MAX)).map(|trial| results.trial(trial)).collect::<Result<_, _>>()?,
            endings: (0..trial_count).map(|trial| results.ending(trial)).collect::<Result<_, _>>()?,
        })
    }

    /// How far the longest of the trials came, sweeps.
    #[must_use]
    pub fn recorded_sweeps(&self) -> f64 {
        self.trials.iter().filter_map(|trial| trial.sweeps.last().copied()).fold(0.0, f64::max)
    }

    /// The pattern with the largest overlap of either sign at a row of a trial (counted from its end, 0: the last).
    #[must_use]
    pub fn nearest(trial: &Trial, from_end: usize) -> Option<usize> {
        let overlaps = trial.overlaps.as_ref()?;
        let row = overlaps.outer_iter().nth_back(from_end)?.to_vec();
        (0..row.len()).max_by(|&a, &b| row[a].abs().total_cmp(&row[b].abs()))
    }

    /// Patterns worth a colour: that of the start, and those that are nearest at the end of the trials, each once.
    #[must_use]
    pub fn leading_patterns(&self) -> Vec<usize> {
        let ends = self.trials.iter().filter_map(|trial| Self::nearest(trial, 0));
        let mut leading = Vec::new();
        for pattern in self.start_pattern.into_iter().chain(ends) {
            if !leading.contains(&pattern) {
                leading.push(pattern);
            }
        }
        leading
    }
}
