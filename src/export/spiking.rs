//! The tables of a spiking run, streamed in slices.

use std::sync::Arc;

use super::table::{Rows, Sink, TableKind, Values};
use super::{ExportError, Progress};
use crate::results::Results;

/// Spikes in one slice.
pub(super) const SLICE: usize = 1 << 20;

/// Streams a table; one that differs between trials trial by trial, with their numbers in front.
pub(super) fn stream_trials(
    results: &Results,
    table: TableKind,
    sink: &mut dyn Sink,
    progress: Progress<'_>,
) -> Result<(), ExportError> {
    let is_common = match table {
        TableKind::Stimuli => true,
        TableKind::Patterns => results.protocol()?.is_empty(),
        _ => false,
    };
    let trials = if is_common { 0 } else { results.trials()? };
    if trials == 0 {
        return stream(results, table, sink, progress);
    }
    for trial in 0..trials {
        let mut numbered = Numbered { sink: &mut *sink, trial: trial as u64 };
        stream(&results.of_trial(trial)?, table, &mut numbered, progress)?;
    }
    Ok(())
}

/// Puts the number of a trial in front of each row.
struct Numbered<'a> {
    sink: &'a mut dyn Sink,
    trial: u64,
}

impl Sink for Numbered<'_> {
    fn rows(&mut self, rows: &Rows) -> Result<(), ExportError> {
        let count = rows.first().map_or(0, |(_, values)| values.len());
        let mut numbered = vec![("trial", Values::Count(vec![self.trial; count]))];
        numbered.extend(rows.iter().cloned());
        self.sink.rows(&numbered)
    }
}

/// Streams a table.
fn stream(results: &Results, table: TableKind, sink: &mut dyn Sink, progress: Progress<'_>) -> Result<(), ExportError> {
    match table {
        TableKind::Spikes => spikes(results, sink, progress),
        TableKind::Overlaps => overlaps(results, sink),
        TableKind::Rates => rates(results, sink),
        TableKind::Patterns => patterns(results, sink),
        TableKind::Stimuli => stimuli(results, sink),
        TableKind::Voltages => voltages(results, sink),
        TableKind::Energy => Err(not_recorded(results, table, "only runs of the model `hopfield` have one")),
        TableKind::Neurons => Err(not_recorded(results, table, "only runs of the model `rate` have it; take `spikes`")),
    }
}

pub(super) fn not_recorded(results: &Results, table: TableKind, hint: &str) -> ExportError {
    ExportError::NotRecorded { path: results.path().to_path_buf(), what: table.name(), hint: hint.to_owned() }
}

/// Spikes population by population, each in order of time.
fn spikes(results: &Results, sink: &mut dyn Sink, progress: Progress<'_>) -> Result<(), ExportError> {
    let names: Arc<[String]> = results.populations()?.into();
    if names.is_empty() {
        let hint = "leave `record.spikes` out to record those of all populations";
        return Err(not_recorded(results, TableKind::Spikes, hint));
    }
    // A run that goes on has more by the next look: what is there now is taken.
    let mut counts = Vec::new();
    for name in names.iter() {
        counts.push(results.spike_count(name)?);
    }
    let all: u64 = counts.iter().sum();
    let mut done = 0;
    let rows = |of: u32, times: Vec<f64>, ids: Vec<u64>| -> Rows {
        let population = Values::Word(names.clone(), vec![of; ids.len()]);
        vec![("time_ms", Values::Real(times)), ("population", population), ("neuron", Values::Count(ids))]
    };
    // The columns are there even where no neuron fired.
    sink.rows(&rows(0, Vec::new(), Vec::new()))?;
    for ((of, name), &count) in (0u32..).zip(names.iter()).zip(&counts) {
        for slice in results.first_spike_slices(name, count, SLICE) {
            let slice = slice?;
            done += slice.node_ids.len() as u64;
            sink.rows(&rows(of, slice.timestamps_ms, slice.node_ids))?;
            progress(done, all);
        }
    }
    Ok(())
}

fn overlaps(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let hint = "record them with `record.overlaps = \"5 ms\"`, in a network with patterns";
    let overlaps = results.overlaps()?.ok_or_else(|| not_recorded(results, TableKind::Overlaps, hint))?;
    let mut names: Vec<String> = results.patterns()?.map(|patterns| patterns.population).into_iter().collect();
    let mut all = vec![overlaps];
    for population in results.further_populations()? {
        all.extend(results.further_overlaps(&population)?);
        names.push(population);
    }
    let names: Arc<[String]> = names.into();
    for (of, overlaps) in (0u32..).zip(&all) {
        let patterns = overlaps.values.ncols();
        let times = overlaps.times_ms.iter().flat_map(|&time| std::iter::repeat_n(time, patterns));
        let mut rows: Rows = vec![
            ("time_ms", Values::Real(times.collect())),
            ("pattern", Values::Count((0..overlaps.times_ms.len()).flat_map(|_| 0..patterns as u64).collect())),
            ("overlap", Values::Single(overlaps.values.iter().copied().collect())),
        ];
        // Told where there is more than one.
        if all.len() > 1 {
            rows.insert(1, ("population", Values::Word(names.clone(), vec![of; overlaps.values.len()])));
        }
        sink.rows(&rows)?;
    }
    Ok(())
}

fn rates(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let names: Arc<[String]> = results.rate_populations()?.into();
    if names.is_empty() {
        return Err(not_recorded(results, TableKind::Rates, "record them with `record.rates = \"5 ms\"`"));
    }
    for (of, name) in (0u32..).zip(names.iter()) {
        let rates = results.rates(name)?;
        sink.rows(&vec![
            ("population", Values::Word(names.clone(), vec![of; rates.times_ms.len()])),
            ("time_ms", Values::Real(rates.times_ms)),
            ("rate_hz", Values::Single(rates.values_hz)),
        ])?;
    }
    Ok(())
}

pub(super) fn patterns(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let patterns =
        results.patterns()?.ok_or_else(|| not_recorded(results, TableKind::Patterns, "nothing is Hebbian in it"))?;
    let mut sets = vec![patterns];
    for population in results.further_populations()? {
        sets.extend(results.further_patterns(&population)?);
    }
    let names: Arc<[String]> = sets.iter().map(|patterns| patterns.population.clone()).collect();
    for (at, patterns) in (0u32..).zip(&sets) {
        let of =
            |pattern: usize| patterns.members(pattern).iter().map(move |&member| (pattern as u64, u64::from(member)));
        let (numbers, neurons): (Vec<u64>, Vec<u64>) = (0..patterns.count()).flat_map(of).unzip();
        sink.rows(&vec![
            ("pattern", Values::Count(numbers)),
            ("population", Values::Word(names.clone(), vec![at; neurons.len()])),
            ("neuron", Values::Count(neurons)),
        ])?;
    }
    Ok(())
}

fn stimuli(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let stimuli = results.stimuli()?;
    let words = |of: fn(&crate::results::Stimulus) -> &String| {
        let words: Arc<[String]> = stimuli.iter().map(|one| of(one).clone()).collect();
        Values::Word(words, (0..stimuli.len() as u32).collect())
    };
    let reals = |of: fn(&crate::results::Stimulus) -> f64| Values::Real(stimuli.iter().map(of).collect());
    sink.rows(&vec![
        ("kind", words(|one| &one.kind)),
        ("target", words(|one| &one.target)),
        ("pattern", Values::Maybe(stimuli.iter().map(|one| one.pattern.map(|pattern| pattern as u64)).collect())),
        ("start_ms", reals(|one| one.start_ms)),
        ("stop_ms", reals(|one| one.stop_ms)),
        ("amplitude_mv", reals(|one| one.amplitude_mv)),
    ])
}

fn voltages(results: &Results, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let names: Arc<[String]> = results.voltage_populations()?.into();
    if names.is_empty() {
        let hint = "record potentials with `record.voltages = [{ population = \"NAME\", neurons = 3 }]`";
        return Err(not_recorded(results, TableKind::Voltages, hint));
    }
    for (of, name) in (0u32..).zip(names.iter()) {
        let voltages = results.voltages(name)?;
        let neurons = voltages.node_ids.len();
        let times = (0..voltages.values_mv.nrows())
            .flat_map(|frame| std::iter::repeat_n(frame as f64 * voltages.every_ms, neurons));
        let rows = voltages.values_mv.len();
        sink.rows(&vec![
            ("time_ms", Values::Real(times.collect())),
            ("population", Values::Word(names.clone(), vec![of; rows])),
            ("neuron", Values::Count(voltages.node_ids.iter().copied().cycle().take(rows).collect())),
            ("potential_mv", Values::Single(voltages.values_mv.iter().copied().collect())),
        ])?;
    }
    Ok(())
}
