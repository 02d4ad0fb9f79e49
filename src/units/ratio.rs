//! Exact fractions, for what is scaled to integers without losing anything.

/// A fraction in lowest terms, its denominator above zero. Operations give `None` where 128 bits do not hold the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    top: i128,
    bottom: i128,
}

impl Ratio {
    /// Zero.
    pub const ZERO: Self = Self { top: 0, bottom: 1 };
    /// One.
    pub const ONE: Self = Self { top: 1, bottom: 1 };

    /// top / bottom; `None` for a denominator of zero.
    #[must_use]
    pub fn new(top: i128, bottom: i128) -> Option<Self> {
        if bottom == 0 {
            return None;
        }
        let divisor = gcd(top.unsigned_abs(), bottom.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()? * bottom.signum();
        Some(Self { top: top.checked_div(divisor)?, bottom: bottom.checked_div(divisor)? })
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(value: i128) -> Self {
        Self { top: value, bottom: 1 }
    }

    /// The numerator.
    #[must_use]
    pub const fn top(self) -> i128 {
        self.top
    }

    /// The denominator, above zero.
    #[must_use]
    pub const fn bottom(self) -> i128 {
        self.bottom
    }

    /// Its negative.
    #[must_use]
    pub const fn negative(self) -> Self {
        Self { top: -self.top, bottom: self.bottom }
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let left = self.top.checked_mul(other.bottom)?;
        let right = other.top.checked_mul(self.bottom)?;
        Self::new(left.checked_add(right)?, self.bottom.checked_mul(other.bottom)?)
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        // Crosswise in lowest terms first, so that less overflows.
        let one = Self::new(self.top, other.bottom)?;
        let two = Self::new(other.top, self.bottom)?;
        Some(Self { top: one.top.checked_mul(two.top)?, bottom: one.bottom.checked_mul(two.bottom)? })
    }

    /// The quotient; `None` for a divisor of zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.bottom, other.top)?)
    }

    /// Its nearest f64, or next to it.
    #[must_use]
    pub fn value(self) -> f64 {
        self.top as f64 / self.bottom as f64
    }
}

/// The greatest common divisor; that of nothing but zeros is one.
fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// The least common multiple of whole numbers above zero; `None` where it does not fit.
#[must_use]
pub fn common_multiple(a: i128, b: i128) -> Option<i128> {
    let divisor = i128::try_from(gcd(a.unsigned_abs(), b.unsigned_abs())).ok()?;
    (a / divisor).checked_mul(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Decimal;

    fn ratio(top: i128, bottom: i128) -> Ratio {
        Ratio::new(top, bottom).unwrap()
    }

    #[test]
    fn fractions_are_exact_and_in_lowest_terms() {
        assert_eq!(ratio(6, -4), ratio(-3, 2));
        assert_eq!((ratio(6, -4).top(), ratio(6, -4).bottom()), (-3, 2));
        assert_eq!(ratio(1, 3).plus(ratio(1, 6)), Some(ratio(1, 2)));
        assert_eq!(ratio(2, 3).times(ratio(9, 4)), Some(ratio(3, 2)));
        assert_eq!(ratio(2, 3).over(ratio(4, 9)), Some(ratio(3, 2)));
        assert_eq!(ratio(0, 5), Ratio::ZERO);
        assert_eq!(Ratio::ONE.over(Ratio::ZERO), None);
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(Ratio::whole(i128::MAX).times(Ratio::whole(2)), None);
        assert_eq!(common_multiple(4, 6), Some(12));
    }

    #[test]
    fn a_decimal_is_the_fraction_that_it_says() {
        for (text, top, bottom) in
            [("0.1", 1, 10), ("-2.50", -5, 2), ("3e2", 300, 1), ("1_000.5", 2001, 2), ("0", 0, 1)]
        {
            assert_eq!(Decimal::parse(text).unwrap().ratio(), Some(ratio(top, bottom)), "{text}");
        }
        for text in ["", "x", "1 mV", "nan", "inf", "0.1234567890123456789012345678901", "1e99"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
