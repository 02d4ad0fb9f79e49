//! The arrays of a binary network: those of each trial under `trials/K`, or at the root where there is one alone.

use super::Npz;
use crate::export::ExportError;
use crate::results::Results;

/// Traces and states.
pub(super) fn write(results: &Results, npz: &mut Npz) -> Result<(), ExportError> {
    let count = results.trial_count()?;
    for number in 0..count {
        let trial = results.trial(number)?;
        let place = if count == 1 { String::new() } else { format!("trials/{number}/") };
        let rows = trial.sweeps.len();
        npz.array(&format!("{place}energy/time"), &[rows], trial.sweeps)?;
        npz.array(&format!("{place}energy/value"), &[rows], trial.energy)?;
        npz.array(&format!("{place}flips/value"), &[rows], trial.flips)?;
        if let Some(overlaps) = trial.overlaps {
            let shape = [overlaps.nrows(), overlaps.ncols()];
            npz.array(&format!("{place}overlaps/value"), &shape, overlaps.iter().copied())?;
        }
        if let Some(distance) = trial.distance {
            npz.array(&format!("{place}distance/value"), &[rows], distance)?;
        }
        if let Some(states) = trial.states {
            let shape = [states.nrows(), states.ncols()];
            npz.array(&format!("{place}states/value"), &shape, states.iter().copied())?;
        }
        let ending = results.ending(number)?;
        npz.texts(&format!("{place}outcome"), &[], &[&ending.outcome])?;
    }
    Ok(())
}
