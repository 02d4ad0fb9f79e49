//! Building the stimuli of a rate network.

use super::build::Builder;
use super::{Stimulus, StimulusTarget};
use crate::config::rate as written;
use crate::model::steps::Window;

pub(super) fn build(builder: &mut Builder<'_>) -> Option<Vec<Stimulus>> {
    let stimuli: Vec<Option<Stimulus>> =
        builder.written.stimuli.iter().enumerate().map(|(number, written)| one(builder, number, written)).collect();
    stimuli.into_iter().collect()
}

fn one(builder: &mut Builder<'_>, number: usize, written: &written::Stimulus) -> Option<Stimulus> {
    let path = format!("stimuli.{number}");
    let target = match written.target.as_ref() {
        Some(written::Target::Cue { pattern, fraction, spill }) => {
            let pattern = pattern.and_then(|pattern| builder.pattern(&format!("{path}.pattern"), pattern));
            let cue = |pattern| Some(StimulusTarget::Cue { pattern, fraction: (*fraction)?, spill: (*spill)? });
            pattern.and_then(cue)
        }
        Some(written::Target::Pulse) => Some(StimulusTarget::Pulse),
        None => None,
    };
    let (start_step, stop_step) = window(builder, &path, written)?;
    Some(Stimulus { target: target?, amplitude: written.amplitude?, start_step, stop_step })
}

/// First step and first step after, within the run.
fn window(builder: &mut Builder<'_>, path: &str, written: &written::Stimulus) -> Option<(u64, u64)> {
    let start = written.start.as_ref().and_then(|start| builder.steps(&format!("{path}.start"), start));
    let stop = written.stop.as_ref().and_then(|stop| builder.steps(&format!("{path}.stop"), stop));
    let window = Window { start, stop, run: builder.duration_steps };
    let (window, problems) = window.within_run(path, written.stop.as_ref(), builder.written.duration.as_ref());
    problems.into_iter().for_each(|problem| builder.problem(problem));
    window
}
