//! `bench`: what it measures and how it tells it.

use serde_json::Value;

use crate::Place;

#[test]
fn workloads_are_measured_and_told() {
    let place = Place::new();
    let engine = ["bench", "--backend", "cpu", "--threads", "1"];
    let arguments = [&engine[..], &["--sizes", "40,1000", "--random", "1000", "--repeats", "2"]].concat();
    let document = place.document(&arguments);
    let workloads = document["workloads"].as_array().unwrap();
    let names: Vec<&str> = workloads.iter().map(|workload| workload["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "bench-8k",
            "memory of 40",
            "memory of 1,000",
            "memory of 40, a tenth connected, stored",
            "memory of 40, a tenth connected, procedural",
            "random network of 1,000, stored",
            "random network of 1,000, procedural",
            "random network of 1,000, exact indegrees, stored",
            "hopfield, synchronous",
            "hopfield, asynchronous",
        ]
    );
    let [first, small, larger, _, _, random, drawn, _, sweep, _] = &workloads[..] else {
        unreachable!("ten were named")
    };
    // Drawn or stored, it is one network; how many of its steps are measured depends on how fast it is.
    let [spikes, of_drawn] = [random, drawn].map(|workload| workload["spikes_a_second"].as_f64().unwrap());
    assert!((spikes / of_drawn - 1.0).abs() < 0.05, "{spikes} and {of_drawn} spikes a second");
    assert!(spikes > 1000.0);
    assert_eq!((first["neurons"].as_u64(), small["neurons"].as_u64()), (Some(10_000), Some(50)));
    assert_eq!(larger["neurons"], 1250);
    for workload in [first, small, larger] {
        let seconds = &workload["seconds_a_second"];
        let [least, median, greatest] = ["min", "median", "max"].map(|key| seconds[key].as_f64().unwrap());
        assert!(0.0 < least && least <= median && median <= greatest, "{seconds}");
        assert_eq!(seconds["repeats"], 2);
        // Neurons × steps a second of biological time, over the time it takes.
        let steps = workload["neurons"].as_f64().unwrap() * 10_000.0 / median;
        assert!((workload["neuron_steps_a_second"].as_f64().unwrap() / steps - 1.0).abs() < 1e-9);
        assert_eq!(workload["dispatches"], 0, "the CPU has none");
    }
    // The reference workload fires at 5 Hz and 8.6 Hz; each spike reaches 7,400 neurons or so.
    let spikes = first["spikes_a_second"].as_f64().unwrap();
    assert!((50_000.0..70_000.0).contains(&spikes), "{spikes}");
    let events =
        first["synaptic_events_a_second"].as_f64().unwrap() * first["seconds_a_second"]["median"].as_f64().unwrap();
    assert!((6000.0..9000.0).contains(&(events / spikes)), "{events} events of {spikes} spikes");
    assert!(sweep["seconds_a_sweep"]["median"].as_f64().unwrap() > 0.0);
    // The page names all of it.
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/command-line.md")).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for key in [keys(&document), keys(first), keys(sweep)].concat() {
        assert!(page.contains(&format!("`{key}`")), "the page has no `{key}`");
    }
}

#[test]
fn what_cannot_be_measured_is_said() {
    let place = Place::new();
    let message = place.failure(2, &["bench", "--backend", "cpu", "--sizes", "5"]);
    assert!(message.contains("10..=100000000") || message.contains("5 is not in"), "{message}");
    let message = place.failure(2, &["bench", "--backend", "cpu", "--adapter", "none", "--sizes", "40"]);
    assert!(message.contains("give one of the two"), "{message}");
    let message = place.failure(2, &["bench", "--random", "1"]);
    assert!(message.contains("--random"), "{message}");
    let message = place.failure(2, &["bench", "--repeats", "0"]);
    assert!(message.contains("--repeats"), "{message}");
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn a_gpu_tells_its_dispatches() {
    let place = Place::new();
    let document = place.document(&[
        "bench",
        "--backend",
        "gpu",
        "--adapter",
        "llvmpipe",
        "--sizes",
        "40",
        "--random",
        "200",
        "--repeats",
        "1",
    ]);
    for workload in &document["workloads"].as_array().unwrap()[..2] {
        let [blocks, dispatches, submissions] =
            ["blocks", "dispatches", "submissions"].map(|key| workload[key].as_u64().unwrap());
        assert!(submissions > 0 && submissions < blocks && blocks <= dispatches, "{workload}");
        assert!(workload["step_bytes_a_neuron"].as_f64().unwrap() > 1.0);
        assert_eq!(workload["predicted"].as_array().unwrap().len(), 3);
    }
    // A synchronous sweep is two dispatches: the fields, then the counts of the patterns.
    let all = document["workloads"].as_array().unwrap();
    let synchronous = all.iter().find(|workload| workload["name"] == "hopfield, synchronous").unwrap();
    let [sweeps, dispatches, submissions] =
        ["sweeps", "dispatches", "submissions"].map(|key| synchronous[key].as_u64().unwrap());
    assert!(submissions > 0 && dispatches == 2 * sweeps && sweeps >= 40, "{synchronous}");
}
