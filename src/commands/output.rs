//! Standard output: the answer of a command, as words or as one JSON document.

use std::io::{self, IsTerminal, Write};

/// Prints the answer. A reader that went away, as `head` does, is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(anyhow::Error::new(error).context("the answer could not be written to standard output")),
        Ok(()) => Ok(()),
    }
}

/// Prints the answer as one JSON document.
pub(crate) fn print_json(document: &serde_json::Value) -> anyhow::Result<()> {
    print(&format!("{document:#}\n"))
}

/// Says a line on standard error; nobody there to hear it is no error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Whether standard error is a terminal that may be given colours.
pub(crate) fn colour_on_stderr() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && draws_on_stderr()
}

/// Whether standard error is a terminal that can be drawn on: one of the kind `dumb` prints whatever it is sent.
pub(crate) fn draws_on_stderr() -> bool {
    std::env::var_os("TERM").is_none_or(|kind| kind != "dumb") && io::stderr().is_terminal()
}
