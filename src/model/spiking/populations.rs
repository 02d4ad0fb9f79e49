//! Building populations.

use super::Population;
use super::build::Builder;
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
        && reset.value() >= threshold.value()
    {
        let (reset, threshold) = (quoted(reset.text()), quoted(threshold.text()));
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
    Some(Population {
        name: written.name.clone(),
        size: written.size?,
        tau_m_ms: written.tau_m.as_ref()?.value(),
        threshold_mv: written.threshold.as_ref()?.value(),
        reset_mv: written.reset.as_ref()?.value(),
        refractory_steps: refractory?,
        drive_mv: written.drive.as_ref()?.value(),
        noise_mv: written.noise.as_ref()?.value(),
        initial_low_mv: written.initial_low.as_ref()?.value(),
        initial_high_mv: written.initial_high.as_ref()?.value(),
    })
}

fn refractory(builder: &mut Builder<'_>, path: &str, time: &crate::units::Quantity) -> Option<u32> {
    let steps = builder.steps(path, time)?;
    if steps > REFRACTORY_STEPS_MAX {
        let message = format!("`{path}` is {steps} steps");
        builder.problem(Problem::value(path, message, format!("at most {REFRACTORY_STEPS_MAX} are possible")));
    }
    u32::try_from(steps).ok()
}
