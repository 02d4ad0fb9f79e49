//! Draws the parameters that differ between the neurons of a population, once, from the seed.

use crate::model::spiking::Spiking;
use crate::random::{Draws, Stream};

/// Which parameter: each has sequences of its own, one a neuron, so that a change of one leaves the others as they were.
#[derive(Clone, Copy, Debug)]
enum Parameter {
    TauM = 0,
    Threshold = 1,
    Drive = 2,
}

/// tau_m of each neuron of a population, at least dt; empty where all have the same.
pub(super) fn tau_m_ms(model: &Spiking, population: usize) -> Vec<f64> {
    let (mean, sd) = (model.populations[population].tau_m_ms, model.populations[population].spread.tau_m_ms);
    draw(model, population, (Parameter::TauM, mean, sd), |tau_ms| tau_ms >= model.dt_ms)
}

/// The threshold of each neuron, above the reset potential; empty where all have the same.
pub(super) fn threshold_mv(model: &Spiking, population: usize) -> Vec<f64> {
    let of = &model.populations[population];
    let (mean, sd) = (of.threshold_mv, of.spread.threshold_mv);
    draw(model, population, (Parameter::Threshold, mean, sd), |threshold_mv| threshold_mv > of.reset_mv)
}

/// The drive of each neuron; empty where all have the same.
pub(super) fn drive_mv(model: &Spiking, population: usize) -> Vec<f64> {
    let (mean, sd) = (model.populations[population].drive_mv, model.populations[population].spread.drive_mv);
    draw(model, population, (Parameter::Drive, mean, sd), |_| true)
}

/// Normal numbers, each drawn again until it is valid. Where the mean is valid half of the draws are.
fn draw(
    model: &Spiking,
    population: usize,
    (parameter, mean, sd): (Parameter, f64, f64),
    is_valid: impl Fn(f64) -> bool,
) -> Vec<f64> {
    // A mean that is not valid is reported already, and might leave nothing to draw.
    if sd == 0.0 || !is_valid(mean) {
        return Vec::new();
    }
    let before: u32 = model.populations[..population].iter().map(|population| population.size).sum();
    let neurons = before..before + model.populations[population].size;
    let one = |neuron: u32| {
        let mut draws = Draws::new(model.seed, Stream::Neurons, parameter as u32, neuron);
        loop {
            let value = mean + sd * normal(&mut draws);
            if is_valid(value) {
                return value;
            }
        }
    };
    neurons.map(one).collect()
}

/// A standard normal number: Box & Muller, Ann. Math. Stat. 29 (1958), from two uniform ones of 32 bits, the same on
/// every machine. The farthest is 6.7 standard deviations from the mean.
fn normal(draws: &mut Draws) -> f64 {
    let uniform = |word: u32| (f64::from(word) + 0.5) / f64::from(1u32 << 31) / 2.0;
    let (radius, angle) = (uniform(draws.word()), uniform(draws.word()));
    (-2.0 * libm::log(radius)).sqrt() * libm::cos(std::f64::consts::TAU * angle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_the_moments_of_a_normal_distribution() {
        let mut draws = Draws::new(1, Stream::Neurons, 0, 0);
        let values: Vec<f64> = (0..200_000).map(|_| normal(&mut draws)).collect();
        let moment = |power: i32| values.iter().map(|value| value.powi(power)).sum::<f64>() / values.len() as f64;
        // Five standard errors: √(1/n), √(2/n), √(15/n), √(96/n).
        for (power, expected, error) in [(1, 0.0, 0.0112), (2, 1.0, 0.0158), (3, 0.0, 0.0433), (4, 3.0, 0.11)] {
            let found = moment(power);
            assert!((found - expected).abs() < error, "moment {power}: {found}");
        }
    }
}
