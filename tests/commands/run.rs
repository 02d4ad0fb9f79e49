//! `attractor run`: what it writes, says and refuses.

use std::fs;

use attractor::results::Results;

use crate::{Place, config, quick, quickly};

#[test]
fn the_summary_the_document_and_the_file_agree() {
    let (place, quick) = (Place::new(), quick());
    let told = place.answer(&quickly("run", &quick, &[]));
    let document = place.document(&quickly("run", &quick, &["-o", "other.h5"]));
    let hash = document["run_hash"].as_str().unwrap();
    assert_eq!(hash.len(), 32);
    assert!(told.contains(hash) && told.starts_with("small.h5"), "{told}");
    let results = Results::open(&place.path("small.h5")).unwrap();
    assert_eq!(results.attributes().run_hash.as_deref(), Some(hash));
    let populations = document["populations"].as_array().unwrap();
    assert_eq!(populations.len(), 3);
    let mut all = 0;
    for population in populations {
        let name = population["name"].as_str().unwrap();
        let spikes = population["spikes"].as_u64().unwrap();
        assert_eq!(results.spike_count(name).unwrap(), spikes, "{name}");
        assert_eq!(population["recorded_spikes"], spikes);
        let rate_hz = spikes as f64 / population["size"].as_f64().unwrap() / 0.1;
        assert!((population["rate_hz"].as_f64().unwrap() - rate_hz).abs() < 1e-9);
        all += spikes;
    }
    assert!(all > 100, "{all} spikes");
    assert_eq!(document["spikes"], all);
    assert_eq!((&document["complete"], &document["steps"]), (&true.into(), &1000.into()));
    assert_eq!(document["saturations"], serde_json::json!([]));
    assert_eq!(document["engine"]["engine"], "cpu");
    assert_eq!(document["file_bytes"], fs::metadata(place.path("other.h5")).unwrap().len());
}

#[test]
fn the_configuration_in_the_file_repeats_the_run() {
    let (place, quick) = (Place::new(), quick());
    let first = place.document(&quickly("run", &quick, &["--seed", "7", "-o", "first.h5"]));
    let echo = Results::open(&place.path("first.h5")).unwrap().attributes().config.clone();
    fs::write(place.path("echo.toml"), &echo).unwrap();
    let again = place.document(&["run", "echo.toml", "--backend", "cpu"]);
    assert_eq!(again["run_hash"], first["run_hash"]);
    assert_eq!(Results::open(&place.path("echo.h5")).unwrap().attributes().config, echo);
    // The hash tells runs apart: another seed, another hash.
    let other = place.document(&["run", "echo.toml", "--backend", "cpu", "--seed", "8", "-o", "other.h5"]);
    assert_ne!(other["run_hash"], first["run_hash"]);
}

#[test]
fn threads_change_nothing_and_a_seed_is_a_seed_however_it_is_given() {
    let (place, quick) = (Place::new(), quick());
    let hash = |more: &[&str]| place.document(&quickly("run", &quick, more))["run_hash"].clone();
    let one = hash(&["--threads", "1", "--seed", "5", "-o", "1.h5"]);
    assert_eq!(hash(&["--threads", "2", "--set", "seed=5", "-o", "2.h5"]), one);
    assert_ne!(hash(&["-o", "3.h5"]), one);
}

#[test]
fn an_existing_file_is_never_touched_without_force() {
    let (place, quick) = (Place::new(), quick());
    fs::write(place.path("small.h5"), "precious").unwrap();
    let message = place.failure(1, &quickly("run", &quick, &[]));
    assert!(message.contains("`small.h5`") && message.contains("--force"), "{message}");
    assert_eq!(fs::read_to_string(place.path("small.h5")).unwrap(), "precious");
    place.answer(&quickly("run", &quick, &["--force"]));
    assert!(Results::open(&place.path("small.h5")).unwrap().attributes().complete);
    let message = place.failure(1, &quickly("run", &quick, &["-o", "no/such/folder.h5"]));
    assert!(message.contains("no/such"), "{message}");
    let files: Vec<_> = fs::read_dir(place.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["small.h5"], "nothing else is left behind");
}

#[test]
fn quiet_says_nothing_and_verbose_tells_the_phases() {
    let (place, quick) = (Place::new(), quick());
    let quiet = place.call(&quickly("run", &quick, &["--quiet"]));
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    let json = place.call(&quickly("run", &quick, &["--json", "-o", "json.h5"]));
    assert_eq!((json.code, json.stderr.as_str()), (0, ""));
    let verbose = place.call(&quickly("run", &quick, &["-v", "-o", "verbose.h5"]));
    let phases: Vec<&str> = verbose.stderr.lines().map(|line| line[..14].trim_end()).collect();
    assert_eq!(phases, ["read", "compile", "start engine", "open results", "run", "write"]);
    assert!(verbose.stderr.contains("cpu: ") && verbose.stderr.contains("verbose.h5"), "{}", verbose.stderr);
}

#[test]
fn saturation_is_told_with_its_place_and_number() {
    let (place, quick) = (Place::new(), quick());
    let runaway = ["--set", "projections.0.strength=3e6 mV"];
    let document = place.document(&quickly("run", &quick, &runaway));
    let saturations = document["saturations"].as_array().unwrap();
    let place_of = saturations[0]["what"].as_str().unwrap();
    assert!(saturations[0]["count"].as_u64().unwrap() > 0);
    let told = place.answer(&quickly("run", &quick, &[&runaway[..], &["--force"]].concat()));
    assert!(told.contains(place_of) && told.contains("exact"), "{told}");
}

#[test]
fn a_run_of_part_of_the_spikes_says_so() {
    let (place, quick) = (Place::new(), quick());
    let part = ["--set", "record.spikes=[\"linear\"]"];
    let told = place.answer(&quickly("run", &quick, &part));
    assert!(told.contains("are in the file"), "{told}");
    assert_eq!(Results::open(&place.path("small.h5")).unwrap().populations().unwrap(), ["linear"]);
}

#[test]
fn the_mistakes_of_a_configuration_come_all_at_once_with_their_places() {
    let place = Place::new();
    let text = fs::read_to_string(config("small.toml")).unwrap();
    let wrong = text.replace("tau_m = \"20 ms\"", "tau_m = 20").replacen("delay = \"1 ms\"", "delya = \"1 ms\"", 1);
    fs::write(place.path("wrong.toml"), wrong).unwrap();
    let message = place.failure(2, &["run", "wrong.toml"]);
    for part in ["wrong.toml:13:", "has no unit", "\"20 ms\"", "`delya`", "`delay`", "tau_m = 20"] {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
    assert!(!place.path("wrong.h5").exists());
    let called = place.call(&["run", "wrong.toml", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&called.stdout).unwrap();
    assert_eq!(called.code, 2);
    assert!(document["problems"].as_array().unwrap().len() >= 2, "{document}");
    assert!(document["problems"][0]["line"].is_u64());
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let (place, quick) = (Place::new(), quick());
    let message = place.failure(2, &["run", "missing.toml"]);
    assert!(message.contains("missing.toml"), "{message}");
    place.failure(2, &["run"]);
    place.failure(2, &["sweep"]);
    place.failure(2, &quickly("run", &quick, &["--threads", "0"]));
    place.failure(2, &quickly("run", &quick, &["--set", "no value"]));
    place.failure(2, &quickly("run", &quick, &["--backend", "abacus"]));
    let message = place.failure(2, &quickly("run", &quick, &["--set", "populations.excitatory.sise=5"]));
    assert!(message.contains("`size`"), "{message}");
    let message = place.failure(2, &quickly("run", &quick, &["--adapter", "x"]));
    assert!(message.contains("--adapter") && message.contains("--backend"), "{message}");
}

#[test]
fn a_configuration_elsewhere_is_read_there_and_written_here() {
    let place = Place::new();
    fs::create_dir(place.path("there")).unwrap();
    fs::write(place.path("there/own.txt"), "1100\n0110\n").unwrap();
    let text = "model = \"spiking\"\nduration = \"20 ms\"\n[patterns]\nfile = \"own.txt\"\npopulation = \"e\"\n\
                [populations.e]\nsize = 4\ntau_m = \"20 ms\"\nthreshold = \"20 mV\"\nreset = \"10 mV\"\n\
                refractory = \"2 ms\"\ndrive = \"30 mV\"\n";
    fs::write(place.path("there/own.toml"), text).unwrap();
    place.answer(&["run", "there/own.toml", "--backend", "cpu"]);
    let patterns = Results::open(&place.path("own.h5")).unwrap().patterns().unwrap().unwrap();
    assert_eq!((patterns.members(0), patterns.members(1)), (&[0, 1][..], &[1, 2][..]));
    // The results file stands alone.
    fs::remove_dir_all(place.path("there")).unwrap();
    assert!(place.answer(&["info", "own.h5"]).contains("2 patterns in e, activity 0.5"));
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf_8_are_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let name = |bytes: &[u8]| place.folder.path().join(OsStr::from_bytes(bytes));
    fs::copy(config("small.toml"), name(b"caf\xe9.toml")).unwrap();
    let mut command = place.command(&["run", "--set", "duration=20 ms", "--set", "stimuli=[]", "--backend", "cpu"]);
    let called = crate::called(command.arg(OsStr::from_bytes(b"caf\xe9.toml")));
    assert_eq!(called.code, 0, "{}", called.stderr);
    assert!(Results::open(&name(b"caf\xe9.h5")).unwrap().attributes().complete);
    let called = crate::called(place.command(&["info"]).arg(OsStr::from_bytes(b"caf\xe9.h5")));
    assert_eq!(called.code, 0, "{}", called.stderr);
}
