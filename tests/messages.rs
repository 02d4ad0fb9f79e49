//! What a wrong configuration is told: file, line, column, the line itself and what to write instead.

use std::path::Path;

use attractor::config::{Config, Override, Problem, Problems};
use attractor::model::Model;

const SMALL: &str = include_str!("../configs/small.toml");

fn problems(text: &str) -> Problems {
    match Model::parse(text, "configs/mine.toml", Path::new("configs"), &[]) {
        Ok(_) => panic!("this should be refused:\n{text}"),
        Err(problems) => problems,
    }
}

/// Replaces `from` in small.toml, which must have it, by `to`, where « and » enclose the place of the mistake.
/// The problem at that place must have `message` and `label` in it, and be the only one.
#[track_caller]
fn check(from: &str, to: &str, message: &str, label: &str) {
    assert!(SMALL.contains(from), "small.toml has no {from:?}");
    check_text(&SMALL.replacen(from, to, 1), message, label);
}

#[track_caller]
fn check_text(marked: &str, message: &str, label: &str) {
    let text = marked.replace(['«', '»'], "");
    let start = marked.find('«').expect("no place is marked");
    let length = marked[start..].find('»').map(|end| marked[start..start + end].chars().count() - 1).expect("no end");
    let line_start = marked[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = marked[..start].matches('\n').count() + 1;
    let column = marked[line_start..start].chars().count() + 1;
    let shown = text.lines().nth(line - 1).unwrap();

    let found = problems(&text);
    let rendered = found.to_string();
    assert_eq!(found.count(), 1, "one mistake, these problems:\n{rendered}");
    let lines: Vec<&str> = rendered.lines().collect();
    let blank = " ".repeat(line.to_string().len());
    assert!(lines[0].starts_with("error: ") && lines[0].contains(message), "{message:?} is not in:\n{rendered}");
    assert_eq!(lines[1], format!("  at configs/mine.toml:{line}:{column}"), "in:\n{rendered}");
    assert_eq!(lines[2], format!("{blank} |"));
    assert_eq!(lines[3], format!("{line} | {shown}"));
    let underline = format!("{blank} | {}{} ", " ".repeat(column - 1), "^".repeat(length));
    assert!(lines[4].starts_with(&underline), "the underline is not {underline:?} in:\n{rendered}");
    assert!(lines[4][underline.len()..].contains(label), "{label:?} is not in:\n{rendered}");
    assert!(lines.len() == 5 || lines.len() == 6 && lines[5].starts_with("  help: "), "{rendered}");
    let json = found.to_json();
    assert_eq!((json[0]["line"].as_u64(), json[0]["column"].as_u64()), (Some(line as u64), Some(column as u64)));
    assert_eq!(json[0]["file"], "configs/mine.toml");
}

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
fn missing_and_unknown_keys() {
    check(
        "[populations.excitatory]\nsize = 1000\ntau_m = \"20 ms\"\n",
        "«[populations.excitatory]»\nsize = 1000\n",
        "`populations.excitatory` has no `tau_m`",
        "add tau_m = \"20 ms\"",
    );
    check(
        "[[stimuli]]\nkind = \"cue\"\npattern = 3\n",
        "«[[stimuli]]»\nkind = \"cue\"\n",
        "`stimuli.0` has no `pattern`",
        "add pattern = 0",
    );
    check(
        "model = \"spiking\"\nseed = 1\ndt = \"0.1 ms\"\nduration = \"1.2 s\"",
        "«model» = \"spiking\"\n",
        "`duration` is missing",
        "add duration = \"1 s\"",
    );
    check("noise = \"4 mV\"", "noise = \"4 mV\"\n«colour» = 1", "has no key `colour`", "this key is not known");
    check("activity = 0.1", "activity = 0.1\n«exat» = true", "`patterns` has no key `exat`", "did you mean `exact`?");
    check("[patterns]", "[«recrod»]\n[patterns]", "a configuration has no key `recrod`", "did you mean `record`?");
    check("rates = \"5 ms\"", "«Rate» = \"5 ms\"", "`record` has no key `Rate`", "did you mean `rates`?");
    check("high = \"12 mV\" }", "«hihg» = \"12 mV\" }", "`populations.excitatory.initial`", "did you mean `high`?");
    check(
        "[patterns]\ncount = 90\n",
        "«[patterns]»\n",
        "`patterns` has no `count`",
        "add count = 90, or values, or file",
    );
}

#[test]
fn wrong_types() {
    check("size = 1000", "size = «\"many\"»", "is a whole number, not `many`", "write it as 8000");
    check("size = 1000", "size = «1000.0»", "is a whole number, not `1000.0`", "write it as 8000");
    check("tau_m = \"20 ms\"", "tau_m = «[20]»", "is a time, not a list", "write it as \"20 ms\"");
    check("activity = 0.1", "activity = «\"0.1\"»", "a number from 0 to 1, not `0.1`", "write it as 0.1");
    check("from = \"excitatory\"", "from = «3»", "is the name of a population, not `3`", "write it as \"excitatory\"");
    check("rates = \"5 ms\"", "spikes = «\"all\"»", "`record.spikes` is a list of populations", "[\"excitatory\"]");
    check("delay = \"1 ms\"", "delay = \"1 ms\"\nautapses = «\"no\"»", "is true or false, not `no`", "without quotes");
    check(
        "[record]\n",
        "[record]\nvoltages = «3»\n",
        "`record.voltages` is a list of tables, not `3`",
        "write [{ .. }]",
    );
    check(
        "[patterns]\ncount = 90\nactivity = 0.1\n",
        "patterns = «90»\n",
        "`patterns` is a table, not `90`",
        "key = value",
    );
}

#[test]
fn units() {
    check("drive = \"13 mV\"", "drive = «13.5»", "is a potential, and `13.5` has no unit", "write it as \"13.5 mV\"");
    check("drive = \"13 mV\"", "drive = «\"13\"»", "is a potential, and `13` has no unit", "write it as \"13 mV\"");
    check("tau_m = \"20 ms\"", "tau_m = «\"20 mV\"»", "is a time, and `20 mV` is a potential", "write a time, such as");
    check("tau_m = \"20 ms\"", "tau_m = «\"20 msec\"»", "`msec` is not a unit of one", "write it as \"20 ms\"");
    check("tau_m = \"20 ms\"", "tau_m = «\"0,5 ms\"»", "`0,5 ms` has a decimal comma", "write it as \"0.5 ms\"");
    check("tau_m = \"20 ms\"", "tau_m = «\"long\"»", "`long` does not start with a number", "such as \"20 ms\"");
    check("rates = \"5 ms\"", "reference_rate = «\"40 ms\"»", "is a rate, and `40 ms` is a time", "such as \"40 Hz\"");
    check("rates = \"5 ms\"", "reference_rate = «\"40 hz\"»", "`hz` is not a unit of one", "write it as \"40 Hz\"");
    check("tau_m = \"20 ms\"", "tau_m = «20 ms»", "quantities are written in quotes", "write it as \"20 ms\"");
}

#[test]
fn numbers_out_of_range() {
    check("size = 1000", "size = «0»", "must be 1 to 2147483647, and `0` is not", "such as 8000");
    check("size = 1000", "size = «-5»", "must be 1 to 2147483647, and `-5` is not", "such as 8000");
    check("size = 1000", "size = «99999999999999999999»", "must be 1 to 2147483647", "such as 8000");
    check("seed = 1", "seed = «-1»", "`seed` must be at least 0, and `-1` is not", "write a whole number");
    for large in ["18446744073709551616", "999999999999999999999999999999999999999999"] {
        check("seed = 1", &format!("seed = «{large}»"), "`seed` must be 0 to 18446744073709551615", "such as 1");
    }
    check("tau_m = \"20 ms\"", "tau_m = «\"0 ms\"»", "must be above zero, and `0 ms` is not", "such as \"20 ms\"");
    check("tau_m = \"20 ms\"", "tau_m = «\"-20 ms\"»", "must be above zero, and `-20 ms` is not", "\"20 ms\"");
    check("tau_m = \"20 ms\"", "tau_m = «nan»", "`nan` is not a finite number", "such as \"20 ms\"");
    check("tau_m = \"20 ms\"", "tau_m = «\"NaN ms\"»", "`NaN ms` is not a finite number", "such as \"20 ms\"");
    check("tau_m = \"20 ms\"", "tau_m = «-inf»", "`-inf` is not a finite number", "such as \"20 ms\"");
    check("tau_m = \"20 ms\"", "tau_m = «\"1e400 ms\"»", "too large, too small or has too many digits", "\"20 ms\"");
    check("noise = \"4 mV\"", "noise = «\"-4 mV\"»", "must not be negative, and `-4 mV` is", "such as \"4 mV\"");
    check("duration = \"1.2 s\"", "duration = «\"0 s\"»", "`duration` must be above zero", "such as \"1 s\"");
    check("dt = \"0.1 ms\"", "dt = «\"0 ms\"»", "`dt` must be above zero", "such as \"0.1 ms\"");
    check("activity = 0.1", "activity = «1.5»", "must be a number from 0 to 1, and `1.5` is not", "such as 0.1");
    check("activity = 0.1", "activity = «nan»", "must be a number from 0 to 1, and `nan` is not", "such as 0.1");
    check("fraction = 0.5", "fraction = «-0.5»", "must be a number from 0 to 1, and `-0.5` is not", "such as 0.5");
    check("count = 90", "count = «1048577»", "must be 0 to 1048576, and `1048577` is not", "such as 90");
}

#[test]
fn times_that_are_no_steps() {
    check("delay = \"1 ms\"", "delay = «\"1.05 ms\"»", "not a whole number of steps of dt", "\"1 ms\" and \"1.1 ms\"");
    check("delay = \"1 ms\"", "delay = «\"0.05 ms\"»", "`0.05 ms`, which is less than a step", "at least \"0.1 ms\"");
    check("delay = \"1 ms\"", "delay = «\"0 ms\"»", "`projections.0.delay` must be above zero", "such as \"1 ms\"");
    check("delay = \"1 ms\"", "delay = «\"200 s\"»", "is 2000000 steps", "at most 1048576 are possible");
    check(
        "overlaps = \"5 ms\"",
        "overlaps = «\"5.01 ms\"»",
        "`record.overlaps` is `5.01 ms`",
        "\"5 ms\" and \"5.1 ms\"",
    );
    check(
        "start = \"500 ms\"",
        "start = «\"0.50005 s\"»",
        "`stimuli.0.start` is `0.50005 s`",
        "\"500 ms\" and \"500.1 ms\"",
    );
    check("duration = \"1.2 s\"", "duration = «\"1e50 s\"»", "more than 2^53 steps", "write a shorter time");
    // A default that does not fit dt is a problem of dt, which is what was written.
    let text = "model = \"spiking\"\ndt = «\"0.3 ms\"»\nduration = \"3 ms\"\n[record]\nrates = \"off\"\n\
        [populations.a]\nsize = 1\ntau_m = \"20 ms\"\nthreshold = \"20 mV\"\nreset = \"0 mV\"\nrefractory = \"0 ms\"\n";
    check_text(text, "`record.overlaps` is `1 ms`, which is not a whole number of steps", "does not fit the default");
}

#[test]
fn what_does_not_fit_together() {
    check(
        "stop = \"700 ms\"",
        "stop = «\"1300 ms\"»",
        "stops at `1300 ms`, after the end",
        "the run ends at \"1.2 s\"",
    );
    check("stop = \"700 ms\"", "stop = «\"500 ms\"»", "stops before it starts", "write a time after its start");
    check("pattern = 3", "pattern = «90»", "there is no pattern 90", "the 90 patterns are numbered 0 to 89");
    check("to = \"linear\"", "to = «\"liner\"»", "there is no population `liner`", "did you mean \"linear\"?");
    check(
        "to = \"linear\"",
        "to = «\"x\"»",
        "there is no population `x`",
        "write \"excitatory\", \"linear\" or \"ceiling\"",
    );
    check(
        "activity = 0.1",
        "activity = «0.0001»",
        "0.0001 of 1000 neurons gives patterns without a member",
        "at least 0.0005",
    );
    check("activity = 0.1", "exact = false\nactivity = «0»", "gives patterns without a member", "write at least");
    check(
        "strength = \"100 mV\"",
        "strength = \"100 mV\"\n«weight» = \"1 mV\"",
        "has both `strength` and `weight`",
        "leave one",
    );
    check(
        "[[projections]]\nfrom = \"excitatory\"\nto = \"excitatory\"\nkind = \"hebbian\"\nstrength = \"100 mV\"",
        "«[[projections]]»\nfrom = \"excitatory\"\nto = \"excitatory\"\nkind = \"hebbian\"",
        "neither `strength` nor `weight`",
        "add strength",
    );
    check(
        "reset = \"10 mV\"",
        "reset = «\"20 mV\"»",
        "`20 mV`, which is not below the threshold, `20 mV`",
        "write less",
    );
    check(
        "initial = { low = \"0 mV\", high = \"12 mV\" }",
        "initial = «{ low = \"13 mV\", high = \"12 mV\" }»",
        "the low end is above",
        "low <= high",
    );
    check(
        "to = \"excitatory\"\nkind = \"hebbian\"",
        "to = «\"linear\"»\nkind = \"hebbian\"",
        "needs patterns at both ends",
        "write \"excitatory\"",
    );
    check(
        "to = \"linear\"\n",
        "to = \"linear\"\nscaled_by = «\"memberships\"»\n",
        "`linear` has no patterns to scale by",
        "write \"none\"",
    );
    check(
        "kind = \"hebbian\"",
        "kind = «\"hebian\"»",
        "is \"hebbian\", \"global\" or \"random\", not `hebian`",
        "did you mean \"hebbian\"?",
    );
    check("[record]\n", "[record]\nspikes = [\"linear\", «\"linear\"»]\n", "`linear` is here twice", "write it once");
    check(
        "[record]\n",
        "[record]\nvoltages = [{ population = \"linear\", neurons = [1, «125»] }]\n",
        "`linear` has no neuron 125",
        "0 to 124",
    );
    check(
        "[record]\n",
        "[record]\nvoltages = [{ population = \"linear\", neurons = [7, 1, «7»] }]\n",
        "neuron 7 is here twice",
        "once",
    );
    check(
        "[record]\n",
        "[record]\nvoltages = [{ population = \"linear\", count = «126» }]\n",
        "has 125 neurons, so 126",
        "at most 125",
    );
    check(
        "[record]\n",
        "[record]\nvoltages = [«{ population = \"linear\" }»]\n",
        "neither `neurons` nor `count`",
        "add neurons",
    );
    check(
        "[record]\n",
        "[record]\nspikes = { start = «\"1 s\"», stop = \"0.5 s\" }\n",
        "starts when it has stopped",
        "before its stop",
    );
    check(
        "[record]\n",
        "[record]\nspikes = { stop = «\"2 s\"» }\n",
        "after the end of the run",
        "the run ends at \"1.2 s\"",
    );
    check(
        "[populations.excitatory]\nsize = 1000",
        "[«populations».excitatory]\nsize = 2147483647",
        "the populations have 2147483897 neurons together",
        "at most 2147483647",
    );
}

#[test]
fn patterns_that_do_not_fit() {
    let values = |values: &str| {
        SMALL
            .replace("count = 90\nactivity = 0.1", &format!("values = {values}"))
            .replace("pattern = 3", "pattern = 0")
            .replacen("size = 1000", "size = 4", 1)
    };
    check_text(&values("[«[0, 1, 1]»]"), "pattern 0 is for 3 neurons, and `excitatory` has 4", "write 4 values");
    check_text(&values("[[0, 1, 1, 0], «[0, 0, 0, 0]»]"), "pattern 1 has no member", "at least one active neuron");
    check_text(&values("[[0, 1, 1, «2»]]"), "a pattern is made of 0 and 1, not of `2`", "write 0 and 1 only");
    check_text(&values("[[0, 1, 1, 0], [«-1», 1, 1, 1]]"), "made of 0 and 1, not of `-1`", "write 0 and 1 only");
    check_text(&values("[[-1, 1, 1, -1], [1, 1, «0», 1]]"), "made of -1 and 1, not of `0`", "write -1 and 1 only");
    check_text(&values("[«1»]"), "`patterns.values.0` is a pattern, a list of numbers", "write it as [0, 1, 1, 0]");
    check_text(&values("[]").replace("pattern = 0", "pattern = «0»"), "there is no pattern 0", "there are no patterns");
    check_text(&values("[[0, 1, 1, 0]]\n«activity» = 0.5"), "belongs to patterns that are drawn", "leave it out");
    check("count = 90", "count = 90\n«values» = []", "has both `count` and `values`", "leave one of the two out");
    let renamed = SMALL.replace("excitatory", "pyramidal").replace("[patterns]", "«[patterns]»");
    check_text(&renamed, "`patterns.population` is `excitatory` unless", "add population = \"pyramidal\"");
    check("count = 90", "count = 90\npopulation = «\"exc\"»", "no population `exc`", "did you mean \"excitatory\"?");
}

#[test]
fn without_patterns_nothing_is_hebbian() {
    let text =
        SMALL.replace("[patterns]\ncount = 90\nactivity = 0.1\n", "").replace("scaled_by = \"memberships\"\n", "");
    let pulse = "kind = \"pulse\"\npopulation = \"linear\"\n";
    let no_cue = text.replace("kind = \"cue\"\npattern = 3\nfraction = 0.5\n", pulse);
    check_text(
        &no_cue.replace("\"hebbian\"", "«\"hebbian\"»"),
        "a Hebbian projection needs patterns",
        "add [patterns]",
    );
    let global = text.replace("\"hebbian\"", "\"global\"");
    check_text(&global.replace("\"cue\"", "«\"cue\"»"), "a cue drives members of a pattern", "add [patterns]");
}

#[test]
fn what_neurons_have_for_themselves() {
    let drive = "drive = \"13 mV\"";
    let instead = |text: &str, message: &str, label: &str| check(drive, text, message, label);
    instead(
        "escape = { rate = «\"0 Hz\"», width = \"2 mV\" }",
        "`populations.excitatory.escape.rate` must be above zero",
        "\"125 Hz\"",
    );
    instead("escape = «{ rate = \"125 Hz\" }»", "`populations.excitatory.escape` has no `width`", "add width");
    instead("escape = «\"2 mV\"»", "`populations.excitatory.escape` is a table", "");
    instead("escape = { rate = \"125 Hz\", width = «\"2 ms\"» }", "`2 ms` is a time", "write a potential");
    instead(
        "poisson = { rate = \"1 kHz\", weight = \"1 mV\", «tau» = \"5 ms\" }",
        "`populations.excitatory.poisson` has no key `tau`",
        "tau_syn",
    );
    instead("poisson = { rate = «1000», weight = \"1 mV\" }", "`1000` has no unit", "\"1000 Hz\"");
    instead("adaptation = { jump = \"1 mV\", tau = «\"0 ms\"» }", "adaptation.tau` must be above zero", "\"200 ms\"");
    instead("drive = «{ mean = \"13 mV\" }»", "`populations.excitatory.drive` has no `sd`", "add sd");
    instead("drive = { mean = \"13 mV\", sd = «\"-1 mV\"» }", "drive.sd` must not be negative", "write a potential");
    check(
        "tau_m = \"20 ms\"",
        "tau_m = { mean = «\"0.05 ms\"», sd = \"1 us\" }",
        "tau_m.mean` is `0.05 ms`, which is below dt",
        "write at least",
    );
    check(
        "reset = \"10 mV\"",
        "reset = «\"20 mV\"»\nescape = { rate = \"1 Hz\", width = \"1 mV\" }",
        "not below the threshold",
        "",
    );
}

#[test]
fn what_is_not_there_yet() {
    let sub = "this version does not know it";
    check("[record]\n", "[record]\n«checkpoint» = \"30 s\"\n", "`record.checkpoint` is not there yet", sub);
    check_text(
        "model = «\"rats\"»\nsweeps = 3\n",
        "`model` is \"spiking\", \"hopfield\" or \"rate\", not `rats`",
        "did you mean \"rate\"?",
    );
}

/// An entry of the protocol before `[record]`.
fn protocol(entry: &str) -> String {
    format!("[[protocol]]\n{entry}\n[record]\n")
}

#[test]
fn what_is_learned_and_forgotten() {
    let learn = "at = \"1 s\"\naction = \"learn\"\nwindow = \"100 ms\"\nabove = \"20 Hz\"";
    let mistake = |right: &str, wrong: &str, message: &str, label: &str| {
        assert!(learn.contains(right), "{right}");
        check("[record]\n", &protocol(&learn.replace(right, wrong)), message, label);
    };
    mistake("\"learn\"", "«\"lern\"»", "`protocol.0.action` is \"learn\" or \"forget\"", "did you mean \"learn\"?");
    mistake("at = \"1 s\"", "at = «\"1.2 s\"»", "is not before the end of the run", "the run ends at \"1.2 s\"");
    mistake("at = \"1 s\"", "at = «\"1.01 ms\"»", "not a whole number of steps", "the nearest are");
    mistake("\"100 ms\"", "«\"2 s\"»", "`protocol.0.window` begins before the run", "no longer than `at`");
    mistake("\"20 Hz\"", "«20»", "`20` has no unit", "write it as \"20 Hz\"");
    mistake("above =", "«pattern» = 3\nabove =", "`protocol.0.pattern` belongs to \"forget\"", "leave it out");
    let forget = |which: &str| protocol(&format!("at = \"1 s\"\naction = \"forget\"\npattern = {which}"));
    check("[record]\n", &forget("«90»"), "there is no pattern 90 then", "in order of time");
    check("[record]\n", &forget("«\"newest\"»"), "the number of a pattern or \"oldest\"", "\"oldest\"");
    let twice = format!("{}{}", forget("3").replace("[record]\n", ""), forget("«3»"));
    check("[record]\n", &twice, "pattern 3 is forgotten already", "leave this entry out");
    let cue = "[[stimuli]]\nkind = \"cue\"\npattern = 90\namplitude = \"20 mV\"\nstop = \"1.1 s\"\n";
    let early = format!("{cue}start = «\"900 ms\"»\n{}", protocol(learn));
    check("[record]\n", &early, "pattern 90 is not learned yet when it is cued", "a later one");
}

#[test]
fn guards_trials_and_groups() {
    check("[record]\n", "[guard]\nsilence = «500»\n[record]\n", "`500` has no unit", "write it as \"500 ms\"");
    check("[record]\n", "[guard]\nrate_max = «\"0 Hz\"»\n[record]\n", "must be above zero", "\"150 Hz\"");
    check("[record]\n", "[guard]\n«silent» = \"1 s\"\n[record]\n", "`guard` has no key `silent`", "`silence`");
    check("[record]\n", "[trials]\ncount = «0»\n[record]\n", "`trials.count` must be 1 to", "whole number");
    let group = "[[stimuli]]\nkind = \"group\"\npopulation = \"excitatory\"\ngroup = 0\nfraction = 0.1\n\
                 amplitude = \"20 mV\"\nstart = \"800 ms\"\nstop = \"900 ms\"\n[record]\n";
    let wrong = |right: &str, wrong: &str| group.replace(right, wrong);
    check("[record]\n", &wrong("group = 0", "group = «-1»"), "`stimuli.1.group` must be 0 to", "whole number");
    check("[record]\n", &wrong("0.1", "«1.5»"), "must be a number from 0 to 1", "0.1");
    check("[record]\n", &wrong("group = 0", "group = 0\n«pattern» = 1"), "belongs to a cue", "leave it out");
    check("[record]\n", &wrong("\"excitatory\"", "«\"excitatry\"»"), "there is no population", "\"excitatory\"");
}

#[test]
fn couplings_that_are_none() {
    let hebbian = |lines: &str, message: &str, label: &str| {
        check("kind = \"hebbian\"", &format!("kind = \"hebbian\"\n{lines}"), message, label);
    };
    hebbian("coupling = «\"sequenze\"»", "is \"auto\" or \"sequence\", not `sequenze`", "did you mean \"sequence\"?");
    hebbian("coupling = «3»", "`projections.0.coupling` is \"auto\" or \"sequence\"", "write it as \"auto\"");
    hebbian("coupling = «\"none.npy\"»", "the file `none.npy` cannot be read", "relative to the folder");
    hebbian("coupling = \"sequence\"\ncycle = «1»", "`projections.0.cycle` is true or false", "without quotes");
    hebbian("«cycle» = true", "`projections.0.cycle` belongs to coupling = \"sequence\"", "leave it out");
    hebbian("«coupling_hash» = \"0\"", "belongs to a coupling in a file", "leave it out");
    hebbian("coupling = «[]»", "has 0 rows, and there are 90 patterns", "write 90 rows of 90 numbers");
    hebbian("coupling = [«[1.0]»]", "has a row of 1 numbers, and there are 90 patterns", "write 90 rows of 90 numbers");
    hebbian(
        "fade = 0.9\nconnection_probability = 0.5\nrepresentation = «\"procedural\"»",
        "`fade` makes weights of its own",
        "leave `fade` out",
    );
    hebbian("rule = «{ a = 0.1 }»\nclip = 2", "`clip` limits the number of shared", "leave one of the two out");
    let learn = "[[protocol]]\nat = \"1 s\"\naction = \"learn\"\nwindow = \"100 ms\"\nabove = \"20 Hz\"\n";
    let strengths = "kind = \"hebbian\"\nstrengths = «[1.0, 1.0, 1.0, 1.0]»";
    let text = SMALL.replacen("kind = \"hebbian\"", strengths, 1).replace("count = 90", "count = 4") + learn;
    check_text(&text, "`protocol` learns patterns that it does not name", "leave it out, or learn nothing");
    hebbian("coupling = [[1.0], «2»]", "is a list of numbers", "[0.5, 0.0, 1.0]");
    hebbian("rule = «3»", "`projections.0.rule` is a table", "write keys and values");
    hebbian("rule = { a = «\"0.1\"» }", "`projections.0.rule.a` is a plain number", "write a number");
    hebbian("rule = { «c» = 0.1 }", "`projections.0.rule` has no key `c`", "this key is not known");
    hebbian("strengths = «[1.0, 2.0]»", "has 2 numbers, and there are 90 patterns", "write 90 numbers");
    hebbian("strengths = «1.0»", "is a list of numbers", "write it as");
    hebbian("fade = «1.5»", "must be a number from 0 to 1", "write a number such as 0.95");
    let global = "tau_syn = \"2 ms\"";
    let with = |key: &str| format!("tau_syn = \"2 ms\"\n«{key}»");
    for key in ["rule", "coupling", "cycle", "strengths", "fade"] {
        let text = SMALL.replacen(global, &format!("{} = 3", with(key)), 1);
        check_text(&text, &format!("`projections.1.{key}` belongs to a Hebbian projection"), "leave it out");
    }
}

#[test]
fn patterns_that_do_not_live_where_they_should() {
    let patterns = |lines: &str, message: &str, label: &str| {
        check("count = 90", &format!("count = 90\n{lines}"), message, label);
    };
    patterns("population = «[]»", "names no population", "such as \"excitatory\"");
    patterns("population = [\"excitatory\", «\"excitatory\"»]", "names `excitatory` twice", "leave one");
    patterns("population = [\"excitatory\", «\"lineal\"»]", "no population `lineal`", "did you mean \"linear\"?");
    patterns("population = [«3»]", "is the name of a population", "write it as");
    patterns("balanced = true\nexact = «false»", "balanced patterns are exact", "leave it out, or balanced");
    patterns("balanced = «1»", "`patterns.balanced` is true or false", "without quotes");
    let two = SMALL.replace("count = 90", "count = 90\npopulation = [\"excitatory\", \"linear\"]");
    check_text(
        &two.replace("[[stimuli]]", "«[[stimuli]]»"),
        "a cue drives members in one population",
        "add population",
    );
    let cued = two.replace("kind = \"cue\"\n", "kind = \"cue\"\npopulation = «\"ceiling\"»\n");
    check_text(&cued, "`ceiling` has no patterns: they live in `excitatory` and `linear`", "write one of these");
    let third = two.replace("kind = \"cue\"\n", "kind = \"cue\"\npopulation = \"linear\"\n");
    let third = third.replacen("to = \"excitatory\"\nkind", "to = «\"ceiling\"»\nkind", 1);
    let learning = SMALL.replace("count = 90", "count = 90\npopulation = [\"excitatory\", \"linear\"]");
    let learning = learning.replace("kind = \"cue\"\n", "kind = \"cue\"\npopulation = \"linear\"\n");
    let protocol = "[[«protocol»]]\nat = \"1 s\"\naction = \"forget\"\npattern = 3\n";
    check_text(&(learning + protocol), "`patterns.population` names several", "leave it out, or write one");
    check_text(&third, "patterns at both ends, and they live in `excitatory` and `linear`", "write \"excitatory\"");
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
