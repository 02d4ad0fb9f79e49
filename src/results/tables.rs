//! What was laid out before the run: patterns and stimuli.

use super::{Results, ResultsError, text};
use crate::record::StimulusRow;

/// The stored patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    /// Population in which they live.
    pub population: String,
    /// Fraction of active neurons.
    pub activity: f64,
    /// Seed from which they were drawn.
    pub seed: u64,
    members: Vec<u32>,
    offsets: Vec<usize>,
}

impl Patterns {
    /// Number of patterns P.
    #[must_use]
    pub fn count(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Members of a pattern, ascending, numbered within the population.
    ///
    /// # Panics
    /// If there is no such pattern.
    #[must_use]
    pub fn members(&self, pattern: usize) -> &[u32] {
        &self.members[self.offsets[pattern]..self.offsets[pattern + 1]]
    }
}

/// A stimulus.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// "cue" or "pulse".
    pub kind: String,
    /// Population that it drives.
    pub target: String,
    /// Pattern that it cues; `None` for a pulse.
    pub pattern: Option<usize>,
    /// Its start, ms.
    pub start_ms: f64,
    /// Its end, ms.
    pub stop_ms: f64,
    /// Its amplitude, mV.
    pub amplitude_mv: f64,
}

impl Results {
    /// The patterns; `None` where nothing is Hebbian.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn patterns(&self) -> Result<Option<Patterns>, ResultsError> {
        let Some(group) = self.group("patterns")? else { return Ok(None) };
        let damaged = |_| self.damaged("`/patterns`");
        let members = self.dataset("patterns/members")?.read_raw::<u32>().map_err(damaged)?;
        let offsets = self.dataset("patterns/offsets")?.read_raw::<u64>().map_err(damaged)?;
        let offsets: Vec<usize> = offsets.iter().map(|&offset| offset as usize).collect();
        if !offsets.is_sorted() || offsets.first() != Some(&0) || offsets.last() != Some(&members.len()) {
            return Err(self.damaged("`/patterns/offsets`"));
        }
        Ok(Some(Patterns {
            population: text(&group, "population").map_err(damaged)?,
            activity: group.attr("activity").and_then(|value| value.read_scalar()).map_err(damaged)?,
            seed: group.attr("seed").and_then(|value| value.read_scalar()).map_err(damaged)?,
            members,
            offsets,
        }))
    }

    /// The stimuli, in the order of the configuration.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn stimuli(&self) -> Result<Vec<Stimulus>, ResultsError> {
        let rows = self.dataset("stimuli")?.read_raw::<StimulusRow>().map_err(|_| self.damaged("`/stimuli`"))?;
        let stimuli = rows.iter().map(|row| Stimulus {
            kind: String::from_utf8_lossy(row.kind.as_bytes()).into_owned(),
            target: String::from_utf8_lossy(row.target.as_bytes()).into_owned(),
            pattern: usize::try_from(row.pattern).ok(),
            start_ms: row.start_ms,
            stop_ms: row.stop_ms,
            amplitude_mv: row.amplitude_mv,
        });
        Ok(stimuli.collect())
    }
}
