//! Ctrl-C: the first asks the run to end at the next block, the second ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::output::say;

static STOP: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C (and the signals that ask a program to end) from now on. The flag returned is set by the first.
pub(crate) fn listen() -> anyhow::Result<&'static AtomicBool> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        say("interrupted: ending at the next block (again to end at once)");
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(&STOP)
}
