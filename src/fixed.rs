//! Fixed point: the number formats of the engines and the one way in which everything is rounded.
//!
//! Membrane potentials are `i32` in units of 2^-21 mV, synaptic inputs `i32` in units of 2^-18 mV, decays are
//! fractions with up to 31 bits. Integer arithmetic gives the same bits on every machine; floats do not.
//! All rounding is half up: `floor(x + 1/2)`.

/// Fraction bits of a membrane potential: one unit is 2^-21 mV, the range is ±1024 mV.
pub const POTENTIAL_BITS: u32 = 21;
/// Fraction bits of a synaptic input: one unit is 2^-18 mV, the range is ±8192 mV.
pub const INPUT_BITS: u32 = 18;
/// Fraction bits of the decay of a synaptic input over one step.
pub const DECAY_BITS: u32 = 31;
/// The largest potential (exclusive) in mV.
pub const POTENTIAL_LIMIT_MV: f64 = 1024.0;
/// The largest synaptic input (exclusive) in mV.
pub const INPUT_LIMIT_MV: f64 = 8192.0;

/// `value / 2^bits`, rounded half up.
#[inline(always)]
#[must_use]
pub const fn round_shift(value: i64, bits: u32) -> i64 {
    if bits == 0 { value } else { (value + (1i64 << (bits - 1))) >> bits }
}

/// The nearest `i32`: saturation instead of wrapping.
#[inline(always)]
#[must_use]
pub const fn saturate(value: i64) -> i32 {
    if value > i32::MAX as i64 {
        i32::MAX
    } else if value < i32::MIN as i64 {
        i32::MIN
    } else {
        value as i32
    }
}

/// `value * 2^bits` rounded half up to an integer; `None` where it does not fit an `i32` or is not finite.
#[must_use]
pub fn quantise(value: f64, bits: u32) -> Option<i32> {
    let scaled = (value * (1u64 << bits) as f64 + 0.5).floor();
    (scaled >= f64::from(i32::MIN) && scaled <= f64::from(i32::MAX)).then_some(scaled as i32)
}

/// A potential in units of 2^-21 mV as mV.
#[must_use]
pub fn potential_mv(value: i32) -> f64 {
    f64::from(value) / f64::from(1u32 << POTENTIAL_BITS)
}

/// A synaptic input in units of 2^-18 mV as mV.
#[must_use]
pub fn input_mv(value: i32) -> f64 {
    f64::from(value) / f64::from(1u32 << INPUT_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_up_on_both_sides_of_zero() {
        let rounded: Vec<i64> = [-6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6].iter().map(|&x| round_shift(x, 2)).collect();
        assert_eq!(rounded, [-1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 2]);
        assert_eq!(round_shift(i64::from(i32::MIN), 0), i64::from(i32::MIN));
    }

    #[test]
    fn saturation_ends_at_the_limits_and_not_before() {
        for (value, expected) in [
            (i64::from(i32::MAX), i32::MAX),
            (i64::from(i32::MAX) + 1, i32::MAX),
            (i64::from(i32::MIN), i32::MIN),
            (i64::from(i32::MIN) - 1, i32::MIN),
            (i64::MAX, i32::MAX),
            (i64::MIN, i32::MIN),
            (-7, -7),
        ] {
            assert_eq!(saturate(value), expected, "saturate({value})");
        }
    }

    #[test]
    fn quantise_refuses_what_does_not_fit() {
        assert_eq!(quantise(1.0, POTENTIAL_BITS), Some(1 << 21));
        assert_eq!(quantise(-0.5, 0), Some(0));
        assert_eq!(quantise(1024.0, POTENTIAL_BITS), None);
        assert_eq!(quantise(-1024.0, POTENTIAL_BITS), Some(i32::MIN));
        assert_eq!(quantise(f64::NAN, 3), None);
        assert_eq!(quantise(f64::INFINITY, 3), None);
    }
}
