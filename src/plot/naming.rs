//! What titles, legends and notes say: names of runs, counts, signs.

use crate::results::{Results, State};

/// The name of the run: that of its file.
pub(crate) fn title(results: &Results) -> String {
    results.path().file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// How a run ended that did not come to its end.
pub(crate) fn incomplete(results: &Results) -> Option<&'static str> {
    match results.state() {
        State::Complete => None,
        State::Interrupted => Some("was interrupted"),
        State::Running => Some("is still running"),
        State::Killed => Some("was killed"),
    }
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
