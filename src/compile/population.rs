//! Quantises the membrane of each population: potentials, decay, drive and noise.

use super::{escape, neurons};
use crate::config::Problem;
use crate::fixed::{POTENTIAL_BITS, POTENTIAL_LIMIT_MV, quantise};
use crate::model::spiking::{Population as Model, Spiking};
use crate::network::spiking::{Own, Population};
use crate::random::{NOISE_MAX, NOISE_SD};

/// The membranes of all populations, in their order.
pub(super) fn membranes(model: &Spiking) -> Vec<Membrane> {
    let of_population = |(index, population): (usize, &Model)| {
        let tau_m_ms = neurons::tau_m_ms(model, index);
        let tau_m_ms = if tau_m_ms.is_empty() { vec![population.tau_m_ms] } else { tau_m_ms };
        quantise_membrane(model.dt_ms, tau_m_ms, &tau_syn_ms(model, index))
    };
    model.populations.iter().enumerate().map(of_population).collect()
}

/// All populations; `inputs` is still empty.
pub(super) fn compile(model: &Spiking, membranes: &[Membrane], problems: &mut Vec<Problem>) -> Vec<Population> {
    let mut populations = Vec::with_capacity(model.populations.len());
    let mut first = 0;
    for (index, membrane) in membranes.iter().enumerate() {
        let population = population(model, index, (membrane, first), problems);
        first += population.size;
        populations.push(population);
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

/// Decays and gains with one common shift.
pub(super) struct Membrane {
    /// tau_m of every neuron, or one number for all of them.
    pub(super) tau_m_ms: Vec<f64>,
    /// As many decays.
    decays: Vec<i32>,
    shift: u32,
    /// As many gains of each input; 0 for tau_syn = 0.
    gains: Vec<Vec<i32>>,
}

impl Membrane {
    /// The gain of an input; the largest, where neurons differ.
    pub(super) fn gain(&self, place: usize) -> i32 {
        largest(&self.gains[place])
    }

    /// Whether neurons differ.
    fn differs(&self) -> bool {
        self.tau_m_ms.len() > 1
    }
}

/// The number that is largest in magnitude.
pub(super) fn largest(values: &[i32]) -> i32 {
    values.iter().copied().max_by_key(|value| value.unsigned_abs()).unwrap_or(0)
}

/// Quantises e^(-dt/tau_m) and the gains with the largest shift at which neither they nor
/// decay V + Σ gain I (|V|, |I| <= 2^31) can overflow, for any tau_m.
fn quantise_membrane(dt_ms: f64, tau_m_ms: Vec<f64>, tau_syn_ms: &[f64]) -> Membrane {
    let exact = |tau_m: f64| {
        let gains = tau_syn_ms.iter().map(move |&tau| if tau == 0.0 { 0.0 } else { gain(dt_ms, tau_m, tau) });
        (libm::exp(-dt_ms / tau_m), gains)
    };
    // Each gain is below 1, so that 2^27 inputs of one population would be needed for none to fit.
    let shift = tau_m_ms.iter().map(|&tau_m| shift(exact(tau_m).0, &exact(tau_m).1.collect::<Vec<_>>())).min();
    let shift = shift.unwrap_or(31);
    let mut membrane = Membrane { decays: Vec::new(), shift, gains: vec![Vec::new(); tau_syn_ms.len()], tau_m_ms };
    for &tau_m in &membrane.tau_m_ms {
        let (decay, gains) = exact(tau_m);
        membrane.decays.push(quantise(decay, shift).unwrap_or_default());
        for (to, gain) in membrane.gains.iter_mut().zip(gains) {
            to.push(quantise(gain, shift + 3).unwrap_or_default());
        }
    }
    membrane
}

/// The largest shift for the decay and gains of one neuron.
fn shift(decay: f64, gains: &[f64]) -> u32 {
    let fits = |shift: &u32| {
        let quantised: Option<Vec<i32>> = gains.iter().map(|&gain| quantise(gain, shift + 3)).collect();
        let (Some(decay), Some(gains)) = (quantise(decay, *shift), quantised) else { return false };
        i64::from(decay) + gains.iter().map(|&gain| i64::from(gain)).sum::<i64>() < 1 << 32
    };
    (1..=31).rev().find(fits).unwrap_or(1)
}

/// The rate of growth of a membrane's variance: the s.d. of a step is sigma_V √(1 - e^(-2 dt/tau_m)).
fn noise_step(dt_ms: f64, tau_m_ms: f64) -> f64 {
    (-libm::expm1(-2.0 * dt_ms / tau_m_ms)).sqrt()
}

fn population(
    model: &Spiking,
    index: usize,
    (membrane, first): (&Membrane, u32),
    problems: &mut Vec<Problem>,
) -> Population {
    let population = &model.populations[index];
    let path = format!("populations.{}", population.name);
    let tau_m_ms = &membrane.tau_m_ms;
    let noise_mv = population.noise_mv;
    let of_step: Vec<f64> = tau_m_ms.iter().map(|&tau| noise_mv * noise_step(model.dt_ms, tau) / NOISE_SD).collect();
    let noises = fit_all(&format!("{path}.noise"), &of_step, |_| noise_mv, problems);
    if largest(&noises) == 0 && noise_mv > 0.0 && of_step[0] < 1.0 {
        let least = noise_mv * f64::powi(2.0, -(POTENTIAL_BITS as i32 + 1)) / of_step[0];
        problems.push(Problem::value(
            format!("{path}.noise"),
            format!("a noise of {noise_mv} mV is too small for its integers"),
            format!("write \"0 mV\", or {:.3e} mV and more", least * 1.001),
        ));
    }
    let drawn_mv = neurons::drive_mv(model, index);
    let drive_mv = |neuron: usize| drawn_mv.get(neuron).copied().unwrap_or(population.drive_mv);
    let told_mv = |neuron: usize| drawn_mv.get(neuron).map_or(population.drive_mv, |mv| (mv * 1000.0).round() / 1000.0);
    let of_step: Vec<f64> = (0..tau_m_ms.len().max(drawn_mv.len()))
        .map(|neuron| uptake(model.dt_ms, tau_m_ms[neuron.min(tau_m_ms.len() - 1)]) * drive_mv(neuron))
        .collect();
    let drives = fit_all(&format!("{path}.drive"), &of_step, told_mv, problems);
    let thresholds_mv = neurons::threshold_mv(model, index);
    let thresholds_mv = if thresholds_mv.is_empty() { vec![population.threshold_mv] } else { thresholds_mv };
    let thresholds: Vec<i32> = potentials(&path, "threshold", &thresholds_mv, problems);
    let low = potential(&path, "initial", population.initial_low_mv, problems);
    let high = potential(&path, "initial", population.initial_high_mv, problems);
    Population {
        name: population.name.clone(),
        first,
        size: population.size,
        decay: largest(&membrane.decays),
        shift: membrane.shift,
        drive: largest(&drives),
        noise: largest(&noises),
        threshold: largest(&thresholds),
        reset: potential(&path, "reset", population.reset_mv, problems),
        refractory_steps: population.refractory_steps,
        initial_low: low,
        initial_span: high.wrapping_sub(low).cast_unsigned(),
        inputs: Vec::new(),
        escape: population.escape.map(|escape| escape::compile(model.dt_ms, escape, &thresholds)),
        own: Own {
            decays: several(&membrane.decays),
            gains: if membrane.differs() { own_gains(model, index, membrane) } else { Vec::new() },
            drives: several(&drives),
            noises: several(&noises),
            thresholds: several(&thresholds),
        },
    }
}

/// The gains of all inputs, without those of jumps.
fn own_gains(model: &Spiking, index: usize, membrane: &Membrane) -> Vec<Vec<i32>> {
    let of_input = |(&tau, gains): (&f64, &Vec<i32>)| if tau == 0.0 { Vec::new() } else { gains.clone() };
    tau_syn_ms(model, index).iter().zip(&membrane.gains).map(of_input).collect()
}

/// A list as it is, if it has more than one number.
fn several(values: &[i32]) -> Vec<i32> {
    if values.len() > 1 { values.to_vec() } else { Vec::new() }
}

/// tau_syn of the inputs of a population: of the projections that end there in the order of the configuration, then of
/// its private inputs.
fn tau_syn_ms(model: &Spiking, index: usize) -> Vec<f64> {
    let projections = model.projections.iter().filter(|projection| projection.to == index);
    let population = &model.populations[index];
    let poisson = population.poisson.map(|poisson| poisson.tau_syn_ms);
    let adaptation = population.adaptation.map(|adaptation| adaptation.tau_ms);
    projections.map(|projection| projection.tau_syn_ms).chain(poisson).chain(adaptation).collect()
}

/// Number of inputs of a population before its private ones.
pub(super) fn projections_onto(model: &Spiking, index: usize) -> usize {
    model.projections.iter().filter(|projection| projection.to == index).count()
}

/// Potentials in units of 2^-21 mV, or one problem.
fn potentials(path: &str, key: &str, values_mv: &[f64], problems: &mut Vec<Problem>) -> Vec<i32> {
    let outside = values_mv.iter().find(|&&value_mv| quantise(value_mv, POTENTIAL_BITS).is_none());
    if let Some(&value_mv) = outside {
        // One that was drawn has more digits than anybody reads.
        let told_mv = if values_mv.len() > 1 { (value_mv * 1000.0).round() / 1000.0 } else { value_mv };
        potential(path, key, told_mv, problems);
    }
    values_mv.iter().map(|&value_mv| quantise(value_mv, POTENTIAL_BITS).unwrap_or_default()).collect()
}

/// A potential in units of 2^-21 mV, or a problem.
fn potential(path: &str, key: &str, value_mv: f64, problems: &mut Vec<Problem>) -> i32 {
    quantise(value_mv, POTENTIAL_BITS).unwrap_or_else(|| {
        problems.push(Problem::value(
            format!("{path}.{key}"),
            format!("{value_mv} mV is outside the range of potentials"),
            format!("from -{POTENTIAL_LIMIT_MV} mV to less than {POTENTIAL_LIMIT_MV} mV"),
        ));
        0
    })
}

/// What `written_mv` adds to a potential in a step, in units of 2^-21 mV, or a problem with the largest that works.
///
/// A quarter of the range each, so that drive, stimuli and noise together stay within an `i32`.
fn fit(path: &str, step_mv: f64, written_mv: f64, problems: &mut Vec<Problem>) -> i32 {
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

/// The same for every neuron; at most one problem. Nothing for none.
pub(super) fn fit_all(
    path: &str,
    steps_mv: &[f64],
    written_mv: impl Fn(usize) -> f64,
    problems: &mut Vec<Problem>,
) -> Vec<i32> {
    if let Some(at) = (0..steps_mv.len()).max_by(|&a, &b| steps_mv[a].abs().total_cmp(&steps_mv[b].abs())) {
        fit(path, steps_mv[at], written_mv(at), problems);
    }
    steps_mv.iter().map(|&step_mv| quantise(step_mv, POTENTIAL_BITS).unwrap_or_default()).collect()
}
