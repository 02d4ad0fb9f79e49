//! Building patterns: those that are drawn need a member each, those that are given must fit their population.

use super::build::Builder;
use super::{PatternSource, Patterns};
use crate::config::{PatternRow, PatternSource as Written, Problem};

/// So many wrong patterns are reported.
const WRONG_ROWS_MAX: usize = 10;

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
    let (count, rest) = match &written.source {
        None => (None, None),
        Some(Written::Drawn { count, activity, exact }) => {
            let rest = activity.zip(*exact).and_then(|(activity, exact)| drawn(builder, *count, activity, exact));
            (count.and_then(|count| usize::try_from(count).ok()), rest)
        }
        Some(Written::Values(rows)) => (Some(rows.len()), size.and_then(|size| given(builder, rows, size, false))),
        Some(Written::File(rows)) => (Some(rows.len()), size.and_then(|size| given(builder, rows, size, true))),
    };
    let whole = |population| {
        let (activity, source) = rest?;
        Some(Patterns { population, count: count?, activity, source })
    };
    Built::Present { population, count, patterns: population.and_then(whole) }
}

/// Patterns to draw: activity and source.
fn drawn(builder: &mut Builder<'_>, count: Option<u64>, activity: f64, exact: bool) -> Option<(f64, PatternSource)> {
    let size = builder.written.patterns.as_ref()?.population.as_ref().and_then(|name| {
        let populations = builder.written.populations.as_ref()?;
        populations.iter().find(|population| population.name == *name)?.size
    });
    if count != Some(0)
        && let Some(size) = size
    {
        let members = (activity * f64::from(size)).round();
        if (exact && members < 1.0) || activity == 0.0 {
            let message = format!("`patterns.activity` {activity} of {size} neurons gives patterns without a member");
            let label = format!("write at least {}", least_activity(size));
            builder.problem(Problem::value("patterns.activity", message, label));
            return None;
        }
    }
    Some((activity, PatternSource::Drawn { exact }))
}

/// The smallest activity, to four digits, that gives a member.
fn least_activity(size: u32) -> f64 {
    let least = 0.5 / f64::from(size);
    let digit = 10f64.powf(least.log10().floor() - 3.0);
    let rounded = (least / digit).ceil() * digit;
    // Digits that are left over from the division are cut.
    format!("{rounded:.3e}").parse().unwrap_or(rounded)
}

/// Given patterns: activity and source.
fn given(builder: &mut Builder<'_>, rows: &[PatternRow], size: u32, in_file: bool) -> Option<(f64, PatternSource)> {
    let population = builder.written.patterns.as_ref()?.population.clone().unwrap_or_default();
    let mut wrong = 0;
    for (pattern, row) in rows.iter().enumerate() {
        let place = if in_file { "patterns.file".to_owned() } else { format!("patterns.values.{pattern}") };
        if row.neurons != size as usize {
            let neurons = row.neurons;
            let message = format!("pattern {pattern} is for {neurons} neurons, and `{population}` has {size}");
            builder.problem(Problem::value(place, message, format!("write {size} values for each pattern")));
        } else if row.members.is_empty() {
            let message = format!("pattern {pattern} has no member");
            builder.problem(Problem::value(place, message, "a pattern needs at least one active neuron"));
        }
        wrong += usize::from(row.neurons != size as usize || row.members.is_empty());
        // All problems of a file are at one place, where one says enough.
        if wrong == if in_file { 1 } else { WRONG_ROWS_MAX } {
            break;
        }
    }
    let members: usize = rows.iter().map(|row| row.members.len()).sum();
    let activity = if rows.is_empty() { 0.0 } else { members as f64 / (rows.len() as f64 * f64::from(size)) };
    let source = PatternSource::Given(rows.iter().map(|row| row.members.clone()).collect());
    (wrong == 0).then_some((activity, source))
}
