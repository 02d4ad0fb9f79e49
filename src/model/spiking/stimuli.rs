//! Building stimuli.

use super::build::Builder;
use super::patterns::Built;
use super::protocol::Protocol;
use super::{Stimulus, StimulusTarget};
use crate::config::spiking as written;
use crate::config::{Problem, listed, quoted};
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
    let home = home(builder, patterns, &format!("{path}.population"), population.as_deref());
    let pattern = *pattern.as_ref()?;
    let count = known.from_steps?.len();
    if pattern >= count as u64 {
        let message = format!("there is no pattern {pattern}");
        let label = match count {
            0 => "there are no patterns".to_owned(),
            1 => "the only pattern is 0".to_owned(),
            _ => format!("the {count} patterns are numbered 0 to {}", count - 1),
        };
        builder.problem(Problem::value(format!("{path}.pattern"), message, label));
        return None;
    }
    let cue = StimulusTarget::Cue { pattern: pattern as usize, fraction: (*fraction)?, spill: (*spill)? };
    Some((cue, home?))
}

/// Whose members a cue drives: they are named where patterns live in several populations.
fn home(builder: &mut Builder<'_>, patterns: &Built, place: &str, name: Option<&str>) -> Option<usize> {
    let homes = patterns.populations();
    let Some(name) = name else {
        let homes = homes?;
        if let [_, _, ..] = homes[..] {
            let names: Vec<&str> = homes.iter().map(|&home| builder.name(home)).collect();
            let message =
                format!("a cue drives members in one population, and the patterns live in {}", listed(&names));
            let label = format!("add population = \"{}\"", names[0]);
            let parent = place.trim_end_matches(".population").to_owned();
            builder.problem(Problem::missing(parent, message, label));
            return None;
        }
        return homes.first().copied();
    };
    let given = builder.population(place, name)?;
    let homes = homes?;
    if !homes.contains(&given) {
        let names: Vec<String> = homes.iter().map(|&home| format!("`{}`", builder.name(home))).collect();
        let message = format!("{} has no patterns: they live in {}", quoted(name), names.join(" and "));
        let label = if homes.len() == 1 { "leave it out" } else { "write one of these" };
        builder.problem(Problem::value(place, message, label));
        return None;
    }
    Some(given)
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
