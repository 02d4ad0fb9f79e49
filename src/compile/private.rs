//! Quantises private inputs: Poisson sources with the inverse of their distribution, and adaptation.

use super::population::{Membrane, projections_onto};
use super::projection::{decay, quantise_weight};
use crate::config::Problem;
use crate::model::spiking::{Poisson as Model, Spiking};
use crate::network::spiking::{Poisson, Private, Source, Synapse};

/// The most events a step: so many have tables of thousands of entries.
const EVENTS_MAX: f64 = 10_000.0;

/// The private inputs of all populations, in their order; of each the Poisson source first.
pub(super) fn compile(model: &Spiking, membranes: &[Membrane], problems: &mut Vec<Problem>) -> Vec<Private> {
    let mut privates = Vec::new();
    for (index, population) in model.populations.iter().enumerate() {
        let path = format!("populations.{}", population.name);
        let mut place = projections_onto(model, index);
        let mut add = |source: Source, jump: (f64, f64, f64), (key, problems): (&str, &mut Vec<Problem>)| {
            let mut private = Private { population: index, source, weight: 0, weight_shift: 0, synapse: Synapse::Jump };
            let count_max = private.count_max();
            let path = format!("{path}.{key}");
            (private.weight, private.weight_shift) = quantise_weight(&path, jump, count_max, problems);
            let (.., tau_ms) = jump;
            if tau_ms > 0.0 {
                private.synapse =
                    Synapse::Current { decay: decay(model.dt_ms, tau_ms), gain: membranes[index].gain(place) };
            }
            place += 1;
            privates.push(private);
        };
        if let Some(poisson) = &population.poisson {
            let table = table(model.dt_ms, poisson, &format!("{path}.poisson.rate"), problems);
            let jump = (poisson.weight_mv, 1.0, poisson.tau_syn_ms);
            add(Source::Poisson(table), jump, ("poisson.weight", problems));
        }
        if let Some(adaptation) = &population.adaptation {
            // Its current is subtracted.
            let jump = (adaptation.jump_mv, -1.0, adaptation.tau_ms);
            add(Source::OwnSpikes, jump, ("adaptation.jump", problems));
        }
    }
    privates
}

/// The inverse of the distribution of the number of events in a step.
fn table(dt_ms: f64, poisson: &Model, path: &str, problems: &mut Vec<Problem>) -> Poisson {
    let mean = poisson.rate_hz * dt_ms / 1000.0;
    if mean > EVENTS_MAX {
        problems.push(Problem::value(
            path,
            format!("a rate of {} Hz is {mean:.3e} events a step of {dt_ms} ms", poisson.rate_hz),
            format!("at most {:.6e} Hz are possible, {EVENTS_MAX} a step", EVENTS_MAX * 1000.0 / dt_ms),
        ));
        return Poisson { base: 0, below: Vec::new() };
    }
    inverse(mean)
}

/// For a mean number of events; P(count <= k) is rounded to 2^-32.
fn inverse(mean: f64) -> Poisson {
    let (mut base, mut below, mut cumulated) = (0, Vec::new(), 0.0);
    if mean > 0.0 {
        for count in 0u32.. {
            let logarithm = f64::from(count) * libm::log(mean) - mean - libm::lgamma(f64::from(count) + 1.0);
            cumulated += libm::exp(logarithm);
            let entry = (cumulated * f64::powi(2.0, 32) + 0.5).floor();
            // A draw is below 2^32: no more than this count.
            if entry >= f64::powi(2.0, 32) || (f64::from(count) > mean && logarithm < -30.0) {
                break;
            }
            // The count is larger for draws from `entry` on, and entries are compared with "below".
            if entry == 0.0 { base += 1 } else { below.push((entry - 1.0) as u32) }
        }
    }
    below.resize((below.len() + 1).next_power_of_two() - 1, u32::MAX);
    Poisson { base, below }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_moments_of_the_distribution() {
        assert_eq!(inverse(0.0), Poisson { base: 0, below: Vec::new() });
        for mean in [1e-9, 0.001, 0.1, 1.0, 2.0, 17.3, 300.0, 10_000.0] {
            let poisson = inverse(mean);
            // Of all 2^32 draws: how many give each count.
            let entries = &poisson.below[..(poisson.count_max() - poisson.base) as usize];
            let ends = entries.iter().map(|&entry| f64::from(entry) + 1.0).chain([f64::powi(2.0, 32)]);
            let (mut first, mut second, mut start) = (0.0, 0.0, 0.0);
            for (above, end) in ends.enumerate() {
                let (count, probability) = (f64::from(poisson.base) + above as f64, (end - start) / f64::powi(2.0, 32));
                first += count * probability;
                second += (count - mean).powi(2) * probability;
                start = end;
            }
            // Half a draw an entry.
            let error = 1.2e-10 * (entries.len() as f64 + 1.0);
            assert!((first - mean).abs() < error + 1e-12 * mean, "{mean}: mean {first}");
            assert!((second - mean).abs() < error * 20.0 * (1.0 + mean.sqrt()) + 1e-12, "{mean}: variance {second}");
        }
    }
}
