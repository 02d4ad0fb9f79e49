//! Configurations of rate networks: read, echoed, and what wrong ones are told.

use std::fs;
use std::path::Path;

use attractor::config::{Config, Override};
use attractor::model::Model;
use attractor::model::rate::{Coupling, GainKind, Integrator, Rate, Start, StimulusTarget};

const MEMORY: &str = include_str!("../../configs/rate-memory.toml");

fn build(text: &str, folder: &Path) -> Result<(Config, Rate), String> {
    match Model::parse(text, "mine.toml", folder, &[]) {
        Ok((config, Model::Rate(model))) => Ok((config, model)),
        Ok(_) => panic!("another model"),
        Err(problems) => Err(problems.to_string()),
    }
}

/// The echo, fed back from elsewhere, gives the same model and the same echo.
fn check_echo(config: &Config, model: &Rate) {
    let echo = config.to_toml();
    let (again, same) = build(&echo, Path::new("/")).unwrap();
    assert_eq!(&same, model, "the model of the echo:\n{echo}");
    assert_eq!(again.to_toml(), echo);
    assert_eq!(again.to_json(), config.to_json());
}

#[test]
fn every_key_is_read_and_echoed() {
    let (config, model) = build(MEMORY, Path::new("/")).unwrap();
    check_echo(&config, &model);
    assert_eq!((model.size, model.tau_ms, model.duration_steps, model.strength), (2000, 10.0, 5000, 1.0));
    assert_eq!((model.gain.kind, model.gain.slope, model.gain.maximum), (GainKind::Tanh, 3.0, 1.0));
    assert_eq!(
        (&model.start, model.integrator),
        (&Start::Pattern { pattern: 3, overlap: 0.1 }, Integrator::Exponential)
    );
    assert_eq!(model.stimuli[0].target, StimulusTarget::Cue { pattern: 17, fraction: 1.0, spill: 0.0 });
    assert_eq!(model.record.neurons, (0..10).collect::<Vec<_>>());
    assert!(model.patterns.as_ref().unwrap().are_signed());

    let other = "model = \"rate\"\nseed = 7\ndt = \"0.5 ms\"\nduration = \"1 s\"\n\
        patterns = { values = [[0, 1, 1, 0], [1, 0, 0, 0]] }\n\
        start = { state = [0.5, -1.0, 0, 2] }\n\
        stimuli = [{ kind = \"pulse\", amplitude = -2, start = \"1 ms\", stop = \"2 ms\" }]\n\
        [network]\nsize = 4\ntau = \"20 ms\"\ninput = -0.25\nstrength = 3\nintegrator = \"rk4\"\n\
        gain = { kind = \"saturating\", slope = 2, threshold = 0.5, maximum = 4 }\n\
        coupling = { kind = \"hebbian\", b = 0.0 }\n\
        [record]\noverlaps = \"off\"\nrates = \"2 ms\"\nneurons = [3, 0]\nevery = \"10 ms\"\n";
    let (config, model) = build(other, Path::new("/")).unwrap();
    check_echo(&config, &model);
    assert_eq!((model.seed, model.dt_ms, model.input, model.integrator), (7, 0.5, -0.25, Integrator::Rk4));
    assert_eq!(model.coupling, Coupling::Hebbian { b: 0.0 });
    assert_eq!(model.start, Start::Given(vec![0.5, -1.0, 0.0, 2.0].into()));
    assert_eq!((model.patterns.as_ref().unwrap().activity, model.stimuli[0].amplitude), (0.375, -2.0));
    let record = &model.record;
    assert_eq!((record.overlaps_bin_steps, record.rates_bin_steps, record.every_steps), (None, Some(4), 20));
    assert_eq!(record.neurons, [0, 3]);
    // The defaults, and b where it is not written.
    let short = "model = \"rate\"\nduration = \"1 s\"\npatterns = { count = 3 }\n[network]\nsize = 50\ntau = \"1 ms\"\n\
                 strength = 1\ngain = { kind = \"relu\" }\ncoupling = { kind = \"hebbian\" }";
    let (config, model) = build(short, Path::new("/")).unwrap();
    check_echo(&config, &model);
    assert_eq!((&model.start, &model.coupling), (&Start::Same(0.0), &Coupling::Hebbian { b: 0.1 }));
    assert_eq!((model.dt_ms, model.gain.slope, model.gain.threshold, model.input), (0.1, 1.0, 0.0, 0.0));
}

/// A .npy file of f64 or f32, in the order of C or of Fortran.
fn npy(kind: &str, fortran: bool, shape: &str, values: &[f64]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let padded = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((padded.len() as u16).to_le_bytes());
    bytes.extend(padded.bytes());
    for &value in values {
        match kind {
            "<f8" => bytes.extend(value.to_le_bytes()),
            "<f4" => bytes.extend((value as f32).to_le_bytes()),
            _ => bytes.push(value as i8 as u8),
        }
    }
    bytes
}

const FILE: &str = "model = \"rate\"\nduration = \"10 ms\"\n[network]\nsize = 2\ntau = \"10 ms\"\n\
                    gain = { kind = \"tanh\" }\ncoupling = { kind = \"file\", file = \"NAME\" }\n[start]\nstate = \"start.npy\"\n";

#[test]
fn weights_and_states_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("start.npy", &npy("<f8", false, "(2,)", &[0.5, -0.25]));
    // [target][source]: W_01 = 2.
    write("f8.npy", &npy("<f8", false, "(2, 2)", &[1.0, 2.0, 3.0, 4.0]));
    write("f4.npy", &npy("<f4", false, "(2, 2)", &[1.0, 2.0, 3.0, 4.0]));
    write("i1.npy", &npy("|i1", false, "(2, 2)", &[1.0, 2.0, 3.0, 4.0]));
    write("fortran.npy", &npy("<f8", true, "(2, 2)", &[1.0, 3.0, 2.0, 4.0]));
    for name in ["f8.npy", "f4.npy", "i1.npy", "fortran.npy"] {
        let (config, model) = build(&FILE.replace("NAME", name), folder.path()).unwrap();
        assert_eq!(model.coupling, Coupling::Matrix(vec![1.0, 2.0, 3.0, 4.0].into()), "{name}");
        assert_eq!((&model.start, model.strength), (&Start::Given(vec![0.5, -0.25].into()), 1.0));
        check_echo(&config, &model);
        // The echo does not take a file that has changed.
        let echo = config.to_toml();
        let kept = fs::read(folder.path().join(name)).unwrap();
        let mut other = kept.clone();
        *other.last_mut().unwrap() ^= 1;
        write(name, &other);
        let said = build(&echo, Path::new("/")).unwrap_err();
        assert!(said.contains("has changed: its hash was"), "{said}");
        write(name, &kept);
    }

    write("wide.npy", &npy("<f8", false, "(2, 3)", &[0.0; 6]));
    write("flat.npy", &npy("<f8", false, "(4,)", &[0.0; 4]));
    write("huge.npy", &npy("<f8", false, "(2, 2)", &[0.0, 1e39, 0.0, 0.0]));
    write("nan.npy", &npy("<f8", false, "(2, 2)", &[0.0, 0.0, f64::NAN, 0.0]));
    write("long.npy", &[npy("<f8", false, "(2, 2)", &[0.0; 4]), vec![0; 4000]].concat());
    write("empty.npy", &npy("<f8", false, "(0, 0)", &[]));
    write("text.npy", b"no array");
    write("weights.txt", b"1 2\n3 4\n");
    for (name, message) in [
        ("wide.npy", "has the shape [2, 3], and [2, 2] is due"),
        ("flat.npy", "has the shape [4], and [2, 2] is due"),
        ("huge.npy", "at [0, 1], which single precision cannot hold"),
        ("nan.npy", "has NaN at [1, 0]"),
        ("long.npy", "of more than 4 numbers"),
        ("empty.npy", "it holds no numbers"),
        ("text.npy", "is not a .npy file of numbers"),
        ("weights.txt", "is no .npy file"),
        ("none.npy", "cannot be read"),
        ("", "is not a file"),
    ] {
        let said = build(&FILE.replace("NAME", name), folder.path()).unwrap_err();
        assert!(said.contains(message) && said.matches("error: ").count() == 1, "{name}: {said}");
    }
}

/// One mistake at a time: what is said, and at which line.
#[test]
fn mistakes_are_told_with_what_would_do() {
    let say = |from: &str, to: &str| {
        assert!(MEMORY.contains(from), "no {from:?}");
        let text = MEMORY.replacen(from, to, 1);
        let said = build(&text, Path::new("/")).unwrap_err();
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        said
    };
    for (from, to, message, label) in [
        ("\"tanh\"", "\"tan\"", "`network.gain.kind` is", "did you mean \"tanh\"?"),
        ("\"hebbian\"", "\"hebian\"", "`network.coupling.kind` is", "did you mean \"hebbian\"?"),
        ("\"hebbian\"", "\"hebbian\", b = 0.1", "at an activity of 0.5 they are of +1 and -1", "leave it out"),
        ("\"hebbian\"", "\"uniform\", b = 0.1", "belongs to the \"hebbian\" coupling", "leave it out"),
        ("\"hebbian\"", "\"file\"", "`network.coupling` has no `file`", "weights.npy"),
        ("size = 2000", "size = 0", "`network.size` must be", "whole number"),
        ("tau = \"10 ms\"", "tau = 10", "is a time, and `10` has no unit", "\"10 ms\""),
        ("tau = \"10 ms\"", "tau = \"0 ms\"", "must be above zero", "10 ms"),
        ("strength = 1.0", "", "`network` has no `strength`", "add strength"),
        ("strength = 1.0", "strength = \"1\"", "is a plain number, without a unit and quotes", "write a number"),
        ("strength = 1.0", "strength = inf", "must be a finite number", "write a number"),
        ("slope = 3.0", "slope = -3.0", "`network.gain.slope` must be above zero", "write a number"),
        ("slope = 3.0", "maximum = 3.0", "belongs to \"saturating\" and \"sigmoid\"", "leave it out"),
        ("overlap = 0.1", "overlap = 0.1\nstate = 0.0", "both `pattern` and `state`", "leave one of the two out"),
        ("pattern = 3", "pattern = 20", "there is no pattern 20", "numbered 0 to 19"),
        ("pattern = 3\noverlap = 0.1", "state = \"pattern\"", "`start.state` cannot be `pattern`", "\"random\""),
        (
            "pattern = 3\noverlap = 0.1",
            "state = [1, 2, 3]",
            "has 3 rates, and the network 2000 neurons",
            "write 2000 numbers",
        ),
        ("pattern = 3\noverlap = 0.1", "", "neither `pattern` nor `state`", "add pattern = 0"),
        ("pattern = 17", "pattern = 20", "there is no pattern 20", "numbered 0 to 19"),
        ("amplitude = 3.0", "amplitude = \"3 mV\"", "is a plain number, without a unit and quotes", "write a number"),
        ("stop = \"350 ms\"", "stop = \"350.05 ms\"", "not a whole number of steps", "the nearest are"),
        ("stop = \"350 ms\"", "stop = \"600 ms\"", "after the end of the run", "500 ms"),
        ("stop = \"350 ms\"", "stop = \"250 ms\"", "stops before it starts", "after its start"),
        ("amplitude = 3.0", "amplitude = 3.0\npopulation = \"e\"", "belongs to spiking networks", "leave it out"),
        ("neurons = 10", "neurons = 2001", "2001 cannot be recorded", "at most 2000"),
        ("neurons = 10", "neurons = [1, 2000]", "there is no neuron 2000", "0 to 1999"),
        ("neurons = 10", "neurons = [1, 1]", "neuron 1 is here twice", "once"),
        ("neurons = 10", "neurons = \"all\"", "is a list of numbers of neurons, or their number", "[0, 1, 2]"),
        ("neurons = 10", "spikes = []", "belongs to spiking networks", "leave it out"),
        ("dt = \"0.1 ms\"", "dt = \"0.3 ms\"", "", ""),
    ] {
        if from.starts_with("dt") {
            // Several times do not fit: each is told.
            let said = build(&MEMORY.replacen(from, to, 1), Path::new("/")).unwrap_err();
            assert!(said.matches("not a whole number of steps").count() >= 3, "{said}");
            continue;
        }
        let said = say(from, to);
        assert!(said.contains(message) && said.contains(label), "{from:?} -> {to:?}:\n{said}");
        assert!(said.contains("at mine.toml:"), "{said}");
    }
    for (from, to, message) in [
        ("[patterns]\ncount = 20\nactivity = 0.5", "", "\"hebbian\" weights are made of patterns, and there are none"),
        ("[network]", "[populations.e]\nsize = 3\n[network]", "belongs to spiking networks"),
        ("[network]", "[net]", "there is no [network]"),
    ] {
        let said = build(&MEMORY.replacen(from, to, 1), Path::new("/")).unwrap_err();
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn ten_mistakes_come_at_once() {
    let text = MEMORY
        .replace("seed = 1", "seed = -1")
        .replace("duration = \"500 ms\"", "duration = \"half a second\"")
        .replace("count = 20", "count = 20\npopulation = \"e\"")
        .replace("tau = \"10 ms\"", "tau = \"10 mV\"")
        .replace("slope = 3.0", "slop = 3.0")
        .replace("kind = \"hebbian\"", "kind = \"gauss\"")
        .replace("pattern = 3", "pattern = 33")
        .replace("kind = \"cue\"", "kind = \"que\"")
        .replace("amplitude = 3.0", "amplitude = nan")
        .replace("neurons = 10", "neurons = [5, 5]");
    let said = build(&text, Path::new("/")).unwrap_err();
    assert_eq!(said.matches("error: ").count(), 10, "{said}");
    for part in ["seed", "half a second", "population", "10 mV", "slop", "gauss", "pattern 33", "que", "nan", "twice"] {
        assert!(said.contains(part), "`{part}` is missing:\n{said}");
    }
}

/// What single precision cannot hold is told where it is written.
#[test]
fn numbers_that_do_not_fit_are_refused() {
    for (set, path) in [
        ("network.strength=1e300", "network.strength"),
        ("network.input=-1e39", "network.input"),
        ("network.gain.slope=1e60", "network.gain.slope"),
        ("stimuli.0.amplitude=1e39", "stimuli.0.amplitude"),
        ("start.overlap=1e50", "start.overlap"),
    ] {
        let set: Override = set.parse().unwrap();
        let (_, model) = Model::parse(MEMORY, "mine.toml", Path::new("/"), &[set]).unwrap();
        let problems = attractor::compile::compile(&model).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].message.contains(path) && problems[0].message.contains("single precision"), "{problems:?}");
    }
}
