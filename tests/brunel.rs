//! The balanced random network of Brunel (2000) against NEST, in the Python that `ATTRACTOR_PYTHON` names.

use std::path::Path;
use std::process::Command;

/// Runs benches/brunel.py at a tenth of its size; whether rates, CV and spectrum agree, and what it said.
fn compare(changes: &[&str]) -> (bool, String) {
    let python = std::env::var_os("ATTRACTOR_PYTHON");
    let python = python.expect("set ATTRACTOR_PYTHON to a Python that has tests/python/requirements.txt");
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/brunel.py"));
    command.args([env!("CARGO_BIN_EXE_attractor"), "--small", "--seeds", "3", "--duration-ms", "700"]).args(changes);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("rate of inhibitory (Hz)"), "the script did not get to its end: {said}");
    (output.status.success(), said)
}

#[test]
#[ignore = "needs ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn a_small_balanced_network_is_that_of_nest() {
    let (agrees, said) = compare(&[]);
    assert!(agrees, "{said}");
    // Negative control: inhibition that is weaker by a tenth here is noticed.
    let (agrees, said) = compare(&["--regimes", "AI", "--inhibition-here", "0.9"]);
    assert!(!agrees && said.contains("DIFFERENT"), "{said}");
}
