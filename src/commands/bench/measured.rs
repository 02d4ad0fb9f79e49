//! What was measured of a workload: several repeats, their median and spread.

use attractor::engine::EngineInfo;
use serde_json::{Value, json};

/// A workload that was measured.
pub(super) trait Measured {
    /// Its name.
    fn name(&self) -> &str;
    /// What computed.
    fn engine(&self) -> &EngineInfo;
    /// The result in one line.
    fn line(&self) -> String;
    /// The rows of the table that are its own: what, value.
    fn rows(&self) -> Vec<(&'static str, String)>;
    /// All of it.
    fn document(&self) -> Value;
}

/// Several measurements of the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Repeats {
    /// In ascending order; at least one.
    sorted: Vec<f64>,
}

impl Repeats {
    /// From measurements in any order.
    ///
    /// # Panics
    /// If there is none.
    pub(super) fn new(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "nothing was measured");
        values.sort_by(f64::total_cmp);
        Self { sorted: values }
    }

    /// The one in the middle, or the mean of the two.
    pub(super) fn median(&self) -> f64 {
        let (half, odd) = (self.sorted.len() / 2, self.sorted.len() % 2 == 1);
        if odd { self.sorted[half] } else { f64::midpoint(self.sorted[half - 1], self.sorted[half]) }
    }

    pub(super) fn least(&self) -> f64 {
        self.sorted[0]
    }

    pub(super) fn greatest(&self) -> f64 {
        self.sorted[self.sorted.len() - 1]
    }

    pub(super) fn document(&self) -> Value {
        json!({ "median": self.median(), "min": self.least(), "max": self.greatest(), "repeats": self.sorted.len() })
    }
}

/// Memory of this process now, bytes, where the system tells it (Linux).
pub(super) fn resident_bytes() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(Repeats::new(vec![3.0, 1.0, 2.0]).median(), 2.0);
        let four = Repeats::new(vec![4.0, 1.0, 2.0, 3.0]);
        assert_eq!((four.median(), four.least(), four.greatest()), (2.5, 1.0, 4.0));
        assert_eq!(Repeats::new(vec![7.0]).median(), 7.0);
    }
}
