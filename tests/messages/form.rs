//! The form of what is told: all mistakes at once, with their lines, whatever else is wrong with the text.

use std::path::Path;

use attractor::config::{Config, Override, Problem};
use attractor::model::Model;

use crate::{SMALL, check, problems};

#[test]
fn the_form_is_that_of_the_command_line_specification() {
    let text = SMALL.replacen("tau_m = \"20 ms\"", "tau_m = 20", 1);
    assert_eq!(
        problems(&text).to_string(),
        "error: `populations.excitatory.tau_m` is a time, and `20` has no unit\n  \
           at configs/mine.toml:13:9\n   \
            |\n\
         13 | tau_m = 20\n   \
            |         ^^ write it as \"20 ms\""
    );
    let text = SMALL.replacen("threshold = \"20 mV\"", "treshold = \"20 mV\"", 1);
    assert_eq!(
        problems(&text).to_string(),
        "error: `populations.excitatory` has no `threshold`\n  \
           at configs/mine.toml:11:1\n   \
            |\n\
         11 | [populations.excitatory]\n   \
            | ^^^^^^^^^^^^^^^^^^^^^^^^ add threshold = \"20 mV\"\n\
         \n\
         error: `populations.excitatory` has no key `treshold`\n  \
           at configs/mine.toml:14:1\n   \
            |\n\
         14 | treshold = \"20 mV\"\n   \
            | ^^^^^^^^ did you mean `threshold`?\n  \
           help: its keys are size, tau_m, threshold, reset, refractory, drive, noise, initial, poisson, escape, adaptation"
    );
}

#[test]
fn text_that_is_not_toml() {
    check("seed = 1", "seed = «1 2»", "`seed` is a text", "write it as \"1 2\"");
    check("seed = 1", "seed = 1\n«seed» = 2", "this key or table is there already", "write it once");
    check("[record]\n", "[«patterns»]\n[record]\n", "this key or table is there already", "write it once");
    check("seed = 1", "seed = «#» none", "`seed` has no value", "write one after the `=`");
}

#[test]
fn ten_mistakes_are_ten_messages_in_their_order() {
    let text = SMALL
        .replace("seed = 1", "seed = 1.5")
        .replace("duration = \"1.2 s\"", "duration = 1.2")
        .replace("activity = 0.1", "activity = 10")
        .replacen("tau_m = \"20 ms\"", "tau = \"20 ms\"", 1)
        .replacen("reset = \"10 mV\"", "reset = \"30 mV\"", 1)
        .replacen("to = \"linear\"", "to = \"lineal\"", 1)
        .replacen("delay = \"1 ms\"", "delay = \"1.01 ms\"", 1)
        .replace("pattern = 3", "pattern = 93")
        .replace("rates = \"5 ms\"", "rates = \"5 mV\"");
    let found = problems(&text);
    let lines: Vec<u64> = found.to_json().as_array().unwrap().iter().map(|one| one["line"].as_u64().unwrap()).collect();
    let of = |needle: &str| text.lines().position(|line| line.contains(needle)).unwrap() as u64 + 1;
    let needles = ["seed", "duration", "activity", "[populations.excitatory]", "tau = ", "reset", "1.01", "lineal"];
    let mut expected: Vec<u64> = needles.into_iter().map(of).collect();
    expected.extend([of("pattern = 93"), of("rates = \"5 mV\"")]);
    assert_eq!(lines, expected, "{found}");
    assert_eq!(found.count(), 10);
}

#[test]
fn a_syntax_error_does_not_hide_the_rest() {
    let text = SMALL.replace("seed = 1", "seed = one two").replacen("tau_m = \"20 ms\"", "tau_m = 20", 1);
    let rendered = problems(&text).to_string();
    assert!(rendered.contains("mine.toml:3:8") && rendered.contains("mine.toml:13:9"), "{rendered}");
    assert_eq!(rendered.matches("error: ").count(), 2, "{rendered}");
}

#[test]
fn overrides_are_shown_as_their_argument() {
    let argument = |argument: &str| {
        let overrides: Vec<Override> = ["seed=3", argument].iter().map(|argument| argument.parse().unwrap()).collect();
        Model::parse(SMALL, "small.toml", Path::new(""), &overrides).unwrap_err().to_string()
    };
    assert_eq!(
        argument("populations.excitatory.tau_m=20"),
        "error: `populations.excitatory.tau_m` is a time, and `20` has no unit\n  \
           at --set:2:30\n  \
           |\n\
         2 | populations.excitatory.tau_m=20\n  \
           |                              ^^ write it as \"20 ms\""
    );
    for (text, message, label) in [
        ("projections.9.delay=1 ms", "`projections` is a list of 5 items, and `9`", "its items are numbered 0 to 4"),
        ("model.x=1", "`model` is a single value", "a path goes through tables and lists"),
        ("sed=2", "a configuration has no key `sed`", "did you mean `seed`?"),
        ("record.voltages=[{population='linear',count=0", "`record.voltages` is a list of tables", "write [{ .. }]"),
    ] {
        let rendered = argument(text);
        assert!(rendered.contains("at --set:2:") && rendered.contains(&format!("2 | {text}\n")), "{rendered}");
        assert!(rendered.contains(message) && rendered.contains(label), "{rendered}");
    }
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no.toml");
    let rendered = Config::load(&missing, &[]).unwrap_err().to_string();
    assert!(rendered.starts_with("error: the configuration cannot be read: "), "{rendered}");
    assert!(rendered.ends_with(&format!("\n  at {}", missing.display())), "{rendered}");
    assert!(Config::load(folder.path(), &[]).unwrap_err().to_string().contains("cannot be read"));

    let latin = folder.path().join("latin.toml");
    std::fs::write(&latin, b"seed = 1\n# caf\xe9\n").unwrap();
    let rendered = Config::load(&latin, &[]).unwrap_err().to_string();
    assert!(rendered.contains("not UTF-8") && rendered.contains("latin.toml:2:6\n"), "{rendered}");
    assert!(rendered.contains("2 | # caf\u{fffd}"), "{rendered}");
}

#[test]
fn problems_of_later_stages_get_their_lines() {
    let (config, _) = Model::parse(SMALL, "small.toml", Path::new(""), &[]).unwrap();
    let line_of = |problem: Problem| config.problems(vec![problem]).to_json()[0]["line"].as_u64().unwrap() as usize;
    let shown = |line: usize| SMALL.lines().nth(line - 1).unwrap();
    assert_eq!(
        shown(line_of(Problem::value("projections.1.strength", "too large", "at most"))),
        "strength = \"1250 mV\""
    );
    assert_eq!(shown(line_of(Problem::key("populations.linear.noise", "", ""))), "noise = \"3 mV\"");
    // What is not written is shown at what is around it.
    assert_eq!(shown(line_of(Problem::value("populations.linear.escape.rate", "", ""))), "[populations.linear]");
    assert_eq!(shown(line_of(Problem::value("nothing.there", "", ""))), "model = \"spiking\"");
    let with_help = config.problems(vec![Problem::value("seed", "wrong", "right").help("so")]);
    assert_eq!(with_help.to_json()[0]["help"], "so");
}
