//! Quantises the membrane of each population: potentials, decay, drive and noise.

use crate::config::Problem;
use crate::fixed::{POTENTIAL_BITS, POTENTIAL_LIMIT_MV, quantise};
use crate::model::spiking::{Population as Model, Spiking};
use crate::network::spiking::Population;
use crate::random::{NOISE_MAX, NOISE_SD};

/// All populations; `inputs` is still empty.
pub(super) fn compile(model: &Spiking, problems: &mut Vec<Problem>) -> Vec<Population> {
    let mut first = 0;
    let mut populations = Vec::with_capacity(model.populations.len());
    for population in &model.populations {
        populations.push(membrane(model, population, first, problems));
        first += population.size;
    }
    populations
}

/// 1 - e^(-dt/tau): how much of a constant input the membrane takes up in a step.
pub(super) fn uptake(dt_ms: f64, tau_ms: f64) -> f64 {
    -libm::expm1(-dt_ms / tau_ms)
}

/// P_s, what an input of 1 at the start of a step adds to the potential in that step (science: the exact
/// integration of two exponentials): tau_s/(tau_m - tau_s) (e^(-dt/tau_m) - e^(-dt/tau_s)), written as
/// (dt/tau_m) e^(-dt/tau_s) expm1(d)/d with d = dt/tau_s - dt/tau_m, which has no pole at tau_s = tau_m.
fn gain(dt_ms: f64, tau_m_ms: f64, tau_syn_ms: f64) -> f64 {
    let d = dt_ms / tau_syn_ms - dt_ms / tau_m_ms;
    let slope = if d == 0.0 { 1.0 } else { libm::expm1(d) / d };
    // Where d overflows expm1 the product is e^(-dt/tau_m) / d, its limit.
    if slope.is_finite() {
        dt_ms / tau_m_ms * libm::exp(-dt_ms / tau_syn_ms) * slope
    } else {
        dt_ms / tau_m_ms * libm::exp(-dt_ms / tau_m_ms) / d
    }
}

/// Decay and gains of one membrane with one common shift.
pub(super) struct Membrane {
    pub(super) decay: i32,
    pub(super) shift: u32,
    /// Gain of each tau_syn that was asked for; 0 for tau_syn = 0.
    pub(super) gains: Vec<i32>,
}

/// Quantises e^(-dt/tau_m) and the gains with the largest shift at which neither they nor
/// decay V + Σ gain I (|V|, |I| <= 2^31) can overflow.
pub(super) fn quantise_membrane(dt_ms: f64, tau_m_ms: f64, tau_syn_ms: &[f64]) -> Membrane {
    let decay = libm::exp(-dt_ms / tau_m_ms);
    let gains: Vec<f64> =
        tau_syn_ms.iter().map(|&tau| if tau == 0.0 { 0.0 } else { gain(dt_ms, tau_m_ms, tau) }).collect();
    for shift in (1..=31).rev() {
        let quantised: Option<Vec<i32>> = gains.iter().map(|&gain| quantise(gain, shift + 3)).collect();
        let (Some(decay), Some(gains)) = (quantise(decay, shift), quantised) else { continue };
        let sum = i64::from(decay) + gains.iter().map(|&gain| i64::from(gain)).sum::<i64>();
        if sum < 1 << 32 {
            return Membrane { decay, shift, gains };
        }
    }
    // Each gain is below 1, so that 2^27 projections on one population would be needed to get here.
    unreachable!("a membrane whose decay and gains do not fit 64 bits")
}

fn membrane(model: &Spiking, population: &Model, first: u32, problems: &mut Vec<Problem>) -> Population {
    let path = format!("populations.{}", population.name);
    let tau_syn_ms: Vec<f64> = inputs_of(model, &population.name).collect();
    let membrane = quantise_membrane(model.dt_ms, population.tau_m_ms, &tau_syn_ms);
    let uptake = uptake(model.dt_ms, population.tau_m_ms);
    // The s.d. of a step: sigma_V √(1 - e^(-2 dt/tau_m)).
    let noise_sd = population.noise_mv * (-libm::expm1(-2.0 * model.dt_ms / population.tau_m_ms)).sqrt();
    let noise = fit(&format!("{path}.noise"), noise_sd / NOISE_SD, population.noise_mv, problems);
    if noise == 0 && population.noise_mv > 0.0 && noise_sd < 1.0 {
        let least = population.noise_mv * f64::powi(2.0, -(POTENTIAL_BITS as i32 + 1)) / (noise_sd / NOISE_SD);
        problems.push(Problem::value(
            format!("{path}.noise"),
            format!("a noise of {} mV is too small for its integers", population.noise_mv),
            format!("write \"0 mV\", or {:.3e} mV and more", least * 1.001),
        ));
    }
    let low = potential(&path, "initial", population.initial_low_mv, problems);
    let high = potential(&path, "initial", population.initial_high_mv, problems);
    Population {
        name: population.name.clone(),
        first,
        size: population.size,
        decay: membrane.decay,
        shift: membrane.shift,
        drive: fit(&format!("{path}.drive"), uptake * population.drive_mv, population.drive_mv, problems),
        noise,
        threshold: potential(&path, "threshold", population.threshold_mv, problems),
        reset: potential(&path, "reset", population.reset_mv, problems),
        refractory_steps: population.refractory_steps,
        initial_low: low,
        initial_span: high.wrapping_sub(low).cast_unsigned(),
        inputs: Vec::new(),
    }
}

/// tau_syn of the projections that end in the population called `name`, in the order of the configuration.
fn inputs_of<'a>(model: &'a Spiking, name: &'a str) -> impl Iterator<Item = f64> + 'a {
    let ends_here = move |target: usize| model.populations[target].name == name;
    model.projections.iter().filter(move |projection| ends_here(projection.to)).map(|projection| projection.tau_syn_ms)
}

/// A potential in units of 2^-21 mV, or a problem.
fn potential(path: &str, key: &str, value_mv: f64, problems: &mut Vec<Problem>) -> i32 {
    quantise(value_mv, POTENTIAL_BITS).unwrap_or_else(|| {
        problems.push(Problem::value(
            format!("{path}.{key}"),
            format!("{value_mv} mV is outside the range of potentials"),
            format!("between -{POTENTIAL_LIMIT_MV} mV and {POTENTIAL_LIMIT_MV} mV"),
        ));
        0
    })
}

/// What `written_mv` adds to a potential in a step, in units of 2^-21 mV, or a problem with the largest that works.
///
/// A quarter of the range each, so that drive, stimuli and noise together stay within an `i32`.
pub(super) fn fit(path: &str, step_mv: f64, written_mv: f64, problems: &mut Vec<Problem>) -> i32 {
    let limit_mv = POTENTIAL_LIMIT_MV / if path.ends_with("noise") { 4.0 * f64::from(NOISE_MAX) } else { 4.0 };
    if step_mv.abs() < limit_mv {
        return quantise(step_mv, POTENTIAL_BITS).unwrap_or_default();
    }
    // A little less, so that it is on the safe side after it has been written with seven digits.
    let largest_mv = (written_mv / step_mv * limit_mv).abs().copysign(written_mv) * (1.0 - 1e-6);
    problems.push(Problem::value(
        path,
        format!("{written_mv} mV is too large for its integers: it moves the potential by {step_mv:.3e} mV a step"),
        format!("the largest that works is {largest_mv:.6e} mV"),
    ));
    0
}
