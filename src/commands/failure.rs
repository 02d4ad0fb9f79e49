//! Failures: how each is told, and with which exit code.

use std::panic::PanicHookInfo;
use std::process::ExitCode;

use attractor::config::Problems;
use serde_json::json;

use super::output::{colour_on_stderr, print_json, say};

/// The command line is wrong in a way that only its meaning shows: told as a mistake in a configuration is.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Tells a failure on standard error, with `json` also as a document on standard output.
///
/// Exit codes: 2 where the command line or the configuration is wrong, 1 otherwise.
pub(crate) fn report(error: &anyhow::Error, json: bool) -> ExitCode {
    let problems = error.downcast_ref::<Problems>();
    match problems {
        Some(problems) => say(problems.render(colour_on_stderr()).trim_end()),
        None => say(&format!("{}: {error:#}", label(colour_on_stderr()))),
    }
    if json {
        let document = match problems {
            Some(problems) => json!({ "error": "the configuration is wrong", "problems": problems.to_json() }),
            None => json!({ "error": format!("{error:#}") }),
        };
        // The failure has been told already: one of its telling adds nothing.
        let _ = print_json(&document);
    }
    ExitCode::from(if problems.is_some() || error.is::<Usage>() { 2 } else { 1 })
}

/// Tells what is wrong with the command line as clap does, with `json` also as a document; help and the version are
/// answers.
pub(crate) fn report_usage(error: &clap::Error, json: bool) -> ExitCode {
    // The failure is what is told: one of its telling adds nothing.
    let _ = error.print();
    if json && error.use_stderr() {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let _ = print_json(&json!({ "error": first.strip_prefix("error: ").unwrap_or(first) }));
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

fn label(colour: bool) -> String {
    let style = if colour { anstyle::AnsiColor::Red.on_default().bold() } else { anstyle::Style::new() };
    format!("{style}error{style:#}")
}

/// A panic is a fault of the program's own: it is told in one line and ends the program with 1.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        super::watch::restore();
        say(&fault(info));
        std::process::exit(1);
    }));
}

fn fault(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    let payload = info.payload();
    let what = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    let what = what.and_then(|what| what.lines().next()).unwrap_or("no message");
    let version = env!("CARGO_PKG_VERSION");
    format!("error: attractor {version} has a fault of its own{place}: {what}; please report it with the configuration")
}
