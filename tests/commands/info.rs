//! `attractor info`: what it finds in a results file.

use std::fs;

use crate::{Place, config, quick, quickly};

#[test]
fn a_recalled_memory_is_found_with_its_time_and_rates() {
    let place = Place::new();
    let run = place.document(&["run", &config("small.toml"), "--backend", "cpu"]);
    let found = place.document(&["info", "small.h5"]);
    assert_eq!((&found["state"], &found["run_hash"]), (&"complete".into(), &run["run_hash"]));
    for (own, theirs) in found["populations"].as_array().unwrap().iter().zip(run["populations"].as_array().unwrap()) {
        assert_eq!((&own["name"], &own["spikes"]), (&theirs["name"], &theirs["spikes"]));
        let difference = own["rate_mean_hz"].as_f64().unwrap() - theirs["rate_hz"].as_f64().unwrap();
        assert!(difference.abs() < 1e-9);
        assert!(own["cv"].as_f64().unwrap() > 0.0 && own["cv_neurons"].as_u64().unwrap() > 0);
    }
    let recalls = found["recalls"].as_array().unwrap();
    assert_eq!(recalls.len(), 1, "{recalls:?}");
    let recall = &recalls[0];
    assert_eq!((&recall["pattern"], &recall["recalled"]), (&3.into(), &true.into()));
    let (start, stop) = (recall["start_ms"].as_f64().unwrap(), recall["stop_ms"].as_f64().unwrap());
    assert!((450.0..600.0).contains(&start) && stop == 1200.0, "{start} to {stop}");
    assert!((20.0..60.0).contains(&recall["members_hz"].as_f64().unwrap()));
    assert!(recall["contrast"].as_f64().unwrap() > 0.9);
    let told = place.answer(&["info", "small.h5"]);
    for part in ["complete, 1200 ms", "cue of pattern 3", "recalled", "█", found["run_hash"].as_str().unwrap()] {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
}

/// The results file is enough: a matrix that the configuration named may have gone.
#[test]
fn results_are_told_without_the_files_that_the_run_was_made_from() {
    let (place, quick) = (Place::new(), quick());
    ndarray_npy::write_npy(place.path("coupling.npy"), &ndarray::Array2::<f64>::eye(20)).unwrap();
    let coupling = format!("projections.0.coupling={:?}", place.path("coupling.npy"));
    let sets = ["--set", "patterns.count=20", "--set", "stimuli=[]", "--set", &coupling];
    let run = place.document(&quickly("run", &quick, &sets));
    fs::remove_file(place.path("coupling.npy")).unwrap();
    assert_eq!(place.document(&["info", "small.h5"])["run_hash"], run["run_hash"]);
    place.answer(&["plot", "small.h5"]);
    place.answer(&["report", "small.h5"]);
    place.answer(&["export", "small.h5", "--format", "nwb"]);
}

#[test]
fn rates_are_those_of_what_was_recorded() {
    let (place, quick) = (Place::new(), quick());
    let every = "record.spikes={ populations = [\"linear\"], every = 5, start = \"50 ms\", stop = \"90 ms\" }";
    place.answer(&quickly(
        "run",
        &quick,
        &["--set", every, "--set", "record.overlaps=off", "--set", "record.rates=off"],
    ));
    let found = place.document(&["info", "small.h5"]);
    let linear = &found["populations"][0];
    assert_eq!((&linear["name"], &linear["recorded_neurons"]), (&"linear".into(), &25.into()));
    let rate_hz = linear["spikes"].as_f64().unwrap() / 25.0 / 0.04;
    assert!(rate_hz > 0.0 && (linear["rate_mean_hz"].as_f64().unwrap() - rate_hz).abs() < 1e-9);
    assert_eq!((&found["overlaps"], &found["recalls"]), (&serde_json::Value::Null, &serde_json::json!([])));
}

#[test]
fn a_run_at_rest_recalls_nothing_and_one_without_spikes_is_told() {
    let (place, quick) = (Place::new(), quick());
    place.answer(&quickly("run", &quick, &[]));
    assert!(place.answer(&["info", "small.h5"]).contains("no memory was recalled"));
    let silent: Vec<String> =
        ["excitatory", "linear", "ceiling"].iter().map(|name| format!("populations.{name}.noise=0 mV")).collect();
    let mut more = vec!["-o", "silent.h5"];
    more.extend(silent.iter().flat_map(|one| ["--set", one.as_str()]));
    assert_eq!(place.document(&quickly("run", &quick, &more))["spikes"], 0);
    let told = place.answer(&["info", "silent.h5"]);
    assert!(told.contains("0.00") && told.contains("of 0 neurons"), "{told}");
}

#[test]
fn what_is_no_results_file_is_refused() {
    let place = Place::new();
    fs::write(place.path("text.h5"), "not HDF5 at all").unwrap();
    assert!(place.failure(1, &["info", "text.h5"]).contains("HDF5"));
    assert!(place.failure(1, &["info", "missing.h5"]).contains("missing.h5"));
    place.failure(2, &["info"]);
}
