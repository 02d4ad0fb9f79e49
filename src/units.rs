//! Physical quantities: a number with its unit, read exactly. A leaf: known to every stage, knowing none.

mod decimal;
mod ratio;

use std::fmt;

pub use decimal::{Decimal, Multiple};
pub use ratio::{Ratio, common_multiple};

/// What a quantity measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// In ms.
    Time,
    /// In mV, relative to rest.
    Potential,
    /// In Hz.
    Rate,
}

impl Dimension {
    /// "time", "potential" or "rate".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Potential => "potential",
            Self::Rate => "rate",
        }
    }

    /// The unit in which values are kept.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Time => "ms",
            Self::Potential => "mV",
            Self::Rate => "Hz",
        }
    }
}

/// A unit: its symbol, what it measures, and its size, factor × 10^shift of the unit in which values are kept.
struct Unit {
    symbol: &'static str,
    dimension: Dimension,
    factor: u8,
    shift: i32,
}

const fn unit(symbol: &'static str, dimension: Dimension, factor: u8, shift: i32) -> Unit {
    Unit { symbol, dimension, factor, shift }
}

/// All units. Both characters for micro are there: U+00B5, on keyboards, and U+03BC, the Greek letter.
const UNITS: [Unit; 15] = [
    unit("ns", Dimension::Time, 1, -6),
    unit("us", Dimension::Time, 1, -3),
    unit("\u{b5}s", Dimension::Time, 1, -3),
    unit("\u{3bc}s", Dimension::Time, 1, -3),
    unit("ms", Dimension::Time, 1, 0),
    unit("s", Dimension::Time, 1, 3),
    unit("min", Dimension::Time, 6, 4),
    unit("uV", Dimension::Potential, 1, -3),
    unit("\u{b5}V", Dimension::Potential, 1, -3),
    unit("\u{3bc}V", Dimension::Potential, 1, -3),
    unit("mV", Dimension::Potential, 1, 0),
    unit("V", Dimension::Potential, 1, 3),
    unit("mHz", Dimension::Rate, 1, -3),
    unit("Hz", Dimension::Rate, 1, 0),
    unit("kHz", Dimension::Rate, 1, 3),
];

/// A physical quantity and the text it was written with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    text: String,
    dimension: Dimension,
    decimal: Decimal,
}

/// Why a text is not the quantity that is due.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// A number alone.
    #[error("has no unit")]
    NoUnit {
        /// The number as written.
        number: String,
    },
    /// No number at the start.
    #[error("does not start with a number")]
    NoNumber,
    /// NaN or an infinity.
    #[error("is not a finite number")]
    NotFinite,
    /// More digits or a larger exponent than any physical quantity has.
    #[error("is too large, too small or has too many digits")]
    OutOfRange,
    /// A decimal comma.
    #[error("has a decimal comma")]
    Comma {
        /// The same with a point.
        corrected: String,
    },
    /// Not a unit.
    #[error("has an unknown unit, `{unit}`")]
    UnknownUnit {
        /// The number as written.
        number: String,
        /// The unit as written.
        unit: String,
    },
    /// A unit of something else.
    #[error("is a {}", found.name())]
    WrongDimension {
        /// What it measures.
        found: Dimension,
    },
}

impl Quantity {
    /// Reads "20 ms", "0.1mV", "1e3 Hz": a number, at will a space, a unit of `dimension`.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn parse(text: &str, dimension: Dimension) -> Result<Self, QuantityError> {
        let trimmed = text.trim();
        let Some(scanned) = Decimal::scan(trimmed) else {
            let unsigned = trimmed.trim_start_matches(['+', '-']).to_ascii_lowercase();
            let infinite = unsigned.starts_with("nan") || unsigned.starts_with("inf");
            return Err(if infinite { QuantityError::NotFinite } else { QuantityError::NoNumber });
        };
        let (number, rest) = trimmed.split_at(scanned.bytes);
        let symbol = rest.trim();
        if symbol.is_empty() {
            return Err(QuantityError::NoUnit { number: number.to_owned() });
        }
        if rest.starts_with(',') {
            return Err(QuantityError::Comma { corrected: trimmed.replacen(',', ".", 1) });
        }
        let Some(unit) = UNITS.iter().find(|unit| unit.symbol == symbol) else {
            return Err(QuantityError::UnknownUnit { number: number.to_owned(), unit: symbol.to_owned() });
        };
        if unit.dimension != dimension {
            return Err(QuantityError::WrongDimension { found: unit.dimension });
        }
        let decimal = scanned.value.ok_or(QuantityError::OutOfRange)?.scaled(unit.factor, unit.shift);
        Ok(Self { text: text.to_owned(), dimension, decimal })
    }

    /// The text it was written with.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its value in ms, mV or Hz: the f64 nearest to what was written.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.decimal.value()
    }

    /// Its value in ms, mV or Hz, exactly.
    #[must_use]
    pub const fn decimal(&self) -> Decimal {
        self.decimal
    }

    /// `count` times itself, written in ms, mV or Hz.
    #[must_use]
    pub fn times(&self, count: u64) -> Option<String> {
        self.decimal.times(count).map(|decimal| format!("{decimal} {}", self.dimension.unit()))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The unit of `dimension` most like `symbol`.
#[must_use]
pub fn nearest_unit(symbol: &str, dimension: Dimension) -> &'static str {
    let distance = |unit: &&Unit| {
        let folded = strsim::damerau_levenshtein(&unit.symbol.to_lowercase(), &symbol.to_lowercase());
        // The unit in which values are kept comes first among equals.
        (folded, strsim::levenshtein(unit.symbol, symbol), unit.symbol != dimension.unit())
    };
    let units = UNITS.iter().filter(|unit| unit.dimension == dimension);
    units.min_by_key(distance).map_or(dimension.unit(), |unit| unit.symbol)
}

/// Whether `text` is a number and a unit, of any dimension.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    [Dimension::Time, Dimension::Potential, Dimension::Rate]
        .into_iter()
        .any(|dimension| Quantity::parse(text, dimension).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Result<Quantity, QuantityError> {
        Quantity::parse(text, Dimension::Time)
    }

    #[test]
    fn every_unit_has_its_size() {
        for (text, ms) in [
            ("1 ns", 1e-6),
            ("1 us", 1e-3),
            ("1 µs", 1e-3),
            ("1 μs", 1e-3),
            ("20ms", 20.0),
            (" 4.5 s ", 4500.0),
            ("0.5 min", 30_000.0),
        ] {
            assert_eq!(time(text).unwrap().value(), ms, "{text}");
            assert_eq!(time(text).unwrap().text(), text);
        }
        for (text, mv) in [("-15 mV", -15.0), ("100 uV", 0.1), ("100 µV", 0.1), ("0.02 V", 20.0)] {
            assert_eq!(Quantity::parse(text, Dimension::Potential).unwrap().value(), mv, "{text}");
        }
        for (text, hz) in [("25 Hz", 25.0), ("0.1 kHz", 100.0), ("5 mHz", 0.005)] {
            assert_eq!(Quantity::parse(text, Dimension::Rate).unwrap().value(), hz, "{text}");
        }
    }

    #[test]
    fn conversion_does_not_round() {
        // 0.00003 s times 1000 is not 0.03 in f64.
        assert_ne!(0.00003 * 1000.0, 0.03);
        assert_eq!(time("0.00003 s").unwrap().value(), 0.03);
        assert_eq!(time("4.5 s").unwrap().decimal(), time("4500 ms").unwrap().decimal());
        assert_eq!(time("0.1 ms").unwrap().times(11).unwrap(), "1.1 ms");
    }

    #[test]
    fn what_is_no_time_says_why() {
        assert_eq!(time("20"), Err(QuantityError::NoUnit { number: "20".into() }));
        assert_eq!(time(""), Err(QuantityError::NoNumber));
        assert_eq!(time("fast"), Err(QuantityError::NoNumber));
        assert_eq!(time("nan ms"), Err(QuantityError::NotFinite));
        assert_eq!(time("-inf"), Err(QuantityError::NotFinite));
        assert_eq!(time("1e999 ms"), Err(QuantityError::OutOfRange));
        assert_eq!(time("0,1 ms"), Err(QuantityError::Comma { corrected: "0.1 ms".into() }));
        assert_eq!(time("20 mV"), Err(QuantityError::WrongDimension { found: Dimension::Potential }));
        assert_eq!(time("20 sec"), Err(QuantityError::UnknownUnit { number: "20".into(), unit: "sec".into() }));
        assert_eq!(time("20 MS"), Err(QuantityError::UnknownUnit { number: "20".into(), unit: "MS".into() }));
    }

    #[test]
    fn the_nearest_unit_is_of_the_right_dimension() {
        for (symbol, dimension, expected) in [
            ("MS", Dimension::Time, "ms"),
            ("msec", Dimension::Time, "ms"),
            ("mv", Dimension::Potential, "mV"),
            ("hz", Dimension::Rate, "Hz"),
            ("khz", Dimension::Rate, "kHz"),
            ("parsec", Dimension::Potential, "mV"),
        ] {
            assert_eq!(nearest_unit(symbol, dimension), expected, "{symbol}");
        }
    }
}
