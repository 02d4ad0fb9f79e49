//! The program `attractor`: reads the command line, runs the command, and turns its end into an exit code.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use commands::{engines, failure, interrupt};

fn main() -> ExitCode {
    failure::report_panics();
    engines::quieten_drivers();
    interrupt::outlive_file_limits();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::report_usage(&error, std::env::args_os().any(|argument| argument == "--json")),
    };
    let json = cli.command.json();
    match commands::execute(cli.command) {
        Ok(ended) => ended.exit_code(),
        Err(error) => failure::report(&error, json),
    }
}
