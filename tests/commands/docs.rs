//! The pages in docs/ name what there is: every key of a document and of a configuration, every option.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Place, config, quick, quickly};

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// The keys of all objects in a document, those of maps by name left out.
fn keys(document: &Value, found: &mut BTreeSet<String>) {
    match document {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            found.insert(key.clone());
            keys(value, found);
        }),
        Value::Array(list) => list.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

fn unnamed(page: &str, document: &Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    keys(document, &mut found);
    let named = |key: &String| ["`", "[", " "].iter().any(|before| page.contains(&format!("{before}{key}")));
    found.into_iter().filter(|key| !named(key)).collect()
}

#[test]
fn every_key_of_every_document_is_in_the_page() {
    let (place, quick) = (Place::new(), quick());
    let page = page("command-line.md");
    let check = &place.document(&quickly("check", &quick, &[]))["plan"];
    for document in [check, &place.document(&quickly("run", &quick, &[])), &place.document(&["devices"])] {
        assert_eq!(unnamed(&page, document), Vec::<String>::new());
    }
    place.answer(&["run", &config("small.toml"), "--backend", "cpu", "--force"]);
    assert_eq!(unnamed(&page, &place.document(&["info", "small.h5"])), Vec::<String>::new());
    let rate = config("rate-memory.toml");
    let check = place.document(&[
        "check",
        &rate,
        "--backend",
        "cpu",
        "--set",
        "dt=20 ms",
        "--set",
        "record.every=20 ms",
        "--set",
        "record.overlaps=off",
        "--set",
        "record.rates=off",
        "--set",
        "stimuli=[]",
    ]);
    assert_eq!(check["warnings"].as_array().map(Vec::len), Some(1), "{check}");
    for document in [&check["plan"], &check["warnings"], &place.document(&["run", &rate, "--backend", "cpu"])] {
        assert_eq!(unnamed(&page, document), Vec::<String>::new());
    }
    assert_eq!(unnamed(&page, &place.document(&["info", "rate-memory.h5"])), Vec::<String>::new());
    assert_eq!(unnamed(&page, &serde_json::json!({ "no_such_key": [{ "nor_this": 1 }] })), ["no_such_key", "nor_this"]);
}

#[test]
fn every_key_of_a_binary_network_is_in_the_pages() {
    let place = Place::new();
    let mut documents = Vec::new();
    for (name, more) in
        [("images.toml", "trials.count=2"), ("low-activity.toml", "network.size=800"), ("asymmetric.toml", "seed=2")]
    {
        let given = [config(name)];
        let arguments =
            |verb: &'static str| [verb, given[0].as_str(), "--backend", "cpu", "--set", more, "--set", "sweeps=2"];
        let check = place.document(&arguments("check"));
        assert_eq!(unnamed(&page("configuration.md"), &check["config"]), Vec::<String>::new());
        documents.push(check["plan"].clone());
        documents.push(place.document(&arguments("run")));
        documents.push(place.document(&["info", &name.replace("toml", "h5")]));
    }
    for document in documents {
        assert_eq!(unnamed(&page("command-line.md"), &document), Vec::<String>::new());
    }
}

#[test]
fn every_option_is_in_the_page() {
    let (place, page) = (Place::new(), page("command-line.md"));
    for verb in ["run", "new", "check", "devices", "info", "plot", "report", "export", "verify", "completions"] {
        assert!(page.contains(&format!("`attractor {verb}")), "{verb}");
        let help = place.answer(&[verb, "--help"]);
        let options = help.split_whitespace().filter(|word| word.starts_with("--"));
        for option in options.map(|word| word.trim_end_matches(|c: char| !c.is_alphanumeric())) {
            assert!(["--help", "--version"].contains(&option) || page.contains(option), "{verb} {option}");
        }
    }
}

#[test]
fn every_key_of_a_configuration_is_in_the_page() {
    let (place, quick) = (Place::new(), quick());
    let mut document = place.document(&quickly(
        "check",
        &quick,
        &["--set", "record.voltages=[{ population = \"linear\", neurons = 1 }]"],
    ));
    // Populations are named as their users like.
    let populations = document["config"]["populations"].as_object_mut().unwrap();
    let first = populations["linear"].clone();
    populations.clear();
    populations.insert("populations".into(), first);
    let page = page("configuration.md");
    assert_eq!(unnamed(&page, &document["config"]), Vec::<String>::new());
    let rate = place.document(&["check", &config("rate-memory.toml"), "--backend", "cpu"]);
    assert_eq!(unnamed(&page, &rate["config"]), Vec::<String>::new());
}
