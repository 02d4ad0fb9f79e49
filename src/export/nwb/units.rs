//! The table of units: one row a neuron whose spikes are recorded, with its spikes.

use hdf5::{Dataset, Group, H5Type, ObjectReference1};
use ndarray::{Array2, ArrayView1, s};

use super::order::{Ordered, SPIKES_MAX, stretches};
use super::session::{Session, scalar, text, texts, unicode};
use crate::export::spiking::SLICE;
use crate::export::{ExportError, Progress};

/// Values in a chunk of a large column.
const CHUNK: usize = 1 << 16;
/// Seconds in a millisecond.
const SECONDS: f64 = 1e-3;

/// The recorded neurons of a population and how many spikes each has.
struct Counted {
    name: String,
    /// Of each recorded neuron.
    counts: Vec<u64>,
}

pub(super) fn write(session: &Session<'_>, progress: Progress<'_>) -> Result<(), ExportError> {
    let counted = count(session, progress)?;
    let units = session.file.create_group("units")?;
    session.typed(&units, ["core", "Units"], "/units")?;
    text(&units, "description", "one row a neuron whose spikes are recorded")?;
    texts(&units, "colnames", &["spike_times", "obs_intervals", "population", "neuron"])?;
    rows(session, &units, &counted)?;
    let counts: Vec<u64> = counted.iter().flat_map(|one| one.counts.iter().copied()).collect();
    let times = column::<f64>(&units, "spike_times", counts.iter().sum::<u64>() as usize)?;
    session.typed(&times, ["hdmf-common", "VectorData"], "/units/spike_times")?;
    text(&times, "description", "times of the spikes of each neuron, in seconds")?;
    scalar(&times, "resolution", &(session.run.facts.dt_ms * SECONDS))?;
    let ends: Vec<u64> = ends(counts.iter().copied());
    index(session, &units, "spike_times", &ends)?;
    let mut place = 0;
    let all = 2 * ends.last().copied().unwrap_or(0);
    let mut done = all / 2;
    for one in &counted {
        for neurons in stretches(&one.counts, SPIKES_MAX) {
            let mut ordered = Ordered::new(neurons.clone(), &one.counts);
            let count = one.counts.iter().sum();
            for slice in session.results.first_spike_slices(&one.name, count, SLICE) {
                let slice = slice?;
                for (time_ms, id) in slice.timestamps_ms.iter().zip(&slice.node_ids) {
                    ordered.add((id / session.run.facts.every) as usize, time_ms * SECONDS);
                }
            }
            let found = ordered.times();
            if !found.is_empty() {
                times.write_slice(ArrayView1::from(&found), s![place..place + found.len()])?;
            }
            place += found.len();
            done += found.len() as u64;
            progress(done, all);
        }
    }
    Ok(())
}

/// Counts the spikes of each neuron.
fn count(session: &Session<'_>, progress: Progress<'_>) -> Result<Vec<Counted>, ExportError> {
    let names = session.results.populations()?;
    if names.is_empty() {
        return Err(ExportError::NotRecorded {
            path: session.results.path().to_path_buf(),
            what: "spikes",
            hint: "leave `record.spikes` out to record those of all populations".into(),
        });
    }
    // A run that goes on has more by the next look: what is there now is taken.
    let mut spikes = Vec::new();
    for name in names {
        let count = session.results.spike_count(&name)?;
        spikes.push((name, count));
    }
    let all = 2 * spikes.iter().map(|(_, count)| count).sum::<u64>();
    let mut done = 0;
    let mut counted = Vec::new();
    for (name, count) in spikes {
        let mut counts = vec![0; session.run.recorded_neurons(&name)];
        for slice in session.results.first_spike_slices(&name, count, SLICE) {
            let slice = slice?;
            for id in &slice.node_ids {
                let beyond = || ExportError::Write(format!("`{name}` has no neuron {id}: the results file is damaged"));
                *counts.get_mut((id / session.run.facts.every) as usize).ok_or_else(beyond)? += 1;
            }
            done += slice.node_ids.len() as u64;
            progress(done, all);
        }
        counted.push(Counted { name, counts });
    }
    Ok(counted)
}

/// The columns that have one value a neuron, or one stretch of observation.
fn rows(session: &Session<'_>, units: &Group, counted: &[Counted]) -> hdf5::Result<()> {
    let every = session.run.facts.every;
    let neurons: Vec<u64> = counted.iter().flat_map(|one| (0..one.counts.len() as u64).map(|at| at * every)).collect();
    let ids: Vec<i64> = (0..neurons.len() as i64).collect();
    let id = units.new_dataset_builder().with_data(&ids).create("id")?;
    session.typed(&id, ["hdmf-common", "ElementIdentifiers"], "/units/id")?;
    let start = session.run.facts.start_ms * SECONDS;
    let stop = session.run.facts.stop_ms.min(session.run.recorded_ms).max(session.run.facts.start_ms) * SECONDS;
    let observed = Array2::from_shape_fn((neurons.len(), 2), |(_, side)| [start, stop][side]);
    let intervals = units.new_dataset_builder().with_data(&observed).create("obs_intervals")?;
    session.typed(&intervals, ["hdmf-common", "VectorData"], "/units/obs_intervals")?;
    text(&intervals, "description", "when each neuron was recorded, in seconds")?;
    let ends: Vec<u64> = (1..=neurons.len() as u64).collect();
    index(session, units, "obs_intervals", &ends)?;
    let names = counted.iter().flat_map(|one| std::iter::repeat_n(unicode(&one.name), one.counts.len()));
    let names = names.collect::<hdf5::Result<Vec<_>>>()?;
    let population = units.new_dataset_builder().with_data(&names).create("population")?;
    session.typed(&population, ["hdmf-common", "VectorData"], "/units/population")?;
    text(&population, "description", "the population that the neuron is of")?;
    let neuron = units.new_dataset_builder().with_data(&neurons).create("neuron")?;
    session.typed(&neuron, ["hdmf-common", "VectorData"], "/units/neuron")?;
    text(&neuron, "description", "the number of the neuron within its population")
}

/// Where the values of each row of a ragged column end. The index refers to the column as an object.
fn index(session: &Session<'_>, units: &Group, column: &str, ends: &[u64]) -> hdf5::Result<()> {
    let name = format!("{column}_index");
    let index = units.new_dataset_builder().with_data(ends).create(&*name)?;
    session.typed(&index, ["hdmf-common", "VectorIndex"], &format!("/units/{name}"))?;
    text(&index, "description", &format!("ends of the rows of {column}"))?;
    let target = units.reference::<ObjectReference1>(column)?;
    index.new_attr::<ObjectReference1>().create("target")?.write_scalar(&target)
}

fn column<T: H5Type>(group: &Group, name: &str, rows: usize) -> hdf5::Result<Dataset> {
    let builder = group.new_dataset::<T>().shape(rows);
    if rows > CHUNK { builder.chunk(CHUNK).create(name) } else { builder.create(name) }
}

fn ends(counts: impl Iterator<Item = u64>) -> Vec<u64> {
    counts
        .scan(0, |end, count| {
            *end += count;
            Some(*end)
        })
        .collect()
}
