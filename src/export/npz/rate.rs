//! The arrays of a rate network.

use super::Npz;
use crate::export::ExportError;
use crate::record::rate::POPULATION;
use crate::results::{Results, Traces};

/// Traces and stimuli.
pub(super) fn write(results: &Results, npz: &mut Npz) -> Result<(), ExportError> {
    if let Some(overlaps) = results.rate_overlaps()? {
        traces(npz, "overlaps", overlaps)?;
    }
    for (name, trace) in [("rates/network", results.mean_rate()?), ("residual", results.residual()?)] {
        if let Some(trace) = trace {
            let shape = [trace.times_ms.len()];
            npz.array(&format!("{name}/time"), &shape, trace.times_ms)?;
            npz.array(&format!("{name}/value"), &shape, trace.values)?;
        }
    }
    if let Some((ids, rates)) = results.neuron_rates()? {
        npz.array("neurons/node_ids", &[ids.len()], ids)?;
        traces(npz, "neurons", rates)?;
    }
    stimuli(npz, results)
}

fn stimuli(npz: &mut Npz, results: &Results) -> Result<(), ExportError> {
    let stimuli = results.rate_stimuli()?;
    let shape = [stimuli.len()];
    npz.texts("stimuli/kind", &shape, &stimuli.iter().map(|one| &one.kind[..]).collect::<Vec<_>>())?;
    npz.texts("stimuli/target", &shape, &vec![POPULATION; stimuli.len()])?;
    npz.array("stimuli/pattern", &shape, stimuli.iter().map(|one| one.pattern.map_or(-1, |pattern| pattern as i64)))?;
    npz.array("stimuli/start_ms", &shape, stimuli.iter().map(|one| one.start_ms))?;
    npz.array("stimuli/stop_ms", &shape, stimuli.iter().map(|one| one.stop_ms))?;
    npz.array("stimuli/amplitude", &shape, stimuli.iter().map(|one| one.amplitude))
}

fn traces(npz: &mut Npz, name: &str, traces: Traces) -> Result<(), ExportError> {
    let shape = [traces.values.nrows(), traces.values.ncols()];
    npz.array(&format!("{name}/time"), &shape[..1], traces.times_ms)?;
    npz.array(&format!("{name}/value"), &shape, traces.values.iter().copied())
}
