//! Single values: missing and unknown keys, types, units, ranges, times that are steps.

use crate::{check, check_text};

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
