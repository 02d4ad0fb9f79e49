//! What titles, legends and notes say: names of runs, counts, signs.

use crate::findings::spiking::{Changed, Spiking};
use crate::results::{Guarded, Results, State};

/// So many changes of memories are told.
const CHANGES_MAX: usize = 8;

/// The name of the run: that of its file, and of its trial where there are several.
pub(crate) fn title(results: &Results) -> String {
    let name = file_name(results);
    results.trial_number().map_or_else(|| name.clone(), |trial| format!("{name}, trial {trial}"))
}

/// The name of the file without its ending.
pub(crate) fn file_name(results: &Results) -> String {
    results.path().file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// How a run ended that did not come to its end.
pub(crate) fn incomplete(results: &Results) -> Option<&'static str> {
    match results.state() {
        State::Complete => None,
        State::Interrupted if results.diverged_ms().is_ok_and(|diverged_ms| diverged_ms.is_some()) => Some("diverged"),
        State::Interrupted => Some("was interrupted"),
        State::Running => Some("is still running"),
        State::Killed => Some("was killed"),
    }
}

/// That a guard ended a run, and why.
pub(crate) fn guarded(run: &Spiking) -> Option<String> {
    let Guarded { why, ended_ms } = run.guarded.as_ref()?;
    Some(format!("Ended by the guard at {ended_ms:.0} of {:.0} ms: {why}.", run.facts.duration_ms))
}

/// What was learned and forgotten, in a sentence.
pub(crate) fn changes(run: &Spiking) -> Option<String> {
    let told = |change: &Changed| {
        let (pattern, time_ms) = (change.pattern, change.time_ms);
        match change.members {
            Some(members) => format!("{pattern} learned at {time_ms:.0} ms ({} members)", count(members as u64)),
            None => format!("{pattern} forgotten at {time_ms:.0} ms"),
        }
    };
    let shown: Vec<String> = run.changes.iter().take(CHANGES_MAX).map(told).collect();
    let more = match run.changes.len().saturating_sub(CHANGES_MAX) {
        0 => String::new(),
        more => format!(", and {more} more changes"),
    };
    (!shown.is_empty()).then(|| format!("Memories: {}{more}.", shown.join(", ")))
}

/// A count with its thousands apart: 1,234,567.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun, `s` added where it is not one.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(value), if value == 1 { "" } else { "s" })
}

/// A number with its sign, a true minus.
pub(crate) fn signed(value: f64) -> String {
    if value < 0.0 { format!("−{}", -value) } else { format!("+{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([20.0, -15.5].map(signed), ["+20", "−15.5"]);
    }
}
