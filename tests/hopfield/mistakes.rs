//! What a wrong configuration of a binary network is told.

use std::path::Path;

use attractor::config::Problems;
use attractor::model::Model;

const SOUND: &str =
    "model = \"hopfield\"\nsweeps = 3\n[patterns]\ncount = 2\n[network]\nsize = 4\n[start]\npattern = 0\n";

fn problems(text: &str, directory: &Path) -> Problems {
    let draft = Model::parse(text, "mine.toml", directory, &[]);
    match draft {
        Ok((_, Model::Hopfield(model))) => {
            let found = attractor::compile::compile_hopfield(&model).expect_err("this should be refused");
            attractor::config::Config::parse(text, "mine.toml", directory, &[]).expect("it reads").problems(found)
        }
        Ok(_) => panic!("another model:\n{text}"),
        Err(problems) => problems,
    }
}

/// `from` of the sound configuration, replaced by `to`, is one mistake with `message` and `label`.
#[track_caller]
fn check(from: &str, to: &str, message: &str, label: &str) {
    assert!(SOUND.contains(from));
    let found = problems(&SOUND.replacen(from, to, 1), Path::new("."));
    assert_eq!(found.count(), 1, "one mistake:\n{found}");
    let problem = found.iter().next().expect("a problem");
    assert!(problem.message.contains(message), "{message:?} is not in:\n{found}");
    assert!(problem.label.contains(label), "{label:?} is not in:\n{found}");
}

#[test]
fn the_sound_one_is_sound() {
    let model = crate::model(SOUND);
    assert!(attractor::compile::compile_hopfield(&model).is_ok());
}

#[test]
fn numbers_out_of_range() {
    check("size = 4", "size = 4\ntemperature = -0.1", "`network.temperature` must not be negative", "such as 0.4");
    check("size = 4", "size = 0", "`network.size` must be 1 to 67108863", "whole number");
    check("size = 4", "size = 4\ntemperature = \"warm\"", "`network.temperature` is a number", "write it as 0.4");
    check("size = 4", "size = 4\ntemperature = inf", "is a number of at most thirty digits", "0.4");
    check("size = 4", "size = 4\nscale = 0", "`network.scale` must not be zero", "1.0");
    check("size = 4", "size = 4\nconnection_probability = 0", "must be above zero", "0.1");
    check("size = 4", "size = 4\nconnection_probability = 1.5", "0 to 1", "0.1");
    check("pattern = 0", "pattern = 2", "there is no pattern 2: there are 2", "0 to 1");
    check(
        "count = 2\n[network]\nsize = 4\n[start]\npattern = 0",
        "count = 1\n[network]\nsize = 4\n[start]\npattern = 1",
        "there is no pattern 1: there is 1",
        "write 0",
    );
    check("pattern = 0", "pattern = 0\noverlap = 1.5", "`start.overlap` must be -1 to 1", "0.4");
    check("pattern = 0", "pattern = 0\nflip = -0.5", "`start.flip` must be a number from 0 to 1", "0.1");
    check("sweeps = 3", "sweeps = 3\ntrials.count = 0", "`trials.count` must be 1 to", "whole number");
    check("size = 4", "size = 4\nthreshold = 0.1234567890123456789012345", "so many digits", "fewer digits");
    check(
        "size = 4",
        "size = 4\nrule = \"covariance\"\na = 0.123456789012345\nscale = 1.0",
        "`network.a` has so many digits",
        "fewer digits",
    );
}

#[test]
fn shapes_and_values() {
    let of_patterns = |values: &str| format!("values = {values}");
    check("count = 2", &of_patterns("[[1, -1, 1], [1, -1, 1, 1]]"), "pattern 0 is for 3 neurons", "write 4 values");
    check("count = 2", &of_patterns("[[1, -1, 1, 0]]"), "a pattern is made of -1 and 1", "-1 and 1 only");
    check("count = 2", &of_patterns("[[1, -1, 2, 1]]"), "a pattern is made of", "only");
    // -1 everywhere is as good as +1 everywhere, where states are of either.
    let binary = |values: &str| SOUND.replace("size = 4", "size = 4\nstates = \"binary\"").replace("count = 2", values);
    let found = problems(&binary(&of_patterns("[[0, 0, 0, 0], [0, 1, 0, 1]]")), Path::new("."));
    assert!(found.to_string().contains("pattern 0 has no member"), "{found}");
    let both = SOUND.replace("count = 2", &of_patterns("[[-1, -1, -1, -1], [1, -1, 1, -1]]"));
    let only = SOUND.replace("count = 2", &of_patterns("[[-1, -1, -1, -1]]"));
    for text in [both, only] {
        assert!(attractor::compile::compile_hopfield(&crate::model(&text)).is_ok(), "{text}");
    }
    let start = |state: &str| format!("state = {state}");
    check("pattern = 0", &start("[1, -1]"), "`start.state` is for 2 neurons, and the network has 4", "write 4 values");
    check("pattern = 0", &start("[1, 0, -1, 1]"), "a state is made of 0 and 1", "only");
    check("pattern = 0", &start("[1, 2, 1, 1]"), "a state is made of 0 and 1, or -1 and 1, not of `2`", "only");
    check("pattern = 0", &start("7"), "`start.state` is a state, a list of numbers", "[0, 1, 1, 0]");
    check("pattern = 0", &start("\"nowhere.npy\""), "cannot be read", "random");
    check("pattern = 0", "overlap = 0.5", "`start` has no `pattern`", "add pattern = 0");
    check("pattern = 0", "pattern = 0\nflip = 0.1\nkeep = 0.5", "both `flip` and `keep`", "leave one");
    check("[start]\npattern = 0", "", "`start` is missing", "add [start]");
    let weights = |rows: &str| format!("size = 4\nweights = {rows}");
    check(
        "size = 4",
        &weights("[[0, 1, 0, 0], [1, 0, 0, 0]]"),
        "has 2 rows, and the network has 4 neurons",
        "4 rows of 4",
    );
    check(
        "size = 4",
        &weights("[[0, 0, 0, 0], [0], [0], [0]]"),
        "row 1 of `network.weights` has 1 numbers",
        "4 numbers",
    );
    check("size = 4", &weights("[[0, \"x\", 0, 0]]"), "is a number, not", "0.5");
    check(
        "size = 4",
        &weights("[[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]"),
        "a weight from neuron 0 to itself",
        "self_coupling",
    );
    check("size = 4", &weights("\"nowhere.npy\""), "cannot be read", ".npy");
    check(
        "size = 4",
        "size = 4\nthreshold = [0, 1]",
        "has 2 numbers, and the network has 4 neurons",
        "write 4 numbers",
    );
    check("size = 4", "size = 4\nthreshold = \"half\"", "or \"half-sum\"", "0.5");
}

#[test]
fn weights_with_too_many_digits_are_to_be_rounded() {
    let weights = |rows: &str| format!("size = 4\nweights = {rows}");
    let rows =
        |digits: &str| weights(&format!("[[0, {digits}, 1, 1], [{digits}, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]]"));
    check("size = 4", &rows("0.123456789012345"), "cannot be written exactly", "numpy.round(weights, 6)");
    assert!(attractor::compile::compile_hopfield(&crate::model(&SOUND.replace("size = 4", &rows("0.123457")))).is_ok());
}

#[test]
fn words_and_keys() {
    check("size = 4", "size = 4\nstates = \"spins\"", "is \"signed\" or \"binary\"", "write");
    check("size = 4", "size = 4\nrule = \"heb\"", "is \"hebb\" or \"covariance\"", "did you mean \"hebb\"?");
    check("size = 4", "size = 4\na = 0.1", "`network.a` belongs to rule = \"covariance\"", "leave it out");
    check("size = 4", "size = 4\ngain = \"erf\"", "`network.temperature` is 0", "0.4");
    check("size = 4", "size = 4\ntemprature = 1", "no key `temprature`", "did you mean `temperature`?");
    check("sweeps = 3", "sweeps = 3\nduration = \"1 s\"", "`duration` belongs to spiking and rate networks", "leave");
    check(
        "count = 2",
        "count = 2\n[[stimuli]]\nkind = \"pulse\"",
        "belongs to spiking and rate networks",
        "leave it out",
    );
    check("sweeps = 3\n", "", "`sweeps` is missing", "add sweeps = 50");
    check("count = 2", "count = 2\npopulation = \"e\"", "belongs to spiking networks", "leave it out");
    check("count = 2", "count = 2\nthreshold = 0.5", "belongs to a folder of images", "leave it out");
}

#[test]
fn files_and_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("empty")).expect("a folder");
    std::fs::create_dir(at("broken")).expect("a folder");
    std::fs::write(at("broken/a.png"), b"no image").expect("it can be written");
    std::fs::write(at("short.txt"), "+-+-\n+-+\n").expect("it can be written");
    std::fs::write(at("two.txt"), "+-+-\n+--+\n").expect("it can be written");
    let told = |from: &str, to: &str| {
        let found = problems(&SOUND.replacen(from, to, 1), folder.path());
        assert_eq!(found.count(), 1, "{found}");
        found.to_string()
    };
    assert!(told("count = 2", "file = \"empty\"").contains("is a folder without a .png or .jpg image"));
    assert!(told("count = 2", "file = \"broken\"").contains("has an image `a.png` that cannot be decoded"));
    assert!(told("count = 2", "file = \"short.txt\"").contains("pattern 1 is for 3 neurons, and the network has 4"));
    let images = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/images");
    let wrong_size = told("count = 2", &format!("file = \"{images}\""));
    assert!(wrong_size.contains("network.size = 256: the images have 16 x 16 pixels"), "{wrong_size}");
    assert!(told("pattern = 0", "state = \"two.txt\"").contains("has 2 rows, and one is due"));
    assert!(told("pattern = 0", "state = \"empty\"").contains("is a folder, and a state is a file"));
}

#[test]
fn all_mistakes_come_at_once() {
    let text = "model = \"hopfield\"\nsweeps = -1\n[patterns]\nactivity = 2\n[network]\nsize = 3.5\ntemperature = -1\n\
                tie = \"off\"\nthreshold = \"x\"\nwidth = 3\n[start]\noverlap = 3\n[record]\nstates = 1\n";
    let found = problems(text, Path::new("."));
    assert!(found.count() >= 9, "{found}");
}
