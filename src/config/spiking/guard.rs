//! `[guard]` as written: what ends a run before its time.

use super::{Range, Section, text, time};
use crate::config::echo::Echo;
use crate::config::kinds::{Physical, TimeOrOff};
use crate::config::tree::Table;
use crate::units::{Dimension, Quantity};

/// The guards; `Some(None)`: off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    pub(crate) silence: Option<Option<Quantity>>,
    pub(crate) rate_max: Option<Option<Quantity>>,
}

const SILENCE: TimeOrOff = TimeOrOff(time(Range::Positive, "500 ms"));
const RATE_MAX: TimeOrOff =
    TimeOrOff(Physical { dimension: Dimension::Rate, range: Range::Positive, example: "150 Hz" });

pub(super) fn read(root: &mut Section<'_, '_>) -> Guard {
    let empty = Table::default();
    let table = root.table("guard").unwrap_or(&empty);
    let mut section = Section::new("guard", table, root.problems);
    let guard = Guard {
        silence: section.or("silence", &SILENCE, text("off")),
        rate_max: section.or("rate_max", &RATE_MAX, text("off")),
    };
    let echo = section.finish();
    root.put("guard", Echo::Table(echo));
    guard
}
