//! Binary networks against theory. Sources: Hopfield 1982; Amit, Gutfreund & Sompolinsky 1985/87 (AGS); Tsodyks &
//! Feigelman 1988; Derrida, Gardner & Zippelius 1987; Gerstner et al., Neuronal Dynamics (2014), 17.2.

use std::sync::Arc;

use attractor::network::hopfield::Hopfield;

use crate::{Seen, network, overlaps, run, signed_overlap};

fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// A network of random patterns from pattern 0 at an overlap.
fn from_pattern(size: u32, patterns: u32, seed: u32, overlap: f64, lines: &str) -> Arc<Hopfield> {
    let (sweeps, lines) = lines.split_once('\n').unwrap_or((lines, ""));
    network(&format!(
        "model = \"hopfield\"\nseed = {seed}\n{sweeps}\n[patterns]\ncount = {patterns}\n[network]\nsize = {size}\n{lines}\n\
         [start]\npattern = 0\noverlap = {overlap:?}\nstop_when_stable = true\n"
    ))
}

fn last(network: &Hopfield, seen: &Seen) -> f64 {
    *overlaps(network, seen, 0).last().expect("a row")
}

/// P_error = 1/2 erfc(sqrt(1/(2 alpha))) after one step from a stored pattern.
#[test]
fn one_step_from_a_pattern_errs_as_often_as_theory_says() {
    for (alpha, expected) in [(0.105, 0.001), (0.138, 0.0036), (0.185, 0.01), (0.37, 0.05), (0.61, 0.1)] {
        let theory = 0.5 * libm::erfc((1.0f64 / (2.0 * alpha)).sqrt());
        assert!((theory / expected - 1.0).abs() < 0.05, "the table and the formula");
        let (size, seeds) = (4000, 4);
        let wrong: f64 = (1..=seeds)
            .map(|seed| {
                let patterns = (alpha * f64::from(size)).round() as u32;
                let network = from_pattern(size, patterns, seed, 1.0, "sweeps = 1\nupdate = \"synchronous\"");
                (1.0 - overlaps(&network, &run(&network), 0)[1]) / 2.0
            })
            .sum();
        let deviation = (theory / f64::from(size * seeds)).sqrt();
        let found = wrong / f64::from(seeds);
        assert!((found - theory).abs() < 5.0 * deviation, "alpha {alpha}: {found}, theory {theory}");
    }
}

/// AGS at T = 0: retrieval up to alpha_c = 0.1379, then nothing like it; near it fractions of runs and no means.
#[test]
fn retrieval_ends_at_the_capacity() {
    let size = 8000;
    let final_overlaps = |alpha: f64, seeds: u32, lines: &str| -> Vec<f64> {
        let of = |seed| {
            let network = from_pattern(size, (alpha * f64::from(size)).round() as u32, seed, 1.0, lines);
            last(&network, &run(&network))
        };
        (1..=seeds).map(of).collect()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let low = final_overlaps(0.05, 2, "sweeps = 50");
    assert!(low.iter().all(|&m| m > 0.9998), "{low:?}");
    let tenth = final_overlaps(0.1, 3, "sweeps = 100");
    assert!((mean(&tenth) - 0.9976).abs() < 0.003, "{tenth:?}");
    let near = final_overlaps(0.13, 5, "sweeps = 200");
    assert!(near.iter().filter(|&&m| m > 0.9).count() >= 4, "{near:?}");
    let above = final_overlaps(0.17, 4, "sweeps = 200");
    assert!(above.iter().filter(|&&m| m > 0.9).count() == 0 && (mean(&above) - 0.29).abs() < 0.1, "{above:?}");
    // All at once they are slower: a hundred sweeps later they are where one by one they were.
    let together = final_overlaps(0.17, 4, "sweeps = 50\nupdate = \"synchronous\"");
    assert!((mean(&together) - 0.34).abs() < 0.06, "{together:?}");
}

/// AGS with temperature: the three equations' m, means over sweeps 50 to 300.
#[test]
fn overlaps_with_temperature_are_those_of_theory() {
    for (alpha, temperature, theory) in
        [(0.02, 0.2, 0.9998), (0.02, 0.4, 0.9804), (0.05, 0.2, 0.9989), (0.05, 0.4, 0.9662), (0.1, 0.2, 0.9891)]
    {
        let size = 8000;
        let lines = format!("sweeps = 300\ntemperature = {temperature}");
        // Near capacity runs differ by as much as the tolerance.
        let seeds = if alpha > 0.05 { 1..=5 } else { 3..=3 };
        let count = seeds.clone().count() as f64;
        let mean = |seed| {
            let network = from_pattern(size, (alpha * f64::from(size)) as u32, seed, 1.0, &lines);
            let overlaps = overlaps(&network, &run(&network), 0);
            overlaps[50..].iter().sum::<f64>() / (overlaps.len() - 50) as f64
        };
        let found = seeds.map(mean).sum::<f64>() / count;
        assert!((found - theory).abs() < 0.005, "alpha {alpha}, T {temperature}: {found}, theory {theory}");
    }
}

/// alpha_c(T) = .1226 (.2), .0810 (.4), .0388 (.6): below it memories stay, above it they go.
#[test]
fn capacity_falls_with_temperature() {
    for (temperature, below, above) in [(0.2, 0.1, 0.15), (0.4, 0.065, 0.105), (0.6, 0.028, 0.06)] {
        let final_overlap = |alpha: f64| {
            let lines = format!("sweeps = 200\ntemperature = {temperature}");
            let network = from_pattern(4000, (alpha * 4000.0) as u32, 2, 1.0, &lines);
            last(&network, &run(&network))
        };
        let (kept, lost) = (final_overlap(below), final_overlap(above));
        assert!(kept > 0.75 && lost < 0.6 && kept - lost > 0.25, "T {temperature}: {kept} and {lost}");
    }
}

/// m(t+1) = tanh(beta m) at low load, step by step, and its fixed points.
#[test]
fn the_stochastic_network_follows_the_overlap_map() {
    let lines =
        |beta: f64, sweeps: u32| format!("sweeps = {sweeps}\ntemperature = {:?}\nupdate = \"synchronous\"", 1.0 / beta);
    let network = from_pattern(200_000, 1, 5, 0.4, &lines(1.5, 40));
    let found = overlaps(&network, &run(&network), 0);
    for (step, theory) in [(0, 0.4), (1, 0.5370), (2, 0.6671), (3, 0.7619), (4, 0.8154), (40, 0.858_560)] {
        // Five standard deviations of a mean over the neurons, which grow a little on the way.
        assert!((found[step] - theory).abs() < 0.012, "step {step}: {}, theory {theory}", found[step]);
    }
    for (beta, theory) in [(1.25, 0.710_412), (2.0, 0.957_504)] {
        let network = from_pattern(100_000, 1, 6, 0.4, &lines(beta, 60));
        let found = last(&network, &run(&network));
        assert!((found - theory).abs() < 0.015, "beta {beta}: {found}, theory {theory}");
    }
    let network = from_pattern(400_000, 1, 7, 0.5, &lines(1.1, 60));
    let found = last(&network, &run(&network));
    assert!((found - 0.502_941).abs() < 0.02, "beta 1.1: {found}");
}

fn energies(network: &Hopfield, seen: &Seen) -> Vec<i128> {
    let start = seen.start.as_ref().expect("a start");
    let own = |states: &[u64], counts: &[u32]| network.energy_integer(states, counts);
    let first = own(&start.states, &start.counts);
    std::iter::once(first).chain(seen.sweeps.iter().map(|swept| own(&swept.states, &swept.counts))).collect()
}

/// Asynchronous updates with symmetric weights never raise the energy; a flip of k changes it by -2|h_k|, in binary
/// states by -|h_k|.
#[test]
fn energy_falls_by_the_field_at_every_flip() {
    for (states, factor) in [("signed", 2), ("binary", 1)] {
        let text = format!(
            "model = \"hopfield\"\nsweeps = 30\n[patterns]\ncount = 60\n[network]\nsize = 300\nstates = \"{states}\"\n\
             threshold = 0.02\n[start]\nstate = \"random\"\nstop_when_stable = true\n"
        );
        let network = network(&text);
        let seen = run(&network);
        let energies = energies(&network, &seen);
        assert!(energies.len() > 3 && energies[0] > energies[1]);
        assert!(energies.windows(2).all(|pair| pair[1] <= pair[0]), "{energies:?}");
        // Single flips out of a state that is not at rest, field by field.
        let start = seen.start.as_ref().expect("a start");
        let before = network.energy_integer(&start.states, &start.counts);
        let mut falls = 0;
        for neuron in 0..300 {
            let mut state = start.states.clone();
            state[neuron / 64] ^= 1 << (neuron % 64);
            let counts = network.counts(&state);
            let change = network.energy_integer(&state, &counts) - before;
            let is_on = crate::reference::bit(&start.states, neuron);
            let field = pair_by_pair(&network, &start.states, neuron);
            let towards_field = if is_on { -field } else { field };
            // The integer is twice the energy in units of the field.
            assert_eq!(change, -2 * factor * towards_field, "neuron {neuron}, {states}");
            falls += usize::from(change < 0);
        }
        assert!(falls > 50);
    }
}

/// Q h_k - R_k of Hebb's rule in integers, pair by pair.
fn pair_by_pair(network: &Hopfield, state: &[u64], k: usize) -> i128 {
    let mut field = 0;
    for pattern in 0..network.memories.count() {
        let p = |neuron| 2 * i128::from(crate::reference::bit(network.memories.column(pattern), neuron)) - 1;
        for j in (0..network.neurons as usize).filter(|&j| j != k) {
            let is_on = i128::from(crate::reference::bit(state, j));
            field += p(k) * p(j) * if network.signed { 2 * is_on - 1 } else { is_on };
        }
    }
    i128::from(network.factor) * field - i128::from(network.thresholds.of(k))
}

/// Synchronous updates can end in a cycle of length 2; asymmetric weights let the energy rise.
#[test]
fn a_pair_cycles_and_an_asymmetric_pair_climbs() {
    let pair = |weights: &str, update: &str, seed: u32| {
        network(&format!(
            "model = \"hopfield\"\nseed = {seed}\nsweeps = 6\n[network]\nsize = 2\nupdate = \"{update}\"\n\
             weights = {weights}\n[start]\nstate = [1, -1]\nstop_when_stable = true\n"
        ))
    };
    let network = pair("[[0, 1], [1, 0]]", "synchronous", 1);
    let seen = run(&network);
    let rest = seen.hashing.rests().next().flatten().expect("a cycle");
    assert_eq!((rest.sweep, rest.length), (2, 2));
    assert_eq!(seen.sweeps.iter().map(|swept| swept.states[0]).collect::<Vec<_>>(), [0b10, 0b01]);

    // Visits 2, 1, then 1, 2: from (1, -1) to (-1, -1) to (-1, 1), E from 1/2 to -1/2 to 1/2.
    let orders = |network: &Hopfield| {
        let mut keys = Vec::new();
        [0, 1].map(|sweep| {
            network.order(0, sweep, &mut keys);
            keys[0] as u32
        })
    };
    let network =
        (1..100).map(|seed| pair("[[0, 2], [-1, 0]]", "asynchronous", seed)).find(|own| orders(own) == [1, 0]);
    let network = network.expect("a seed with that order");
    let unit = network.energy.top as f64 / network.energy.bottom as f64;
    let found: Vec<f64> = energies(&network, &run(&network))[..3].iter().map(|&e| e as f64 * unit).collect();
    assert_eq!(found, [0.5, -0.5, 0.5]);
}

/// Low activity, covariance rule, a = 0.1, alpha_c = 0.441: m = .998 at half of it, .967 at nine tenths.
#[test]
fn patterns_of_low_activity_reach_far_higher_loads() {
    for (fraction, theory) in [(0.5, 0.998), (0.9, 0.967)] {
        let patterns = (fraction * 0.441 * 8000.0) as u32;
        let network = network(&format!(
            "model = \"hopfield\"\nsweeps = 100\n[patterns]\ncount = {patterns}\nactivity = 0.1\n[network]\nsize = 8000\n\
             states = \"binary\"\nrule = \"covariance\"\nthreshold = 0.509\n[start]\npattern = 0\nstop_when_stable = true\n"
        ));
        let seen = run(&network);
        let swept = seen.sweeps.last().expect("a sweep");
        let on: u32 = swept.states.iter().map(|word| word.count_ones()).sum();
        let found = (f64::from(swept.counts[0]) - 0.1 * f64::from(on)) / (8000.0 * 0.09);
        let from = f64::from(network.memories.sizes()[0]) / 800.0;
        assert!((found / from - theory).abs() < 0.015, "{patterns} patterns: {found} from {from}, theory {theory}");
    }
}

/// Strongly diluted, directed: m = erf(m/sqrt(2 alpha)), alpha = (P - 1)/K.
#[test]
fn the_diluted_network_follows_its_law() {
    let (size, sources) = (60_000, 50.0);
    for (patterns, theory) in [(5, 0.9996), (15, 0.917), (25, 0.657)] {
        let alpha = f64::from(patterns - 1) / sources;
        let fixed = (0..500).fold(1.0, |m: f64, _| erf(m / (2.0 * alpha).sqrt()));
        assert!((fixed - theory).abs() < 0.001, "the table and the formula: {fixed}");
        let network = from_pattern(
            size,
            patterns,
            2,
            1.0,
            &format!(
                "sweeps = 30\nupdate = \"synchronous\"\nsymmetric = false\nconnection_probability = {}",
                sources / f64::from(size)
            ),
        );
        let found = last(&network, &run(&network));
        // The number of sources varies by 14 % from neuron to neuron, which costs a little more than theory's.
        assert!((found - theory).abs() < 0.025, "{patterns} patterns: {found}, theory {theory}");
    }
}

/// Four neurons, W = p p^T without diagonal, p = (-1, -1, -1, 1), from one neuron away.
#[test]
fn the_primers_example_step_by_step() {
    let primer = |more: &str, start: &str| {
        network(&format!(
            "model = \"hopfield\"\n{more}\n[patterns]\nvalues = [[-1, -1, -1, 1]]\n[network]\nsize = 4\nscale = 1.0\n\
             update = \"{}\"\n[start]\nstate = {start}\nstop_when_stable = true\n",
            if more.contains("seed") { "asynchronous" } else { "synchronous" }
        ))
    };
    let away = "[-1, -1, -1, -1]";
    let network = primer("sweeps = 3", away);
    let fields: Vec<i128> = (0..4).map(|neuron| pair_by_pair(&network, &network.starts, neuron)).collect();
    assert_eq!(fields, [-1, -1, -1, 3]);
    let seen = run(&network);
    assert_eq!(seen.sweeps[0].states, [0b1000], "after one synchronous step");
    let unit = network.energy.top as f64 / network.energy.bottom as f64;
    let energies: Vec<f64> = energies(&network, &seen).iter().map(|&integer| integer as f64 * unit).collect();
    assert_eq!(energies, [0.0, -6.0, -6.0]);
    for seed in 1..=24 {
        let seen = run(&primer(&format!("sweeps = 3\nseed = {seed}"), away));
        assert_eq!(seen.sweeps[0].states, [0b1000], "after one sweep in any order");
    }
    // -p is an attractor too.
    let seen = run(&primer("sweeps = 3", "[1, 1, 1, -1]"));
    assert!(seen.sweeps.iter().all(|swept| swept.states == [0b0111]));
    // The rule in binary states: (2V_i - 1)(2V_j - 1).
    let binary = crate::network(
        "model = \"hopfield\"\nsweeps = 1\n[patterns]\nvalues = [[0, 0, 0, 1]]\n[network]\nsize = 4\nscale = 1.0\n\
         states = \"binary\"\nupdate = \"synchronous\"\n[start]\nstate = [1, 0, 0, 1]\n",
    );
    // h = (-1, 1 - 1, 1 - 1, -1): neurons 1 and 2 are at a tie, 0 and 3 are not.
    assert_eq!(run(&binary).sweeps[0].states, [0b0000]);
}

/// The primer's unit is on where sum w x >= -b: at a tie too.
#[test]
fn a_tie_keeps_or_switches_on() {
    let unit = |tie: &str| {
        network(&format!(
            "model = \"hopfield\"\nsweeps = 1\n[network]\nsize = 3\nstates = \"binary\"\nupdate = \"synchronous\"\n\
             weights = [[0, 0, 0], [0, 0, 0], [0.1, 0.2, 0]]\nthreshold = [-1, -1, 0.3]\ntie = \"{tie}\"\n\
             [start]\nstate = [1, 1, 0]\n"
        ))
    };
    // 0.1 + 0.2 is 0.3 here, as it is not in floats.
    assert_eq!(run(&unit("on")).sweeps[0].states, [0b111]);
    assert_eq!(run(&unit("keep")).sweeps[0].states, [0b011]);
}

/// Lecture, exercise 3: S = 2 sigma - 1 is the same network, the threshold being half the sum of the weights.
#[test]
fn signed_and_binary_states_are_one_network() {
    for update in ["synchronous", "asynchronous"] {
        for more in ["", "connection_probability = 0.4\nsymmetric = false", "self_coupling = true"] {
            let text = |states: &str, threshold: &str| {
                format!(
                    "model = \"hopfield\"\nsweeps = 8\n[patterns]\ncount = 30\n[network]\nsize = 200\nupdate = \"{update}\"\n\
                     states = \"{states}\"\nthreshold = {threshold}\n{more}\n[start]\npattern = 3\nflip = 0.25\n"
                )
            };
            let signed = run(&network(&text("signed", "0")));
            let binary = run(&network(&text("binary", "\"half-sum\"")));
            assert!(signed.sweeps[0].states != signed.start.as_ref().expect("a start").states);
            assert_eq!(signed.hashing.run_hash(), binary.hashing.run_hash(), "{update}, {more}");
        }
    }
}

/// A neuron's own weight holds it where it is: with 1/N P it takes a stronger field to flip.
#[test]
fn self_coupling_holds_a_state() {
    let flips = |own: bool| {
        let network = network(&format!(
            "model = \"hopfield\"\nsweeps = 1\n[patterns]\ncount = 150\n[network]\nsize = 500\nupdate = \"synchronous\"\n\
             self_coupling = {own}\n[start]\nstate = \"random\"\n"
        ));
        let seen = run(&network);
        1.0 - signed_overlap_of(&seen.start.as_ref().expect("a start").states, &seen.sweeps[0].states, 500)
    };
    assert!(flips(false) > flips(true) + 0.1, "{} and {}", flips(false), flips(true));
}

fn signed_overlap_of(one: &[u64], other: &[u64], neurons: u32) -> f64 {
    let unlike: u32 = one.iter().zip(other).map(|(one, other)| (one ^ other).count_ones()).sum();
    1.0 - 2.0 * f64::from(unlike) / f64::from(neurons)
}

/// Starts have exactly the overlap, the flips and the known part that were asked for.
#[test]
fn starts_are_exact() {
    let start = |lines: &str, network_lines: &str| {
        network(&format!(
            "model = \"hopfield\"\nsweeps = 0\n[patterns]\ncount = 3\nactivity = 0.2\n[network]\nsize = 1000\n{network_lines}\n\
             [start]\n{lines}\n"
        ))
    };
    for (lines, overlap) in
        [("pattern = 1\noverlap = 0.4", 0.4), ("pattern = 1\noverlap = -0.25", -0.25), ("pattern = 1\nflip = 0.1", 0.8)]
    {
        let network = start(lines, "");
        let found = signed_overlap(&network, &network.starts, 1);
        assert!((found - overlap).abs() < 0.0011, "{lines}: {found}");
    }
    let network = start("pattern = 2\nkeep = 0.7", "");
    let found = signed_overlap(&network, &network.starts, 2);
    assert!((found - 0.7).abs() < 0.08 && found != 0.7, "{found}");
    // In binary states the activity stays.
    let network = start("pattern = 1\noverlap = 0.5", "states = \"binary\"\nrule = \"covariance\"");
    let (size, on) = (network.memories.sizes()[1], network.starts.iter().map(|word| word.count_ones()).sum::<u32>());
    assert_eq!(size, on);
    let common = f64::from(network.counts(&network.starts)[1]);
    let (size, neurons) = (f64::from(size), 1000.0);
    let found = (common - size * size / neurons) / (size * (1.0 - size / neurons));
    assert!((found - 0.5).abs() < 0.005, "{found}");
}
