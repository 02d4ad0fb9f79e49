//! How problems look: the message, the place, the line itself and what to write instead.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::problem::{Found, Problems};
use super::source::Position;

/// So many problems are printed, and the rest counted.
const SHOWN_MAX: usize = 50;
/// Longer lines are cut around the place.
const LINE_CHARACTERS_MAX: usize = 160;
/// What is kept of a cut line before the place.
const LINE_CHARACTERS_BEFORE: usize = 40;

/// The colours of a message; all plain without colour.
struct Styles {
    error: Style,
    bold: Style,
    frame: Style,
}

impl Problems {
    /// All problems as text, in the order of their places; the first 50 in full.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let paint = |colour_name: AnsiColor| Style::new().bold().fg_color(Some(colour_name.into()));
        let styles = if colour {
            let error = if self.warns { AnsiColor::Yellow } else { AnsiColor::Red };
            Styles { error: paint(error), bold: Style::new().bold(), frame: paint(AnsiColor::Blue) }
        } else {
            Styles { error: Style::new(), bold: Style::new(), frame: Style::new() }
        };
        let mut blocks: Vec<String> =
            self.found.iter().take(SHOWN_MAX).map(|found| self.block(found, &styles)).collect();
        match self.count().saturating_sub(SHOWN_MAX) {
            0 => {}
            1 => blocks.push("... and one more problem".into()),
            more => blocks.push(format!("... and {more} more problems")),
        }
        blocks.join("\n\n")
    }

    /// One problem, without a newline at its end.
    fn block(&self, found: &Found, styles: &Styles) -> String {
        let Styles { error, bold, frame } = styles;
        let source = &self.sources[found.span.map_or(0, |span| span.source as usize)];
        let problem = &found.problem;
        let (message, label) = (printable(&problem.message), printable(&problem.label));
        let kind = if self.warns { "warning" } else { "error" };
        let mut block = format!("{error}{kind}{error:#}{bold}: {message}{bold:#}\n");
        // Writing to a String cannot fail.
        if let Some(span) = found.span {
            let position = source.position(span);
            let number = position.line.to_string();
            let blank = " ".repeat(number.len());
            let (text, before, length) = shown(&position);
            let _ = writeln!(block, "  {frame}at{frame:#} {}:{number}:{}", source.name, position.column);
            let _ = writeln!(block, "{frame}{blank} |{frame:#}");
            let _ = writeln!(block, "{}", format!("{frame}{number} |{frame:#} {text}").trim_end());
            let carets = "^".repeat(length);
            let line = format!("{frame}{blank} |{frame:#} {before}{error}{carets} {label}{error:#}");
            let _ = write!(block, "{}", line.trim_end());
        } else {
            let _ = write!(block, "  {frame}at{frame:#} {}", source.name);
            if !label.is_empty() {
                let _ = write!(block, "\n  {label}");
            }
        }
        if let Some(help) = &problem.help {
            let _ = write!(block, "\n  {frame}help{frame:#}: {}", printable(help));
        }
        block
    }
}

/// A text that does nothing to a terminal: one character for each, but control characters (a tab is none) replaced.
fn printable(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() && character != '\t' { '\u{fffd}' } else { character })
        .collect()
}

/// The line as it is shown, the blanks before its underline, and the length of the underline.
///
/// A tab stays a tab in both lines, so that the underline stands where it should at any width of tabs.
fn shown(position: &Position<'_>) -> (String, String, usize) {
    let characters: Vec<char> = position.text.chars().collect();
    let at = (position.column - 1).min(characters.len());
    let length = position.length;
    let (first, last) = if characters.len() <= LINE_CHARACTERS_MAX {
        (0, characters.len())
    } else {
        let first = at.saturating_sub(LINE_CHARACTERS_BEFORE);
        (first, (first + LINE_CHARACTERS_MAX).min(characters.len()))
    };
    let mut text = printable(&characters[first..last].iter().collect::<String>());
    let mut before: String =
        characters[first..at].iter().map(|&character| if character == '\t' { '\t' } else { ' ' }).collect();
    if first > 0 {
        text.insert(0, '…');
        before.insert(0, ' ');
    }
    if last < characters.len() {
        text.push('…');
    }
    (text, before, length.min((last - at).max(1)))
}

#[cfg(test)]
mod tests {
    use super::super::problem::{Place, Problem};
    use super::super::source::{Source, Span};
    use super::super::tree::Table;
    use super::*;

    fn problems(text: &str, needle: &str, times: usize) -> Problems {
        let start = text.find(needle).unwrap();
        let place = Place::Span(Span::new(0, start, start + needle.len()));
        // Different messages: equal ones are one.
        let one =
            |number| Problem::new(place.clone(), format!("`x{number}` is wrong"), "write it so").help("see there");
        Problems::new(&[Source::new("a.toml", text, 1)], &Table::default(), (0..times).map(one).collect())
    }

    #[test]
    fn the_underline_stands_under_the_place() {
        assert_eq!(
            problems("\n\n\tä = 20 # no", "20", 1).render(false),
            "error: `x0` is wrong\n  at a.toml:3:6\n  |\n3 | \tä = 20 # no\n  | \t    ^^ write it so\n  help: see there"
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("x = [{}7{}]", "0, ".repeat(200), ", 0".repeat(200));
        let rendered = problems(&text, "7", 1).render(false);
        let lines: Vec<&str> = rendered.lines().collect();
        let column = lines[4].chars().position(|character| character == '^').unwrap();
        assert_eq!(lines[3].chars().nth(column), Some('7'));
        assert!(lines[3].chars().count() < 180 && lines[3].ends_with('…') && lines[3].starts_with("1 | …"));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let rendered = problems("x = \"\u{1b}[31m\" 20", "20", 1).render(false);
        assert!(!rendered.contains('\u{1b}'));
        assert!(problems("x = 20", "20", 1).render(true).contains("\u{1b}["), "colour is there when asked for");
    }

    #[test]
    fn fifty_are_shown_and_the_rest_counted() {
        let rendered = problems("x = 20", "20", 2053).render(false);
        assert_eq!(rendered.matches("error: ").count(), 50);
        assert!(rendered.ends_with("\n\n... and 2003 more problems"));
    }
}
