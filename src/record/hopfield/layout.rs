//! The layout of a results file of a binary network: the patterns, and the traces of each trial.

use hdf5::types::FixedAscii;
use hdf5::{File, Group};

use super::Run;
use super::sinks::{OUTCOME_BYTES, Sinks, TrialSinks};
use crate::network::hopfield::memories::set_bits;
use crate::record::held::{Held, OPEN_TRIALS_MAX};
use crate::record::layout::{RUN_HASH_BYTES, scalar};
use crate::record::patterns::Stored;
use crate::record::traces::Trace;

/// The population that all neurons are: it has no name in a configuration.
const POPULATION: &str = "neurons";
/// The unit of time.
const SWEEPS: &str = "sweeps";

/// Lays out all but the attributes of the root.
pub(super) fn lay_out(file: &File, run: &Run<'_>) -> hdf5::Result<Sinks> {
    patterns(file, run)?;
    let count = run.network.trials();
    if count == 1 {
        return Ok(Sinks { trials: vec![trial(file, run)?] });
    }
    let all = file.create_group("trials")?;
    let trials = (0..count).map(|number| {
        let group = all.create_group(&number.to_string())?;
        group
            .new_attr::<FixedAscii<RUN_HASH_BYTES>>()
            .create("run_hash")?
            .write_scalar(&FixedAscii::<RUN_HASH_BYTES>::new())?;
        let mut sinks = trial(&group, run)?;
        if count > OPEN_TRIALS_MAX as usize {
            sinks.rest(file);
        }
        Ok(sinks)
    });
    Ok(Sinks { trials: trials.collect::<hdf5::Result<_>>()? })
}

fn patterns(file: &File, run: &Run<'_>) -> hdf5::Result<()> {
    let Some(patterns) = &run.model.patterns else { return Ok(()) };
    let memories = &run.network.memories;
    let stored = Stored {
        sizes: memories.sizes(),
        activity: patterns.activity,
        seed: run.model.seed,
        population: POPULATION,
        is_further: false,
    };
    let columns = (0..memories.count()).map(|pattern| memories.column(pattern));
    let group = if stored.is_large() {
        stored.lay_out_bits(file, memories.neurons(), columns)?
    } else {
        stored.lay_out(file, columns.map(|column| set_bits(column).map(|neuron| neuron as u32).collect()))?
    };
    if let Some([width, height]) = patterns.image_size {
        scalar(&group, "image_width", &width)?;
        scalar(&group, "image_height", &height)?;
    }
    Ok(())
}

/// The traces of a trial and the attributes of its end.
fn trial(place: &Group, run: &Run<'_>) -> hdf5::Result<TrialSinks> {
    place
        .new_attr::<FixedAscii<OUTCOME_BYTES>>()
        .create("outcome")?
        .write_scalar(&FixedAscii::<OUTCOME_BYTES>::new())?;
    scalar(place, "rest_sweep", &-1i64)?;
    scalar(place, "cycle_length", &0u64)?;
    scalar(place, "recalled_pattern", &-1i64)?;
    scalar(place, "recalled_overlap", &f64::NAN)?;
    let rows_max = run.network.sweeps.saturating_add(1);
    let patterns = run.network.memories.count();
    let group = |name: &str| place.create_group(name);
    let count = |name: &str| Trace::create_of(&group(name)?, SWEEPS, &[], (rows_max, u64::MAX));
    let overlaps = match patterns {
        0 => None,
        _ => Some(Trace::create(&group("overlaps")?, SWEEPS, &[patterns], rows_max)?),
    };
    let state_bytes = run.network.neurons.div_ceil(8) as usize;
    let states = match run.model.record_states {
        true => Some(Trace::create_of(&group("states")?, SWEEPS, &[state_bytes], (rows_max, 0u8))?),
        false => None,
    };
    Ok(TrialSinks {
        location: Held::Open(place.clone()),
        overlaps,
        energy: Trace::create_of(&group("energy")?, SWEEPS, &[], (rows_max, f64::NAN))?,
        flips: count("flips")?,
        distance: run.network.start_pattern.map(|_| count("distance")).transpose()?,
        states,
    })
}
