//! CSV as RFC 4180 has it: a line of names, then a line a row; numbers so that they read back to the same bits.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::ExportError;
use super::table::{Rows, Sink, Values};

/// A file of comma-separated values.
pub(super) struct Csv {
    file: BufWriter<File>,
    started: bool,
}

impl Csv {
    pub(super) fn new(file: File) -> Self {
        Self { file: BufWriter::with_capacity(1 << 16, file), started: false }
    }

    pub(super) fn finish(mut self) -> Result<(), ExportError> {
        Ok(self.file.flush()?)
    }

    fn row(&mut self, rows: &Rows, row: usize) -> io::Result<()> {
        for (at, (_, values)) in rows.iter().enumerate() {
            if at > 0 {
                self.file.write_all(b",")?;
            }
            match values {
                // Missing is empty.
                Values::Real(values) if values[row].is_nan() => Ok(()),
                Values::Single(values) if values[row].is_nan() => Ok(()),
                // With a point always: readers guess the type of a column by its first rows.
                Values::Single(values) => write!(self.file, "{:?}", values[row]),
                Values::Real(values) => write!(self.file, "{:?}", values[row]),
                Values::Count(values) => write!(self.file, "{}", values[row]),
                Values::Maybe(values) => values[row].map_or(Ok(()), |value| write!(self.file, "{value}")),
                Values::Word(words, values) => self.file.write_all(quoted(&words[values[row] as usize]).as_bytes()),
            }?;
        }
        self.file.write_all(b"\r\n")
    }
}

impl Sink for Csv {
    fn rows(&mut self, rows: &Rows) -> Result<(), ExportError> {
        if !self.started {
            let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
            write!(self.file, "{}\r\n", names.join(","))?;
            self.started = true;
        }
        let count = rows.first().map_or(0, |(_, values)| values.len());
        for row in 0..count {
            self.row(rows, row)?;
        }
        Ok(())
    }
}

/// A word in quotes where it needs them.
fn quoted(word: &str) -> String {
    if word.contains([',', '"', '\n', '\r']) { format!("\"{}\"", word.replace('"', "\"\"")) } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_would_break_a_line_are_quoted() {
        assert_eq!(["plain", "a,b", "say \"x\""].map(quoted), ["plain", "\"a,b\"", "\"say \"\"x\"\"\""]);
    }
}
