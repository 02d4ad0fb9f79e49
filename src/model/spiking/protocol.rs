//! Building the protocol: the order of changes, the numbers of the patterns, and which of them are stored when.

use super::build::Builder;
use super::patterns::Built;
use super::{Change, ChangeAction};
use crate::config::Problem;
use crate::config::spiking as written;

/// The changes in order of time, as far as they could be built, and when each pattern is stored first.
#[derive(Debug, Default)]
pub(super) struct Protocol {
    pub(super) changes: Vec<Change>,
    /// The step from which each pattern is known: 0 for those of the start; `None` where it is not known.
    pub(super) known_from: Vec<Option<u64>>,
}

/// Builds it; `None` where the number of patterns of the start is not known.
pub(super) fn build(builder: &mut Builder<'_>, patterns: &Built) -> Option<Protocol> {
    check_home(builder, patterns);
    let entries: Vec<(usize, &written::Entry)> = builder.written.protocol.iter().enumerate().collect();
    let mut timed: Vec<(Option<u64>, usize, &written::Entry)> =
        entries.into_iter().map(|(number, entry)| (at(builder, number, entry), number, entry)).collect();
    // Of what happens at one time the order of the file is that of the events.
    timed.sort_by_key(|&(at, number, _)| (at, number));
    check_absent(builder, patterns);
    let start_count = patterns.count()?;
    let mut protocol = Protocol { changes: Vec::new(), known_from: vec![Some(0); start_count] };
    // Stored patterns, the oldest first.
    let mut stored: Vec<usize> = (0..start_count).collect();
    for (at, number, entry) in timed {
        let path = format!("protocol.{number}");
        match &entry.action {
            Some(written::Action::Learn { window, above }) => {
                let pattern = protocol.known_from.len();
                protocol.known_from.push(at);
                stored.push(pattern);
                let learn = learn(builder, &path, (at, window.as_ref()));
                if let (Some(step), Some(window_steps), Some(above)) = (at, learn, above) {
                    let action = ChangeAction::Learn { window_steps, above_hz: above.value() };
                    protocol.changes.push(Change { step, pattern, action });
                }
            }
            Some(written::Action::Forget(Some(which))) => {
                let forgotten = forget(builder, &path, *which, &stored, protocol.known_from.len());
                stored.retain(|&pattern| Some(pattern) != forgotten);
                if let (Some(step), Some(pattern)) = (at, forgotten) {
                    protocol.changes.push(Change { step, pattern, action: ChangeAction::Forget });
                }
            }
            _ => {}
        }
    }
    Some(protocol)
}

/// What is learned and forgotten are patterns of one population.
fn check_home(builder: &mut Builder<'_>, patterns: &Built) {
    let several = patterns.populations().is_some_and(|homes| homes.len() > 1);
    if several && !builder.written.protocol.is_empty() {
        let message =
            "`protocol` learns and forgets patterns of one population, and `patterns.population` names several";
        builder.problem(Problem::key("protocol", message, "leave it out, or write one population"));
    }
}

/// The first step after a change, within the run.
fn at(builder: &mut Builder<'_>, number: usize, entry: &written::Entry) -> Option<u64> {
    let path = format!("protocol.{number}.at");
    let step = builder.steps(&path, entry.at.as_ref()?)?;
    let end = builder.duration_steps?;
    if step >= end {
        let duration = builder.written.duration.as_ref().map_or("", |duration| duration.text()).to_owned();
        let message = format!("`{path}` is not before the end of the run");
        builder.problem(Problem::value(path, message, format!("the run ends at \"{duration}\"")));
        return None;
    }
    Some(step)
}

/// What is learned has a population to live in.
fn check_absent(builder: &mut Builder<'_>, patterns: &Built) {
    let learns = |entry: &written::Entry| matches!(entry.action, Some(written::Action::Learn { .. }));
    if patterns.is_absent()
        && let Some(first) = builder.written.protocol.iter().position(learns)
    {
        let message = "a pattern is to be learned, and there is no [patterns] to say where patterns live";
        let path = format!("protocol.{first}.action");
        let problem = Problem::value(path, message, "add [patterns] with count = 0");
        builder.problem(problem.help("and population = .., unless it is \"excitatory\""));
    }
}

/// The window in steps.
fn learn(
    builder: &mut Builder<'_>,
    path: &str,
    (at, window): (Option<u64>, Option<&crate::units::Quantity>),
) -> Option<u64> {
    let place = format!("{path}.window");
    let window_steps = builder.steps(&place, window?)?;
    if at.is_some_and(|at| window_steps > at) {
        let message = format!("`{place}` begins before the run");
        builder.problem(Problem::value(place, message, "write a window no longer than `at`"));
        return None;
    }
    Some(window_steps)
}

/// The pattern that is forgotten.
fn forget(
    builder: &mut Builder<'_>,
    path: &str,
    which: written::Which,
    stored: &[usize],
    count: usize,
) -> Option<usize> {
    let place = format!("{path}.pattern");
    match which {
        written::Which::Oldest => {
            if stored.is_empty() {
                let message = "there is nothing to forget: no pattern is stored then";
                builder.problem(Problem::value(place, message, "leave this entry out, or learn something before"));
            }
            stored.first().copied()
        }
        written::Which::Number(number) => {
            let found = stored.iter().copied().find(|&pattern| pattern as u64 == number);
            if found.is_none() {
                let (message, label) = match number < count as u64 {
                    true => (format!("pattern {number} is forgotten already"), "leave this entry out".to_owned()),
                    false => (
                        format!("there is no pattern {number} then"),
                        "patterns that are learned follow those of the start, in order of time".to_owned(),
                    ),
                };
                builder.problem(Problem::value(place, message, label));
            }
            found
        }
    }
}
