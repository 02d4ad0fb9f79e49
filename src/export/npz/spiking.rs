//! The arrays of a spiking run.

use super::{Element as _, Npz};
use crate::export::spiking::SLICE;
use crate::export::{ExportError, Progress};
use crate::results::Results;

/// Spikes, traces and stimuli; those of several trials under `trials/K`.
pub(super) fn write(results: &Results, npz: &mut Npz, progress: Progress<'_>) -> Result<(), ExportError> {
    let trials = results.trials()?;
    if trials == 0 {
        of_trial(npz, results, progress)?;
    }
    for number in 0..trials {
        let trial = results.of_trial(number)?;
        npz.place = format!("trials/{number}/");
        npz.texts("run_hash", &[], &[trial.attributes().run_hash.as_deref().unwrap_or_default()])?;
        of_trial(npz, &trial, progress)?;
    }
    npz.place.clear();
    protocol(npz, results)?;
    stimuli(npz, results)
}

fn of_trial(npz: &mut Npz, results: &Results, progress: Progress<'_>) -> Result<(), ExportError> {
    spikes(npz, results, progress)?;
    traces(npz, results)?;
    learned(npz, results)
}

/// What was learned: the members of the k-th are those from `offsets[k]` to `offsets[k + 1]`.
fn learned(npz: &mut Npz, results: &Results) -> Result<(), ExportError> {
    if results.protocol()?.is_empty() {
        return Ok(());
    }
    let learned = results.learned()?;
    let shape = [learned.len()];
    npz.array("learned/time", &shape, learned.iter().map(|one| one.time_ms))?;
    npz.array("learned/pattern", &shape, learned.iter().map(|one| one.pattern as u64))?;
    let mut offsets = vec![0u64];
    learned.iter().for_each(|one| offsets.push(offsets[offsets.len() - 1] + one.members.len() as u64));
    npz.array("learned/members", &[offsets[shape[0]] as usize], learned.iter().flat_map(|one| one.members.clone()))?;
    npz.array("learned/offsets", &[offsets.len()], offsets)
}

fn protocol(npz: &mut Npz, results: &Results) -> Result<(), ExportError> {
    let changes = results.protocol()?;
    if changes.is_empty() {
        return Ok(());
    }
    let shape = [changes.len()];
    npz.array("protocol/at_ms", &shape, changes.iter().map(|one| one.at_ms))?;
    npz.texts("protocol/action", &shape, &changes.iter().map(|one| &one.action[..]).collect::<Vec<_>>())?;
    npz.array("protocol/pattern", &shape, changes.iter().map(|one| one.pattern as u64))
}

/// Times and neurons are arrays apart: the spikes are read once for each.
fn spikes(npz: &mut Npz, results: &Results, progress: Progress<'_>) -> Result<(), ExportError> {
    // A run that goes on has more by the next look: what is there now is taken.
    let mut spikes = Vec::new();
    for name in results.populations()? {
        let count = results.spike_count(&name)?;
        spikes.push((name, count));
    }
    let all = 2 * spikes.iter().map(|(_, count)| count).sum::<u64>();
    let mut done = 0;
    for (name, count) in &spikes {
        npz.start(&format!("spikes/{name}/timestamps"), f64::DESCRIPTION, &[*count as usize])?;
        for slice in results.first_spike_slices(name, *count, SLICE) {
            let times = slice?.timestamps_ms;
            done += times.len() as u64;
            npz.values(times)?;
            progress(done, all);
        }
        npz.start(&format!("spikes/{name}/node_ids"), u64::DESCRIPTION, &[*count as usize])?;
        for slice in results.first_spike_slices(name, *count, SLICE) {
            let ids = slice?.node_ids;
            done += ids.len() as u64;
            npz.values(ids)?;
            progress(done, all);
        }
    }
    Ok(())
}

fn traces(npz: &mut Npz, results: &Results) -> Result<(), ExportError> {
    let mut overlaps = vec![("overlaps".to_owned(), results.overlaps()?)];
    for name in results.further_populations()? {
        overlaps.push((format!("overlaps/{name}"), results.further_overlaps(&name)?));
    }
    for (place, overlaps) in overlaps.into_iter().filter_map(|(place, overlaps)| Some((place, overlaps?))) {
        let shape = [overlaps.values.nrows(), overlaps.values.ncols()];
        npz.array(&format!("{place}/time"), &shape[..1], overlaps.times_ms)?;
        npz.array(&format!("{place}/value"), &shape, overlaps.values.iter().copied())?;
        npz.array(&format!("{place}/reference_rate_hz"), &[], [overlaps.reference_rate_hz])?;
    }
    for name in results.rate_populations()? {
        let rates = results.rates(&name)?;
        let shape = [rates.times_ms.len()];
        npz.array(&format!("rates/{name}/time"), &shape, rates.times_ms)?;
        npz.array(&format!("rates/{name}/value"), &shape, rates.values_hz)?;
    }
    for name in results.voltage_populations()? {
        let voltages = results.voltages(&name)?;
        let shape = [voltages.values_mv.nrows(), voltages.values_mv.ncols()];
        let times = (0..shape[0]).map(|frame| frame as f64 * voltages.every_ms);
        npz.array(&format!("report/{name}/time"), &shape[..1], times)?;
        npz.array(&format!("report/{name}/data"), &shape, voltages.values_mv.iter().copied())?;
        npz.array(&format!("report/{name}/node_ids"), &shape[1..], voltages.node_ids)?;
    }
    Ok(())
}

fn stimuli(npz: &mut Npz, results: &Results) -> Result<(), ExportError> {
    let stimuli = results.stimuli()?;
    let shape = [stimuli.len()];
    let texts = |of: fn(&crate::results::Stimulus) -> &str| stimuli.iter().map(of).collect::<Vec<_>>();
    npz.texts("stimuli/kind", &shape, &texts(|one| &one.kind))?;
    npz.texts("stimuli/target", &shape, &texts(|one| &one.target))?;
    npz.array("stimuli/pattern", &shape, stimuli.iter().map(|one| one.pattern.map_or(-1, |pattern| pattern as i64)))?;
    npz.array("stimuli/start_ms", &shape, stimuli.iter().map(|one| one.start_ms))?;
    npz.array("stimuli/stop_ms", &shape, stimuli.iter().map(|one| one.stop_ms))?;
    npz.array("stimuli/amplitude_mV", &shape, stimuli.iter().map(|one| one.amplitude_mv))
}
