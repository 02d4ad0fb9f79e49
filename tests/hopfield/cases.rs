//! Small networks with everything that there is, in every combination that matters.

/// Sizes around the words that states and rows are kept in, each with numbers of patterns around them.
pub(crate) const SIZES: [(u32, u32); 9] =
    [(1, 1), (2, 0), (31, 3), (32, 31), (33, 32), (63, 33), (64, 64), (65, 7), (130, 70)];

/// Ways to make weights, with what else decides a neuron: lines of `[network]`.
const NETWORKS: [&str; 16] = [
    "",
    "scale = -0.25",
    "threshold = 0.3\ntie = \"on\"",
    "threshold = \"half-sum\"\nstates = \"binary\"",
    "states = \"binary\"\ntie = \"on\"",
    "rule = \"covariance\"",
    "rule = \"covariance\"\nstates = \"binary\"\nthreshold = 0.509",
    "rule = \"covariance\"\nstates = \"binary\"\na = 0.3\nb = 0\nscale = 0.75\nthreshold = 1",
    "rule = \"covariance\"\na = 0.125\nb = -0.2\nscale = 0.5\nself_coupling = true",
    "self_coupling = true",
    "self_coupling = true\nstates = \"binary\"\nthreshold = -0.01",
    "connection_probability = 0.3",
    "connection_probability = 0.5\nsymmetric = false\nself_coupling = true",
    "connection_probability = 0.7\nsymmetric = false\nrule = \"covariance\"\nstates = \"binary\"\nthreshold = \"half-sum\"",
    "temperature = 0.4",
    "temperature = 0.7\ngain = \"erf\"\nstates = \"binary\"\nrule = \"covariance\"\nthreshold = 0.1",
];

/// Starts: lines of `[start]`.
const STARTS: [&str; 5] = [
    "state = \"random\"",
    "pattern = 0\noverlap = 0.4",
    "pattern = 0\nflip = 0.3",
    "pattern = 0\nkeep = 0.5",
    "pattern = 0",
];

/// Configurations, each with its name.
pub(crate) fn all(sweeps: u32) -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for (at, network) in NETWORKS.iter().enumerate() {
        for (size_at, &(size, patterns)) in SIZES.iter().enumerate() {
            for update in ["synchronous", "asynchronous"] {
                let start = if patterns == 0 { STARTS[0] } else { STARTS[(at + size_at) % STARTS.len()] };
                let activity = ["0.5", "0.3"][(at + size_at) % 2];
                let (seed, trials) = (at * 100 + size_at, 1 + (at + size_at) % 3);
                let text = format!(
                    "model = \"hopfield\"\nseed = {seed}\nsweeps = {sweeps}\n[trials]\ncount = {trials}\n\
                     [patterns]\ncount = {patterns}\nactivity = {activity}\n\
                     [network]\nsize = {size}\nupdate = \"{update}\"\n{network}\n[start]\n{start}\n"
                );
                cases.push((format!("{size} neurons, {patterns} patterns, {update}, {network:?}"), text));
            }
        }
    }
    cases.extend(matrices(sweeps));
    cases
}

/// Weights that are given: symmetric or not, whole or not, with thresholds of their own.
fn matrices(sweeps: u32) -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for (size, decimals, more) in [
        (1, false, "threshold = [0]"),
        (5, false, ""),
        (40, true, "tie = \"on\""),
        (67, true, "states = \"binary\"\nthreshold = \"half-sum\""),
        (33, false, "states = \"binary\"\ntemperature = 2.5\nthreshold = 0.1\nself_coupling = true"),
        (64, true, "self_coupling = true\ntemperature = 1.5"),
    ] {
        let weight = |at: usize| (at * 7919 % 13) as i32 - 6;
        let rows: Vec<String> = (0..size)
            .map(|row| {
                let weight = |column: usize| {
                    let value =
                        if row == column && !more.contains("self_coupling") { 0 } else { weight(row * size + column) };
                    if decimals { format!("{}", f64::from(value) / 8.0) } else { value.to_string() }
                };
                format!("[{}]", (0..size).map(weight).collect::<Vec<_>>().join(", "))
            })
            .collect();
        for update in ["synchronous", "asynchronous"] {
            let text = format!(
                "model = \"hopfield\"\nseed = {size}\nsweeps = {sweeps}\n[trials]\ncount = 2\n\
                 [network]\nsize = {size}\nupdate = \"{update}\"\nweights = [{}]\n{more}\n[start]\nstate = \"random\"\n",
                rows.join(", ")
            );
            cases.push((format!("a matrix of {size} neurons, {update}, {more:?}"), text));
        }
    }
    cases
}
