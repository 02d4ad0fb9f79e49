//! The table of what was measured.

use super::measured::Measured;
use crate::commands::words;

/// All workloads, one after the other.
pub(super) fn told(all: &[Box<dyn Measured>]) -> String {
    let mut text = String::new();
    for measured in all {
        text += &format!("{}  ({})\n", measured.name(), words::engine(measured.engine()));
        for (what, value) in measured.rows() {
            text += &format!("  {what:<16}{value}\n");
        }
    }
    text
}
