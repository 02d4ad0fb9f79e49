//! Plain numbers, without a unit, and lists of them.

use super::echo::Echo;
use super::kinds::{Kind, Range};
use super::problem::Problem;
use super::tree::{Node, Value};

/// A finite number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub(super) range: Range,
    pub(super) example: &'static str,
}

impl Kind for Number {
    type Value = f64;

    fn read(&self, node: &Node, path: &str) -> Result<f64, Problem> {
        let write = format!("write a number such as {}", self.example);
        let value = match &node.value {
            Value::Float { value, .. } => *value,
            Value::Integer { value, .. } => value.map_or(f64::INFINITY, |value| value as f64),
            Value::Text(_) => {
                let message = format!("`{path}` is a plain number, without a unit and quotes, not {}", node.describe());
                return Err(Problem::value(path, message, write));
            }
            _ => return Err(Problem::value(path, format!("`{path}` is a number, not {}", node.describe()), write)),
        };
        let must = match self.range {
            _ if !value.is_finite() => "must be a finite number",
            Range::NotNegative if value < 0.0 => "must not be negative",
            Range::Positive if value <= 0.0 => "must be above zero",
            // A zero that was written as -0.0 is a zero.
            _ => return Ok(value + 0.0),
        };
        Err(Problem::value(path, format!("`{path}` {must}, and {} is not allowed", node.describe()), write))
    }

    fn echo(&self, value: &f64) -> Echo {
        Echo::Float(*value)
    }

    fn example(&self) -> String {
        self.example.into()
    }
}

/// A list of finite numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers;

impl Kind for Numbers {
    type Value = Vec<f64>;

    fn read(&self, node: &Node, path: &str) -> Result<Vec<f64>, Problem> {
        let Value::List(items) = &node.value else {
            let message = format!("`{path}` is a list of numbers, not {}", node.describe());
            return Err(Problem::value(path, message, format!("write it as {}", self.example())));
        };
        let item = Number { range: Range::Any, example: "0.5" };
        items.iter().enumerate().map(|(number, node)| item.read(node, &format!("{path}.{number}"))).collect()
    }

    fn echo(&self, value: &Vec<f64>) -> Echo {
        Echo::List(value.iter().copied().map(Echo::Float).collect())
    }

    fn example(&self) -> String {
        "[0.5, 0.0, 1.0]".into()
    }
}
