//! Runs that do not come to their end: interrupted, failed, killed, or out of disk.
//!
//! The tests with a process of their own start this test binary again, for the same test, with a variable set that makes
//! it the child.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use attractor::record::Existing;
use attractor::record::spiking::Recorder;
use attractor::results::{Repaired, Results, ResultsError, State};
use attractor::simulate::{Ended, Observer, Spike};

use crate::content::{expected, full, record};
use crate::synthetic::{DT_MS, Spec, Synthetic, spikes};

/// Set for a child: the file that it is to write.
const CHILD: &str = "ATTRACTOR_TEST_RECORD_CHILD";
/// Exit code of a child whose recorder failed and that came to its end all the same.
const FAILED: i32 = 7;

/// The file to write, where this is a child.
pub(crate) fn child() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

/// This binary again, for one test only, as a child that writes `path`; `shell` runs before it in the same process.
pub(crate) fn command(test: &str, path: &Path, shell: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{shell} exec \"$0\" \"$@\"")]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--include-ignored", "--nocapture"]).env(CHILD, path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// An endless run; every neuron of 64 fires in every step, neuron 0 first.
pub(crate) fn endless() -> Synthetic {
    let members = vec![(0..16).collect(), (8..24).collect()];
    Synthetic::new(&Spec { sizes: &[64], patterns: Some(&members), steps: 1 << 40 })
}

/// Records `endless` until the recorder fails; waits `pause` after each block of 10 steps.
pub(crate) fn record_endlessly(path: &Path, pause: Duration) -> anyhow::Error {
    let synthetic = endless();
    let mut recorder = Recorder::create(path, Existing::Refuse, &synthetic.run()).unwrap();
    recorder.start(&synthetic.state(0)).unwrap();
    for block in 0.. {
        let spikes: Vec<Spike> =
            (0..640).map(|at| Spike { step: block * 10 + at / 64, neuron: (at % 64) as u32 }).collect();
        if let Err(error) = recorder.block(&synthetic.block(block * 10, 10, &spikes)) {
            return error;
        }
        std::thread::sleep(pause);
    }
    unreachable!("the run is endless")
}

/// Asserts that a file has the first spikes of `endless`, and returns how many.
fn assert_endless(results: &Results) -> usize {
    let spikes = results.spikes("a").unwrap();
    let whole = spikes.timestamps_ms.iter().zip(&spikes.node_ids).enumerate();
    for (at, (&time, &id)) in whole {
        assert_eq!((time, id), ((at / 64 + 1) as f64 * DT_MS, at as u64 % 64), "spike {at}");
    }
    spikes.node_ids.len()
}

/// Kills the child when the test ends, however it ends.
pub(crate) struct Killed(pub(crate) Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until `path` is a results file with so many spikes.
pub(crate) fn wait_for_spikes(path: &Path, spikes: u64) -> Results {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        if let Ok(results) = Results::open(path)
            && results.spike_count("a").unwrap() >= spikes
        {
            return results;
        }
        assert!(Instant::now() < patience, "no {spikes} spikes in `{}` after a minute", path.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_interrupted_run_is_closed_as_far_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let synthetic = full(1000);
    let spikes = spikes(14, 103, 5);
    let summary = record(&synthetic, &path, &spikes, Ended::Interrupted, 103);
    assert_eq!((summary.steps, summary.run_hash), (103, None));
    let results = Results::open(&path).unwrap();
    assert_eq!(results.state(), State::Interrupted);
    assert_eq!((results.attributes().complete, &results.attributes().run_hash), (false, &None));
    assert!(results.attributes().finished.is_some());
    assert_eq!(results.spikes("a").unwrap().timestamps_ms, expected(&spikes, 0..9).0);
    let overlaps = results.overlaps().unwrap().unwrap();
    assert_eq!(overlaps.times_ms.last(), Some(&(103.0 * DT_MS)), "a shorter last bin is kept");
    let file = hdf5::File::open(&path).unwrap();
    let time = file.dataset("report/a/mapping/time").unwrap().read_raw::<f64>().unwrap();
    let frames = file.dataset("report/a/data").unwrap().shape()[0];
    assert_eq!((frames, &time[..]), (21, &[0.0, 10.5, 0.5][..]), "a report ends behind its last frame");
    assert_eq!(Results::repair(&path).unwrap(), Repaired::NotNeeded);
}

#[test]
fn a_recorder_that_is_dropped_closes_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let synthetic = full(1000);
    let spikes = spikes(14, 50, 5);
    let mut recorder = Recorder::create(&path, Existing::Refuse, &synthetic.run()).unwrap();
    synthetic.play(&mut recorder, &spikes, 7, 50).unwrap();
    assert_eq!(recorder.progress().steps, 50);
    assert_eq!(recorder.progress().spikes, spikes.len() as u64);
    assert_eq!(Results::open(&path).unwrap().state(), State::Running);
    drop(recorder);
    let results = Results::open(&path).unwrap();
    assert_eq!(results.state(), State::Interrupted);
    assert_eq!(results.spikes("a").unwrap().timestamps_ms, expected(&spikes, 0..9).0);
}

#[cfg(unix)]
#[test]
fn a_killed_run_is_read_and_repaired() {
    if let Some(path) = child() {
        panic!("recording ended: {}", record_endlessly(&path, Duration::from_micros(200)));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut child = Killed(command("broken::a_killed_run_is_read_and_repaired", &path, "").spawn().unwrap());

    // While it runs.
    let results = wait_for_spikes(&path, 1);
    assert_eq!(results.state(), State::Running);
    let before = assert_endless(&results);
    assert!(matches!(Results::repair(&path), Err(ResultsError::Running { .. })));
    drop(results);
    let results = wait_for_spikes(&path, before as u64 + 1);
    assert!(assert_endless(&results) > before, "a reader sees the run go on");
    drop(results);

    // After the kill.
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    assert!(hdf5::File::open(&path).is_err(), "HDF5 refuses a file whose writer died, or this test tests nothing");
    let results = Results::open(&path).unwrap();
    assert_eq!(results.state(), State::Killed);
    assert_eq!(results.attributes().finished, None);
    let killed = assert_endless(&results);
    assert!(killed > before);
    let bins = results.overlaps().unwrap().unwrap().times_ms.len();
    assert!(bins > 0);
    drop(results);

    // After the repair.
    assert_eq!(Results::repair(&path).unwrap(), Repaired::Closed);
    let results = Results::open(&path).unwrap();
    assert_eq!((results.state(), assert_endless(&results)), (State::Interrupted, killed));
    let overlaps = results.overlaps().unwrap().unwrap();
    assert_eq!((overlaps.times_ms.len(), overlaps.values.nrows()), (bins, bins));
    let file = hdf5::File::open(&path).unwrap();
    assert_eq!(file.dataset("spikes/a/timestamps").unwrap().size(), killed, "datasets are cut to what was written");
    drop((file, results));
    assert_eq!(Results::repair(&path).unwrap(), Repaired::NotNeeded);
}

/// The limit on the size of files stands in for a disk that fills up: the same write fails, with another number.
#[cfg(unix)]
#[test]
fn a_full_disk_ends_the_run_in_plain_words() {
    if let Some(path) = child() {
        let error = record_endlessly(&path, Duration::ZERO);
        println!("message: {error:#}");
        std::process::exit(FAILED);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let limit = "trap '' XFSZ; ulimit -f 20000;";
    let output = command("broken::a_full_disk_ends_the_run_in_plain_words", &path, limit).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{stdout}{stderr}");
    assert_eq!(output.status.code(), Some(FAILED), "{stdout}{stderr}");
    let message = stdout.lines().find_map(|line| line.split_once("message: ")).unwrap().1;
    for part in [path.to_str().unwrap(), "files may not grow so large here", "are safe in it", "-o"] {
        assert!(message.contains(part), "no `{part}` in `{message}`");
    }
    assert!(!stderr.contains("HDF5") && !stderr.contains("panicked"), "{stderr}");
    let results = Results::open(&path).unwrap();
    assert_eq!(results.state(), State::Interrupted);
    let safe_ms: f64 = message.split("the first ").nth(1).unwrap().split(" ms").next().unwrap().parse().unwrap();
    let spikes = assert_endless(&results);
    assert!(spikes > 100_000, "the disk was full before anything was written");
    // Blocks of 512 bytes, less what is held for closing the file.
    let (bytes, limit) = (std::fs::metadata(&path).unwrap().len(), 20_000 * 512);
    assert!(bytes > limit * 4 / 5, "only {bytes} of {limit} bytes were used");
    let there_ms = spikes as f64 / 64.0 * DT_MS;
    assert!((there_ms - safe_ms).abs() < 1e-6, "{safe_ms} ms are said to be safe, {there_ms} ms are there");
}
