//! Building patterns: those that are drawn need a member each, those that are given must fit their population.

use super::Patterns;
use super::build::Builder;
use crate::model::patterns::{self, Space};

/// What is known of the patterns; the other stages of building ask for parts of it.
pub(super) enum Built {
    /// There are none: no `[patterns]`.
    Absent,
    /// There are some.
    Present {
        /// The population, as far as known.
        population: Option<usize>,
        /// Their number, as far as known.
        count: Option<usize>,
        /// All of it.
        patterns: Option<Patterns>,
    },
}

impl Built {
    /// As the model has it; `None`: reported.
    pub(super) fn into_model(self) -> Option<Option<Patterns>> {
        match self {
            Self::Absent => Some(None),
            Self::Present { patterns, .. } => patterns.map(Some),
        }
    }

    /// The population they live in, as far as known.
    pub(super) fn population(&self) -> Option<usize> {
        if let Self::Present { population, .. } = self { *population } else { None }
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Their number, as far as known; 0 where there are none.
    pub(super) fn count(&self) -> Option<usize> {
        if let Self::Present { count, .. } = self { *count } else { Some(0) }
    }
}

pub(super) fn build(builder: &mut Builder<'_>) -> Built {
    let Some(written) = &builder.written.patterns else { return Built::Absent };
    let name = written.population.as_deref();
    let population = name.and_then(|name| builder.population("patterns.population", name));
    let size = population.and_then(|population| builder.size(population));
    let whose = format!("`{}`", name.unwrap_or_default());
    let mut problems = Vec::new();
    let (count, rest) = patterns::build(written.source.as_ref(), Space { size, whose: &whose }, &mut problems);
    problems.into_iter().for_each(|problem| builder.problem(problem));
    let whole = |population| {
        let (activity, source) = rest?;
        Some(Patterns { population, count: count?, activity, source })
    };
    Built::Present { population, count, patterns: population.and_then(whole) }
}
