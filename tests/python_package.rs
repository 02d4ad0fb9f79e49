//! The Python package in python/: its own tests, its types, and that pip installs it.

use std::path::{Path, PathBuf};
use std::process::Command;

fn python(arguments: &[&str], path: Option<&Path>) -> String {
    let python = std::env::var_os("ATTRACTOR_PYTHON");
    let python = python.expect("set ATTRACTOR_PYTHON to a Python that has tests/python/requirements.txt");
    let mut command = Command::new(python);
    command.current_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python")).args(arguments);
    command.env("ATTRACTOR_BIN", env!("CARGO_BIN_EXE_attractor"));
    if let Some(path) = path {
        command.env("PYTHONPATH", path);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

#[test]
#[ignore = "needs ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn it_installs_with_pip_and_passes_its_tests_and_its_types_hold() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().to_str().unwrap();
    python(&["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", target, "."], None);
    let said = python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], Some(folder.path()));
    assert!(said.contains("passed") && !said.contains("skipped"), "{said}");
    let said = python(&["-m", "mypy", "--cache-dir", target], None);
    assert!(said.contains("no issues found"), "{said}");
}
