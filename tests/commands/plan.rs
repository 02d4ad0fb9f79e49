//! `attractor check`: the plan, and the configuration as it will run.

use attractor::results::Results;

use crate::{Place, config, quick, quickly};

#[test]
fn the_plan_counts_the_connections_there_are() {
    let (place, quick) = (Place::new(), quick());
    let plan = &place.document(&quickly("check", &quick, &[]))["plan"];
    place.answer(&quickly("run", &quick, &[]));
    let patterns = Results::open(&place.path("small.h5")).unwrap().patterns().unwrap().unwrap();
    let mut members = vec![vec![false; patterns.count()]; 1000];
    (0..patterns.count()).for_each(|pattern| {
        patterns.members(pattern).iter().for_each(|&member| members[member as usize][pattern] = true);
    });
    let shares = |one: usize, other: usize| members[one].iter().zip(&members[other]).any(|(one, other)| *one && *other);
    let pairs =
        (0..1000).map(|one| (0..1000).filter(|&other| one != other && shares(one, other)).count()).sum::<usize>();
    let without = (0..1000).filter(|&neuron| !shares(neuron, neuron)).count();
    let hebbian = &plan["projections"][0];
    assert_eq!(hebbian["representation"], "low_rank");
    assert_eq!(hebbian["synapses"], serde_json::json!({ "count": pairs, "exact": true, "standard_error": 0 }));
    assert_eq!((&hebbian["counts_per_step"], &hebbian["matrix_bytes"]), (&90.into(), &4_000_000.into()));
    assert_eq!(plan["projections"][1]["synapses"]["count"], 125_000);
    assert_eq!(plan["projections"][3]["synapses"]["count"], (1000 - without) * 125);
    assert_eq!(plan["synapses"].as_u64().unwrap() as usize, pairs + 3 * 125_000 + (1000 - without) * 125);
    assert_eq!((&plan["neurons"], &plan["patterns"]), (&1250.into(), &90.into()));
    assert_eq!((&plan["steps"], &plan["block_steps"], &plan["blocks"]), (&1000.into(), &10.into(), &100.into()));
    assert!(plan["time"]["estimated_s"].as_f64().unwrap() > 0.0);
    assert!(plan["time"]["measured_steps"].as_u64().unwrap() > 0);
}

/// A sweep of many trials would take minutes: some of them are measured, and the plan is that of all.
#[test]
fn some_of_many_trials_are_measured() {
    let place = Place::new();
    let with = |count: &str| {
        let path = config("primer.toml");
        let sets = ["--set", "start.state=random", "--set", "sweeps=50", "--set", count, "--backend", "cpu"];
        [&["check", path.as_str()], &sets[..]].concat().iter().map(|&part| part.to_owned()).collect::<Vec<_>>()
    };
    let check = |count: &str| {
        let arguments = with(count);
        place.document(&arguments.iter().map(String::as_str).collect::<Vec<_>>())["plan"].clone()
    };
    let (few, many) = (check("trials.count=10"), check("trials.count=100000"));
    assert_eq!((&few["time"]["measured_trials"], &many["trials"]), (&10.into(), &100_000.into()));
    let measured = many["time"]["measured_trials"].as_f64().unwrap();
    assert!((16.0..=4096.0).contains(&measured), "{measured}");
    // The estimate is that of all trials and sweeps.
    let time = |key: &str| many["time"][key].as_f64().unwrap();
    let expected = time("measured_s") * 100_000.0 / measured * 50.0 / time("measured_sweeps");
    assert!((time("estimated_s") / expected - 1.0).abs() < 1e-9, "{expected}");
    let grown = |key: &str| many[key].as_f64().unwrap() / few[key].as_f64().unwrap();
    assert!(grown("file_bytes") > 1e3 && grown("host_bytes") > 10.0 && grown("device_bytes") > 10.0, "{many}");
    let arguments = with("trials.count=100000");
    let told = place.answer(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(told.contains("100,000 trials") && told.contains(" trials)"), "{told}");
}

/// Of one trial and of many, with few rows and with chunks that are not full.
#[test]
fn the_results_file_of_a_binary_network_is_as_long_as_the_plan_says() {
    let (place, path) = (Place::new(), config("primer.toml"));
    let random = ["--set", "start={ state = \"random\" }"];
    let pattern = ["--set", "start={ pattern = 0, flip = 0.25 }"];
    let states = ["--set", "record.states=true"];
    let long = ["--set", "sweeps=20000", "--set", "network.temperature=3.0"];
    for (trials, more) in [
        ("trials.count=1", [random, states].concat()),
        ("trials.count=1", [&pattern[..], &long].concat()),
        ("trials.count=3", [&pattern[..], &long].concat()),
        ("trials.count=2", random.to_vec()),
        ("trials.count=150", random.to_vec()),
        ("trials.count=150", [pattern, states].concat()),
    ] {
        let arguments = [&[path.as_str(), "--backend", "cpu", "--set", trials][..], &more].concat();
        let told = place.document(&[&["check"], &arguments[..]].concat())["plan"]["file_bytes"].as_u64().unwrap();
        let found = place.document(&[&["run", "--force"], &arguments[..]].concat())["file_bytes"].as_u64().unwrap();
        assert!(found <= told && told <= found * 5 / 4 + 40_000, "{trials} {more:?}: {found} bytes, {told} were told");
    }
}

/// Which representation was chosen, and why: for a diluted, a clipped and a random projection.
#[test]
fn the_plan_tells_how_connections_are_represented_and_why() {
    let (place, quick) = (Place::new(), quick());
    let sets = |sets: &[&'static str]| sets.iter().flat_map(|&set| ["--set", set]).collect::<Vec<_>>();
    let tenth = "projections.0.connection_probability=0.1";
    let random = ["projections.1.kind=random", "projections.1.indegree=20"];
    let plan = place.document(&quickly("check", &quick, &sets(&[&[tenth], &random[..]].concat())));
    let [diluted, indegree] = [0, 1].map(|at| &plan["plan"]["projections"][at]);
    assert_eq!((&diluted["representation"], &diluted["weighted"]), (&"stored".into(), &true.into()));
    assert_eq!((&indegree["representation"], &indegree["weighted"]), (&"stored".into(), &false.into()));
    assert_eq!(indegree["synapses"]["count"], 20 * 125);
    // At most six bytes a connection, all in.
    for projection in [diluted, indegree] {
        let [bytes, count] =
            [&projection["stored_bytes"], &projection["synapses"]["count"]].map(|n| n.as_u64().unwrap());
        assert!(count > 2000 && bytes <= 6 * count, "{bytes} bytes of {count} connections");
    }
    let drawn = place.document(&quickly("check", &quick, &sets(&[tenth, "projections.0.representation=procedural"])));
    let procedural = &drawn["plan"]["projections"][0];
    assert_eq!((&procedural["representation"], &procedural["stored_bytes"]), (&"procedural".into(), &0.into()));
    assert_eq!(procedural["synapses"], diluted["synapses"], "drawn or stored, they are the same");
    let told = |changes: &[&'static str]| place.answer(&quickly("check", &quick, &sets(changes)));
    let told = [
        (told(&[tenth]), "stored: rows of targets and weights"),
        (told(&[tenth]), "since rows take no more than 537 MB"),
        (
            told(&[tenth, "projections.0.representation=procedural"]),
            "finds its targets and weights, the patterns shared,",
        ),
        (told(&[tenth, "projections.0.representation=procedural"]), "as asked for"),
        (told(&["projections.0.clip=1"]), "stored: rows of targets and weights"),
        (told(&random), "stored: rows of targets in"),
        (told(&random), "drawn target by target"),
    ];
    for (told, part) in told {
        assert!(told.contains(part), "{part:?} is not in:\n{told}");
    }
}

#[test]
fn the_document_holds_the_configuration_as_it_will_run() {
    let (place, quick) = (Place::new(), quick());
    let config = &place.document(&quickly("check", &quick, &["--seed", "9"]))["config"];
    assert_eq!((&config["seed"], &config["duration"]), (&9.into(), &"100 ms".into()));
    assert_eq!(config["record"]["reference_rate"], "40 Hz");
    assert_eq!(config["projections"][0]["autapses"], false);
}

#[test]
fn the_plan_is_told_in_words_and_nothing_is_written() {
    let (place, quick) = (Place::new(), quick());
    let told = place.answer(&quickly("check", &quick, &["--set", "record.compression=deflate"]));
    for part in ["1,250", "low rank", "global", "GB", "libsonata", "on the host", "real time", "up to 10 steps"] {
        assert!(told.contains(part) || part == "GB", "`{part}` is not in:\n{told}");
    }
    assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), 0);
    place.failure(2, &quickly("check", &quick, &["--set", "populations.linear.size=0"]));
}

#[test]
fn the_estimates_are_near_what_comes() {
    let place = Place::new();
    let run = ["run", &config("small.toml"), "--backend", "cpu"];
    let document = place.document(&run);
    let plan = &place.document(&["check", &config("small.toml"), "--backend", "cpu"])["plan"];
    let file = &plan["results_file"];
    assert_eq!(file["assumed_rate_hz"], 10.0);
    let ratio = file["total_bytes"].as_f64().unwrap() / document["file_bytes"].as_f64().unwrap();
    assert!((0.8..1.25).contains(&ratio), "{ratio} of the size that came");
}

/// Told at once: a system short of memory would end the program without a word. Linux tells what is free.
#[cfg(target_os = "linux")]
#[test]
fn a_network_without_memory_is_refused_before_it_is_tried() {
    let place = Place::new();
    let path = config("small.toml");
    for (key, size) in [("populations.excitatory.size", "2000000000"), ("populations.linear.size", "2000000000")] {
        let started = std::time::Instant::now();
        let set = format!("{key}={size}");
        let message = place.failure(2, &["run", &path, "--set", &set]);
        assert!(
            message.contains("GB of memory") && message.contains(&set) && message.contains("would fit"),
            "{message}"
        );
        assert!(started.elapsed().as_secs() < 30, "it was tried");
    }
}

/// A stimulus that drives nobody is warned of, and runs; one whose pattern is still to be learned is not.
#[test]
fn a_stimulus_that_drives_nobody_is_warned_of() {
    let place = Place::new();
    let check = |name: &str, setting: &str| {
        let path = config(name);
        let called = place.call(&["check", &path, "--backend", "cpu", "--set", setting]);
        assert_eq!(called.code, 0, "{}", called.stderr);
        let warnings = place.document(&["check", &path, "--backend", "cpu", "--set", setting])["warnings"].clone();
        (called.stderr, warnings.as_array().unwrap().len())
    };
    // A hundred members: 0.01 of them are one, 0.004 none.
    for (name, setting, told) in [
        ("small.toml", "stimuli.0.fraction=0.004", "round(0.004 x members) is 0"),
        ("learning.toml", "stimuli.1.fraction=0.0", "round(0 x neurons) is 0"),
        ("rate-memory.toml", "stimuli.0.fraction=0.0", "round(0 x members) is 0"),
    ] {
        let (stderr, count) = check(name, setting);
        assert!(stderr.contains("warning: this stimulus drives no neuron") && stderr.contains(told), "{stderr}");
        assert_eq!(count, 1, "{name}");
    }
    for (name, setting) in [("small.toml", "stimuli.0.fraction=0.01"), ("learning.toml", "seed=2")] {
        assert_eq!(check(name, setting), (String::new(), 0), "{name}");
    }
}
