//! Gain functions, in operations that every processor rounds alike. Twin of shaders/rate/gain.wgsl.
//!
//! The exponential and the hyperbolic tangent are Cephes' `expf` and `tanhf` (S. L. Moshier, 1992: range reduction and
//! minimax polynomials), written out on both engines: they become vectors, no system's libm can change a bit, and a
//! GPU's own `tanh` may be off by 1e-3.

use crate::network::rate::{Gain, GainKind};

/// Beyond these e^x leaves the normal numbers.
const EXP_MIN: f32 = -87.0;
const EXP_MAX: f32 = 88.0;
/// ln 2 in two parts, the first with few digits, so that its multiples are exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// Added to a number below 2^22 in size it leaves no bits for a fraction.
const ROUND: f32 = 12_582_912.0;
/// Exponent of 1 as floats have it.
const EXPONENT_BIAS: u32 = 127;
/// Below it tanh is a polynomial, above it a quotient.
const TANH_SMALL: f32 = 0.625;

/// e^x, within 2 units in the last place; held at its ends, NaN stays NaN.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let x = x.clamp(EXP_MIN, EXP_MAX);
    // The nearest whole number, left in the last bits of the sum: a conversion would keep this from becoming vectors.
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let power = shifted.to_bits().wrapping_add(EXPONENT_BIAS) << 23;
    let f = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.987_569_1e-4;
    p = p * f + 1.398_199_9e-3;
    p = p * f + 8.333_452e-3;
    p = p * f + 4.166_579_6e-2;
    p = p * f + 1.666_666_5e-1;
    p = p * f + 0.5;
    ((p * f) * f + f + 1.0) * f32::from_bits(power)
}

/// tanh x, within 2 units in the last place.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    let z = x * x;
    let mut p = -5.704_988_7e-3;
    p = p * z + 2.063_908_8e-2;
    p = p * z - 5.373_971_5e-2;
    p = p * z + 1.333_144_2e-1;
    p = p * z - 3.333_328e-1;
    let small = (p * z) * x + x;
    let size = x.abs();
    let large = (1.0 - 2.0 / (exp(2.0 * size) + 1.0)).copysign(x);
    if size < TANH_SMALL { small } else { large }
}

/// φ of every input, in place.
#[inline(always)]
pub(super) fn apply(gain: &Gain, inputs: &mut [f32]) {
    let Gain { kind, slope, threshold, maximum } = *gain;
    let z = |x: f32| slope * (x - threshold);
    // A comparison that NaN does not pass leaves it as it is.
    let above_zero = |z: f32| if z < 0.0 { 0.0 } else { z };
    match kind {
        GainKind::Relu => inputs.iter_mut().for_each(|x| *x = above_zero(z(*x))),
        GainKind::Saturating => inputs.iter_mut().for_each(|x| {
            let z = above_zero(z(*x));
            *x = if z > maximum { maximum } else { z };
        }),
        GainKind::Tanh => inputs.iter_mut().for_each(|x| *x = tanh(z(*x))),
        GainKind::Sigmoid => inputs.iter_mut().for_each(|x| *x = maximum / (1.0 + exp(-z(*x)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance from the exact value in units of the last place of it.
    fn ulps(value: f32, exact: f64) -> f64 {
        let unit = f64::from(f32::from_bits((exact.abs() as f32).to_bits() + 1)) - f64::from(exact.abs() as f32);
        (f64::from(value) - exact).abs() / unit
    }

    #[test]
    fn exp_and_tanh_are_right_to_two_units_in_the_last_place() {
        let mut worst = [0f64; 2];
        for at in -400_000..=400_000 {
            let x = at as f32 * 2e-4;
            worst[0] = worst[0].max(ulps(exp(x), libm::exp(f64::from(x))));
            worst[1] = worst[1].max(ulps(tanh(x / 4.0), libm::tanh(f64::from(x / 4.0))));
        }
        for x in [1e-30f32, 1e-8, 1e-4, 0.6249, 0.625, 0.6251, 19.0] {
            worst[1] = worst[1].max(ulps(tanh(x), libm::tanh(f64::from(x))));
        }
        assert!(worst.iter().all(|&worst| worst < 2.0), "{worst:?}");
        assert_eq!(tanh(-0.3), -tanh(0.3));
        assert_eq!([exp(0.0), tanh(0.0), tanh(100.0), tanh(f32::NEG_INFINITY)], [1.0, 0.0, 1.0, -1.0]);
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
        assert!(exp(1000.0).is_finite() && exp(-1000.0) > 0.0);
    }

    #[test]
    fn gains_are_what_they_are_called() {
        let of = |kind, x: f32| {
            let mut inputs = [x];
            apply(&Gain { kind, slope: 2.0, threshold: 1.0, maximum: 5.0 }, &mut inputs);
            inputs[0]
        };
        assert_eq!([0.5, 1.0, 2.0, 9.0].map(|x| of(GainKind::Relu, x)), [0.0, 0.0, 2.0, 16.0]);
        assert_eq!([0.5, 1.0, 2.0, 9.0].map(|x| of(GainKind::Saturating, x)), [0.0, 0.0, 2.0, 5.0]);
        assert!((of(GainKind::Tanh, 1.5) - 0.761_594_2).abs() < 1e-6);
        assert_eq!(of(GainKind::Sigmoid, 1.0), 2.5);
        assert!((of(GainKind::Sigmoid, 1.5) - 5.0 / (1.0 + (-1.0f32).exp())).abs() < 1e-6);
        for kind in [GainKind::Relu, GainKind::Saturating, GainKind::Tanh, GainKind::Sigmoid] {
            assert!(of(kind, f32::NAN).is_nan(), "{kind:?}");
        }
    }
}
