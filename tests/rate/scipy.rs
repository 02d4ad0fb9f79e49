//! Agreement with scipy's solve_ivp on small dense networks, in the Python that `ATTRACTOR_PYTHON` names.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the script of tests/python.
fn check(folder: &Path, more: &[&str]) -> Output {
    let python = std::env::var_os("ATTRACTOR_PYTHON");
    let python = python.expect("set ATTRACTOR_PYTHON to a Python that has tests/python/requirements.txt");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_rates.py");
    let program = env!("CARGO_BIN_EXE_attractor");
    Command::new(python).arg(script).arg(program).arg(folder).args(more).output().expect("python starts")
}

#[test]
#[ignore = "needs ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn a_dense_network_goes_where_solve_ivp_goes() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(folder.path(), &[]);
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("attractor and solve_ivp agree"), "{said}{errors}");
    // The check is one that can fail: one weight of 529 is off by a hundredth.
    let output = check(folder.path(), &["wrong"]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("from solve_ivp"));
}
