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

/// What is told of the stored patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stored {
    /// Number of patterns P.
    pub count: usize,
    /// Fraction of active neurons.
    pub activity: f64,
    /// Width and height, where the patterns are images: neuron x + width y is the pixel (x, y).
    pub image_size: Option<[u32; 2]>,
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

/// The members of patterns that are bits, lowest first, and where each pattern begins and the last one ends.
fn members_of(bits: &ndarray::Array2<u8>) -> (Vec<u32>, Vec<usize>) {
    let (mut members, mut offsets) = (Vec::new(), vec![0]);
    for row in bits.outer_iter() {
        for (at, byte) in row.iter().enumerate() {
            let set = (0..8).filter(|bit| byte >> bit & 1 == 1);
            members.extend(set.map(|bit| 8 * at as u32 + bit));
        }
        offsets.push(members.len());
    }
    (members, offsets)
}

impl Results {
    /// Number and activity of the patterns, and width and height where they are images; `None` where there are none.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn stored(&self) -> Result<Option<Stored>, ResultsError> {
        let Some(group) = self.group("patterns")? else { return Ok(None) };
        let damaged = |_| self.damaged("`/patterns`");
        let rows = |path: &str| self.dataset(path).map(|dataset| dataset.shape().first().copied().unwrap_or(0));
        let count =
            if self.has("patterns/bits") { rows("patterns/bits")? } else { rows("patterns/offsets")?.max(1) - 1 };
        let side = |name: &str| group.attr(name).and_then(|side| side.read_scalar::<u32>()).ok();
        let activity = group.attr("activity").and_then(|value| value.read_scalar()).map_err(damaged)?;
        let image_size = side("image_width").zip(side("image_height")).map(|(width, height)| [width, height]);
        Ok(Some(Stored { count, activity, image_size }))
    }

    /// The patterns, of the first population where several have some; `None` where nothing is Hebbian.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn patterns(&self) -> Result<Option<Patterns>, ResultsError> {
        self.patterns_at("patterns")
    }

    /// Further populations that have patterns of their own, with the same numbers.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn further_populations(&self) -> Result<Vec<String>, ResultsError> {
        let members = self.members("patterns")?;
        Ok(members.into_iter().filter(|name| self.has(&format!("patterns/{name}/offsets"))).collect())
    }

    /// The patterns of a further population; `None` where it has none.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn further_patterns(&self, population: &str) -> Result<Option<Patterns>, ResultsError> {
        self.patterns_at(&format!("patterns/{population}"))
    }

    fn patterns_at(&self, path: &str) -> Result<Option<Patterns>, ResultsError> {
        let Some(group) = self.group(path)? else { return Ok(None) };
        let damaged = |_| self.damaged(format!("`/{path}`"));
        let (members, offsets) = if self.has(&format!("{path}/bits")) {
            let bits: ndarray::Array2<u8> = self.dataset(&format!("{path}/bits"))?.read().map_err(damaged)?;
            members_of(&bits)
        } else {
            let members = self.dataset(&format!("{path}/members"))?.read_raw::<u32>().map_err(damaged)?;
            let offsets = self.dataset(&format!("{path}/offsets"))?.read_raw::<u64>().map_err(damaged)?;
            (members, offsets.iter().map(|&offset| offset as usize).collect())
        };
        let (members, offsets) = self.with_learned(members, offsets)?;
        if !offsets.is_sorted() || offsets.first() != Some(&0) || offsets.last() != Some(&members.len()) {
            return Err(self.damaged(format!("`/{path}/offsets`")));
        }
        Ok(Some(Patterns {
            population: text(&group, "population").map_err(damaged)?,
            activity: group.attr("activity").and_then(|value| value.read_scalar()).map_err(damaged)?,
            seed: group.attr("seed").and_then(|value| value.read_scalar()).map_err(damaged)?,
            members,
            offsets,
        }))
    }

    /// Members and offsets of the patterns of the start and of those that were learned; those to be learned have none yet.
    fn with_learned(
        &self,
        mut members: Vec<u32>,
        mut offsets: Vec<usize>,
    ) -> Result<(Vec<u32>, Vec<usize>), ResultsError> {
        let learned = self.learned()?;
        for change in self.protocol()?.iter().filter(|change| change.action == "learn") {
            let own = learned.iter().find(|one| one.pattern == change.pattern);
            own.iter().for_each(|one| members.extend_from_slice(&one.members));
            offsets.push(members.len());
        }
        Ok((members, offsets))
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
