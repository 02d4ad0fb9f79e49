//! What is in a results file with several trials: each in a line, and how many recalled which memory.

use std::collections::BTreeMap;

use attractor::results::Results;
use serde::Serialize;

use super::findings::{Findings, Stored};
use crate::commands::info::origin::{Origin, line};
use crate::commands::words;

/// So many trials are told one by one.
const TOLD_MAX: usize = 30;

/// All trials.
#[derive(Debug, Serialize)]
pub(super) struct Trials {
    #[serde(flatten)]
    origin: Origin,
    duration_ms: f64,
    patterns: Option<Stored>,
    /// Each as a run of its own, with its hash.
    trials: Vec<Findings>,
}

impl Trials {
    /// Analyses all of them.
    pub(super) fn of(results: &Results) -> anyhow::Result<Self> {
        let count = results.trials()?;
        let found: anyhow::Result<Vec<Findings>> =
            (0..count).map(|number| Findings::of(&results.of_trial(number)?)).collect();
        let mut trials = found?;
        let patterns = trials.first_mut().and_then(|first| first.patterns.take());
        let duration_ms = trials.first().map_or(f64::NAN, |first| first.duration_ms);
        Ok(Self { origin: Origin::of(results), duration_ms, patterns, trials })
    }

    /// In words.
    pub(super) fn told(&self) -> String {
        let count = words::counted(self.trials.len() as u64, "trial");
        let at_most = if self.trials.iter().any(|trial| trial.guarded.is_some()) { "at most " } else { "" };
        let all = format!("{count} of {at_most}{}", words::milliseconds(self.duration_ms));
        let begun = self.trials.iter().filter(|trial| trial.recorded_ms > 0.0).count();
        let reached = format!("trial {}", begun.saturating_sub(1));
        let mut text = self.origin.told(&self.origin.told_state(&reached, &all), ", the hash of the trials' hashes");
        if let Some(patterns) = &self.patterns {
            let count = words::counted(patterns.count as u64, "pattern");
            line(&mut text, &format!("\n{count} in {}", patterns.population));
        }
        text.push('\n');
        for (number, trial) in self.trials.iter().enumerate().take(TOLD_MAX) {
            line(&mut text, &format!("  trial {number}: {}", told_trial(trial)));
        }
        if self.trials.len() > TOLD_MAX {
            line(&mut text, &format!("  and {} more", words::count((self.trials.len() - TOLD_MAX) as u64)));
        }
        text += &self.told_recalls();
        text + "`--trial N` tells all of one\n"
    }

    /// Which memory was recalled in how many trials.
    fn told_recalls(&self) -> String {
        let mut recalled: BTreeMap<usize, usize> = BTreeMap::new();
        for trial in &self.trials {
            recalled_in(trial).into_iter().for_each(|pattern| *recalled.entry(pattern).or_default() += 1);
        }
        let mut text = String::new();
        for (pattern, trials) in recalled {
            line(&mut text, &format!("  pattern {pattern} was recalled in {trials} of {}", self.trials.len()));
        }
        text
    }
}

/// Patterns that a trial recalled, in order of time, each once.
fn recalled_in(trial: &Findings) -> Vec<usize> {
    let mut patterns = Vec::new();
    for recall in trial.recalls.iter().filter(|recall| recall.recalled == Some(true)) {
        if !patterns.contains(&recall.pattern) {
            patterns.push(recall.pattern);
        }
    }
    patterns
}

fn told_trial(trial: &Findings) -> String {
    let rates = trial.populations.iter();
    let mut parts: Vec<String> =
        rates.map(|own| format!("{} {} Hz", own.name, words::number(own.rate_mean_hz, 2))).collect();
    parts.extend(trial.changes.iter().filter_map(|one| {
        one.members.map(|members| format!("learned {} ({})", one.pattern, words::counted(members as u64, "member")))
    }));
    let recalled: Vec<String> = recalled_in(trial).iter().map(ToString::to_string).collect();
    if !recalled.is_empty() {
        parts.push(format!("recalled {}", recalled.join(", ")));
    }
    if let Some(guarded) = &trial.guarded {
        parts.push(format!("ended by the guard at {}: {}", words::milliseconds(guarded.ended_ms), guarded.why));
    }
    parts.join("; ")
}
