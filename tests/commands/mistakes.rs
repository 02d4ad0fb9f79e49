//! What is said of mistakes that only later stages see, and of limits: every mistake at once, every advice good.

use std::fs;

use crate::{Place, config, quick, quickly};

/// Reading, the model and the integers each find one; all come together.
#[test]
fn the_mistakes_of_every_stage_come_together() {
    let place = Place::new();
    let mistakes = [
        ("populations.linear.tau_m", "\"10 furlongs\""),
        ("stimuli.0.pattern", "99"),
        ("projections.1.from", "\"exitatory\""),
        ("populations.ceiling.threshold", "\"2000 mV\""),
        ("projections.0.strength", "\"1e9 mV\""),
    ];
    let run = |chosen: &[(&str, &str)]| {
        let sets: Vec<String> = chosen.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let path = config("small.toml");
        let mut arguments = vec!["run", path.as_str()];
        sets.iter().for_each(|set| arguments.extend(["--set", set]));
        place.failure(2, &arguments)
    };
    // Without the faulty time, since a population that could not be read leaves the integers nothing to look at.
    let said = run(&mistakes[1..]);
    for part in ["no pattern 99", "exitatory", "2000 mV is outside the range", "too large for its integers"] {
        assert!(said.contains(part), "`{part}` is missing:\n{said}");
    }
    assert_eq!(said.matches("error: ").count(), 4, "{said}");
    let said = run(&mistakes[..3]);
    assert_eq!(said.matches("error: ").count(), 3, "{said}");
}

#[test]
fn what_does_not_fit_is_told_as_it_is_written_and_with_the_end_that_is_left_out() {
    let (place, path) = (Place::new(), config("small.toml"));
    let run = |key: &str, value: &str| place.failure(2, &["run", &path, "--set", &format!("{key}={value}")]);
    let said = run("populations.excitatory.threshold", "\"1024 mV\"");
    assert!(said.contains("1024 mV is outside") && said.contains("to less than 1024 mV"), "{said}");
    let poisson = "{ rate = \"1e8 Hz\", weight = \"-1 V\", tau_syn = \"10 s\" }";
    let said = run("populations.excitatory.poisson", poisson);
    assert!(said.contains("a jump of -1000 mV is too large") && said.contains("that works is -"), "{said}");
    let said = run("populations.excitatory.adaptation", "{ jump = \"9000 mV\", tau = \"100 ms\" }");
    assert!(said.contains("a jump of 9000 mV is too large") && !said.contains("is -"), "{said}");
}

/// The value after "the largest that works is", which must work.
#[test]
fn the_limit_that_is_named_works() {
    let (place, quick) = (Place::new(), quick());
    for (key, value, after, with) in [
        ("projections.0.strength", "1e9 mV", "a strength of ", "seed=1"),
        ("projections.3.strength", "-1e9 mV", "a strength of ", "seed=1"),
        ("projections.0.strength", "1e9 mV", "a strength of ", "projections.0.connection_probability=0.01"),
        ("projections.1.strength", "1e9 mV", "a strength of ", "projections.1.indegree=50"),
        ("populations.excitatory.drive", "1e7 mV", "the largest that works is ", "seed=1"),
        ("populations.excitatory.noise", "1e7 mV", "the largest that works is ", "seed=1"),
    ] {
        let random = if with.contains("indegree") { "projections.1.kind=random" } else { "seed=1" };
        let set = |value: &str| format!("{key}=\"{value}\"");
        let said = place.failure(2, &quickly("run", &quick, &["--set", random, "--set", with, "--set", &set(value)]));
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        let limit = said.split(after).nth(1).expect(&said).split(" mV").next().unwrap().trim().to_owned() + " mV";
        assert_eq!(limit.starts_with('-'), value.starts_with('-'), "{said}");
        place.answer(&quickly("run", &quick, &["--set", random, "--set", with, "--set", &set(&limit), "--force"]));
        // And a hundredth more does not.
        let number: f64 = limit.trim_end_matches(" mV").parse().unwrap();
        let more = set(&format!("{:e} mV", number * 1.01));
        place.failure(2, &quickly("run", &quick, &["--set", random, "--set", with, "--set", &more, "--force"]));
    }
}

#[test]
fn the_configuration_is_never_replaced_by_its_results() {
    let place = Place::new();
    let text = fs::read(config("small.toml")).unwrap();
    fs::write(place.path("own.toml"), &text).unwrap();
    let said = place.failure(2, &["run", "own.toml", "-o", "./own.toml", "--force", "--set", "duration=800 ms"]);
    assert!(said.contains("is the configuration itself"), "{said}");
    assert_eq!(fs::read(place.path("own.toml")).unwrap(), text);
}

#[test]
fn a_wrong_command_line_has_a_document_too() {
    let place = Place::new();
    for arguments in [&["run", "--json"][..], &["run", "x.toml", "--json", "--bogus"]] {
        let output = place.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(document["error"].as_str().unwrap().len() > 10, "{document}");
    }
}

#[test]
fn more_threads_than_there_is_work_for_are_no_burden() {
    let (place, quick) = (Place::new(), quick());
    let hash =
        |threads: &str| place.document(&quickly("run", &quick, &["--threads", threads, "--force"]))["run_hash"].clone();
    assert_eq!(hash("4096"), hash("1"));
    place.failure(2, &quickly("run", &quick, &["--threads", "0"]));
}

#[test]
fn a_voltage_record_of_nobody_is_refused() {
    let place = Place::new();
    for neurons in ["neurons = []", "count = 0"] {
        let set = format!("record.voltages=[{{ population = \"linear\", {neurons} }}]");
        let said = place.failure(2, &["check", &config("small.toml"), "--set", &set]);
        assert!(said.contains("no neuron is recorded"), "{said}");
    }
}
