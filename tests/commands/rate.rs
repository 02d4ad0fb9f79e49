//! Rate networks on the command line: run, check, info, verify, new, and a network that diverges.

use std::fs;

use attractor::results::{Results, State};

use crate::{Place, config};

/// A threshold-linear network above its bifurcation: it grows without end.
const GROWING: [&str; 6] =
    ["--set", "network.gain={ kind = \"relu\" }", "--set", "network.strength=20.0", "--set", "stimuli=[]"];

#[test]
fn a_run_tells_where_it_came_to_and_info_names_the_fixed_points() {
    let place = Place::new();
    let told = place.answer(&["run", &config("rate.toml"), "--backend", "cpu"]);
    assert!(told.contains("overlap 0.957504 with pattern 0") && told.contains("run_hash"), "{told}");
    let info = place.document(&["info", "rate.h5"]);
    let points = info["fixed_points"].as_array().unwrap();
    assert_eq!((points.len(), &points[0]["pattern"]), (1, &0.into()), "{info}");
    assert!((points[0]["overlap"].as_f64().unwrap() - 0.957_504).abs() < 1e-5, "{info}");
    assert!(points[0]["residual"].as_f64().unwrap() < 1e-6 && points[0]["stop_ms"] == 500.0, "{info}");

    let run = place.document(&["run", &config("rate-memory.toml"), "--backend", "cpu"]);
    assert_eq!((&run["complete"], &run["steps"]), (&true.into(), &5000.into()));
    let told = place.answer(&["info", "rate-memory.h5"]);
    for part in
        ["complete, 500 ms", "cue of pattern 17: 3 from 250 to 350 ms", "fixed points", "residual |-r + φ(u + W r)| ="]
    {
        assert!(told.contains(part), "`{part}` is missing:\n{told}");
    }
    let info = place.document(&["info", "rate-memory.h5"]);
    let patterns: Vec<_> = info["fixed_points"].as_array().unwrap().iter().map(|own| own["pattern"].clone()).collect();
    assert_eq!(patterns, [3, 17]);
    assert_eq!((&info["run_hash"], &info["recorded_neurons"]), (&run["run_hash"], &10.into()));
}

#[test]
fn one_engine_repeats_itself_with_any_number_of_threads() {
    let place = Place::new();
    let hash = |more: &[&str]| {
        let path = config("rate-memory.toml");
        let arguments = [&["run", &path, "--backend", "cpu", "--force", "--set", "duration=300 ms"], more].concat();
        place.document(&[&arguments[..], &["--set", "stimuli=[]"]].concat())["run_hash"].clone()
    };
    let first = hash(&["--threads", "1"]);
    assert_eq!(hash(&["--threads", "5"]), first);
    // What is recorded changes nothing; another seed does.
    assert_eq!(hash(&["--set", "record.overlaps=3 ms", "--set", "record.neurons=[]"]), first);
    assert_ne!(hash(&["--seed", "2"]), first);
}

#[test]
fn the_file_holds_what_the_configuration_asks_for() {
    let place = Place::new();
    let sets = ["--set", "record.overlaps=7 ms", "--set", "record.rates=2 ms", "--set", "record.neurons=[4, 2]"];
    let run = place.document(&[&["run", &config("rate-memory.toml"), "--backend", "cpu"], &sets[..]].concat());
    let results = Results::open(&place.path("rate-memory.h5")).unwrap();
    assert_eq!((results.state(), &results.attributes().run_hash.clone().into()), (State::Complete, &run["run_hash"]));
    let overlaps = results.rate_overlaps().unwrap().unwrap();
    // The start, every 7 ms, and the end, which is none of these.
    assert_eq!((overlaps.times_ms.len(), overlaps.values.dim()), (73, (73, 20)));
    assert_eq!((overlaps.times_ms[0], overlaps.times_ms[1], overlaps.times_ms[72]), (0.0, 7.0, 500.0));
    assert!((overlaps.values[[0, 3]] - 0.1).abs() < 1e-6 && overlaps.values[[72, 17]] > 0.99);
    let (mean, residual) = (results.mean_rate().unwrap().unwrap(), results.residual().unwrap().unwrap());
    assert_eq!((mean.times_ms.len(), &mean.times_ms), (251, &residual.times_ms));
    assert!(residual.values[0] > 0.1 && residual.values[250] < 1e-5, "{:?}", residual.values);
    let (neurons, rates) = results.neuron_rates().unwrap().unwrap();
    assert_eq!((neurons, rates.values.dim()), (vec![2, 4], (501, 2)));
    assert!(rates.values.row(0).iter().all(|rate| rate.abs() == 0.1));
    let stimuli = results.rate_stimuli().unwrap();
    assert_eq!((stimuli.len(), stimuli[0].pattern, stimuli[0].amplitude), (1, Some(17), 3.0));
    assert_eq!(results.patterns().unwrap().unwrap().count(), 20);
    assert_eq!(results.diverged_ms().unwrap(), None);
    // The configuration in the file repeats the run.
    fs::write(place.path("again.toml"), &results.attributes().config).unwrap();
    assert_eq!(place.document(&["run", "again.toml", "--backend", "cpu"])["run_hash"], run["run_hash"]);
    // With everything off there is nothing but the hash, and `info` says so.
    let sets = ["--set", "record.overlaps=off", "--set", "record.rates=off", "--set", "record.neurons=[]", "--force"];
    let off = place.document(&[&["run", &config("rate-memory.toml"), "--backend", "cpu"], &sets[..]].concat());
    assert_eq!(off["run_hash"], run["run_hash"]);
    let told = place.answer(&["info", "rate-memory.h5"]);
    assert!(told.contains("no fixed point can be told: `record.rates` is off"), "{told}");
    let said = place.failure(1, &["export", "rate-memory.h5", "--format", "csv"]);
    assert!(said.contains("another table with `--table`"), "{said}");
}

#[test]
fn a_network_that_diverges_ends_with_the_time_and_the_likely_cause() {
    let (place, path) = (Place::new(), config("rate-memory.toml"));
    let arguments = [&["run", &path, "--backend", "cpu"], &GROWING[..]].concat();
    let said = place.failure(1, &arguments);
    for part in ["the network diverged: at ", "\"relu\" has no maximum", "network.strength", "marked incomplete"] {
        assert!(said.contains(part), "`{part}` is missing:\n{said}");
    }
    let results = Results::open(&place.path("rate-memory.h5")).unwrap();
    let diverged_ms = results.diverged_ms().unwrap().expect("it diverged");
    assert_eq!((results.state(), &results.attributes().run_hash), (State::Interrupted, &None));
    // What was computed is there, up to the last millisecond before.
    let mean = results.mean_rate().unwrap().unwrap();
    let last_ms = *mean.times_ms.last().unwrap();
    assert!(last_ms < diverged_ms && diverged_ms <= last_ms + 1.0, "{last_ms} and {diverged_ms}");
    assert!(mean.values.iter().all(|value| value.is_finite()) && *mean.values.last().unwrap() > 1e3);
    let told = place.answer(&["info", "rate-memory.h5"]);
    assert!(told.contains("incomplete: the network diverged at ") && told.contains("no fixed point"), "{told}");
    assert_eq!(place.document(&["info", "rate-memory.h5"])["state"], "diverged");
    // Whatever is made of it says so too.
    for arguments in [&["report", "rate-memory.h5"][..], &["export", "rate-memory.h5", "--format", "npz"]] {
        let said = place.call(arguments).stderr;
        assert!(said.contains("its run diverged"), "{said}");
    }
    let page = fs::read_to_string(place.path("rate-memory.html")).unwrap();
    assert!(page.contains("The run diverged at ") && !page.contains("interrupted"));
    let said = place.call(&["plot", "rate-memory.h5"]).stderr;
    assert!(said.contains("the run diverged at ") && !said.contains("interrupted"), "{said}");
    // One document, that of the failure.
    let output = place.command(&[&arguments[..], &["--force", "--json"]].concat()).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["error"].as_str().unwrap().contains("diverged"), "{document}");

    // Patterns that are many against the neurons are fed back by more than the strength, and that is the cause.
    let many = [
        "patterns.count=100",
        "network.size=100",
        "network.strength=0.9",
        "network.gain={ kind = \"relu\" }",
        "start={ state = \"random\" }",
        "stimuli=[]",
        "record={ overlaps = \"off\", rates = \"off\" }",
    ];
    let many: Vec<&str> = many.iter().flat_map(|set| ["--set", set]).collect();
    let said = place.failure(1, &[&["run", &path, "--backend", "cpu", "--force"], &many[..]].concat());
    assert!(said.contains("\"relu\" has no maximum") && said.contains("weights come to 3.5"), "{said}");

    // Beyond all numbers in a single step.
    let endless = ["--set", "network.gain={ kind = \"relu\", slope = 3 }", "--set", "network.input=3e38", "--force"];
    let said = place.failure(1, &[&["run", &path, "--backend", "cpu"], &endless[..]].concat());
    assert!(said.contains("a rate is no finite number any more"), "{said}");

    // A step that is too coarse for the equation: the step is warned of, and named.
    let coarse =
        ["--set", "dt=40 ms", "--set", "duration=8 s", "--set", "network.integrator=rk4", "--set", "stimuli=[]"];
    let off = ["--set", "record={ overlaps = \"off\", rates = \"off\" }", "--force"];
    let arguments = [&["run", &path, "--backend", "cpu"], &coarse[..], &off[..]].concat();
    let said = place.failure(1, &arguments);
    assert!(said.contains("warning: a step of 40 ms is coarse") && said.contains("a `dt` too coarse"), "{said}");
}

#[test]
fn a_coarse_step_is_warned_of_and_no_error() {
    let place = Place::new();
    let path = config("rate.toml");
    let called = place.call(&[
        "check",
        &path,
        "--backend",
        "cpu",
        "--set",
        "dt=10 ms",
        "--set",
        "record={ overlaps = \"10 ms\", rates = \"10 ms\" }",
    ]);
    assert_eq!(called.code, 0, "{}", called.stderr);
    for part in ["warning: a step of 10 ms is coarse", "dt", "ms or less would do", "compare with half the step"] {
        assert!(called.stderr.contains(part), "`{part}` is missing:\n{}", called.stderr);
    }
    let called = place.call(&["check", &path, "--backend", "cpu"]);
    assert_eq!((called.code, called.stderr.as_str()), (0, ""));
    assert_eq!(place.document(&["check", &path, "--backend", "cpu"])["warnings"], serde_json::json!([]));
}

#[test]
fn check_says_how_the_input_is_computed_and_why() {
    let place = Place::new();
    let check = |sets: &[&str]| {
        let path = config("rate-memory.toml");
        place.answer(&[&["check", &path, "--backend", "cpu", "--set", "network.size=500"], sets].concat())
    };
    let told = check(&[]);
    assert!(told.contains("low rank: ") && told.contains("20 sums") && told.contains("none is stored"), "{told}");
    assert!(check(&["--set", "network.coupling.kind=uniform"]).contains("uniform: one weight for all, so 1 sum"));
    let told = check(&["--set", "network.coupling.kind=gaussian", "--set", "network.integrator=rk4"]);
    assert!(
        told.contains("dense: ") && told.contains("a matrix of 1.0 MB is kept") && told.contains("4 evaluations"),
        "{told}"
    );
}

#[test]
fn a_matrix_that_does_not_fit_memory_is_refused_at_once() {
    let place = Place::new();
    let path = config("rate.toml");
    let said =
        place.failure(2, &["run", &path, "--set", "network.coupling.kind=gaussian", "--set", "network.size=2000000"]);
    assert!(said.contains("GB of memory"), "{said}");
    let fits: u64 = said.split("about ").nth(2).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((1000..1_000_000).contains(&fits), "{said}");
    // The same size of low rank is no problem: the plan at least.
    let told = place.answer(&["check", &path, "--backend", "cpu", "--set", "network.size=200000"]);
    assert!(told.contains("160 GB"), "{told}");
}

#[test]
fn the_new_configuration_is_the_memory_of_the_examples() {
    let place = Place::new();
    place.answer(&["new", "rate", "-o", "mine.toml"]);
    let config_of = |path: &str| place.document(&["check", path, "--backend", "cpu"])["config"].clone();
    let (mut ours, mut theirs) = (config_of("mine.toml"), config_of(&config("rate-memory.toml")));
    // Keys come in the order of the file.
    let sorted = |value: &mut serde_json::Value| value.sort_all_objects();
    sorted(&mut ours);
    sorted(&mut theirs);
    assert_eq!(ours, theirs);
    assert!(fs::read_to_string(place.path("mine.toml")).unwrap().matches('#').count() > 25);
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn verify_compares_within_the_stated_bound() {
    let place = Place::new();
    let path = config("rate-memory.toml");
    let adapter = crate::engines::adapter(&place);
    let told = place.answer(&["verify", &path, "--adapter", &adapter, "--set", "network.size=1000"]);
    for part in ["agree: in 5,000 steps", "1e-5 of the largest rate", "equal only on one engine"] {
        assert!(told.contains(part), "`{part}` is missing:\n{told}");
    }
    let document = place.document(&["verify", &path, "--adapter", &adapter, "--set", "network.size=1000"]);
    assert_eq!((&document["within_tolerance"], &document["complete"]), (&true.into(), &true.into()));
    let run = place.document(&["run", &path, "--adapter", &adapter, "--set", "network.size=1000"]);
    assert_eq!((&run["engine"]["engine"], &run["complete"]), (&"gpu".into(), &true.into()));
    let info = place.document(&["info", "rate-memory.h5"]);
    assert_eq!(info["fixed_points"].as_array().unwrap().last().unwrap()["pattern"], 17, "{info}");
}
