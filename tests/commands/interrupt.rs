//! Ctrl-C: the run ends at the next block, and its file is closed and readable.
#![cfg(unix)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use attractor::results::{Results, State};

use crate::{Place, config};

/// Starts a run that would take very long, and waits until its file is there.
fn start(place: &Place) -> Child {
    start_with(place, &[])
}

/// The same with more arguments.
fn start_with(place: &Place, more: &[&str]) -> Child {
    let child = Command::new(env!("CARGO_BIN_EXE_attractor"))
        .current_dir(place.folder.path())
        .args(["run", &config("small.toml"), "--backend", "cpu", "--set", "duration=3000 s"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !place.path("small.h5").exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "the results file does not appear");
        std::thread::sleep(Duration::from_millis(20));
    }
    // A little of the run.
    std::thread::sleep(Duration::from_millis(700));
    child
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn the_file_is_closed_and_marked_incomplete() {
    for name in ["-INT", "-TERM"] {
        let place = Place::new();
        let child = start(&place);
        // Nobody else may have the file while it is written.
        let message = place.failure(1, &["run", &config("small.toml"), "--backend", "cpu", "--force"]);
        assert!(message.contains("another run"), "{message}");
        signal(&child, name);
        // Some send two, one to the program and one to its group; together they are one.
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let (told, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(told.contains("interrupted at") && !told.contains("run_hash"), "{told}");
        assert!(said.contains("interrupted"), "{said}");

        let results = Results::open(&place.path("small.h5")).unwrap();
        assert_eq!(results.state(), State::Interrupted);
        assert!(!results.attributes().complete && results.attributes().run_hash.is_none());
        assert!(results.spike_count("linear").unwrap() > 100);
        let told = place.answer(&["info", "small.h5"]);
        assert!(told.contains("incomplete: interrupted at about"), "{told}");
    }
}

#[test]
fn a_killed_run_leaves_a_file_that_repair_opens() {
    let place = Place::new();
    let mut child = start(&place);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(place.answer(&["info", "small.h5"]).contains("--repair"));
    let repaired = place.call(&["info", "small.h5", "--repair"]);
    assert_eq!(repaired.code, 0, "{}", repaired.stderr);
    assert!(repaired.stderr.contains("repaired"), "{}", repaired.stderr);
    assert_eq!(Results::open(&place.path("small.h5")).unwrap().state(), State::Interrupted);
}

/// Before there is a results file there is nothing to close: the first signal ends the program.
#[test]
fn a_signal_while_it_compiles_ends_it_at_once() {
    let place = Place::new();
    let child = Command::new(env!("CARGO_BIN_EXE_attractor"))
        .current_dir(place.folder.path())
        .args(["run", &config("small.toml"), "--backend", "cpu", "--set", "populations.excitatory.size=3000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let started = Instant::now();
    signal(&child, "-TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(String::from_utf8(output.stderr).unwrap().contains("interrupted"));
}

/// What was measured or compared until then is told.
#[test]
fn a_benchmark_tells_what_it_has_measured() {
    let child = Command::new(env!("CARGO_BIN_EXE_attractor"))
        .args(["bench", "--backend", "cpu", "--sizes", "100", "--random", "200", "--repeats", "1000", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let (told, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("ending at the next block"), "{said}");
    let document: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(document["workloads"].is_array(), "{told}");
}

/// The limit is met by a write that fails, and not by its signal.
#[test]
fn a_limit_on_the_size_of_files_is_told() {
    let place = Place::new();
    let script = "ulimit -f 5000; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_attractor"), "run", &config("small.toml"), "--backend", "cpu"])
        .args(["--set", "duration=3000 s"])
        .current_dir(place.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("files may not grow so large here") && said.contains("are safe in it"), "{said}");
    assert!(place.answer(&["info", "small.h5"]).contains("incomplete: interrupted at about"));
}

/// The row of offsets begins with 0 from the start on, and a repair adds nothing that nobody wrote.
#[test]
fn a_killed_run_that_had_learned_nothing_has_one_offset() {
    let place = Place::new();
    let late = "protocol=[{ at = \"2900 s\", action = \"learn\", window = \"40 ms\", above = \"20 Hz\" }]";
    let child = start_with(&place, &["--set", "stimuli=[]", "--set", late]);
    signal(&child, "-KILL");
    child.wait_with_output().unwrap();
    place.answer(&["info", "small.h5", "--repair"]);
    let file = hdf5::File::open(place.path("small.h5")).unwrap();
    let rows = |name: &str| file.dataset(&format!("learned/{name}")).unwrap().shape()[0];
    assert_eq!(["time", "pattern", "members"].map(rows), [0; 3]);
    assert_eq!(file.dataset("learned/offsets").unwrap().read_raw::<u64>().unwrap(), [0]);
}
