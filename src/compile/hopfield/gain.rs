//! Tabulates the gain over the integer field: the probability of being on, in 2^-32.

use crate::model::hopfield::Gain as Function;
use crate::network::hopfield::Gain;

/// An entry is at most this wide in (h - θ)/T, one over.
const ENTRIES_PER_UNIT: f64 = 256.0;
/// Beyond this many temperatures every gain is 0 or 1 in 32 bits: tanh(23/2) misses 1 by 2e-10.
const END: f64 = 23.0;
/// No field of a network that compiles comes to 2^62: `compile` keeps its two terms, of weights and of thresholds, below
/// half of that each. Entries beyond would only take memory, without bound as the temperature grows.
const FIELD_BITS: u32 = 62;

/// The table for a temperature of so many units of the field.
pub(super) fn table(function: Function, temperature: f64) -> Gain {
    let mut shift = 0;
    while shift < FIELD_BITS && 2f64.powi(shift as i32 + 1) * ENTRIES_PER_UNIT <= temperature {
        shift += 1;
    }
    let width = 2f64.powi(shift as i32);
    // The conversion saturates, so that this is finite however hot the network is.
    let half = ((END * temperature / width).ceil() as i64).clamp(1, 1 << (FIELD_BITS - shift)) + 1;
    // The field in the middle of an entry.
    let field = |entry: i64| entry as f64 * width + (width - 1.0) / 2.0;
    let entries = (-half..half).map(|entry| threshold(probability(function, field(entry) / temperature)));
    Gain { shift, table: entries.collect() }
}

/// g(y): through libm, whose results are the same on every platform.
fn probability(function: Function, y: f64) -> f64 {
    match function {
        Function::Tanh => (1.0 + libm::tanh(y)) / 2.0,
        Function::Erf => (1.0 + libm::erf(y)) / 2.0,
        Function::Linear => ((1.0 + y) / 2.0).clamp(0.0, 1.0),
    }
}

fn threshold(probability: f64) -> u32 {
    // The conversion saturates: the largest threshold misses one draw in 2^32.
    (probability * 4_294_967_296.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_function_at_every_scale() {
        for function in [Function::Tanh, Function::Erf, Function::Linear] {
            for temperature in [0.001, 0.5, 3.0, 255.0, 1000.0, 12_345.6, 1e9, 1e15] {
                let gain = table(function, temperature);
                assert!(gain.table.len() < 30_000, "{} entries", gain.table.len());
                assert!(gain.table.is_sorted());
                for y in [-30.0, -8.0, -2.0, -1.0, -0.3, 0.0, 0.1, 0.9, 1.0, 2.5, 12.0, 40.0] {
                    let field = (y * temperature).floor();
                    let expected = probability(function, field / temperature);
                    let found = f64::from(gain.of(field as i64)) / 4_294_967_296.0;
                    // Half an entry at the steepest slope, 1/sqrt(pi).
                    assert!(
                        (found - expected).abs() < 0.0012,
                        "{function:?} at {y}, T {temperature}: {found} {expected}"
                    );
                }
                assert_eq!(gain.of(i64::MIN), gain.table[0]);
                assert_eq!(gain.of(i64::MAX), u32::MAX);
            }
        }
    }

    #[test]
    fn a_table_is_no_longer_than_fields_can_be_however_hot_the_network_is() {
        for temperature in [1e17, 1e18, 1e20, 1e24, 1e30, 1e300, f64::INFINITY] {
            let gain = table(Function::Tanh, temperature);
            assert!(gain.table.len() < 30_000, "{} entries at T {temperature}", gain.table.len());
            // The largest fields there are.
            for field in [-(1 << 62), -(1 << 40), 0, 1 << 40, (1 << 62) - 1] {
                let expected = probability(Function::Tanh, field as f64 / temperature);
                let found = f64::from(gain.of(field)) / 4_294_967_296.0;
                assert!((found - expected).abs() < 0.0012, "{field}, T {temperature}: {found} {expected}");
            }
        }
    }

    #[test]
    fn small_networks_have_an_entry_for_every_field() {
        let gain = table(Function::Tanh, 2.0);
        assert_eq!(gain.shift, 0);
        assert_eq!(gain.of(0), 1 << 31);
        let expected = (1.0 + libm::tanh(1.5)) / 2.0 * 4_294_967_296.0;
        assert_eq!(gain.of(3), expected.round() as u32);
    }
}
