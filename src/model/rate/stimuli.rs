//! Building the stimuli of a rate network.

use super::build::Builder;
use super::{Stimulus, StimulusTarget};
use crate::config::rate as written;
use crate::config::{Problem, quoted};

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
    let (start_path, stop_path) = (format!("{path}.start"), format!("{path}.stop"));
    let start_step = written.start.as_ref().and_then(|start| builder.steps(&start_path, start));
    let stop_step = written.stop.as_ref().and_then(|stop| builder.steps(&stop_path, stop));
    if let (Some(stop), Some(end), Some(text)) = (stop_step, builder.duration_steps, &written.stop)
        && stop > end
    {
        let duration = builder.written.duration.as_ref().map_or("", |duration| duration.text());
        let message = format!("this stimulus stops at {}, after the end of the run", quoted(text.text()));
        builder.problem(Problem::value(&stop_path, message, format!("the run ends at \"{duration}\"")));
    }
    let (start_step, stop_step) = (start_step?, stop_step?);
    if start_step >= stop_step {
        let message = "this stimulus stops before it starts, or as it starts";
        builder.problem(Problem::value(&stop_path, message, "write a time after its start"));
        return None;
    }
    Some((start_step, stop_step))
}
