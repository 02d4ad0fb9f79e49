//! What does not fit together in a network, its guards and its trials.

use crate::{check, check_text};

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
fn what_is_not_there_yet() {
    let sub = "this version does not know it";
    check("[record]\n", "[record]\n«checkpoint» = \"30 s\"\n", "`record.checkpoint` is not there yet", sub);
    check_text(
        "model = «\"rats\"»\nsweeps = 3\n",
        "`model` is \"spiking\", \"hopfield\" or \"rate\", not `rats`",
        "did you mean \"rate\"?",
    );
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
