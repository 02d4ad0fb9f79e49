//! What a run's program left: its trials, the protocol, what was learned, why a guard ended it.

use std::ops::Range;

use hdf5::Location;
use hdf5::types::{FixedAscii, FixedUnicode};

use super::{Attributes, Results, ResultsError, State};
use crate::record::{ChangeRow, ENDED, ENDED_BYTES, ENDED_MS};

/// What was to be learned or forgotten, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// When, ms.
    pub at_ms: f64,
    /// Number of the pattern.
    pub pattern: usize,
    /// "learn" or "forget".
    pub action: String,
    /// Spikes of so long before count, ms; NaN where it is forgotten.
    pub window_ms: f64,
    /// Members fired above this rate, Hz; NaN where it is forgotten.
    pub above_hz: f64,
}

/// A pattern that was learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// When, ms.
    pub time_ms: f64,
    /// Its number.
    pub pattern: usize,
    /// Its members, ascending, numbered within their population.
    pub members: Vec<u32>,
}

/// Why and when a guard ended a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Guarded {
    /// Why, in words.
    pub why: String,
    /// When, ms.
    pub ended_ms: f64,
}

impl Results {
    /// Number of trials of a spiking network that lie side by side in the file; 0 where the one trial is the run itself.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn trials(&self) -> Result<usize, ResultsError> {
        let is_binary = self.has("energy") || self.has("trials/0/energy");
        if is_binary || !self.place.is_empty() { Ok(0) } else { Ok(self.members("trials")?.len()) }
    }

    /// Which trial this is, where it is one of several.
    #[must_use]
    pub fn trial_number(&self) -> Option<usize> {
        self.place.strip_prefix("trials/")?.trim_end_matches('/').parse().ok()
    }

    /// One of the trials as a run of its own: what is read is of it, and its hash is that of the run.
    ///
    /// # Errors
    /// If there is no such trial, or the file is damaged.
    pub fn of_trial(&self, number: usize) -> Result<Self, ResultsError> {
        let path = format!("trials/{number}");
        if number >= self.trials()? || !self.has(&path) {
            return Err(ResultsError::NoTrial { path: self.path.clone(), number, trials: self.trials()? });
        }
        let group = self.file.group(&path).map_err(|_| self.damaged(&path))?;
        let hash = group.attr("run_hash").and_then(|hash| hash.read_scalar::<FixedAscii<32>>());
        let hash = hash.map_err(|_| self.damaged(format!("the attribute `run_hash` of `/{path}`")))?;
        let run_hash = Some(hash.to_string()).filter(|hash| !hash.is_empty());
        // A trial that came to its end has its hash, whatever became of those behind it.
        let state = if run_hash.is_some() { State::Complete } else { self.state };
        let attributes = Attributes { run_hash, complete: state == State::Complete, ..self.attributes.clone() };
        let place = format!("{path}/");
        Ok(Self { file: self.file.clone(), path: self.path.clone(), place, attributes, state })
    }

    /// The run as it is, or each of its trials as one.
    ///
    /// # Errors
    /// If the file is damaged.
    pub(super) fn each_trial(&self) -> Result<Vec<Self>, ResultsError> {
        (0..self.trials()?).map(|number| self.of_trial(number)).collect()
    }

    /// What was to be learned and forgotten, in order of time; none where there is no protocol.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn protocol(&self) -> Result<Vec<Change>, ResultsError> {
        if !self.has("protocol") {
            return Ok(Vec::new());
        }
        let rows = self.dataset("protocol")?.read_raw::<ChangeRow>().map_err(|_| self.damaged("`/protocol`"))?;
        let changes = rows.iter().map(|row| {
            Some(Change {
                at_ms: row.at_ms,
                pattern: usize::try_from(row.pattern).ok()?,
                action: String::from_utf8_lossy(row.action.as_bytes()).into_owned(),
                window_ms: row.window_ms,
                above_hz: row.above_hz,
            })
        });
        changes.collect::<Option<_>>().ok_or_else(|| self.damaged("`/protocol`"))
    }

    /// The patterns that were learned, in order of time.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn learned(&self) -> Result<Vec<Learned>, ResultsError> {
        let damaged = |_| self.damaged("`/learned`");
        let Some(count) = self.learned_count()? else { return Ok(Vec::new()) };
        let times_ms = self.dataset("learned/time")?.read_raw::<f64>().map_err(damaged)?;
        let patterns = self.dataset("learned/pattern")?.read_raw::<u32>().map_err(damaged)?;
        let offsets = self.dataset("learned/offsets")?.read_raw::<u64>().map_err(damaged)?;
        let members = self.dataset("learned/members")?.read_raw::<u32>().map_err(damaged)?;
        let of = |number: usize| {
            let range: Range<usize> = *offsets.get(number)? as usize..*offsets.get(number + 1)? as usize;
            let pattern = *patterns.get(number)? as usize;
            Some(Learned { time_ms: times_ms[number], pattern, members: members.get(range)?.to_vec() })
        };
        (0..count).map(of).collect::<Option<_>>().ok_or_else(|| self.damaged("`/learned`"))
    }

    /// How many patterns were learned and are whole in the file; `None` where none are to be learned.
    fn learned_count(&self) -> Result<Option<usize>, ResultsError> {
        if self.group("learned")?.is_none() {
            return Ok(None);
        }
        let damaged = |_| self.damaged("`/learned`");
        let times = self.dataset("learned/time")?.read_raw::<f64>().map_err(damaged)?;
        let ends = self.dataset("learned/offsets")?.read_raw::<u64>().map_err(damaged)?.into_iter().skip(1);
        let members = self.dataset("learned/members")?.size() as u64;
        // A run that was killed may have written one before the other.
        let is_whole = |(time, end): &(&f64, u64)| !time.is_nan() && *end <= members;
        Ok(Some(times.iter().zip(ends).take_while(is_whole).count()))
    }

    /// Datasets of what was learned, each with its number of rows that were written whole.
    pub(super) fn learned_rows(&self) -> Result<Vec<(String, usize)>, ResultsError> {
        let Some(count) = self.learned_count()? else { return Ok(Vec::new()) };
        let members = self.learned()?.iter().map(|one| one.members.len()).sum();
        let rows = [("time", count), ("pattern", count), ("offsets", count + 1), ("members", members)];
        Ok(rows.map(|(name, rows)| (format!("learned/{name}"), rows)).to_vec())
    }

    /// Why a guard ended the run, if one did.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn guarded(&self) -> Result<Option<Guarded>, ResultsError> {
        let location: Location = match self.place.trim_end_matches('/') {
            "" => (**self.file).clone(),
            path => (*self.file.group(path).map_err(|_| self.damaged(path))?).clone(),
        };
        let Ok(ended_ms) = location.attr(ENDED_MS).and_then(|attribute| attribute.read_scalar::<f64>()) else {
            return Ok(None);
        };
        let why = location.attr(ENDED).and_then(|attribute| attribute.read_scalar::<FixedUnicode<ENDED_BYTES>>());
        let why = why.map_err(|_| self.damaged(format!("the attribute `{ENDED}`")))?.as_str().to_owned();
        Ok((!ended_ms.is_nan()).then_some(Guarded { why, ended_ms }))
    }
}
