//! The phases of a command with their times: told as they end, if asked for.

use std::time::Instant;

use super::output::say;
use super::words;

/// Tells phases where `verbose` is set.
#[derive(Debug)]
pub(crate) struct Phases {
    verbose: bool,
    since: Instant,
}

impl Phases {
    /// The first phase starts now.
    pub(crate) fn start(verbose: bool) -> Self {
        Self { verbose, since: Instant::now() }
    }

    /// A phase ends here and the next one starts. Returns how long it took, s.
    pub(crate) fn end(&mut self, phase: &str, detail: &str) -> f64 {
        let seconds = self.since.elapsed().as_secs_f64();
        self.since = Instant::now();
        if self.verbose {
            let detail = if detail.is_empty() { String::new() } else { format!("  {detail}") };
            say(&format!("{phase:<14}{:>9}{detail}", words::seconds(seconds)));
        }
        seconds
    }
}
