//! The configurations of the repository show what their first line says, to one who runs the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use attractor::results::{Ending, Results, State, Trial};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs a configuration and reads its results.
fn results(name: &str, more: &[&str]) -> (tempfile::TempDir, Results) {
    let folder = tempfile::tempdir().expect("a folder");
    let path: PathBuf = folder.path().join("run.h5");
    let output = Command::new(env!("CARGO_BIN_EXE_attractor"))
        .args(["run", "--backend", "cpu", "--quiet", "-o"])
        .args([&path, &Path::new(ROOT).join("configs").join(name)])
        .args(more)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results = Results::open(&path).expect("results");
    assert_eq!(results.state(), State::Complete);
    (folder, results)
}

fn only(name: &str) -> (Trial, Ending) {
    let (_folder, results) = results(name, &[]);
    assert_eq!(results.trial_count().expect("trials"), 1);
    (results.trial(0).expect("traces"), results.ending(0).expect("an ending"))
}

fn overlap(trial: &Trial, row: usize, pattern: usize) -> f64 {
    f64::from(trial.overlaps.as_ref().expect("overlaps")[[row, pattern]])
}

#[test]
fn primer() {
    let (trial, ending) = only("primer.toml");
    assert_eq!((trial.energy, trial.flips), (vec![0.0, -6.0, -6.0], vec![0, 1, 0]));
    assert_eq!((ending.outcome.as_str(), ending.rest_sweep), ("fixed point: pattern 0", Some(2)));
    assert_eq!(ending.recalled, Some((0, 1.0)));
}

#[test]
fn hopfield() {
    let (trial, ending) = only("hopfield.toml");
    assert_eq!(trial.overlaps.as_ref().expect("overlaps").ncols(), 800);
    assert!(ending.outcome.starts_with("fixed point: pattern 0 at overlap 0.99"), "{}", ending.outcome);
    assert!(trial.energy.windows(2).all(|pair| pair[1] <= pair[0]));
    let distance = trial.distance.expect("a distance");
    assert_eq!(distance[0], 0);
    let last = trial.sweeps.len() - 1;
    let overlap = f64::from(trial.overlaps.expect("overlaps")[[last, 0]]);
    assert!((overlap - (1.0 - 2.0 * distance[last] as f64 / 8000.0)).abs() < 1e-6);
}

#[test]
fn hopfield_stochastic() {
    let (trial, ending) = only("hopfield-stochastic.toml");
    assert_eq!((trial.sweeps.len(), ending.rest_sweep, ending.cycle_length), (301, None, None));
    let mean = (50..=300).map(|row| overlap(&trial, row, 0)).sum::<f64>() / 251.0;
    assert!((mean - 0.9662).abs() < 0.005, "{mean}");
}

#[test]
fn low_activity() {
    let (trial, ending) = only("low-activity.toml");
    let last = trial.sweeps.len() - 1;
    assert!((overlap(&trial, last, 0) - 0.994).abs() < 0.001, "{}", overlap(&trial, last, 0));
    assert_eq!((ending.cycle_length, ending.recalled.map(|(pattern, _)| pattern)), (Some(1), Some(0)));
    assert!((overlap(&trial, 0, 0) - 0.9).abs() < 0.002);
}

#[test]
fn diluted() {
    let (trial, _) = only("diluted.toml");
    assert!((overlap(&trial, 30, 0) - 0.917).abs() < 0.025, "{}", overlap(&trial, 30, 0));
}

#[test]
fn asymmetric() {
    let (trial, ending) = only("asymmetric.toml");
    assert_eq!((ending.cycle_length, ending.rest_sweep), (Some(4), Some(4)));
    assert_eq!(trial.energy, [0.5, -0.5, 0.5, -0.5, 0.5]);
    let states: Vec<u8> = trial.states.expect("states").iter().copied().collect();
    assert_eq!(states, [0b01, 0b00, 0b10, 0b11, 0b01]);
}

#[test]
fn images() {
    let (folder, results) = results("images.toml", &[]);
    let stored = results.stored().expect("patterns").expect("there are some");
    assert_eq!((stored.count, stored.image_size), (5, Some([16, 16])));
    let (trial, ending) = (results.trial(0).expect("traces"), results.ending(0).expect("an ending"));
    assert_eq!(ending.outcome, "fixed point: pattern 2");
    assert!(overlap(&trial, 0, 2) < 0.7);
    // The last state is the picture.
    let states = trial.states.expect("states");
    let last: Vec<u8> = states.outer_iter().next_back().expect("a row").to_vec();
    let patterns = results.patterns().expect("patterns").expect("there are some");
    let on: Vec<u32> = (0..256).filter(|&pixel| last[pixel as usize / 8] >> (pixel % 8) & 1 == 1).collect();
    assert_eq!(on, patterns.members(2));
    drop(folder);
}

#[test]
fn trials_lie_side_by_side_and_the_first_is_the_run_alone() {
    let more = ["--set", "network.temperature=0.5", "--set", "sweeps=5", "--set", "start.overlap=0.5"];
    let (_one, alone) = results("hopfield.toml", &more);
    let (_many, together) = results("hopfield.toml", &[&more[..], &["--set", "trials.count=3"]].concat());
    assert_eq!(together.trial_count().expect("trials"), 3);
    assert_eq!(alone.trial(0).expect("traces"), together.trial(0).expect("traces"));
    assert_ne!(together.trial(1).expect("traces"), together.trial(0).expect("traces"));
    // Each has its hash; that of the run is the hash of them.
    let hashes: Vec<String> =
        (0..3).map(|trial| together.ending(trial).expect("an ending").run_hash.expect("a hash")).collect();
    assert_eq!(alone.attributes().run_hash.as_ref(), Some(&hashes[0]));
    let all = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(hashes.concat().as_bytes()));
    assert_eq!(together.attributes().run_hash, Some(all));
    assert!(together.trial(3).is_err());
}

/// The file of a few trials holds its objects open, that of many does not; what is in it is the same.
#[test]
fn trials_are_written_the_same_whether_they_are_few_or_many() {
    let more = ["--set", "network.size=200", "--set", "sweeps=20", "--set", "network.temperature=0.5"];
    let more = [&more[..], &["--set", "patterns.count=5", "--set", "record.states=true", "--set"]].concat();
    let (_one, few) = results("hopfield.toml", &[&more[..], &["trials.count=2"]].concat());
    let (_other, many) = results("hopfield.toml", &[&more[..], &["trials.count=90"]].concat());
    assert_eq!(many.trial_count().expect("trials"), 90);
    for trial in 0..2 {
        assert_eq!(few.trial(trial).expect("traces"), many.trial(trial).expect("traces"));
        assert_eq!(few.ending(trial).expect("an ending"), many.ending(trial).expect("an ending"));
    }
    assert_eq!(many.trial(89).expect("traces").sweeps.len(), 21);
}

#[test]
fn the_hash_is_that_of_the_states_and_the_echo_repeats_the_run() {
    let more = ["--set", "record.states=true"];
    let (folder, results) = results("hopfield.toml", &more);
    let states = results.trial(0).expect("traces").states.expect("states");
    let bytes: Vec<u8> = states.iter().copied().collect();
    let hash = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&bytes));
    // 8000 neurons fill whole words of 64.
    assert_eq!(results.attributes().run_hash.as_ref(), Some(&hash));
    let echo = folder.path().join("echo.toml");
    std::fs::write(&echo, &results.attributes().config).expect("it can be written");
    let (_again, again) = self::results(echo.to_str().expect("a path"), &[]);
    assert_eq!(again.attributes().run_hash, Some(hash));
    assert_eq!(again.attributes().config, results.attributes().config);
}

/// With trials whose objects are held open, and with more.
#[test]
fn what_a_killed_run_leaves_is_read_and_repaired() {
    ["trials.count=2", "trials.count=70"].into_iter().for_each(killed_and_repaired);
}

fn killed_and_repaired(trials: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.h5");
    let mut child = Command::new(env!("CARGO_BIN_EXE_attractor"))
        .args(["run", "--backend", "cpu", "--quiet", "-o"])
        .args([&path, &Path::new(ROOT).join("configs/hopfield-stochastic.toml")])
        .args(["--set", "sweeps=1000000000", "--set", "network.size=500", "--set", "patterns.count=20"])
        .args(["--set", trials, "--set", "record.states=true"])
        .spawn()
        .expect("the program runs");
    let started = std::time::Instant::now();
    let rows = |results: &Results| results.trial(1).map_or(0, |trial| trial.sweeps.len());
    while !Results::open(&path).is_ok_and(|results| rows(&results) > 100) {
        assert!(started.elapsed().as_secs() < 60, "nothing is written");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    let killed = Results::open(&path).expect("results");
    assert_eq!((killed.state(), killed.attributes().run_hash.is_some()), (State::Killed, false));
    let before = killed.trial(0).expect("traces");
    drop(killed);
    Results::repair(&path).expect("it is repaired");
    let repaired = Results::open(&path).expect("results");
    assert_eq!(repaired.state(), State::Interrupted);
    let after = repaired.trial(0).expect("traces");
    assert!(after.sweeps.len() >= 100 && after.sweeps.len() <= before.sweeps.len());
    assert_eq!(after.sweeps.len(), after.states.expect("states").nrows());
    assert_eq!(
        (after.flips.len(), after.distance.expect("a distance").len()),
        (after.sweeps.len(), after.sweeps.len())
    );
    assert_eq!(repaired.ending(0).expect("an ending").outcome, "");
    let told = Command::new(env!("CARGO_BIN_EXE_attractor")).arg("info").arg(&path).output().expect("it runs");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("interrupted after") && told.contains("trial 1"), "{told}");
}
