//! Patterns of any model: those that are drawn need a member each, those that are given must fit their neurons.

use crate::config::{PatternRow, PatternSource as Written, Problem};

/// So many wrong patterns are reported.
const WRONG_ROWS_MAX: usize = 10;

/// Where patterns come from.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternSource {
    /// Drawn from the seed. `exact`: round(a N) members each; otherwise every neuron is drawn by itself.
    Drawn {
        /// Exactly round(a N) members a pattern.
        exact: bool,
    },
    /// Drawn from the seed so that each has exactly round(a N) members and each neuron as many patterns, P a.
    Balanced,
    /// Written out or read from a file: the members of each pattern, ascending.
    Given(Vec<Vec<u32>>),
}

/// The neurons that patterns are over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Space<'a> {
    /// How many, as far as known.
    pub(super) size: Option<u32>,
    /// Whose they are, in messages.
    pub(super) whose: &'a str,
    /// Where their number is written.
    pub(super) key: &'a str,
    /// A neuron that is not active is as good as an active one: -1 and +1 in all that is made of patterns.
    pub(super) symmetric: bool,
}

/// Activity and source.
pub(super) type Drawable = (f64, PatternSource);

/// The number of patterns, and their activity and source, as far as known.
pub(super) fn build(
    written: Option<&Written>,
    space: Space<'_>,
    problems: &mut Vec<Problem>,
) -> (Option<usize>, Option<Drawable>) {
    match written {
        None => (None, None),
        Some(Written::Drawn { count, activity, exact, balanced }) => {
            let source = exact.zip(*balanced).map(|(exact, balanced)| match balanced {
                true => PatternSource::Balanced,
                false => PatternSource::Drawn { exact },
            });
            let rest = activity.zip(source).and_then(|source| drawn(*count, space, source, problems));
            (count.and_then(|count| usize::try_from(count).ok()), rest)
        }
        Some(Written::Values(rows)) => (Some(rows.len()), given(rows, space, None, problems)),
        Some(Written::File(rows)) => (Some(rows.len()), given(rows, space, Some(None), problems)),
        Some(Written::Images(rows, size)) => (Some(rows.len()), given(rows, space, Some(Some(*size)), problems)),
    }
}

/// Patterns to draw.
fn drawn(
    count: Option<u64>,
    space: Space<'_>,
    (activity, source): Drawable,
    problems: &mut Vec<Problem>,
) -> Option<Drawable> {
    let exact = source != PatternSource::Drawn { exact: false };
    if count != Some(0)
        && let Some(size) = space.size
    {
        let members = (activity * f64::from(size)).round();
        if (exact && members < 1.0) || activity == 0.0 {
            let message = format!("`patterns.activity` {activity} of {size} neurons gives patterns without a member");
            let label = format!("write at least {}", least_activity(size));
            problems.push(Problem::value("patterns.activity", message, label));
            return None;
        }
    }
    Some((activity, source))
}

/// The smallest activity, to four digits, that gives a member.
fn least_activity(size: u32) -> f64 {
    let least = 0.5 / f64::from(size);
    let digit = 10f64.powf(least.log10().floor() - 3.0);
    let rounded = (least / digit).ceil() * digit;
    // Digits that are left over from the division are cut.
    format!("{rounded:.3e}").parse().unwrap_or(rounded)
}

/// Given patterns, and whether they are in a file, or in files of so many pixels.
fn given(
    rows: &[PatternRow],
    space: Space<'_>,
    file: Option<Option<[u32; 2]>>,
    problems: &mut Vec<Problem>,
) -> Option<Drawable> {
    let (size, whose, in_file) = (space.size?, space.whose, file.is_some());
    let is_empty = |row: &PatternRow| row.members.is_empty() && !space.symmetric;
    let mut wrong = 0;
    for (pattern, row) in rows.iter().enumerate() {
        let place = if in_file { "patterns.file".to_owned() } else { format!("patterns.values.{pattern}") };
        if row.neurons != size as usize {
            let neurons = row.neurons;
            let message = format!("pattern {pattern} is for {neurons} neurons, and {whose} has {size}");
            let label = match file.flatten() {
                Some([width, height]) => {
                    format!("write {} = {neurons}: the images have {width} x {height} pixels", space.key)
                }
                None => format!("write {size} values for each pattern"),
            };
            problems.push(Problem::value(place, message, label));
        } else if is_empty(row) {
            let message = format!("pattern {pattern} has no member");
            problems.push(Problem::value(place, message, "a pattern needs at least one active neuron"));
        }
        wrong += usize::from(row.neurons != size as usize || is_empty(row));
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
