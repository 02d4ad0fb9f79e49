//! Sources: the texts that a configuration is made of, and places in them as people count them.

/// A stretch of bytes of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Number of the source: 0 is the file, the others are `--set` arguments.
    pub(super) source: u32,
    /// First byte.
    pub(super) start: u32,
    /// First byte after it.
    pub(super) end: u32,
}

impl Span {
    pub(super) fn new(source: u32, start: usize, end: usize) -> Self {
        Self { source, start: start as u32, end: end as u32 }
    }
}

/// The file, or one `--set` argument.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What messages call it.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// Number of its first line: a `--set` argument is a line, numbered among the arguments.
    first_line: usize,
    /// Where its lines start, in bytes.
    line_starts: Vec<usize>,
}

/// A place as people count it: lines and columns from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position<'s> {
    pub(super) line: usize,
    pub(super) column: usize,
    /// The whole line, without its end.
    pub(super) text: &'s str,
    /// Number of characters of the line that are meant, at least 1.
    pub(super) length: usize,
}

impl Source {
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>, first_line: usize) -> Self {
        let text = text.into();
        let after_newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(after_newlines).collect();
        Self { name: name.into(), text, first_line, line_starts }
    }

    /// Number of the line in which a span starts.
    pub(super) fn line(&self, span: Span) -> usize {
        self.first_line + self.line_index(span)
    }

    /// From 0; the first line starts at 0, so that there is one at or before every byte.
    fn line_index(&self, span: Span) -> usize {
        self.line_starts.partition_point(|&start| start <= span.start as usize) - 1
    }

    /// Where a span starts, and how much of its first line it covers.
    pub(super) fn position(&self, span: Span) -> Position<'_> {
        let start = self.boundary(span.start as usize);
        let end = self.boundary((span.end as usize).max(start));
        let line_start = self.line_starts[self.line_index(span)];
        let rest = &self.text[line_start..];
        let text = rest.split('\n').next().unwrap_or(rest).trim_end_matches('\r');
        let line_end = line_start + text.len();
        let length = self.text[start.min(line_end)..end.min(line_end)].trim_end().chars().count();
        Position {
            line: self.line(span),
            column: self.text[line_start..start.min(line_end)].chars().count() + 1,
            text,
            length: length.max(1),
        }
    }

    /// The nearest character boundary at or before a byte.
    fn boundary(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        (0..=byte).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_lines_end_where_they_end() {
        let source = Source::new("x", "a = 1\r\n\tä = \"µs\"\nlast", 1);
        let at = |needle: &str, length: usize| {
            let start = source.text.find(needle).unwrap();
            source.position(Span::new(0, start, start + length))
        };
        assert_eq!(at("1", 1), Position { line: 1, column: 5, text: "a = 1", length: 1 });
        assert_eq!(at("\"µs\"", 5), Position { line: 2, column: 6, text: "\tä = \"µs\"", length: 4 });
        // A span of several lines is cut at the end of the first one.
        assert_eq!(at("a = 1", 20), Position { line: 1, column: 1, text: "a = 1", length: 5 });
        assert_eq!(at("last", 99), Position { line: 3, column: 1, text: "last", length: 4 });
        let end = source.position(Span::new(0, 9999, 9999));
        assert_eq!((end.line, end.column, end.length), (3, 5, 1));
    }
}
