//! Building stimuli.

use super::build::Builder;
use super::patterns::Built;
use super::protocol::Protocol;
use super::{Stimulus, StimulusTarget};
use crate::config::spiking as written;
use crate::config::{Problem, quoted};
use crate::model::steps::Window;

pub(super) fn build(builder: &mut Builder<'_>, patterns: &Built, protocol: Option<&Protocol>) -> Vec<Option<Stimulus>> {
    let stimuli = builder.written.stimuli.iter().enumerate();
    let known = Known { patterns, from_steps: protocol.map(|protocol| &protocol.known_from[..]) };
    stimuli.map(|(number, written)| build_one(builder, &known, number, written)).collect()
}

/// What is known of the patterns that cues name.
struct Known<'a> {
    patterns: &'a Built,
    /// From which step on each is known; `None`: not even how many there are.
    from_steps: Option<&'a [Option<u64>]>,
}

fn build_one(
    builder: &mut Builder<'_>,
    known: &Known<'_>,
    number: usize,
    written: &written::Stimulus,
) -> Option<Stimulus> {
    let path = format!("stimuli.{number}");
    let target = written.target.as_ref().and_then(|target| match target {
        written::Target::Pulse { population } => {
            let population = builder.population(&format!("{path}.population"), population.as_ref()?)?;
            Some((StimulusTarget::Pulse, population))
        }
        written::Target::Group { population, group, fraction } => {
            let population = builder.population(&format!("{path}.population"), population.as_ref()?)?;
            Some((StimulusTarget::Group { group: u32::try_from((*group)?).ok()?, fraction: (*fraction)? }, population))
        }
        written::Target::Cue { .. } => cue(builder, known, &path, target),
    });
    let window = window(builder, &path, written);
    if let (Some((StimulusTarget::Cue { pattern, .. }, _)), Some((start_step, _))) = (target, window)
        && known.from_steps.is_some_and(|from| from[pattern].is_some_and(|known_from| known_from > start_step))
    {
        let message = format!("pattern {pattern} is not learned yet when it is cued");
        let label = "write a time at which it is learned, or a later one";
        builder.problem(Problem::value(format!("{path}.start"), message, label));
    }
    let (target, population) = target?;
    let (start_step, stop_step) = window?;
    Some(Stimulus { target, population, amplitude_mv: written.amplitude.as_ref()?.value(), start_step, stop_step })
}

fn cue(
    builder: &mut Builder<'_>,
    known: &Known<'_>,
    path: &str,
    target: &written::Target,
) -> Option<(StimulusTarget, usize)> {
    let written::Target::Cue { pattern, fraction, spill, population } = target else { return None };
    let patterns = known.patterns;
    if patterns.is_absent() {
        let message = "a cue drives members of a pattern, and there is no [patterns]";
        let label = "add [patterns], or write \"pulse\"";
        builder.problem(Problem::value(format!("{path}.kind"), message, label));
        return None;
    }
    let home = patterns.population();
    if let Some(name) = population {
        let place = format!("{path}.population");
        let given = builder.population(&place, name);
        if let (Some(given), Some(home)) = (given, home)
            && given != home
        {
            let message = format!("{} has no patterns: they live in `{}`", quoted(name), builder.name(home));
            builder.problem(Problem::value(place, message, "leave it out"));
        }
    }
    let pattern = *pattern.as_ref()?;
    let count = known.from_steps?.len();
    if pattern >= count as u64 {
        let message = format!("there is no pattern {pattern}");
        let label = match count {
            0 => "there are no patterns".to_owned(),
            _ => format!("the {count} patterns are numbered 0 to {}", count - 1),
        };
        builder.problem(Problem::value(format!("{path}.pattern"), message, label));
        return None;
    }
    let cue = StimulusTarget::Cue { pattern: pattern as usize, fraction: (*fraction)?, spill: (*spill)? };
    Some((cue, home?))
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
