//! Decimal numbers, exactly as written: what decides whether a time is a whole number of steps.

use std::fmt;

use super::Ratio;

/// The most significant digits a number may have.
const DIGITS_MAX: usize = 30;
/// Powers of ten beyond this are out of every physical range.
const EXPONENT_MAX: i64 = 60;

/// mantissa × 10^exponent, the mantissa without trailing zeros (zero is 0 × 10^0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    exponent: i32,
}

/// How one decimal goes into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiple {
    /// Exactly so many times.
    Whole(u64),
    /// Not a whole number of times; so many times fit.
    Between(u64),
    /// More than 2^53 times, or not a number of times at all (a negative number, a zero unit).
    OutOfRange,
}

/// Where a number stops, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    /// The number; `None`: too many digits, or too large or small.
    pub(super) value: Option<Decimal>,
    /// Length of its text in bytes.
    pub(super) bytes: usize,
}

impl Decimal {
    /// A decimal from its parts.
    #[must_use]
    pub const fn new(mantissa: i128, exponent: i32) -> Self {
        if mantissa == 0 {
            return Self { mantissa: 0, exponent: 0 };
        }
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        Self { mantissa, exponent }
    }

    /// The number that `text` is: digits with a sign, a point, an exponent. `None` if it is none, has more than thirty
    /// digits, or is out of range.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.replace('_', "");
        let scanned = Self::scan(&digits)?;
        scanned.value.filter(|_| scanned.bytes == digits.len())
    }

    /// Itself as a fraction in lowest terms; `None` where that does not fit.
    #[must_use]
    pub fn ratio(self) -> Option<Ratio> {
        let power = 10i128.checked_pow(self.exponent.unsigned_abs())?;
        if self.exponent >= 0 {
            Ratio::new(self.mantissa.checked_mul(power)?, 1)
        } else {
            Ratio::new(self.mantissa, power)
        }
    }

    /// Reads the number at the start of `text`: sign, digits, point, exponent. `None` if there is none.
    pub(super) fn scan(text: &str) -> Option<Scanned> {
        let bytes = text.as_bytes();
        let digits_at = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let start = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let whole = digits_at(start);
        let mut end = start + whole;
        let mut fraction = 0;
        if bytes.get(end) == Some(&b'.') {
            fraction = digits_at(end + 1);
            end += 1 + fraction;
        }
        if whole + fraction == 0 {
            return None;
        }
        let digits: String = text[start..end].chars().filter(char::is_ascii_digit).collect();
        let mut exponent = 0i64;
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let count = bytes.get(end + 1 + sign..).map_or(0, |_| digits_at(end + 1 + sign));
            if count > 0 {
                let written = &text[end + 1..end + 1 + sign + count];
                exponent =
                    written.parse().unwrap_or(if written.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
                end += 1 + sign + count;
            }
        }
        let value = Self::from_digits(&digits, exponent.saturating_sub(fraction as i64), bytes[0] == b'-');
        Some(Scanned { value, bytes: end })
    }

    /// `digits` × 10^exponent; `None` where it is out of range.
    fn from_digits(digits: &str, exponent: i64, negative: bool) -> Option<Self> {
        let stripped = digits.trim_start_matches('0');
        let significant = stripped.trim_end_matches('0');
        if significant.is_empty() {
            return Some(Self::new(0, 0));
        }
        let exponent = exponent.saturating_add((stripped.len() - significant.len()) as i64);
        if significant.len() > DIGITS_MAX || exponent.abs() > EXPONENT_MAX {
            return None;
        }
        let mantissa: i128 = significant.parse().ok()?;
        Some(Self { mantissa: if negative { -mantissa } else { mantissa }, exponent: exponent as i32 })
    }

    /// Itself × factor × 10^shift, exactly; the factor is at most 100.
    pub(super) fn scaled(self, factor: u8, shift: i32) -> Self {
        Self::new(self.mantissa * i128::from(factor), self.exponent + shift)
    }

    /// Its nearest f64, correctly rounded: it is read back from its digits.
    #[must_use]
    pub fn value(self) -> f64 {
        format!("{}e{}", self.mantissa, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// How many times `unit` goes into it.
    #[must_use]
    pub fn multiple_of(self, unit: Self) -> Multiple {
        if self.is_negative() || unit.mantissa <= 0 {
            return Multiple::OutOfRange;
        }
        if self.is_zero() {
            return Multiple::Whole(0);
        }
        let ratio = self.value() / unit.value();
        if ratio >= (1u64 << 53) as f64 {
            return Multiple::OutOfRange;
        }
        let below = Multiple::Between(ratio.floor() as u64);
        // The fraction top/bottom, its powers of ten put in one by one and cancelled at once, so that nothing overflows.
        let (mut top, mut bottom) = reduced(self.mantissa, unit.mantissa);
        for _ in 0..self.exponent.abs_diff(unit.exponent) {
            let (multiplied, divisor) = if self.exponent > unit.exponent {
                (top.checked_mul(10), Some(bottom))
            } else {
                (Some(top), bottom.checked_mul(10))
            };
            let (Some(multiplied), Some(divisor)) = (multiplied, divisor) else { return below };
            (top, bottom) = reduced(multiplied, divisor);
        }
        if bottom == 1 { u64::try_from(top).map_or(Multiple::OutOfRange, Multiple::Whole) } else { below }
    }

    /// `count` times itself; `None` where that has too many digits.
    #[must_use]
    pub fn times(self, count: u64) -> Option<Self> {
        Some(Self::new(self.mantissa.checked_mul(i128::from(count))?, self.exponent))
    }
}

/// A fraction in lowest terms.
fn reduced(top: i128, bottom: i128) -> (i128, i128) {
    let (mut a, mut b) = (top, bottom);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (top / a, bottom / a)
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs().to_string();
        if self.exponent >= 0 {
            return write!(formatter, "{sign}{digits}{}", "0".repeat(self.exponent as usize));
        }
        let places = self.exponent.unsigned_abs() as usize;
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        write!(formatter, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        let scanned = Decimal::scan(text).unwrap();
        assert_eq!(scanned.bytes, text.len(), "{text}");
        scanned.value.unwrap()
    }

    #[test]
    fn numbers_are_read_to_the_last_digit() {
        for (text, mantissa, exponent) in [
            ("20", 2, 1),
            ("-0.10", -1, -1),
            ("+1.5e3", 15, 2),
            (".5", 5, -1),
            ("5.", 5, 0),
            ("0.000", 0, 0),
            ("1E-3", 1, -3),
        ] {
            assert_eq!(decimal(text), Decimal { mantissa, exponent }, "{text}");
        }
        for text in ["", "-", ".", "ms", "e5", "+.e1", "µ"] {
            assert_eq!(Decimal::scan(text), None, "{text}");
        }
        for (text, bytes) in [("20 ms", 2), ("1e", 1), ("1em", 1), ("1e+", 1), ("2.5e1Hz", 5), ("1..2", 2)] {
            assert_eq!(Decimal::scan(text).unwrap().bytes, bytes, "{text}");
        }
        for text in
            ["1e99", "1e-99", "1e99999999999999999999", "1e-99999999999999999999", "1234567890123456789012345678901"]
        {
            assert_eq!(Decimal::scan(text).unwrap().value, None, "{text}");
        }
    }

    #[test]
    fn multiples_are_exact_where_floats_are_not() {
        let multiple = |a: &str, b: &str| decimal(a).multiple_of(decimal(b));
        // 0.3 / 0.1 and 4.35 / 0.05 are not whole numbers in f64.
        assert_eq!(multiple("0.3", "0.1"), Multiple::Whole(3));
        assert_eq!(multiple("4.35", "0.05"), Multiple::Whole(87));
        assert_eq!(multiple("4500", "0.1"), Multiple::Whole(45_000));
        assert_eq!(multiple("0", "0.1"), Multiple::Whole(0));
        assert_eq!(multiple("1", "3"), Multiple::Between(0));
        assert_eq!(multiple("1.05", "0.1"), Multiple::Between(10));
        assert_eq!(multiple("1.00000000000000000000000000001", "0.1"), Multiple::Between(10));
        assert_eq!(multiple("3e20", "3"), Multiple::OutOfRange);
        assert_eq!(multiple("1e15", "0.1"), Multiple::OutOfRange);
        assert_eq!(multiple("1e-25", "123456789e-33"), Multiple::Between(0));
        assert_eq!(multiple("-1", "0.1"), Multiple::OutOfRange);
        assert_eq!(multiple("1", "0"), Multiple::OutOfRange);
    }

    #[test]
    fn decimals_are_written_plainly() {
        for (text, expected) in [("0.10", "0.1"), ("-1.5e-3", "-0.0015"), ("2e3", "2000"), ("0", "0"), ("12.5", "12.5")]
        {
            assert_eq!(decimal(text).to_string(), expected);
        }
        assert_eq!(decimal("0.1").times(11).unwrap().to_string(), "1.1");
    }
}
