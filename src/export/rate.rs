//! The tables of a rate network.

use super::table::{Sink, TableKind, Values};
use super::{ExportError, spiking};
use crate::results::Results;

/// The tables there are.
const TABLES: &str = "a run of the model `rate` has `overlaps`, `rates`, `neurons`, `patterns` and `stimuli`";

/// Streams a table.
pub(super) fn stream(results: &Results, table: TableKind, sink: &mut dyn Sink) -> Result<(), ExportError> {
    match table {
        TableKind::Patterns => spiking::patterns(results, sink),
        TableKind::Overlaps => overlaps(results, sink),
        TableKind::Rates => rates(results, sink),
        TableKind::Neurons => neurons(results, sink),
        TableKind::Stimuli => stimuli(results, sink),
        _ => Err(spiking::not_recorded(results, table, TABLES)),
    }
}

fn overlaps(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let hint = "record them with `record.overlaps = \"1 ms\"`, in a network with patterns, or take another table with \
                `--table`, such as `rates`";
    let missing = || spiking::not_recorded(results, TableKind::Overlaps, hint);
    let traces = results.rate_overlaps()?.ok_or_else(missing)?;
    let patterns = traces.values.ncols();
    sink.rows(&vec![
        (
            "time_ms",
            Values::Real(traces.times_ms.iter().flat_map(|&time| std::iter::repeat_n(time, patterns)).collect()),
        ),
        ("pattern", Values::Count((0..traces.times_ms.len()).flat_map(|_| 0..patterns as u64).collect())),
        ("overlap", Values::Single(traces.values.iter().copied().collect())),
    ])
}

fn rates(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let missing = || spiking::not_recorded(results, TableKind::Rates, "record them with `record.rates = \"1 ms\"`");
    let mean = results.mean_rate()?.ok_or_else(missing)?;
    let residual = results.residual()?.ok_or_else(missing)?;
    sink.rows(&vec![
        ("time_ms", Values::Real(mean.times_ms)),
        ("mean_rate", Values::Single(mean.values)),
        ("residual", Values::Single(residual.values)),
    ])
}

fn neurons(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let missing = || spiking::not_recorded(results, TableKind::Neurons, "record them with `record.neurons = 10`");
    let (ids, traces) = results.neuron_rates()?.ok_or_else(missing)?;
    let rows = traces.values.len();
    sink.rows(&vec![
        (
            "time_ms",
            Values::Real(traces.times_ms.iter().flat_map(|&time| std::iter::repeat_n(time, ids.len())).collect()),
        ),
        ("neuron", Values::Count(ids.iter().copied().cycle().take(rows).collect())),
        ("rate", Values::Single(traces.values.iter().copied().collect())),
    ])
}

fn stimuli(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let stimuli = results.rate_stimuli()?;
    let words = stimuli.iter().map(|one| one.kind.clone()).collect();
    sink.rows(&vec![
        ("kind", Values::Word(words, (0..stimuli.len() as u32).collect())),
        ("pattern", Values::Maybe(stimuli.iter().map(|one| one.pattern.map(|pattern| pattern as u64)).collect())),
        ("start_ms", Values::Real(stimuli.iter().map(|one| one.start_ms).collect())),
        ("stop_ms", Values::Real(stimuli.iter().map(|one| one.stop_ms).collect())),
        ("amplitude", Values::Real(stimuli.iter().map(|one| one.amplitude).collect())),
    ])
}
