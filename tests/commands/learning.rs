//! Learning, guards and trials as a user meets them: from the configuration to what is told, drawn and exported.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use attractor::results::Results;
use serde_json::Value;

use crate::{Place, config, quick, quickly};

/// Patterns that were recalled, with when.
fn recalled(info: &Value) -> Vec<(u64, f64)> {
    let recalls = info["recalls"].as_array().unwrap().iter().filter(|one| one["recalled"] == true);
    recalls.map(|one| (one["pattern"].as_u64().unwrap(), one["start_ms"].as_f64().unwrap())).collect()
}

#[test]
fn three_stimuli_are_learned_and_recalled_from_half_of_each() {
    let place = Place::new();
    let run = place.document(&["run", &config("learning.toml"), "--backend", "cpu"]);
    let learned = run["learned"].as_array().unwrap();
    assert_eq!(learned.len(), 3);
    let results = Results::open(&place.path("learning.h5")).unwrap();
    let patterns = results.patterns().unwrap().unwrap();
    assert_eq!(patterns.count(), 3);
    for (pattern, one) in learned.iter().enumerate() {
        assert_eq!((&one["pattern"], &one["trial"]), (&pattern.into(), &0.into()));
        let members = patterns.members(pattern);
        assert_eq!(members.len() as u64, one["members"].as_u64().unwrap());
        // The tenth that was driven, but for few.
        assert!((190..=215).contains(&members.len()), "{} members of {pattern}", members.len());
    }
    let info = place.document(&["info", "learning.h5"]);
    let found = recalled(&info);
    assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [0, 1, 2], "{found:?}");
    for ((_, start_ms), cue_ms) in found.iter().zip([2000.0, 3300.0, 4600.0]) {
        assert!((cue_ms - 50.0..cue_ms + 200.0).contains(start_ms), "{found:?}");
    }
    for recall in info["recalls"].as_array().unwrap() {
        assert!(recall["members_active"].as_f64().unwrap() > 0.9, "{recall}");
    }
    assert_eq!(info["patterns"]["at_start"], 0);
    assert_eq!(info["changes"].as_array().unwrap().len(), 3);
    // Before a pattern is stored it has no overlap.
    let overlaps = results.overlaps().unwrap().unwrap();
    for (row, &time_ms) in overlaps.times_ms.iter().enumerate() {
        for (pattern, learned_ms) in [500.0, 1000.0, 1500.0].into_iter().enumerate() {
            assert_eq!(overlaps.values[[row, pattern]].is_nan(), time_ms <= learned_ms, "{pattern} at {time_ms} ms");
        }
    }
    let told = place.answer(&["info", "learning.h5"]);
    assert!(told.contains("0 of them stored at the start") && told.contains("learned pattern 2 at 1500 ms"), "{told}");
    place.answer(&["plot", "learning.h5", "-o", "learning.svg"]);
    let drawn = fs::read_to_string(place.path("learning.svg")).unwrap();
    assert!(drawn.contains("Memories: 0 learned at 500 ms"));
    place.answer(&["report", "learning.h5"]);
    let page = fs::read_to_string(place.path("learning.html")).unwrap();
    assert!(page.contains("it learned 3 while it ran"));
    place.answer(&["export", "learning.h5", "--format", "csv", "--table", "patterns"]);
    let rows = fs::read_to_string(place.path("learning.csv")).unwrap();
    let members: u64 = learned.iter().map(|one| one["members"].as_u64().unwrap()).sum();
    assert_eq!(rows.lines().count() as u64, members + 1);
}

#[test]
fn what_is_forgotten_is_not_recalled() {
    let place = Place::new();
    let learn = |at: &str| format!("{{ at = \"{at}\", action = \"learn\", window = \"300 ms\", above = \"15 Hz\" }}");
    let forget = "{ at = \"1.8 s\", action = \"forget\", pattern = \"oldest\" }";
    let protocol = format!("protocol=[{}, {}, {}, {forget}]", learn("500 ms"), learn("1 s"), learn("1500 ms"));
    let learning = config("learning.toml");
    place.answer(&["run", &learning, "--backend", "cpu", "--set", &protocol]);
    let info = place.document(&["info", "learning.h5"]);
    let patterns: Vec<u64> = recalled(&info).iter().map(|one| one.0).collect();
    assert_eq!(patterns, [1, 2], "the oldest is gone, though it is cued");
    assert!(place.answer(&["info", "learning.h5"]).contains("forgot pattern 0 at 1800 ms"));
    let overlaps = Results::open(&place.path("learning.h5")).unwrap().overlaps().unwrap().unwrap();
    let last = overlaps.times_ms.len() - 1;
    assert!(overlaps.values[[last, 0]].is_nan() && !overlaps.values[[last, 1]].is_nan());
}

/// The file of a few trials holds its objects open, that of many does not; what is in it is the same.
#[test]
fn trials_are_written_the_same_whether_they_are_few_or_many() {
    let (place, quick) = (Place::new(), quick());
    let record = "record={ voltages = [{ population = \"linear\", count = 2, inputs = true }], overlaps = \"2 ms\" }";
    let run = |count: &'static str, name: &'static str| {
        let more = ["--set", "duration=10 ms", "--set", record, "--set", count, "-o", name];
        place.document(&quickly("run", &quick, &more))["trial_hashes"].clone()
    };
    let (few, many) = (run("trials.count=2", "few.h5"), run("trials.count=80", "many.h5"));
    assert_eq!(few.as_array().unwrap()[..], many.as_array().unwrap()[..2]);
    let [few, many] = ["few.h5", "many.h5"].map(|name| Results::open(&place.path(name)).unwrap());
    assert_eq!(many.trials().unwrap(), 80);
    for trial in 0..2 {
        let [few, many] = [&few, &many].map(|results| results.of_trial(trial).unwrap());
        assert_eq!(few.attributes().run_hash, many.attributes().run_hash);
        for name in ["excitatory", "linear", "ceiling"] {
            assert_eq!(few.spikes(name).unwrap(), many.spikes(name).unwrap());
            assert_eq!(few.rates(name).unwrap(), many.rates(name).unwrap());
        }
        assert_eq!(few.overlaps().unwrap(), many.overlaps().unwrap());
        assert_eq!(few.voltages("linear").unwrap(), many.voltages("linear").unwrap());
        assert!(few.inputs("linear").unwrap().is_some());
        assert_eq!(few.inputs("linear").unwrap(), many.inputs("linear").unwrap());
    }
}

#[test]
fn trials_lie_side_by_side_and_each_is_told_drawn_and_exported() {
    let (place, quick) = (Place::new(), quick());
    let run = place.document(&quickly("run", &quick, &["--set", "trials.count=3"]));
    let alone = place.document(&quickly("run", &quick, &["-o", "alone.h5"]));
    let hashes = run["trial_hashes"].as_array().unwrap();
    assert_eq!((hashes.len(), &hashes[0]), (3, &alone["run_hash"]));
    assert_eq!(run["steps"], 3000);
    let results = Results::open(&place.path("small.h5")).unwrap();
    assert_eq!(results.trials().unwrap(), 3);
    let first = results.of_trial(0).unwrap();
    let single = Results::open(&place.path("alone.h5")).unwrap();
    for name in ["excitatory", "linear", "ceiling"] {
        assert_eq!(first.spikes(name).unwrap(), single.spikes(name).unwrap());
        assert_eq!(first.rates(name).unwrap(), single.rates(name).unwrap());
        assert_ne!(results.of_trial(1).unwrap().spikes(name).unwrap(), single.spikes(name).unwrap());
    }
    assert_eq!(first.attributes().run_hash, single.attributes().run_hash);
    assert_eq!(first.patterns().unwrap(), single.patterns().unwrap());
    let told = place.answer(&["info", "small.h5"]);
    assert!(told.contains("trial 0: excitatory") && told.contains("trial 2: excitatory"), "{told}");
    let document = place.document(&["info", "small.h5"]);
    assert_eq!(document["trials"][1]["run_hash"], hashes[1]);
    let of_one = place.document(&["info", "small.h5", "--trial", "1"]);
    assert_eq!((&of_one["run_hash"], &of_one["populations"]), (&hashes[1], &document["trials"][1]["populations"]));
    for (verb, more, name) in [("plot", "one.svg", "one.svg"), ("report", "one.html", "one.html")] {
        place.answer(&[verb, "small.h5", "--trial", "2", "-o", more]);
        assert!(fs::read_to_string(place.path(name)).unwrap().contains("small, trial 2"), "{verb}");
    }
    let noted = place.call(&["plot", "small.h5"]);
    assert!(noted.stderr.contains("trial 0 of 3"), "{}", noted.stderr);
    place.answer(&["export", "small.h5", "--format", "csv", "-o", "all.csv"]);
    let rows = fs::read_to_string(place.path("all.csv")).unwrap();
    assert_eq!(rows.lines().next(), Some("trial,time_ms,population,neuron"));
    assert_eq!(rows.lines().count() as u64, run["spikes"].as_u64().unwrap() + 1);
    place.answer(&["export", "small.h5", "--format", "csv", "--trial", "1", "-o", "one.csv"]);
    assert!(fs::read_to_string(place.path("one.csv")).unwrap().starts_with("time_ms,"));
    place.answer(&["export", "small.h5", "--format", "npz", "-o", "all.npz"]);
    let wrong = place.failure(1, &["plot", "small.h5", "--trial", "3", "-o", "none.png"]);
    assert!(wrong.contains("no trial 3") && wrong.contains("from 0 to 2"), "{wrong}");
    let single = place.failure(1, &["info", "alone.h5", "--trial", "0"]);
    assert!(single.contains("leave `--trial` out"), "{single}");
}

#[test]
fn a_guard_ends_the_run_and_the_file_says_why() {
    let (place, quick) = (Place::new(), quick());
    let run = place.document(&quickly("run", &quick, &["--set", "guard.rate_max=20 Hz"]));
    let guarded = &run["guarded"][0];
    assert!(guarded["why"].as_str().unwrap().starts_with("rate_max: `linear` fired at more than 20 Hz"), "{guarded}");
    let ended_ms = guarded["ended_ms"].as_f64().unwrap();
    assert_eq!((&run["complete"], run["simulated_s"].as_f64()), (&true.into(), Some(ended_ms / 1000.0)));
    let info = place.document(&["info", "small.h5"]);
    assert_eq!((&info["guarded"]["why"], info["recorded_ms"].as_f64()), (&guarded["why"], Some(ended_ms)));
    assert_eq!(info["state"], "complete");
    let told = place.answer(&["info", "small.h5"]);
    assert!(told.contains("ended by the guard at"), "{told}");
    place.answer(&["plot", "small.h5", "-o", "small.svg"]);
    assert!(fs::read_to_string(place.path("small.svg")).unwrap().contains("Ended by the guard"));
    // One that never rings leaves the run as it was.
    let free = place.document(&quickly("run", &quick, &["-o", "free.h5"]));
    let watched = ["--set", "guard.silence=90 ms", "--set", "guard.rate_max=1 kHz", "-o", "watched.h5"];
    let watched = place.document(&quickly("run", &quick, &watched));
    assert_eq!((&watched["run_hash"], &watched["guarded"]), (&free["run_hash"], &serde_json::json!([])));
}

/// A report ends behind its last frame, as readers count frames by where it ends.
#[test]
fn a_report_of_a_run_that_a_guard_ended_has_as_many_frames_as_it_says() {
    let (place, quick) = (Place::new(), quick());
    let voltages = "record.voltages=[{ population = \"excitatory\", neurons = 2, every = \"0.1 ms\" }]";
    let run = place.document(&quickly("run", &quick, &["--set", "guard.rate_max=20 Hz", "--set", voltages]));
    let ended_ms = run["guarded"][0]["ended_ms"].as_f64().unwrap();
    let file = hdf5::File::open(place.path("small.h5")).unwrap();
    let frames = file.dataset("report/excitatory/data").unwrap().shape()[0];
    let time = file.dataset("report/excitatory/mapping/time").unwrap().read_raw::<f64>().unwrap();
    // One is due in every step: at the start, and where the guard ended the run.
    assert_eq!(frames, (ended_ms / 0.1).round() as usize + 1);
    assert!(time[0] == 0.0 && time[2] == 0.1 && (time[1] - frames as f64 * 0.1).abs() < 1e-9, "{time:?}, {frames}");
}

/// What is known of a trial is in the file once it is over, whatever becomes of the next ones.
#[cfg(unix)]
#[test]
fn trials_that_ended_before_an_interruption_are_complete() {
    let (place, quick) = (Place::new(), quick());
    let sets = ["--set", "duration=1 s", "--set", "trials.count=300"];
    let arguments = quickly("run", &quick, &sets);
    let mut run = Command::new(env!("CARGO_BIN_EXE_attractor"));
    let run = run.current_dir(place.folder.path()).args(&arguments).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = run.spawn().unwrap();
    let started = Instant::now();
    while !place.path("small.h5").exists() {
        assert!(started.elapsed() < Duration::from_secs(120), "the results file does not appear");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(1500));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let alone = place.document(&[&quickly("run", &quick, &sets[..2])[..], &["-o", "alone.h5"]].concat());
    let first = place.document(&["info", "small.h5", "--trial", "0"]);
    assert_eq!((&first["state"], &first["run_hash"]), (&"complete".into(), &alone["run_hash"]));
    assert!(place.answer(&["info", "small.h5"]).contains("incomplete: interrupted at about trial "));
}

#[test]
fn the_plan_tells_what_is_to_be_learned_and_how_many_trials_there_are() {
    let place = Place::new();
    let learning = config("learning.toml");
    let more = ["check", &learning, "--backend", "cpu", "--set", "trials.count=4", "--set", "guard.silence=2 s"];
    let told = place.answer(&more);
    assert!(told.contains("0 at the start, 3 to be learned") && told.contains("4, one after the other"), "{told}");
    assert!(told.contains("ends the run where no neuron has fired for 2000 ms"), "{told}");
    let plan = &place.document(&more)["plan"];
    assert_eq!((&plan["patterns_learned"], &plan["trials"]), (&3.into(), &4.into()));
}
