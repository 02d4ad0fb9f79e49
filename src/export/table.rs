//! Tables: which there are, and what formats are given of them.

use std::sync::Arc;

use super::ExportError;

/// A table of a results file, one row an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// A row a spike.
    Spikes,
    /// A row a pattern and time.
    Overlaps,
    /// A row a population and time.
    Rates,
    /// A row a member of a pattern.
    Patterns,
    /// A row a stimulus.
    Stimuli,
    /// A row a neuron and time.
    Voltages,
    /// A row a sweep: energy and flips.
    Energy,
    /// A row a chosen neuron of a rate network and time.
    Neurons,
}

impl TableKind {
    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spikes => "spikes",
            Self::Overlaps => "overlaps",
            Self::Rates => "rates",
            Self::Patterns => "patterns",
            Self::Stimuli => "stimuli",
            Self::Voltages => "voltages",
            Self::Energy => "energy",
            Self::Neurons => "neurons",
        }
    }
}

/// Values of a column, `[row]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    Real(Vec<f64>),
    /// As the results file has them.
    Single(Vec<f32>),
    Count(Vec<u64>),
    /// Whole numbers that may be missing.
    Maybe(Vec<Option<u64>>),
    /// Words out of few: which of them.
    Word(Arc<[String]>, Vec<u32>),
}

impl Values {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Real(values) => values.len(),
            Self::Single(values) => values.len(),
            Self::Count(values) => values.len(),
            Self::Maybe(values) => values.len(),
            Self::Word(_, values) => values.len(),
        }
    }
}

/// Rows of a table: names of the columns and their values.
pub(crate) type Rows = Vec<(&'static str, Values)>;

/// Takes rows, always with the same columns, at least once, maybe without any row.
pub(crate) trait Sink {
    fn rows(&mut self, rows: &Rows) -> Result<(), ExportError>;
}
