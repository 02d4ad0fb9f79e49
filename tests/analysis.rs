//! The analysis against elephant, scipy and numpy, in the Python that `ATTRACTOR_PYTHON` names.

use std::path::PathBuf;
use std::process::Command;

use attractor::analysis::{
    Spikes, Window, fano, intervals, overlap, population, rates, selectivity, spectrum, synchrony,
};
use serde_json::{Value, json};

/// Neurons of the example.
const NEURONS: usize = 60;

/// Spikes with a common rhythm of 40 Hz, of neurons between regular and irregular; the last ones are silent.
fn spikes() -> (Vec<f64>, Vec<u64>) {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut found = Vec::new();
    for step in 0..20_000 {
        let time_ms = f64::from(step + 1) * 0.1;
        let rhythm = 1.0 + (std::f64::consts::TAU * 0.04 * time_ms).sin();
        for neuron in 0..NEURONS - 2 {
            let hz = 4.0 + neuron as f64;
            if draw() < hz * rhythm * 1e-4 {
                found.push((time_ms, neuron as u64));
            }
        }
    }
    found.into_iter().unzip()
}

fn numbers(times_ms: &[f64], neurons: &[u64]) -> Value {
    let window = Window::new(200.0, 2000.0);
    let spikes = Spikes::new(times_ms, neurons, NEURONS).unwrap();
    let rate = population::rates_hz(spikes, window, 1.0);
    let welch = spectrum::welch(&rate, 1.0, 200);
    let members: Vec<u32> = (0..20).map(|at| at * 3).collect();
    let of_pattern = overlap::pattern_rates(spikes, &members, window);
    let spread = rates::spread(&rates::neuron_rates_hz(spikes, window));
    json!({
        "window_ms": [window.start_ms, window.stop_ms],
        "neurons": NEURONS,
        "times_ms": times_ms,
        "ids": neurons,
        "members": members,
        "rates_hz": rates::neuron_rates_hz(spikes, window),
        "spread_hz": [spread.mean_hz, spread.low_hz, spread.median_hz, spread.high_hz],
        "cvs": intervals::neuron_cvs(spikes, window, 5),
        "fanos": fano::neuron_fanos(spikes, window, 100.0),
        "counts": population::counts(spikes, window, 5.0),
        "fluctuation": population::fluctuation(spikes, window).cv,
        "chi": synchrony::chi(spikes, window, 5.0),
        "spectrum": { "frequencies_hz": welch.frequencies_hz, "density": welch.density },
        "peak_hz": spectrum::peak(&welch, 10.0).unwrap().frequency_hz,
        "on_hz": of_pattern.on_hz,
        "off_hz": of_pattern.off_hz,
        "sparseness": selectivity::sparseness(&rates::neuron_rates_hz(spikes, window)),
    })
}

fn python(document: &Value) -> Result<String, String> {
    let python = std::env::var_os("ATTRACTOR_PYTHON");
    let python = python.expect("set ATTRACTOR_PYTHON to a Python that has tests/python/requirements.txt");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers.json");
    std::fs::write(&path, document.to_string()).unwrap();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_analysis.py");
    let output = Command::new(python).arg(script).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(said) } else { Err(said) }
}

#[test]
#[ignore = "needs ATTRACTOR_PYTHON with tests/python/requirements.txt"]
fn elephant_scipy_and_numpy_find_the_same() {
    let (times_ms, neurons) = spikes();
    let document = numbers(&times_ms, &neurons);
    let said = python(&document).unwrap();
    assert!(said.contains("elephant, scipy and numpy agree"), "{said}");

    // The check is one that can fail.
    for name in ["cvs", "fanos", "chi"] {
        let mut wrong = document.clone();
        let place = if wrong[name].is_array() { &mut wrong[name][3] } else { &mut wrong[name] };
        *place = json!(place.as_f64().unwrap() * 1.001);
        let said = python(&wrong).unwrap_err();
        assert!(said.contains(name), "{name}: {said}");
    }
}
