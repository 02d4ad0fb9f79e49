//! The command line as a user meets it: every verb and flag, exit codes, messages, files.

mod bench;
mod docs;
mod engines;
mod info;
mod interrupt;
mod learning;
mod mistakes;
mod one_memory;
mod pictures;
mod plan;
mod rate;
mod readme;
mod run;
mod start;
mod watch;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A folder of its own for a test, in which the program runs.
struct Place {
    folder: TempDir,
}

/// How a call ended.
struct Called {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with these arguments, told neither of a terminal nor of colours.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attractor"));
        command.current_dir(self.folder.path()).args(arguments);
        ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"].iter().for_each(|name| _ = command.env_remove(name));
        command
    }

    fn call(&self, arguments: &[&str]) -> Called {
        called(&mut self.command(arguments))
    }

    /// Calls it, expects it to succeed, and returns standard output.
    fn answer(&self, arguments: &[&str]) -> String {
        let called = self.call(arguments);
        assert_eq!(called.code, 0, "{arguments:?}: {}", called.stderr);
        called.stdout
    }

    /// The same with --json: the document.
    fn document(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.answer(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// Calls it, expects it to fail with `code`, and returns standard error.
    fn failure(&self, code: i32, arguments: &[&str]) -> String {
        let called = self.call(arguments);
        assert_eq!(called.code, code, "{arguments:?}: {}{}", called.stdout, called.stderr);
        assert!(!called.stderr.contains("panicked") && !called.stderr.contains('\u{1b}'), "{}", called.stderr);
        called.stderr
    }
}

fn called(command: &mut Command) -> Called {
    let output = command.output().unwrap();
    Called {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// One of the repository's configurations.
fn config(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(name).to_str().unwrap().to_owned()
}

/// The network of 1250 neurons for 100 ms without stimuli: the arguments that name it.
fn quick() -> Vec<String> {
    vec![config("small.toml"), "--set".into(), "duration=100 ms".into(), "--set".into(), "stimuli=[]".into()]
}

/// `verb` on the quick network, on the CPU, with more arguments.
fn quickly<'a>(verb: &'a str, quick: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![verb];
    arguments.extend(quick.iter().map(String::as_str));
    arguments.extend(["--backend", "cpu"]);
    arguments.extend(more);
    arguments
}
