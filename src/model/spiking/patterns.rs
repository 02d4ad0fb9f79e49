//! Building patterns: those that are drawn need a member each, those that are given must fit their population.

use super::build::Builder;
use super::{PatternSource, Patterns};
use crate::config::Problem;
use crate::model::patterns::{self, Space};

/// What is known of the patterns; the other stages of building ask for parts of it.
pub(super) enum Built {
    /// There are none: no `[patterns]`.
    Absent,
    /// There are some.
    Present {
        /// The populations, as far as known.
        populations: Vec<Option<usize>>,
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

    /// The populations they live in; `None` unless all are known.
    pub(super) fn populations(&self) -> Option<Vec<usize>> {
        match self {
            Self::Absent => None,
            Self::Present { populations, .. } => {
                let known: Option<Vec<usize>> = populations.iter().copied().collect();
                known.filter(|known| !known.is_empty())
            }
        }
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
    // Where no name could be read there is one population that is not known.
    let names = written.populations.as_ref().map_or(vec![None], |names| names.iter().map(Some).collect());
    let several = names.len() > 1;
    let (mut populations, mut count, mut common) = (Vec::new(), None, Vec::new());
    for (number, name) in names.into_iter().enumerate() {
        let path = if several { format!("patterns.population.{number}") } else { "patterns.population".to_owned() };
        let population = name.and_then(|name| builder.population(&path, name));
        let size = population.and_then(|population| builder.size(population));
        let whose = format!("`{}`", name.map_or("", String::as_str));
        let mut problems = Vec::new();
        let key = format!("populations.{}.size", name.map_or("", String::as_str));
        let space = Space { size, whose: &whose, key: &key, symmetric: false };
        let built = patterns::build(written.source.as_ref(), space, &mut problems);
        problems.into_iter().for_each(|problem| builder.problem(problem));
        count = built.0;
        populations.push(population);
        common.push(built.1);
    }
    if several && let Some(Some((_, PatternSource::Given(_)))) = common.first() {
        let message = "patterns that are given are those of one population, and `patterns.population` names several";
        builder.problem(Problem::value("patterns.population", message, "write one of them, or draw them with count"));
        common.clear();
    }
    let whole = || {
        let (activity, source) = common.into_iter().collect::<Option<Vec<_>>>()?.into_iter().next()?;
        let known: Vec<usize> = populations.iter().copied().collect::<Option<_>>()?;
        let (&population, further) = known.split_first()?;
        Some(Patterns { population, further_populations: further.to_vec(), count: count?, activity, source })
    };
    let patterns = whole();
    Built::Present { populations, count, patterns }
}
