//! Building populations.

use super::build::Builder;
use super::{Adaptation, Escape, Poisson, Population, Spread};
use crate::config::spiking as written;
use crate::config::{Problem, quoted};

/// Refractory periods are counted down in 32 bits.
const REFRACTORY_STEPS_MAX: u64 = u32::MAX as u64;

/// Fills in `builder.populations`.
pub(super) fn build(builder: &mut Builder<'_>) {
    for population in builder.written.populations.iter().flatten() {
        let built = build_one(builder, population);
        builder.populations.push(built);
    }
}

fn build_one(builder: &mut Builder<'_>, written: &written::Population) -> Option<Population> {
    let path = |key: &str| format!("populations.{}.{key}", written.name);
    let refractory = written.refractory.as_ref().and_then(|time| refractory(builder, &path("refractory"), time));
    if let (Some(reset), Some(threshold)) = (&written.reset, &written.threshold)
        && reset.value() >= threshold.mean.value()
    {
        let (reset, threshold) = (quoted(reset.text()), quoted(threshold.mean.text()));
        let message = format!("`{}` is {reset}, which is not below the threshold, {threshold}", path("reset"));
        builder.problem(Problem::value(path("reset"), message, "a neuron would fire without end; write less"));
    }
    if let (Some(low), Some(high)) = (&written.initial_low, &written.initial_high)
        && low.value() > high.value()
    {
        let (low, high) = (quoted(low.text()), quoted(high.text()));
        let message = format!("`{}` goes from {low} to {high}, and the low end is above the high one", path("initial"));
        let help = "unless written, low is \"0 mV\" and high is the reset potential";
        builder.problem(Problem::value(path("initial"), message, "write low <= high").help(help));
    }
    check_tau_m(builder, written);
    let spread = Spread {
        tau_m_ms: written.tau_m.as_ref()?.sd(),
        threshold_mv: written.threshold.as_ref()?.sd(),
        drive_mv: written.drive.as_ref()?.sd(),
    };
    Some(Population {
        name: written.name.clone(),
        size: written.size?,
        tau_m_ms: written.tau_m.as_ref()?.mean.value(),
        threshold_mv: written.threshold.as_ref()?.mean.value(),
        reset_mv: written.reset.as_ref()?.value(),
        refractory_steps: refractory?,
        drive_mv: written.drive.as_ref()?.mean.value(),
        noise_mv: written.noise.as_ref()?.value(),
        initial_low_mv: written.initial_low.as_ref()?.value(),
        initial_high_mv: written.initial_high.as_ref()?.value(),
        spread,
        poisson: transposed(written.poisson.as_ref().map(poisson))?,
        escape: transposed(written.escape.as_ref().map(escape))?,
        adaptation: transposed(written.adaptation.as_ref().map(adaptation))?,
    })
}

/// What is written must be whole: `None` where some of it was not readable.
fn transposed<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    written.map_or(Some(None), |built| built.map(Some))
}

fn poisson(written: &written::Poisson) -> Option<Poisson> {
    Some(Poisson {
        rate_hz: written.rate.as_ref()?.value(),
        weight_mv: written.weight.as_ref()?.value(),
        tau_syn_ms: written.tau_syn.as_ref()?.value(),
    })
}

fn escape(written: &written::Escape) -> Option<Escape> {
    Some(Escape { rate_hz: written.rate.as_ref()?.value(), width_mv: written.width.as_ref()?.value() })
}

fn adaptation(written: &written::Adaptation) -> Option<Adaptation> {
    Some(Adaptation { jump_mv: written.jump.as_ref()?.value(), tau_ms: written.tau.as_ref()?.value() })
}

/// Half of the draws at least must be valid, or drawing them would take without end.
fn check_tau_m(builder: &mut Builder<'_>, written: &written::Population) {
    let (Some(tau_m), Some(dt)) = (&written.tau_m, &builder.written.dt) else { return };
    if tau_m.sd() > 0.0 && tau_m.mean.value() < dt.value() {
        let path = format!("populations.{}.tau_m.mean", written.name);
        let (mean, dt) = (quoted(tau_m.mean.text()), quoted(dt.text()));
        let message = format!("`{path}` is {mean}, which is below dt, {dt}");
        let problem = Problem::value(path, message, format!("write at least {dt}"));
        builder.problem(problem.help("neurons are drawn with a tau_m of at least dt"));
    }
}

fn refractory(builder: &mut Builder<'_>, path: &str, time: &crate::units::Quantity) -> Option<u32> {
    let steps = builder.steps(path, time)?;
    if steps > REFRACTORY_STEPS_MAX {
        let message = format!("`{path}` is {steps} steps");
        builder.problem(Problem::value(path, message, format!("at most {REFRACTORY_STEPS_MAX} are possible")));
    }
    u32::try_from(steps).ok()
}
