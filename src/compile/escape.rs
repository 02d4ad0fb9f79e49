//! Tabulates escape noise: the probability of a spike in a step, over the distance from the threshold.

use crate::fixed::POTENTIAL_BITS;
use crate::model::spiking::Escape as Model;
use crate::network::spiking::Escape;

/// The most entries of a table: one is then an eightieth of `width` at the most.
const ENTRIES_MAX: u64 = 4096;

/// The table of a population with these thresholds: from where the probability of a step is below 2^-33 to where it is
/// within 2^-33 of one, as far as potentials go.
pub(super) fn compile(dt_ms: f64, model: Model, thresholds: &[i32]) -> Escape {
    let unit_mv = f64::powi(2.0, -(POTENTIAL_BITS as i32));
    // The probability of a step is 1 - e^-h, h the hazard times dt.
    let distance_mv = |h: f64| model.width_mv * libm::log(h / (model.rate_hz * dt_ms / 1000.0));
    let (nearest, farthest) = (thresholds.iter().min().copied(), thresholds.iter().max().copied());
    let lowest = i64::from(i32::MIN) - i64::from(nearest.unwrap_or(0)).min(0);
    let highest = i64::from(i32::MAX) - i64::from(farthest.unwrap_or(0)).max(0);
    let within = |mv: f64| ((mv / unit_mv).floor() as i64).clamp(lowest, highest);
    let (low, end) = (within(distance_mv(f64::powi(2.0, -33))), within(distance_mv(33.0 * std::f64::consts::LN_2)) + 1);
    // The first entry stands for all that is below and the last one for all that is above, so they lie outside of this
    // range; where it is cut the table holds what can be reached, one entry at least.
    let units = (end - low).max(1) as u64;
    let shift = (0..31).find(|shift| units.div_ceil(1 << shift) + 2 <= ENTRIES_MAX).unwrap_or(31);
    let outer = low - (1 << shift);
    let (low, outside) = if outer >= lowest { (outer, 2) } else { (low, 1) };
    let reachable = (highest + 1 - low) >> shift;
    let entries = (units.div_ceil(1 << shift) as i64 + outside).min(reachable).max(1);
    let probability = |entry: i64| {
        let middle_mv = ((low + (entry << shift)) as f64 + f64::powi(2.0, shift as i32 - 1)) * unit_mv;
        let h = model.rate_hz * dt_ms / 1000.0 * libm::exp(middle_mv / model.width_mv);
        let scaled = (-libm::expm1(-h) * f64::powi(2.0, 32) + 0.5).floor();
        if scaled >= f64::from(u32::MAX) { u32::MAX } else { scaled as u32 }
    };
    Escape { low: low as i32, shift, probabilities: (0..entries).map(probability).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::quantise;

    /// A width far below the unit of potentials is a sharp threshold, whatever the rate.
    #[test]
    fn a_narrow_width_is_a_threshold() {
        let threshold = quantise(20.0, POTENTIAL_BITS).unwrap();
        for rate_hz in [1e2, 2e4, 1e6, 1e9, 1e12] {
            for width_mv in [1e-8, 1e-10, 1e-30] {
                let escape = compile(0.1, Model { rate_hz, width_mv }, &[threshold]);
                let at = |units: i32| escape.probability(threshold + units, threshold);
                assert_eq!([at(-1000), at(-3), at(3), at(1000)], [0, 0, u32::MAX, u32::MAX], "{rate_hz} {width_mv}");
            }
        }
    }

    #[test]
    fn the_table_holds_the_hazard() {
        for (rate_hz, width_mv) in [(125.0, 2.0), (1.0, 0.05), (5000.0, 30.0), (1e6, 1e-5), (1e-3, 200.0)] {
            let threshold = quantise(20.0, POTENTIAL_BITS).unwrap();
            let escape = compile(0.1, Model { rate_hz, width_mv }, &[threshold]);
            assert!((1..=4096).contains(&escape.probabilities.len()));
            assert!(escape.probabilities.is_sorted());
            assert!(threshold.checked_add(escape.low).is_some() && threshold.checked_add(escape.high()).is_some());
            for distance_mv in [-200.0, -20.0, -3.0, -1.0, -0.5, 0.0, 0.3, 1.0, 5.0, 200.0] {
                let h = rate_hz * 1e-4 * f64::exp(distance_mv / width_mv);
                let expected = -f64::exp_m1(-h);
                let potential = quantise(20.0 + distance_mv, POTENTIAL_BITS).unwrap();
                let found = f64::from(escape.probability(potential, threshold)) / f64::powi(2.0, 32);
                // Half an entry: at most a hundredth of the width, or a unit.
                let half = (0.0101 + 1e-6 / width_mv).min(1.0);
                let bound = expected * half * (1.0 + h) + 4e-10;
                assert!((found - expected).abs() < bound, "{rate_hz} {width_mv} {distance_mv}: {found} {expected}");
            }
        }
    }
}
