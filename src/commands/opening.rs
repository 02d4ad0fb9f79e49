//! Opening a results file, and saying what is to be known about it before anything is made of it.

use std::path::Path;

use attractor::results::{Results, ResultsError, State};

use super::output::say;

/// Opens it; one of a newer version is read as far as this one understands it.
pub(crate) fn open(path: &Path) -> Result<Results, ResultsError> {
    let results = Results::open(path)?;
    let [theirs, own] = [&results.attributes().attractor_version[..], env!("CARGO_PKG_VERSION")];
    if newer(theirs, own) {
        say(&format!(
            "note: `{}` was written by attractor {theirs}, newer than this one ({own}); what {own} does not know is left out",
            path.display()
        ));
    }
    Ok(results)
}

/// Opens it and takes the trial asked for, or the first of several, which is told.
pub(crate) fn open_trial(path: &Path, trial: Option<usize>) -> Result<Results, ResultsError> {
    let results = open(path)?;
    match (trial, results.trials()?) {
        (Some(number), _) => results.of_trial(number),
        (None, 0) => Ok(results),
        (None, count) => {
            say(&format!("note: this is trial 0 of {count}; `--trial N` takes another"));
            results.of_trial(0)
        }
    }
}

/// Says that a run did not come to its end: what there is of it is taken.
pub(crate) fn tell_incomplete(results: &Results) {
    let how = match results.state() {
        State::Complete => return,
        State::Interrupted if results.diverged_ms().is_ok_and(|diverged_ms| diverged_ms.is_some()) => "diverged",
        State::Interrupted => "was interrupted",
        State::Running => "is still running",
        State::Killed => "was killed",
    };
    say(&format!("note: `{}` is incomplete: its run {how}; this is what it had recorded", results.path().display()));
}

/// Whether a version is newer than another, by its numbers.
fn newer(theirs: &str, own: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let release = version.split(['-', '+']).next().unwrap_or_default();
        release.split('.').map(|part| part.parse().unwrap_or(0)).collect()
    };
    numbers(theirs) > numbers(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(newer("0.10.0", "0.9.3") && newer("1.0.0", "0.9.3") && newer("0.9.4-rc1", "0.9.3"));
        assert!(!newer("0.9.3", "0.9.3") && !newer("0.1.0", "0.9.3") && !newer("nonsense", "0.1.0"));
    }
}
