//! A run of a rate network: its traces, and the fixed points that it came to.

use crate::analysis::fixed_points::{Course, FixedPoint, Overlaps, fixed_points};
use crate::config;
use crate::results::{RateStimulus, Results, State, Stored, Trace, Traces};
use crate::units::{Dimension, Quantity};

use super::FindingsError;

/// A run of a rate network.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Number of neurons N.
    pub neurons: usize,
    /// The seed of every random draw.
    pub seed: u64,
    /// The gain function: "tanh" and so on.
    pub gain: String,
    /// Length of the run, ms.
    pub duration_ms: f64,
    /// Time constant, ms.
    pub tau_ms: f64,
    /// How far the data reach, ms.
    pub recorded_ms: f64,
    /// When it diverged, ms, if it did.
    pub diverged_ms: Option<f64>,
    /// What is told of the patterns; `None` where there are none.
    pub stored: Option<Stored>,
    /// Stimuli in the order of the configuration.
    pub stimuli: Vec<RateStimulus>,
    /// Overlaps; `None` where they are not recorded.
    pub overlaps: Option<Traces>,
    /// The mean rate; `None` where it is not recorded.
    pub mean: Option<Trace>,
    /// How far the network is from a fixed point; `None` where the mean rate is not recorded.
    pub residual: Option<Trace>,
    /// Rates of chosen neurons, and which.
    pub chosen: Option<(Vec<u64>, Traces)>,
}

impl Rate {
    /// Reads a run, finished or not.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn read(results: &Results) -> Result<Self, FindingsError> {
        let config = config::echoed(&results.attributes().config);
        let time_ms = |value: &serde_json::Value| {
            let text = value.as_str().unwrap_or_default();
            Quantity::parse(text, Dimension::Time).map_or(f64::NAN, |time| time.value())
        };
        let network = &config["network"];
        let mut run = Self {
            neurons: network["size"].as_u64().unwrap_or_default() as usize,
            seed: config["seed"].as_u64().unwrap_or_default(),
            gain: network["gain"]["kind"].as_str().unwrap_or_default().to_owned(),
            duration_ms: time_ms(&config["duration"]),
            tau_ms: time_ms(&network["tau"]),
            recorded_ms: 0.0,
            diverged_ms: results.diverged_ms()?,
            stored: results.stored()?,
            stimuli: results.rate_stimuli()?,
            overlaps: results.rate_overlaps()?,
            mean: results.mean_rate()?,
            residual: results.residual()?,
            chosen: results.neuron_rates()?,
        };
        run.recorded_ms = run.reached_ms(results);
        Ok(run)
    }

    fn reached_ms(&self, results: &Results) -> f64 {
        if results.state() == State::Complete && self.diverged_ms.is_none() {
            return self.duration_ms;
        }
        let last = |times: &[f64]| times.last().copied().unwrap_or(0.0);
        let traces = self.overlaps.iter().chain(self.chosen.iter().map(|(_, traces)| traces));
        let reached = traces.map(|traces| last(&traces.times_ms)).fold(0.0, f64::max);
        self.mean.as_ref().map_or(reached, |mean| reached.max(last(&mean.times_ms)))
    }

    /// The fixed points that the network came to; none where the residual is not recorded.
    #[must_use]
    pub fn fixed_points(&self) -> Vec<FixedPoint> {
        let (Some(residual), Some(mean)) = (&self.residual, &self.mean) else { return Vec::new() };
        let values: Option<Vec<f32>> = self.overlaps.as_ref().map(|own| own.values.iter().copied().collect());
        let overlaps = self.overlaps.as_ref().zip(values.as_ref()).map(|(own, values)| Overlaps {
            times_ms: &own.times_ms,
            values,
            patterns: own.values.ncols(),
        });
        fixed_points(Course {
            times_ms: &residual.times_ms,
            residual: &residual.values,
            mean_rate: &mean.values,
            tau_ms: self.tau_ms,
            overlaps: overlaps.filter(|overlaps| overlaps.patterns > 0),
        })
    }

    /// Patterns worth a colour: those that are cued, and those whose overlap was once the largest and above a half.
    #[must_use]
    pub fn leading_patterns(&self) -> Vec<usize> {
        let cued = self.stimuli.iter().filter_map(|one| Some((one.start_ms, one.pattern?)));
        let mut times: Vec<(f64, usize)> = cued.collect();
        if let Some(overlaps) = &self.overlaps {
            for (row, &time_ms) in overlaps.values.outer_iter().zip(&overlaps.times_ms) {
                let largest = row.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
                times.extend(largest.filter(|(_, overlap)| overlap.abs() > 0.5).map(|(pattern, _)| (time_ms, pattern)));
            }
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut leading = Vec::new();
        for (_, pattern) in times {
            if !leading.contains(&pattern) {
                leading.push(pattern);
            }
        }
        leading
    }
}
