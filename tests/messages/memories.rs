//! Patterns, what is made of them and what is done to them while a network runs.

use crate::{SMALL, check, check_text};

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
