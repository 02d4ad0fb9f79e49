//! What the results files of all models say of their run: what computed it, when, how far it came; and how a trace is told.

use std::fmt::Write;

use attractor::results::{Results, State};
use serde::Serialize;

/// Heights of a sparkline, lowest first.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Where a results file comes from.
#[derive(Debug, Serialize)]
pub(super) struct Origin {
    pub(super) file: String,
    /// "complete", "interrupted", "running" or "killed"; "diverged" for a rate network that was.
    pub(super) state: &'static str,
    pub(super) run_hash: Option<String>,
    pub(super) attractor_version: String,
    pub(super) engine: String,
    pub(super) adapter: String,
    pub(super) driver: String,
    pub(super) started: String,
    pub(super) finished: Option<String>,
}

impl Origin {
    /// From the attributes of the file and how it was left.
    pub(super) fn of(results: &Results) -> Self {
        let attributes = results.attributes().clone();
        Self {
            file: results.path().to_string_lossy().into_owned(),
            state: match results.state() {
                State::Complete => "complete",
                State::Interrupted => "interrupted",
                State::Running => "running",
                State::Killed => "killed",
            },
            run_hash: attributes.run_hash,
            attractor_version: attributes.attractor_version,
            engine: attributes.engine,
            adapter: attributes.adapter,
            driver: attributes.driver,
            started: attributes.started,
            finished: attributes.finished,
        }
    }

    /// The first lines of what is told: `state` says how far the run came, `hash_note` what its hash is of.
    pub(super) fn told(&self, state: &str, hash_note: &str) -> String {
        let mut text = format!("{}\n  {state}\n", self.file);
        line(&mut text, &format!("  {} on {} ({})", self.engine, self.adapter, self.driver));
        let finished = self.finished.as_ref().map_or(String::new(), |finished| format!(", finished {finished}"));
        line(&mut text, &format!("  attractor {}, started {}{finished}", self.attractor_version, self.started));
        if let Some(hash) = &self.run_hash {
            line(&mut text, &format!("  run_hash {hash}{hash_note}"));
        }
        text
    }

    /// How far a run in time came, in words.
    pub(super) fn told_state(&self, reached: &str, all: &str) -> String {
        match self.state {
            "complete" => format!("complete, {all}"),
            "interrupted" => format!("incomplete: interrupted at about {reached} of {all}"),
            "running" => format!("running: at about {reached} of {all}"),
            _ => {
                format!("incomplete: the run was killed at about {reached} of {all}; --repair opens it to every reader")
            }
        }
    }
}

/// Adds a line.
pub(super) fn line(text: &mut String, what: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{what}");
}

/// Values as heights from 0 to `full`; what is outside is as low or as high as can be, what is no number is low.
pub(super) fn sparkline(values: impl IntoIterator<Item = f64>, full: f64) -> String {
    let level = |value: f64| {
        let height = (value / full * LEVELS.len() as f64).clamp(0.0, LEVELS.len() as f64 - 1.0);
        LEVELS[height as usize]
    };
    values.into_iter().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_goes_from_lowest_to_highest() {
        assert_eq!(sparkline([-1.0, 0.0, 0.6, 1.2, 9.0, f64::NAN], 1.2), "▁▁▅██▁");
        assert_eq!(sparkline([0.5, 1.0], 1.0), "▅█");
    }
}
