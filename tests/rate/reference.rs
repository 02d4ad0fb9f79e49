//! A slow reference in double precision, which shares no code with the engines: W written out, steps one by one.

use attractor::network::rate::{Coupling, GainKind, Rate};

use crate::{read, run};

/// W written out, `[target][source]`.
fn matrix(network: &Rate) -> Vec<Vec<f64>> {
    let neurons = network.size as usize;
    let x = |neuron: usize, pattern: usize, factor: attractor::network::rate::Factor| {
        let is_member = network.patterns.of(neuron).any(|own| own == pattern);
        f64::from(if is_member { factor.member } else { factor.other })
    };
    let weight = |target: usize, source: usize| match &network.coupling {
        Coupling::LowRank { scale } => (0..network.patterns.count())
            .map(|pattern| f64::from(*scale) * x(target, pattern, network.target) * x(source, pattern, network.source))
            .sum(),
        Coupling::Uniform { scale } => f64::from(*scale),
        Coupling::Dense(weights) => f64::from(weights[target * neurons + source]),
    };
    (0..neurons).map(|target| (0..neurons).map(|source| weight(target, source)).collect()).collect()
}

fn phi(network: &Rate, x: f64) -> f64 {
    let gain = &network.gain;
    let [slope, threshold, maximum] = [gain.slope, gain.threshold, gain.maximum].map(f64::from);
    let z = slope * (x - threshold);
    match gain.kind {
        GainKind::Relu => z.max(0.0),
        GainKind::Saturating => z.clamp(0.0, maximum),
        GainKind::Tanh => z.tanh(),
        GainKind::Sigmoid => maximum / (1.0 + (-z).exp()),
    }
}

/// dr/dt tau.
fn slopes(network: &Rate, weights: &[Vec<f64>], rates: &[f64], step: u64) -> Vec<f64> {
    let external = network.external(step);
    let field = |row: &[f64]| row.iter().zip(rates).map(|(weight, rate)| weight * rate).sum::<f64>();
    weights
        .iter()
        .zip(rates)
        .zip(external)
        .map(|((row, rate), external)| phi(network, f64::from(external) + field(row)) - rate)
        .collect()
}

/// r after every step, the start included: both integrators, from their definitions.
pub(crate) fn states(network: &Rate, h: f64, steps: u64) -> Vec<Vec<f64>> {
    let weights = matrix(network);
    let mut rates: Vec<f64> = network.initial.iter().map(|&rate| f64::from(rate)).collect();
    let mut states = vec![rates.clone()];
    let moved = |rates: &[f64], slopes: &[f64], by: f64| -> Vec<f64> {
        rates.iter().zip(slopes).map(|(rate, slope)| rate + by * slope).collect()
    };
    for step in 0..steps {
        let k1 = slopes(network, &weights, &rates, step);
        rates = if network.stages.len() == 1 {
            moved(&rates, &k1, 1.0 - (-h).exp())
        } else {
            let k2 = slopes(network, &weights, &moved(&rates, &k1, h / 2.0), step);
            let k3 = slopes(network, &weights, &moved(&rates, &k2, h / 2.0), step);
            let k4 = slopes(network, &weights, &moved(&rates, &k3, h), step);
            let all = k1.iter().zip(&k2).zip(k3.iter().zip(&k4));
            let mean: Vec<f64> = all.map(|((k1, k2), (k3, k4))| (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0).collect();
            moved(&rates, &mean, h)
        };
        states.push(rates.clone());
    }
    states
}

/// Networks of every coupling, gain and integrator, at sizes around those of lanes and words.
pub(crate) fn networks() -> Vec<(String, String)> {
    let patterns = ["", "[patterns]\ncount = 5\nactivity = 0.5\n", "[patterns]\ncount = 40\nactivity = 0.2\n"];
    let gains = [
        "{ kind = \"tanh\", slope = 1.5 }",
        "{ kind = \"sigmoid\", slope = 4.0, threshold = 0.3, maximum = 1.2 }",
        "{ kind = \"saturating\", threshold = 0.1, maximum = 1.1 }",
        "{ kind = \"relu\", slope = 0.4 }",
    ];
    let mut networks = Vec::new();
    for (number, size) in [1, 2, 31, 63, 64, 65, 130, 1023, 1025, 2100].into_iter().enumerate() {
        for (at, coupling) in ["hebbian", "uniform", "gaussian"].into_iter().enumerate() {
            let gain = gains[(number + at) % 4];
            let integrator = ["exponential", "rk4"][(number + at) % 2];
            let chosen = if coupling == "hebbian" { patterns[1 + number % 2] } else { patterns[(number + at) % 3] };
            if size < 30 && chosen.contains("0.2") {
                continue;
            }
            let cue = if chosen.is_empty() { "" } else { CUE };
            networks.push((
                format!("{coupling}, {size} neurons, {gain}, {integrator}, {chosen:?}"),
                format!(
                    "model = \"rate\"\nseed = {number}\nduration = \"6 ms\"\n{chosen}\n[network]\nsize = {size}\n\
                     tau = \"10 ms\"\ninput = 0.2\ngain = {gain}\ncoupling = {{ kind = \"{coupling}\" }}\n\
                     strength = 1.3\nintegrator = \"{integrator}\"\n[start]\nstate = \"random\"\n{PULSE}{cue}"
                ),
            ));
        }
    }
    networks
}

const PULSE: &str = "[[stimuli]]\nkind = \"pulse\"\namplitude = 0.5\nstart = \"1.5 ms\"\nstop = \"3.3 ms\"\n";
const CUE: &str = "[[stimuli]]\nkind = \"cue\"\npattern = 1\nfraction = 0.5\nspill = 0.1\namplitude = -0.7\n\
                   start = \"2 ms\"\nstop = \"5 ms\"\n";

#[test]
fn engines_do_what_the_equations_say() {
    for (name, text) in networks() {
        let (model, network) = read(&text);
        let states = states(&network, model.dt_ms / model.tau_ms, network.steps);
        let weights = matrix(&network);
        for (step, frame) in run(&network) {
            let expected = &states[step as usize];
            for (neuron, (&rate, &expected)) in frame.rates.iter().zip(expected).enumerate() {
                assert!(
                    (f64::from(rate) - expected).abs() < 2e-6,
                    "{name}: neuron {neuron} after step {step}: {rate}, {expected} is due"
                );
            }
            let mean = expected.iter().sum::<f64>() / expected.len() as f64;
            assert!((f64::from(frame.mean) - mean).abs() < 2e-6, "{name}: mean after step {step}");
            // Under the input of the step before.
            let slopes = slopes(&network, &weights, expected, step.saturating_sub(1));
            let residual = slopes.iter().fold(0.0, |largest: f64, slope| largest.max(slope.abs()));
            assert!(
                (f64::from(frame.residual) - residual).abs() < 5e-6,
                "{name}: residual after step {step}: {}, {residual}",
                frame.residual
            );
            for (pattern, &overlap) in frame.overlaps.iter().enumerate() {
                let expected = overlap_of(&network, pattern, expected);
                assert!(
                    (f64::from(overlap) - expected).abs() < 5e-6,
                    "{name}: overlap {pattern} after step {step}: {overlap}, {expected}"
                );
            }
        }
    }
}

/// m = 1/N Σ p r for patterns of +1 and -1, and Σ (ξ - a) r / (N a (1-a)) for those of 1 and 0.
fn overlap_of(network: &Rate, pattern: usize, rates: &[f64]) -> f64 {
    let members = network.patterns.members(pattern);
    let all: f64 = rates.iter().sum();
    let on: f64 = members.iter().map(|&member| rates[member as usize]).sum();
    let neurons = rates.len() as f64;
    if network.source.member == 1.0 {
        (on - (all - on)) / neurons
    } else {
        let a = f64::from(-network.source.other);
        (on - a * all) / (neurons * a * (1.0 - a))
    }
}
