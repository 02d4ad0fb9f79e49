//! Choices: one word of a few, and the nearest one where it is none of them.

use super::echo::Echo;
use super::kinds::Kind;
use super::problem::Problem;
use super::tree::{Node, Value, quoted};

/// Words less alike than this are no suggestion.
const LIKENESS_MIN: f64 = 0.5;

/// One of a few words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) options: &'static [&'static str],
    /// What the documentation of the format has, and this version not yet.
    pub(super) later: &'static [&'static str],
}

impl Kind for Choice {
    type Value = &'static str;

    fn read(&self, node: &Node, path: &str) -> Result<&'static str, Problem> {
        let known = listed(self.options);
        let Value::Text(text) = &node.value else {
            let message = format!("`{path}` is {known}, not {}", node.describe());
            return Err(Problem::value(path, message, format!("write it as {}", self.example())));
        };
        if let Some(option) = self.options.iter().find(|option| *option == text) {
            return Ok(option);
        }
        if self.later.contains(&text.as_str()) {
            let message = format!("{} is not there yet", quoted(text));
            return Err(Problem::value(path, message, format!("`{path}` can be {known} in this version")));
        }
        let message = format!("`{path}` is {known}, not {}", quoted(text));
        let label = nearest(text, self.options.iter().copied())
            .map_or_else(|| format!("write {known}"), |option| format!("did you mean \"{option}\"?"));
        Err(Problem::value(path, message, label))
    }

    fn echo(&self, value: &&'static str) -> Echo {
        Echo::Text((*value).to_owned())
    }

    fn example(&self) -> String {
        format!("\"{}\"", self.options[0])
    }
}

/// "a", "b" or "c".
pub(crate) fn listed<S: AsRef<str>>(options: &[S]) -> String {
    let options: Vec<String> = options.iter().map(|option| format!("\"{}\"", option.as_ref())).collect();
    match options.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "nothing".into(),
    }
}

/// The option most like `text`, if any is like it.
pub(crate) fn nearest<'o>(text: &str, options: impl Iterator<Item = &'o str>) -> Option<&'o str> {
    let folded = text.to_lowercase();
    let likeness = |option: &str| {
        let likeness = strsim::normalized_damerau_levenshtein(&option.to_lowercase(), &folded);
        // A beginning or an end counts as alike: `tau` for `tau_m`.
        let part = folded.len() >= 3 && (option.starts_with(&folded) || option.ends_with(&folded));
        if part { likeness.max(LIKENESS_MIN) } else { likeness }
    };
    // Texts of any length come from users, and the comparison takes time with the square of it.
    let scored = options.filter(|_| folded.len() <= 100).map(|option| (likeness(option), option));
    let best = scored.filter(|(likeness, _)| *likeness >= LIKENESS_MIN);
    best.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, option)| option)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let options = ["tau_m", "tau_syn", "threshold", "refractory"];
        let of = |text| nearest(text, options.into_iter());
        assert_eq!(of("tau_mm"), Some("tau_m"));
        assert_eq!(of("treshold"), Some("threshold"));
        assert_eq!(of("Refractory"), Some("refractory"));
        assert_eq!(of("syn"), Some("tau_syn"));
        assert_eq!(of("colour"), None);
        assert_eq!(of(&"x".repeat(1_000_000)), None);
    }

    #[test]
    fn options_are_listed_in_words() {
        assert_eq!(listed(&["a"]), "\"a\"");
        assert_eq!(listed(&["a", "b", "c"]), "\"a\", \"b\" or \"c\"");
    }
}
