//! What helps to start: `new`, `devices`, `completions`, help.

use std::fs;

use attractor::config::Config;
use attractor::model::Model;

use crate::{Place, config};

#[test]
fn the_new_configuration_is_the_reference_network() {
    let place = Place::new();
    let text = place.answer(&["new", "spiking"]);
    fs::write(place.path("mine.toml"), &text).unwrap();
    let model = |path: &std::path::Path| match Model::build(&Config::load(path, &[]).unwrap()).unwrap() {
        Model::Spiking(model) => model,
        other => panic!("{other:?}"),
    };
    assert_eq!(model(&place.path("mine.toml")), model(config("attractor-8k.toml").as_ref()));
    assert!(text.lines().filter(|line| line.contains('#')).count() > 25);
}

#[test]
fn the_new_hopfield_configuration_recalls_its_memory() {
    let place = Place::new();
    let text = place.answer(&["new", "hopfield"]);
    fs::write(place.path("mine.toml"), &text).unwrap();
    assert!(text.lines().filter(|line| line.contains('#')).count() > 20);
    let told = place.answer(&["run", "mine.toml", "--backend", "cpu"]);
    assert!(told.contains("fixed point: pattern 0") && told.contains("run_hash"), "{told}");
    let told = place.answer(&["info", "mine.h5"]);
    for part in ["complete", "from overlap 0.6000 with pattern 0", "at rest after", "energy from"] {
        assert!(told.contains(part), "{part:?} is not in:\n{told}");
    }
    let told = place.answer(&["check", "mine.toml", "--backend", "cpu"]);
    assert!(told.contains("low rank") && told.contains("50 overlaps"), "{told}");
}

#[test]
fn a_new_file_replaces_none_without_force() {
    let place = Place::new();
    place.answer(&["new", "spiking", "-o", "mine.toml"]);
    let written = fs::read_to_string(place.path("mine.toml")).unwrap();
    assert_eq!(written, place.answer(&["new", "spiking"]));
    fs::write(place.path("mine.toml"), "mine").unwrap();
    let message = place.failure(1, &["new", "spiking", "-o", "mine.toml"]);
    assert!(message.contains("`mine.toml` exists") && message.contains("--force"), "{message}");
    assert_eq!(fs::read_to_string(place.path("mine.toml")).unwrap(), "mine");
    place.answer(&["new", "spiking", "-o", "mine.toml", "--force"]);
    assert_eq!(fs::read_to_string(place.path("mine.toml")).unwrap(), written);
    let message = place.failure(1, &["new", "spiking", "-o", "no/such/mine.toml"]);
    assert!(message.contains("there is no folder `no/such`"), "{message}");
    place.failure(2, &["new", "perceptron"]);
}

#[test]
fn devices_are_listed_and_one_is_chosen() {
    let place = Place::new();
    let document = place.document(&["devices"]);
    assert!(document["cpu"]["cores"].as_u64().unwrap() > 0);
    let auto = &document["auto"];
    match auto["gpu"].as_u64() {
        Some(index) => {
            let gpu = &document["gpus"][index as usize];
            assert_eq!((&gpu["software"], &gpu["usable"]), (&false.into(), &true.into()));
            assert_eq!(auto["backend"], "gpu");
        }
        None => assert_eq!(auto["backend"], "cpu"),
    }
    let told = place.answer(&["devices"]);
    assert_eq!(told.lines().filter(|line| line.starts_with("* ")).count(), 2, "one device and the legend:\n{told}");
    for gpu in document["gpus"].as_array().unwrap() {
        assert!(told.contains(gpu["name"].as_str().unwrap()), "{told}");
    }
}

#[test]
fn help_and_completions_name_the_verbs_there_are() {
    let place = Place::new();
    let help = place.answer(&["--help"]);
    let verbs =
        ["run", "new", "check", "devices", "info", "plot", "report", "export", "verify", "bench", "completions"];
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(listed[..11], verbs);
    assert_eq!(listed[11..], ["help"]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.answer(&["completions", shell]);
        verbs.iter().for_each(|verb| assert!(script.contains(verb), "{shell} lacks {verb}"));
    }
    place.failure(2, &["completions", "abacus"]);
    assert!(place.answer(&["--version"]).starts_with("attractor "));
}

#[test]
fn no_colour_reaches_a_pipe() {
    let place = Place::new();
    for set in [false, true] {
        let mut command = place.command(&["run", "missing.toml"]);
        if set {
            command.env("NO_COLOR", "1");
        }
        let called = crate::called(&mut command);
        assert!(!called.stderr.contains('\u{1b}') && !called.stderr.is_empty());
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    for arguments in [&["new", "spiking"][..], &["completions", "bash"], &["devices", "--json"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_attractor"))
            .current_dir(place.folder.path())
            .args(arguments)
            .stdout(writer)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{arguments:?}");
    }
}
