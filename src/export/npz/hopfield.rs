//! The arrays of a binary network: those of each trial under `trials/K`, or at the root where there is one alone.

use super::Npz;
use crate::export::ExportError;
use crate::results::{Ending, Results};

/// Traces, states and ends.
pub(super) fn write(results: &Results, npz: &mut Npz) -> Result<(), ExportError> {
    let count = results.trial_count()?;
    for number in 0..count {
        let trial = results.trial(number)?;
        let place = if count == 1 { String::new() } else { format!("trials/{number}/") };
        let rows = trial.sweeps.len();
        // Every trace has the sweeps of the trial.
        let time = |npz: &mut Npz, name: &str| {
            npz.array(&format!("{place}{name}/time"), &[rows], trial.sweeps.iter().copied())
        };
        time(npz, "energy")?;
        npz.array(&format!("{place}energy/value"), &[rows], trial.energy)?;
        time(npz, "flips")?;
        npz.array(&format!("{place}flips/value"), &[rows], trial.flips)?;
        if let Some(overlaps) = trial.overlaps {
            let shape = [overlaps.nrows(), overlaps.ncols()];
            time(npz, "overlaps")?;
            npz.array(&format!("{place}overlaps/value"), &shape, overlaps.iter().copied())?;
        }
        if let Some(distance) = trial.distance {
            time(npz, "distance")?;
            npz.array(&format!("{place}distance/value"), &[rows], distance)?;
        }
        if let Some(states) = trial.states {
            let shape = [states.nrows(), states.ncols()];
            time(npz, "states")?;
            npz.array(&format!("{place}states/value"), &shape, states.iter().copied())?;
        }
        ending(npz, &place, &results.ending(number)?)?;
    }
    Ok(())
}

/// What a trial came to, as its attributes say it: -1, 0 and NaN where there is nothing.
fn ending(npz: &mut Npz, place: &str, ending: &Ending) -> Result<(), ExportError> {
    let signed = |value: Option<u64>| value.map_or(-1, |value| value as i64);
    let (pattern, overlap) =
        ending.recalled.map_or((None, f64::NAN), |(pattern, overlap)| (Some(pattern as u64), overlap));
    npz.texts(&format!("{place}outcome"), &[], &[&ending.outcome])?;
    npz.array(&format!("{place}rest_sweep"), &[], [signed(ending.rest_sweep)])?;
    npz.array(&format!("{place}cycle_length"), &[], [ending.cycle_length.unwrap_or(0)])?;
    npz.array(&format!("{place}recalled_pattern"), &[], [signed(pattern)])?;
    npz.array(&format!("{place}recalled_overlap"), &[], [overlap])?;
    match &ending.run_hash {
        Some(hash) => npz.texts(&format!("{place}run_hash"), &[], &[hash]),
        None => Ok(()),
    }
}
