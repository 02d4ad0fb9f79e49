//! Readers of others: h5py, libsonata and bmtk, in the Python that `ATTRACTOR_PYTHON` names.
//!
//! These tests fail without it, so they are ignored by default and asked for where it is set.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use attractor::results::{Results, State};
use attractor::simulate::Ended;
use serde_json::json;

use crate::broken::{Killed, child, command, record_endlessly, wait_for_spikes};
use crate::content::{expected, full, record};
use crate::synthetic::{DT_MS, spikes, value};

/// Runs a script of tests/python, which exits with 0 if it found what it should.
fn python(script: &str, arguments: &[&Path]) -> String {
    let python = std::env::var_os("ATTRACTOR_PYTHON");
    let python = python.expect("set ATTRACTOR_PYTHON to a Python that has tests/python/requirements.txt");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let output = Command::new(python).arg(script).args(arguments).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    stdout.into_owned()
}

#[test]
#[ignore = "needs ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn sonata_readers_find_what_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let (path, truth) = (folder.path().join("run.h5"), folder.path().join("truth.json"));
    let (steps, synthetic) = (100, full(100));
    // The last population is silent.
    let spikes: Vec<_> = spikes(14, steps, 5).into_iter().filter(|spike| spike.neuron < 13).collect();
    let summary = record(&synthetic, &path, &spikes, Ended::Complete, steps);
    let populations = [("a", 0..9), ("b", 9..13), ("c", 13..14)].map(|(name, neurons)| {
        let (timestamps, node_ids) = expected(&spikes, neurons);
        (name, json!({ "timestamps": timestamps, "node_ids": node_ids }))
    });
    let mut told = json!({
        "config": synthetic.config_toml,
        "run_hash": summary.run_hash,
        "spikes": populations.into_iter().map(|(name, spikes)| (name.to_owned(), spikes)).collect::<serde_json::Map<_, _>>(),
        "report": {
            "node_ids": [1, 4, 8],
            "time": [0.0, steps as f64 * DT_MS, 0.5],
            "data": (0..20).map(|frame| [1, 4, 8].map(|neuron| {
                (f64::from(value(frame * 5, neuron, 0)) / f64::from(1 << 21)) as f32
            })).collect::<Vec<_>>(),
        },
    });
    std::fs::write(&truth, told.to_string()).unwrap();
    let said = python("check_readers.py", &[&path, &truth]);
    assert!(said.contains("h5py, libsonata and bmtk agree"), "{said}");

    // The check is one that can fail.
    told["spikes"]["a"]["node_ids"][0] = json!(8 - told["spikes"]["a"]["node_ids"][0].as_u64().unwrap());
    std::fs::write(&truth, told.to_string()).unwrap();
    assert!(std::panic::catch_unwind(|| python("check_readers.py", &[&path, &truth])).is_err());
}

#[cfg(unix)]
#[test]
#[ignore = "needs ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn h5py_watches_a_run_and_opens_what_a_kill_leaves() {
    if let Some(path) = child() {
        panic!("recording ended: {}", record_endlessly(&path, Duration::from_micros(200)));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut child =
        Killed(command("readers::h5py_watches_a_run_and_opens_what_a_kill_leaves", &path, "").spawn().unwrap());
    drop(wait_for_spikes(&path, 1));
    let said = python("watch.py", &[&path]);
    assert!(said.contains("it grows"), "{said}");
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    let said = python("killed.py", &[&path]);
    assert!(said.contains("refused plainly, read with swmr"), "{said}");
    Results::repair(&path).unwrap();
    assert_eq!(Results::open(&path).unwrap().state(), State::Interrupted);
    let said = python("repaired.py", &[&path]);
    assert!(said.contains("read plainly"), "{said}");
}
