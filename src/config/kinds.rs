//! Kinds of values: how each is read, what it may be, and what to write instead.

use super::echo::Echo;
use super::problem::Problem;
use super::tree::{Node, Value, quoted};
use crate::units::{Decimal, Dimension, Quantity, QuantityError, nearest_unit};

/// One kind of value.
pub(super) trait Kind {
    /// What it is read as.
    type Value;
    /// Reads it, or says what is wrong with it.
    fn read(&self, node: &Node, path: &str) -> Result<Self::Value, Problem>;
    /// How it is written.
    fn echo(&self, value: &Self::Value) -> Echo;
    /// One as it may be written, for messages.
    fn example(&self) -> String;
}

/// Where a quantity may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    Any,
    NotNegative,
    Positive,
}

/// A quantity with a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Physical {
    pub(super) dimension: Dimension,
    pub(super) range: Range,
    pub(super) example: &'static str,
}

pub(super) const fn time(range: Range, example: &'static str) -> Physical {
    Physical { dimension: Dimension::Time, range, example }
}

pub(super) const fn potential(range: Range, example: &'static str) -> Physical {
    Physical { dimension: Dimension::Potential, range, example }
}

impl Physical {
    fn problem(&self, text: &str, path: &str, error: QuantityError) -> Problem {
        let (noun, unit) = (self.dimension.name(), self.dimension.unit());
        let (message, label) = match error {
            QuantityError::NoUnit { number } => (
                format!("`{path}` is a {noun}, and {} has no unit", quoted(text)),
                format!("write it as \"{number} {unit}\""),
            ),
            QuantityError::UnknownUnit { number, unit: written } => (
                format!("`{path}` is a {noun}, and {} is not a unit of one", quoted(&written)),
                format!("write it as \"{number} {}\"", nearest_unit(&written, self.dimension)),
            ),
            QuantityError::WrongDimension { found } => (
                format!("`{path}` is a {noun}, and {} is a {}", quoted(text), found.name()),
                format!("write a {noun}, such as \"{}\"", self.example),
            ),
            QuantityError::Comma { corrected } => (
                format!("`{path}` is a {noun}, and {} has a decimal comma", quoted(text)),
                format!("write it as \"{corrected}\""),
            ),
            other => (
                format!("`{path}` is a {noun}, and {} {other}", quoted(text)),
                format!("write a {noun}, such as \"{}\"", self.example),
            ),
        };
        Problem::value(path, message, label)
    }

    fn in_range(&self, quantity: Quantity, path: &str) -> Result<Quantity, Problem> {
        let decimal = quantity.decimal();
        let (fits, must) = match self.range {
            Range::Any => (true, ""),
            Range::NotNegative => (!decimal.is_negative(), "must not be negative"),
            Range::Positive => (!decimal.is_negative() && !decimal.is_zero(), "must be above zero"),
        };
        if fits {
            return Ok(quantity);
        }
        let message = format!("`{path}` {must}, and {} is not allowed", quoted(quantity.text().trim()));
        Err(Problem::value(path, message, format!("write a {} such as \"{}\"", self.dimension.name(), self.example)))
    }
}

impl Kind for Physical {
    type Value = Quantity;

    fn read(&self, node: &Node, path: &str) -> Result<Quantity, Problem> {
        let noun = self.dimension.name();
        let text = match &node.value {
            // A bare number has no unit either: one message for both.
            Value::Text(text) | Value::Integer { text, .. } | Value::Float { text, .. } => text,
            _ => {
                let message = format!("`{path}` is a {noun}, not {}", node.describe());
                return Err(Problem::value(path, message, format!("write it as \"{}\"", self.example)));
            }
        };
        let quantity = Quantity::parse(text, self.dimension).map_err(|error| self.problem(text, path, error))?;
        self.in_range(quantity, path)
    }

    fn echo(&self, value: &Quantity) -> Echo {
        Echo::Text(value.text().to_owned())
    }

    fn example(&self) -> String {
        format!("\"{}\"", self.example)
    }
}

/// A time or another quantity, or "off".
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeOrOff(pub(super) Physical);

impl Kind for TimeOrOff {
    type Value = Option<Quantity>;

    fn read(&self, node: &Node, path: &str) -> Result<Self::Value, Problem> {
        match &node.value {
            Value::Text(text) if text == "off" => Ok(None),
            _ => self.0.read(node, path).map(Some),
        }
    }

    fn echo(&self, value: &Self::Value) -> Echo {
        Echo::Text(value.as_ref().map_or("off", Quantity::text).to_owned())
    }

    fn example(&self) -> String {
        self.0.example()
    }
}

/// A whole number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    pub(super) least: u64,
    pub(super) most: u64,
    pub(super) example: u64,
}

impl Kind for Whole {
    type Value = u64;

    fn read(&self, node: &Node, path: &str) -> Result<u64, Problem> {
        let Value::Integer { text, value } = &node.value else {
            let message = format!("`{path}` is a whole number, not {}", node.describe());
            return Err(Problem::value(path, message, format!("write it as {}", self.example)));
        };
        let fits = |value: &u64| (self.least..=self.most).contains(value);
        value.and_then(|value| u64::try_from(value).ok()).filter(fits).ok_or_else(|| {
            let is_too_large = value.map_or(!text.starts_with('-'), |value| value > i128::from(self.most));
            let range = if self.most == u64::MAX && self.least < 2 && !is_too_large {
                format!("must be at least {}", self.least)
            } else {
                format!("must be {} to {}", self.least, self.most)
            };
            let label = format!("write a whole number such as {}", self.example);
            Problem::value(path, format!("`{path}` {range}, and {} is not", quoted(text)), label)
        })
    }

    fn echo(&self, value: &u64) -> Echo {
        Echo::Integer(i128::from(*value))
    }

    fn example(&self) -> String {
        self.example.to_string()
    }
}

/// A number without a unit, read to its last digit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub(super) range: Range,
    pub(super) example: &'static str,
}

impl Kind for Number {
    type Value = Decimal;

    fn read(&self, node: &Node, path: &str) -> Result<Decimal, Problem> {
        let (Value::Float { text, .. } | Value::Integer { text, .. }) = &node.value else {
            let message = format!("`{path}` is a number, not {}", node.describe());
            return Err(Problem::value(path, message, format!("write it as {}", self.example)));
        };
        let Some(value) = Decimal::parse(text) else {
            let message = format!("`{path}` is a number of at most thirty digits, and {} is not", quoted(text));
            return Err(Problem::value(path, message, format!("write a number such as {}", self.example)));
        };
        let (fits, must) = match self.range {
            Range::Any => (true, ""),
            Range::NotNegative => (!value.is_negative(), "must not be negative"),
            Range::Positive => (!value.is_negative() && !value.is_zero(), "must be above zero"),
        };
        if fits {
            return Ok(value);
        }
        let message = format!("`{path}` {must}, and {} is not allowed", quoted(text));
        Err(Problem::value(path, message, format!("write a number such as {}", self.example)))
    }

    fn echo(&self, value: &Decimal) -> Echo {
        Echo::Number(*value)
    }

    fn example(&self) -> String {
        self.example.into()
    }
}

/// A number, or a word that stands for one.
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberOr {
    pub(super) number: Number,
    pub(super) word: &'static str,
}

impl Kind for NumberOr {
    /// `None`: the word.
    type Value = Option<Decimal>;

    fn read(&self, node: &Node, path: &str) -> Result<Self::Value, Problem> {
        match &node.value {
            Value::Text(text) if text == self.word => Ok(None),
            Value::Text(_) => {
                let message = format!("`{path}` is a number or \"{}\", not {}", self.word, node.describe());
                Err(Problem::value(path, message, format!("write a number such as {}", self.number.example)))
            }
            _ => self.number.read(node, path).map(Some),
        }
    }

    fn echo(&self, value: &Self::Value) -> Echo {
        value.map_or_else(|| Echo::Text(self.word.to_owned()), Echo::Number)
    }

    fn example(&self) -> String {
        self.number.example()
    }
}

/// A fraction, 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fraction {
    pub(super) example: &'static str,
}

impl Kind for Fraction {
    type Value = f64;

    fn read(&self, node: &Node, path: &str) -> Result<f64, Problem> {
        let value = match &node.value {
            Value::Float { value, .. } => *value,
            Value::Integer { value, .. } => value.map_or(f64::INFINITY, |value| value as f64),
            _ => {
                let message = format!("`{path}` is a number from 0 to 1, not {}", node.describe());
                return Err(Problem::value(path, message, format!("write it as {}", self.example)));
            }
        };
        // A zero that was written as -0.0 is a zero.
        (0.0..=1.0).contains(&value).then_some(value + 0.0).ok_or_else(|| {
            let message = format!("`{path}` must be a number from 0 to 1, and {} is not", node.describe());
            Problem::value(path, message, format!("write a number such as {}", self.example))
        })
    }

    fn echo(&self, value: &f64) -> Echo {
        Echo::Float(*value)
    }

    fn example(&self) -> String {
        self.example.into()
    }
}

/// true or false.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag;

impl Kind for Flag {
    type Value = bool;

    fn read(&self, node: &Node, path: &str) -> Result<bool, Problem> {
        if let Value::Boolean(value) = node.value {
            return Ok(value);
        }
        let message = format!("`{path}` is true or false, not {}", node.describe());
        Err(Problem::value(path, message, "write true or false, without quotes"))
    }

    fn echo(&self, value: &bool) -> Echo {
        Echo::Boolean(*value)
    }

    fn example(&self) -> String {
        "true".into()
    }
}

/// A name, such as that of a population.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) what: &'static str,
    pub(super) example: &'static str,
}

impl Kind for Name {
    type Value = String;

    fn read(&self, node: &Node, path: &str) -> Result<String, Problem> {
        if let Value::Text(text) = &node.value {
            return Ok(text.clone());
        }
        let message = format!("`{path}` is {}, not {}", self.what, node.describe());
        Err(Problem::value(path, message, format!("write it as \"{}\"", self.example)))
    }

    fn echo(&self, value: &String) -> Echo {
        Echo::Text(value.clone())
    }

    fn example(&self) -> String {
        format!("\"{}\"", self.example)
    }
}
