//! Compiles the rate model: physical quantities become steps and single-precision numbers, once.

mod gaussian;

use std::sync::Arc;

use super::patterns;
use super::stimulus::cued;
use crate::config::Problem;
use crate::model::rate::{Coupling as ModelCoupling, Gain as ModelGain, GainKind as ModelGainKind};
use crate::model::rate::{Integrator, Patterns as ModelPatterns, Rate as Model, Start};
use crate::network::patterns::Patterns;
use crate::network::rate::{Coupling, Factor, Gain, GainKind, Rate, Stage, Stimulus};
use crate::random::{Draws, Stream};

/// A rate so many times as large as everything that is put in has no end.
const GROWTH_MAX: f32 = 1e6;
/// The state is hashed about so often, ms.
const HASH_INTERVAL_MS: f64 = 1.0;

/// Compiles a rate model.
///
/// # Errors
/// All quantities that single precision cannot hold.
pub fn compile(model: &Model) -> Result<Rate, Vec<Problem>> {
    let mut single = Single(Vec::new());
    let packed = model.patterns.as_ref().map_or_else(Patterns::default, |own| {
        patterns::pack((model.seed, 0), model.size, (own.count, own.activity), &own.source)
    });
    let (source, target, normalisation) = factors(model);
    let input = single.fit("network.input", model.input);
    let stimuli = stimuli(model, &packed, &mut single);
    let gain = gain(&model.gain, &mut single);
    let initial = initial(model, &packed, &mut single);
    let stages = stages(model);
    let scale = single.fit("network.strength", model.strength * weight_scale(model, normalisation));
    if !single.0.is_empty() {
        return Err(single.0);
    }
    let driven = input.abs() + stimuli.iter().map(|stimulus| stimulus.amplitude.abs()).sum::<f32>();
    let largest = initial.iter().fold(1f32, |largest, rate| largest.max(rate.abs()));
    let put_in = largest.max(gain.slope * (driven + gain.threshold.abs())).max(gain.maximum);
    Ok(Rate {
        size: model.size,
        steps: model.duration_steps,
        stages,
        gain,
        coupling: coupling(model, scale),
        patterns: packed,
        source,
        target,
        overlap_scale: normalisation as f32,
        input,
        stimuli,
        initial,
        frame_intervals: frame_intervals(model),
        hash_interval: hash_interval(model),
        rate_limit: (GROWTH_MAX * put_in).min(f32::MAX / 2.0),
    })
}

/// Numbers that must fit single precision, and those that do not.
struct Single(Vec<Problem>);

impl Single {
    fn fit(&mut self, path: &str, value: f64) -> f32 {
        let single = value as f32;
        if !single.is_finite() {
            let message = format!("`{path}` comes to {value:e}, which single precision cannot hold");
            self.0.push(Problem::value(path, message, "write a number below 3.4e38"));
        }
        single
    }
}

/// What patterns are made of as source and as target, and by what an overlap is divided: science.md has
/// m = 1/N Σ p_j r_j and m = Σ (ξ_j - a) r_j / (N a (1-a)).
fn factors(model: &Model) -> (Factor, Factor, f64) {
    let neurons = f64::from(model.size);
    match &model.patterns {
        Some(patterns) if !patterns.are_signed() => {
            let a = patterns.activity;
            let b = if let ModelCoupling::Hebbian { b } = model.coupling { b } else { a };
            let factor = |offset: f64| Factor { member: (1.0 - offset) as f32, other: -offset as f32 };
            (factor(a), factor(b), per(neurons * a * (1.0 - a)))
        }
        _ => {
            let signed = Factor { member: 1.0, other: -1.0 };
            (signed, signed, per(neurons))
        }
    }
}

/// 1/count; 0 for patterns without a member, of which there are none then.
fn per(count: f64) -> f64 {
    if count > 0.0 { 1.0 / count } else { 0.0 }
}

/// By what the strength is multiplied.
fn weight_scale(model: &Model, normalisation: f64) -> f64 {
    match model.coupling {
        ModelCoupling::Hebbian { .. } => normalisation,
        ModelCoupling::Uniform => per(f64::from(model.size)),
        ModelCoupling::Gaussian => 1.0 / f64::from(model.size).sqrt(),
        ModelCoupling::Matrix(_) => 1.0,
    }
}

fn coupling(model: &Model, scale: f32) -> Coupling {
    match &model.coupling {
        ModelCoupling::Hebbian { .. } => Coupling::LowRank { scale },
        ModelCoupling::Uniform => Coupling::Uniform { scale },
        ModelCoupling::Gaussian => Coupling::Dense(Arc::new(gaussian::draw(model.seed, model.size, scale))),
        ModelCoupling::Matrix(weights) if scale == 1.0 => Coupling::Dense(Arc::clone(weights)),
        ModelCoupling::Matrix(weights) => {
            Coupling::Dense(Arc::new(weights.iter().map(|weight| weight * scale).collect()))
        }
    }
}

fn gain(gain: &ModelGain, single: &mut Single) -> Gain {
    Gain {
        kind: match gain.kind {
            ModelGainKind::Relu => GainKind::Relu,
            ModelGainKind::Saturating => GainKind::Saturating,
            ModelGainKind::Tanh => GainKind::Tanh,
            ModelGainKind::Sigmoid => GainKind::Sigmoid,
        },
        slope: single.fit("network.gain.slope", gain.slope),
        threshold: single.fit("network.gain.threshold", gain.threshold),
        maximum: single.fit("network.gain.maximum", gain.maximum),
    }
}

/// Exponential Euler is exact where φ stays; the classical Runge-Kutta method has weights 1/6, 1/3, 1/3, 1/6.
fn stages(model: &Model) -> Vec<Stage> {
    let h = model.dt_ms / model.tau_ms;
    let stage = |weight: f64, advance: f64| Stage { weight: weight as f32, advance: advance as f32 };
    match model.integrator {
        Integrator::Exponential => vec![stage(1.0, -libm::expm1(-h))],
        Integrator::Rk4 => {
            vec![stage(1.0 / 6.0, h / 2.0), stage(1.0 / 3.0, h / 2.0), stage(1.0 / 3.0, h), stage(1.0 / 6.0, h)]
        }
    }
}

fn stimuli(model: &Model, packed: &Patterns, single: &mut Single) -> Vec<Stimulus> {
    let compiled = model.stimuli.iter().enumerate().map(|(number, stimulus)| Stimulus {
        neurons: cued(model.seed, (0, number as u32), stimulus.target, packed),
        amplitude: single.fit(&format!("stimuli.{number}.amplitude"), stimulus.amplitude),
        start_step: stimulus.start_step,
        stop_step: stimulus.stop_step,
    });
    compiled.collect()
}

/// r at the start; near a pattern it is m p, or m ξ.
fn initial(model: &Model, packed: &Patterns, single: &mut Single) -> Vec<f32> {
    let neurons = model.size as usize;
    match &model.start {
        Start::Same(rate) => vec![single.fit("start.state", *rate); neurons],
        Start::Given(rates) => {
            if let Some(at) = rates.iter().position(|rate| !rate.is_finite()) {
                single.fit(&format!("start.state.{at}"), f64::INFINITY);
            }
            rates.to_vec()
        }
        Start::Pattern { pattern, overlap } => {
            let overlap = single.fit("start.overlap", *overlap);
            let is_signed = model.patterns.as_ref().is_some_and(ModelPatterns::are_signed);
            let mut rates = vec![if is_signed { -overlap } else { 0.0 }; neurons];
            packed.members(*pattern).iter().for_each(|&member| rates[member as usize] = overlap);
            rates
        }
        Start::Random => {
            let (low, high) = match model.gain.kind {
                ModelGainKind::Tanh => (-1.0, 1.0),
                ModelGainKind::Relu => (0.0, 1.0),
                ModelGainKind::Saturating | ModelGainKind::Sigmoid => (0.0, model.gain.maximum),
            };
            let uniform = |word: u32| (f64::from(word) + 0.5) / 4_294_967_296.0;
            let draw = |neuron| uniform(Draws::new(model.seed, Stream::InitialState, 0, neuron).word());
            (0..model.size).map(|neuron| (low + (high - low) * draw(neuron)) as f32).collect()
        }
    }
}

fn hash_interval(model: &Model) -> u64 {
    ((HASH_INTERVAL_MS / model.dt_ms).round() as u64).max(1)
}

/// After how many steps something is recorded or hashed.
fn frame_intervals(model: &Model) -> Vec<u64> {
    let record = &model.record;
    let neurons = (!record.neurons.is_empty()).then_some(record.every_steps);
    let recorded = [record.overlaps_bin_steps, record.rates_bin_steps, neurons].into_iter().flatten();
    let mut intervals: Vec<u64> = recorded.chain([hash_interval(model)]).collect();
    intervals.sort_unstable();
    intervals.dedup();
    intervals
}
