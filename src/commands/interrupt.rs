//! Ctrl-C: the first asks the run to end at the next block, the second ends the program at once. Before there is anything
//! to close or to tell, the first does.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::output::say;

/// Signals so close together are one: `timeout` and shells send one to the program and another to its group.
const ONE_SIGNAL: Duration = Duration::from_millis(500);

static STOP: AtomicBool = AtomicBool::new(false);
/// There is something to close or to tell: a results file is being written, engines are measured or compared.
static OPEN: AtomicBool = AtomicBool::new(false);
static FIRST: OnceLock<Instant> = OnceLock::new();

/// Listens for Ctrl-C (and the signals that ask a program to end) from now on. The flag returned is set by the first.
pub(crate) fn listen() -> anyhow::Result<&'static AtomicBool> {
    ctrlc::set_handler(|| {
        if !OPEN.load(Ordering::Relaxed) {
            say("interrupted: nothing had begun");
            std::process::exit(130);
        }
        let first = *FIRST.get_or_init(Instant::now);
        if !STOP.swap(true, Ordering::Relaxed) {
            say("interrupted: ending at the next block (again to end at once)");
        } else if first.elapsed() > ONE_SIGNAL {
            super::watch::restore();
            std::process::exit(130);
        }
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(&STOP)
}

/// A limit on the size of files (`ulimit -f`) is to be met as a full disk is, by the write that fails, and not by the signal
/// that would end the program there, its file half written.
#[cfg(unix)]
pub(crate) fn outlive_file_limits() {
    // Where it cannot be had, the signal does what it did before.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Default::default());
}

#[cfg(not(unix))]
pub(crate) fn outlive_file_limits() {}

/// From now on there is something to close or to tell: the first signal asks, it does not end.
pub(crate) fn begin() {
    OPEN.store(true, Ordering::Relaxed);
}
