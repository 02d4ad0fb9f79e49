//! What a trial came to, in the language of memories: a pattern, its mirror image, a mixture, or none of them.

use std::fmt;

use super::course::Rest;

/// An overlap from which a state counts as a pattern: above it retrieval states of a loaded network stay, and below it
/// there are none (Amit, Gutfreund & Sompolinsky 1987: m >= 0.967 up to capacity).
const PATTERN_OVERLAP: f64 = 0.9;
/// An overlap from which a pattern is part of a mixture, as those of symmetric mixtures of three to nine patterns are.
const MIXTURE_OVERLAP: f64 = 0.25;
/// And this many standard deviations of the overlap with a random pattern, 1/sqrt(N).
const MIXTURE_DEVIATIONS: f64 = 4.0;
/// So many patterns of a mixture are told.
const TOLD_MAX: usize = 9;

/// What a trial came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Where it came to rest; `None`: nowhere.
    pub rest: Option<Rest>,
    /// Sweeps that were made.
    pub sweeps: u64,
    /// The last state.
    pub end: End,
}

/// A state by its overlaps.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// Near one pattern, or near its mirror image.
    Pattern {
        /// Which.
        pattern: usize,
        /// The overlap; below zero for the mirror image.
        overlap: f64,
    },
    /// Part of several patterns, largest overlap first.
    Mixture(Vec<(usize, f64)>),
    /// None of them: the largest overlap, if there are patterns.
    Spurious(Option<(usize, f64)>),
}

impl End {
    /// The name of a state of so many neurons by its overlaps with all patterns; `exact` is a pattern it is equal to.
    #[must_use]
    pub fn of(overlaps: &[f64], neurons: u32, exact: Option<usize>) -> Self {
        if let Some(pattern) = exact {
            return Self::Pattern { pattern, overlap: overlaps[pattern] };
        }
        let mut sorted: Vec<(usize, f64)> = overlaps.iter().copied().enumerate().collect();
        sorted.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        let Some(&(pattern, overlap)) = sorted.first() else { return Self::Spurious(None) };
        if overlap.abs() >= PATTERN_OVERLAP {
            return Self::Pattern { pattern, overlap };
        }
        let least = MIXTURE_OVERLAP.max(MIXTURE_DEVIATIONS / f64::from(neurons).sqrt());
        sorted.retain(|(_, overlap)| overlap.abs() >= least);
        if sorted.len() >= 2 { Self::Mixture(sorted) } else { Self::Spurious(Some((pattern, overlap))) }
    }

    /// The pattern that was recalled, with its overlap; no mirror image.
    #[must_use]
    pub fn recalled(&self) -> Option<(usize, f64)> {
        match *self {
            Self::Pattern { pattern, overlap } if overlap > 0.0 => Some((pattern, overlap)),
            _ => None,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern { pattern, overlap } => {
                let mirror = if *overlap < 0.0 { "the mirror image of " } else { "" };
                write!(formatter, "{mirror}pattern {pattern}")?;
                if overlap.abs() == 1.0 { Ok(()) } else { write!(formatter, " at overlap {overlap:.4}") }
            }
            Self::Mixture(parts) => {
                let told = parts.iter().take(TOLD_MAX).map(|(pattern, overlap)| format!("{pattern} ({overlap:.2})"));
                let more = parts.len().saturating_sub(TOLD_MAX);
                write!(formatter, "a mixture of patterns {}", told.collect::<Vec<_>>().join(", "))?;
                if more == 0 { Ok(()) } else { write!(formatter, " and {more} more") }
            }
            Self::Spurious(None) => formatter.write_str("a state, and there are no patterns to compare it with"),
            Self::Spurious(Some((pattern, overlap))) => {
                write!(formatter, "a spurious state, its largest overlap {overlap:.2} with pattern {pattern}")
            }
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rest {
            Some(Rest { length: 1, .. }) => write!(formatter, "fixed point: {}", self.end),
            Some(Rest { length, .. }) => write!(formatter, "cycle of length {length}, last {}", self.end),
            None => write!(formatter, "no fixed point in {} sweeps, last {}", self.sweeps, self.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_named_by_their_overlaps() {
        let named = |overlaps: &[f64], exact| End::of(overlaps, 1000, exact).to_string();
        assert_eq!(named(&[0.02, 1.0], Some(1)), "pattern 1");
        assert_eq!(named(&[0.02, 0.97], None), "pattern 1 at overlap 0.9700");
        assert_eq!(named(&[0.02, -1.0], None), "the mirror image of pattern 1");
        assert_eq!(named(&[0.5, -0.02, 0.5, -0.49], None), "a mixture of patterns 0 (0.50), 2 (0.50), 3 (-0.49)");
        assert_eq!(named(&[0.31, 0.1], None), "a spurious state, its largest overlap 0.31 with pattern 0");
        assert_eq!(named(&[], None), "a state, and there are no patterns to compare it with");
        assert_eq!(End::of(&[0.95], 10, None).recalled(), Some((0, 0.95)));
        assert_eq!(End::of(&[-0.95], 10, None).recalled(), None);
        let outcome = |rest| Outcome { rest, sweeps: 9, end: End::of(&[1.0], 4, Some(0)) }.to_string();
        assert_eq!(outcome(Some(Rest { sweep: 2, length: 1 })), "fixed point: pattern 0");
        assert_eq!(outcome(Some(Rest { sweep: 2, length: 3 })), "cycle of length 3, last pattern 0");
        assert_eq!(outcome(None), "no fixed point in 9 sweeps, last pattern 0");
    }
}
