//! Compiles the program of a run: what is learned and forgotten, guards, trials; and how to make the network that they need.

use std::sync::Arc;

use super::patterns::further;
use super::spiking::assemble;
use super::spiking::stored::Stored;
use super::{population, stimulus};
use crate::config::Problem;
use crate::model::spiking::{Change as Model, ChangeAction, Spiking};
use crate::network::patterns::Patterns;
use crate::network::spiking::{self as network, Action, Change, Guard, Memories, Program, RateLimit, Revise};

/// The window of the guard against high rates, ms.
const RATE_WINDOW_MS: f64 = 50.0;
/// Products of rates and times are a little off: as near to a whole number as this they are one.
const WHOLE: f64 = 1e-9;

/// The program of a model.
pub(super) fn compile(model: &Spiking) -> Program {
    let mut program = Program {
        changes: model.changes.iter().map(|change| of_change(change, model.dt_ms)).collect(),
        guard: Guard {
            silence_steps: model.guard.silence_steps,
            rate: model.guard.rate_max_hz.map(|rate_hz| limit(model, rate_hz)),
        },
        trials: model.trials,
        revise: Revise::default(),
    };
    if !program.is_empty() {
        let model = Arc::new(model.clone());
        program.revise = Revise::new(move |memories, trial, same| revised(&model, memories, (trial, same)));
    }
    program
}

fn of_change(change: &Model, dt_ms: f64) -> Change {
    let action = match change.action {
        ChangeAction::Learn { window_steps, above_hz } => {
            let most = (above_hz * window_steps as f64 * dt_ms / 1000.0 + WHOLE).floor();
            Action::Learn { window_steps, spikes_min: (most as u32).saturating_add(1) }
        }
        ChangeAction::Forget => Action::Forget,
    };
    Change { step: change.step, pattern: change.pattern, action }
}

fn limit(model: &Spiking, rate_hz: f64) -> RateLimit {
    let window_steps = ((RATE_WINDOW_MS / model.dt_ms + WHOLE).floor() as usize).max(1);
    let most =
        |size: u32| (rate_hz * f64::from(size) * window_steps as f64 * model.dt_ms / 1000.0 + WHOLE).floor() as u64;
    RateLimit { window_steps, spikes_max: model.populations.iter().map(|population| most(population.size)).collect() }
}

/// The network of other memories or another trial.
fn revised(
    model: &Spiking,
    memories: Memories<'_>,
    (trial, same): (u32, Option<&network::Spiking>),
) -> Result<network::Spiking, String> {
    let size = model.patterns.as_ref().map_or(0, |patterns| model.populations[patterns.population].size) as usize;
    let known = Patterns::from_members(size, memories.known);
    let mut problems = Vec::new();
    if let Some(same) = same {
        let first = (same.pattern_population, &known);
        let known = Stored { layout: same.counts_layout(), first, further: &same.further_patterns };
        let membranes = population::membranes(model);
        let stimuli = stimulus::compile(model, (&known, trial), (&same.populations, &membranes), &mut problems);
        let network = network::Spiking { trial, stimuli, program: Program::default(), ..same.clone() };
        return if problems.is_empty() { Ok(network) } else { Err(told(&problems)) };
    }
    let stored = if memories.known.iter().zip(memories.stored).all(|(known, &stored)| stored || known.is_empty()) {
        known.clone()
    } else {
        let members = memories.known.iter().zip(memories.stored);
        let stored: Vec<Vec<u32>> =
            members.map(|(known, &stored)| if stored { known.clone() } else { Vec::new() }).collect();
        Patterns::from_members(size, &stored)
    };
    assemble(model, (&known, stored, further(model)), trial).map_err(|problems| told(&problems))
}

/// Why there is no such network, in a sentence.
fn told(problems: &[Problem]) -> String {
    let problems: Vec<String> = problems.iter().map(|one| format!("{}; {}", one.message, one.label)).collect();
    format!("the memories as they have become do not fit the network: {}", problems.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_a_rate_is_more_spikes_than_it_gives_in_the_window() {
        for (above_hz, window_steps, dt_ms, least) in [
            (20.0, 1000, 0.1, 3),
            (20.0, 1001, 0.1, 3),
            (0.0, 1, 0.1, 1),
            (30.0, 1000, 0.1, 4),
            (29.9, 1000, 0.1, 3),
            (70.0, 100, 0.1, 1),
        ] {
            let learn = ChangeAction::Learn { window_steps, above_hz };
            let Action::Learn { spikes_min, .. } =
                of_change(&Model { step: 0, pattern: 0, action: learn }, dt_ms).action
            else {
                panic!("it learns")
            };
            assert_eq!(spikes_min, least, "{above_hz} Hz in {window_steps} steps");
        }
    }
}
