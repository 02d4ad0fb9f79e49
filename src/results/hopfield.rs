//! What was recorded of a binary network: the traces of each trial, and what it came to.

use hdf5::Location;
use hdf5::types::{FixedAscii, H5Type};
use ndarray::{Array2, Axis, Ix1, Ix2, Slice};

use super::{Results, ResultsError};

/// One trial, sweep by sweep, the start first.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Sweeps made, `[T]`.
    pub sweeps: Vec<f64>,
    /// Overlaps with all patterns, `[T, P]`; `None` where there are none.
    pub overlaps: Option<Array2<f32>>,
    /// Energy, `[T]`.
    pub energy: Vec<f64>,
    /// Neurons that flipped in the sweep, `[T]`.
    pub flips: Vec<u64>,
    /// Neurons in which the state differs from the pattern of the start, `[T]`; `None` where there is none.
    pub distance: Option<Vec<u64>>,
    /// States as bits, lowest first, `[T, N / 8]`; `None` where they are not recorded.
    pub states: Option<Array2<u8>>,
}

/// What a trial came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// In words; empty before the end.
    pub outcome: String,
    /// Its hash; `None` before the end, and where it is that of the run.
    pub run_hash: Option<String>,
    /// The sweep in which it came to rest.
    pub rest_sweep: Option<u64>,
    /// After how many sweeps states came back: 1 is a fixed point; `None`: never.
    pub cycle_length: Option<u64>,
    /// The pattern that was recalled, with its overlap.
    pub recalled: Option<(usize, f64)>,
}

impl Results {
    /// Number of trials of a binary network; 0 in results of another model.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn trial_count(&self) -> Result<usize, ResultsError> {
        match self.members("trials")?.len() {
            0 => Ok(usize::from(self.has("energy"))),
            count => Ok(count),
        }
    }

    /// The traces of a trial.
    ///
    /// # Errors
    /// If there is no such trial, or the file is damaged.
    pub fn trial(&self, number: usize) -> Result<Trial, ResultsError> {
        let place = self.trial_place(number)?;
        let (mut sweeps, energy) = self.trace_of::<f64, Ix1>(&format!("{place}energy"))?;
        let optional = |name: &str| self.has(&format!("{place}{name}"));
        let mut overlaps = match optional("overlaps") {
            true => {
                let path = format!("{place}overlaps");
                let overlaps = self.trace_of::<f32, Ix2>(&path)?.1;
                self.a_column_each(&path, overlaps.ncols())?;
                Some(overlaps)
            }
            false => None,
        };
        let mut distance = match optional("distance") {
            true => Some(self.trace_of::<u64, Ix1>(&format!("{place}distance"))?.1.to_vec()),
            false => None,
        };
        let mut states = match optional("states") {
            true => Some(self.trace_of::<u8, Ix2>(&format!("{place}states"))?.1),
            false => None,
        };
        let mut flips = self.trace_of::<u64, Ix1>(&format!("{place}flips"))?.1.to_vec();
        // A run that goes on, or was killed, may have more of one than of another: what all have is taken.
        let lengths = [
            Some(energy.len()),
            Some(flips.len()),
            overlaps.as_ref().map(Array2::nrows),
            distance.as_ref().map(Vec::len),
            states.as_ref().map(Array2::nrows),
        ];
        let rows = lengths.into_iter().flatten().min().unwrap_or(0);
        let mut energy = energy.to_vec();
        for values in [&mut sweeps, &mut energy] {
            values.truncate(rows);
        }
        for counts in [Some(&mut flips), distance.as_mut()].into_iter().flatten() {
            counts.truncate(rows);
        }
        overlaps.iter_mut().for_each(|values| values.slice_axis_inplace(Axis(0), Slice::from(..rows)));
        states.iter_mut().for_each(|bits| bits.slice_axis_inplace(Axis(0), Slice::from(..rows)));
        Ok(Trial { sweeps, overlaps, energy, flips, distance, states })
    }

    /// What a trial came to.
    ///
    /// # Errors
    /// If there is no such trial, or the file is damaged.
    pub fn ending(&self, number: usize) -> Result<Ending, ResultsError> {
        let place = self.trial_place(number)?;
        let location: Location = match place.trim_end_matches('/') {
            "" => (**self.file).clone(),
            path => (*self.file.group(path).map_err(|_| self.damaged(path))?).clone(),
        };
        let number = |name: &str| self.attribute::<i64>(&location, name);
        let run_hash = match place.is_empty() {
            true => None,
            false => Some(self.attribute::<FixedAscii<32>>(&location, "run_hash")?.to_string()),
        };
        let recalled = (number("recalled_pattern")?, self.attribute::<f64>(&location, "recalled_overlap")?);
        Ok(Ending {
            outcome: self.attribute::<FixedAscii<256>>(&location, "outcome")?.to_string(),
            run_hash: run_hash.filter(|hash| !hash.is_empty()),
            rest_sweep: u64::try_from(number("rest_sweep")?).ok(),
            cycle_length: Some(self.attribute::<u64>(&location, "cycle_length")?).filter(|&length| length > 0),
            recalled: usize::try_from(recalled.0).ok().map(|pattern| (pattern, recalled.1)),
        })
    }

    /// The place of a trial: the root or a group, as the beginning of paths.
    fn trial_place(&self, number: usize) -> Result<String, ResultsError> {
        if self.has(&format!("trials/{number}")) {
            return Ok(format!("trials/{number}/"));
        }
        if number == 0 && self.has("energy") {
            return Ok(String::new());
        }
        Err(self.missing("traces", &format!("trial {number}"), "trials"))
    }

    fn attribute<T: H5Type>(&self, location: &Location, name: &str) -> Result<T, ResultsError> {
        let read = location.attr(name).and_then(|attribute| attribute.read_scalar());
        read.map_err(|_| self.damaged(format!("the attribute `{name}`")))
    }

    /// Datasets of the trials, each with its number of rows that were written whole.
    pub(super) fn trial_rows(&self) -> Result<Vec<(String, usize)>, ResultsError> {
        let mut lengths = Vec::new();
        for number in 0..self.trial_count()? {
            let place = self.trial_place(number)?;
            for name in ["overlaps", "energy", "flips", "distance", "states"] {
                let path = format!("{place}{name}");
                if !self.has(&path) {
                    continue;
                }
                let (_, rows) = self.written_times(&path)?;
                lengths.extend(["time", "value"].map(|dataset| (format!("{path}/{dataset}"), rows)));
            }
        }
        Ok(lengths)
    }
}
