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
