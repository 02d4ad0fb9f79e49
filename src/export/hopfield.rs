//! The tables of a binary network.

use super::table::{Sink, TableKind, Values};
use super::{ExportError, spiking};
use crate::results::Results;

/// The tables there are.
const TABLES: &str = "a run of the model `hopfield` has `overlaps`, `energy` and `patterns`";

/// Streams a table, trial by trial.
pub(super) fn stream(results: &Results, table: TableKind, sink: &mut dyn Sink) -> Result<(), ExportError> {
    match table {
        TableKind::Patterns => spiking::patterns(results, sink),
        TableKind::Overlaps => overlaps(results, sink),
        TableKind::Energy => energy(results, sink),
        _ => Err(spiking::not_recorded(results, table, TABLES)),
    }
}

fn overlaps(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    for number in 0..results.trial_count()? {
        let trial = results.trial(number)?;
        let hint = "the network has no patterns; take `--table energy`";
        let missing = || spiking::not_recorded(results, TableKind::Overlaps, hint);
        let overlaps = trial.overlaps.ok_or_else(missing)?;
        let patterns = overlaps.ncols();
        sink.rows(&vec![
            ("trial", Values::Count(vec![number as u64; overlaps.len()])),
            (
                "sweep",
                Values::Count(
                    trial.sweeps.iter().flat_map(|&sweep| std::iter::repeat_n(sweep as u64, patterns)).collect(),
                ),
            ),
            ("pattern", Values::Count((0..overlaps.nrows()).flat_map(|_| 0..patterns as u64).collect())),
            ("overlap", Values::Single(overlaps.iter().copied().collect())),
        ])?;
    }
    Ok(())
}

fn energy(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    for number in 0..results.trial_count()? {
        let trial = results.trial(number)?;
        sink.rows(&vec![
            ("trial", Values::Count(vec![number as u64; trial.sweeps.len()])),
            ("sweep", Values::Count(trial.sweeps.iter().map(|&sweep| sweep as u64).collect())),
            ("energy", Values::Real(trial.energy)),
            ("flips", Values::Count(trial.flips)),
        ])?;
    }
    Ok(())
}
