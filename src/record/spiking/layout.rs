//! The layout of a results file of a spiking network: every group and dataset, made before the first step.

use hdf5::types::{FixedAscii, VarLenUnicode};
use hdf5::{File, Group};

use super::Run;
use super::frames::FrameLayout;
use super::program;
use super::sinks::{Report, Sinks, SpikeSink, TrialSinks};
use crate::model::spiking::{Spiking, StimulusTarget};
use crate::network::patterns::Patterns;
use crate::network::spiking::Population;
use crate::record::extend::{Extendible, Storage};
use crate::record::held::{Held, OPEN_TRIALS_MAX};
use crate::record::layout::{RUN_HASH_BYTES, ordered_group, scalar, text, unicode};
use crate::record::patterns::Stored;
use crate::record::traces::Trace;

/// SONATA's enumeration of how spikes are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, hdf5::H5Type)]
#[repr(u8)]
#[expect(dead_code, reason = "the enumeration in the file has all three")]
pub(crate) enum Sorting {
    #[hdf5(rename = "none")]
    None = 0,
    #[hdf5(rename = "by_id")]
    ById = 1,
    #[hdf5(rename = "by_time")]
    ByTime = 2,
}

/// A row of the table of stimuli.
#[derive(Clone, Debug, hdf5::H5Type)]
#[repr(C)]
pub(crate) struct StimulusRow {
    pub(crate) kind: VarLenUnicode,
    pub(crate) target: VarLenUnicode,
    /// Number of the pattern; -1 for a pulse.
    pub(crate) pattern: i64,
    pub(crate) start_ms: f64,
    pub(crate) stop_ms: f64,
    #[hdf5(rename = "amplitude_mV")]
    pub(crate) amplitude_mv: f64,
}

/// Lays out all but the attributes of the root.
pub(crate) fn lay_out(file: &File, run: &Run<'_>, frames: &[FrameLayout]) -> hdf5::Result<Sinks> {
    patterns(file, run)?;
    stimuli(file, run.model)?;
    program::protocol(file, run.model)?;
    let trials = match run.model.trials {
        1 => vec![trial(file, run, frames)?],
        count => {
            let all = ordered_group(file, "trials")?;
            let trials = (0..count).map(|number| {
                let group = all.create_group(&number.to_string())?;
                let hash = group.new_attr::<FixedAscii<RUN_HASH_BYTES>>().create("run_hash")?;
                hash.write_scalar(&FixedAscii::<RUN_HASH_BYTES>::new())?;
                let mut sinks = trial(&group, run, frames)?;
                if count > OPEN_TRIALS_MAX {
                    sinks.rest(file);
                }
                Ok(sinks)
            });
            trials.collect::<hdf5::Result<_>>()?
        }
    };
    Ok(Sinks {
        record: run.model.record.spikes.clone(),
        dt_ms: run.model.dt_ms,
        steps: run.network.steps,
        populations: run.network.populations.len(),
        trials,
    })
}

/// Lays out what a trial has: at the root, or in its group.
fn trial(place: &Group, run: &Run<'_>, frames: &[FrameLayout]) -> hdf5::Result<TrialSinks> {
    let mut reports = Vec::with_capacity(frames.len());
    for layout in frames {
        reports.push(report(place, run, layout)?);
    }
    Ok(TrialSinks {
        location: Held::Open(place.clone()),
        spikes: spikes(place, run)?,
        overlaps: overlaps(place, run)?,
        rates: rates(place, run.model)?,
        reports,
        learned: program::trial(place, run.model)?,
    })
}

fn spikes(file: &Group, run: &Run<'_>) -> hdf5::Result<Vec<SpikeSink>> {
    let model = run.model;
    let all = ordered_group(file, "spikes")?;
    let (deflate, rows_max) = (model.record.deflate, u64::MAX);
    let recorded = model.record.spikes.populations.iter().map(|&population| {
        let group = all.create_group(&model.populations[population].name)?;
        // The real enumeration: SONATA's readers refuse a string.
        group.new_attr::<Sorting>().create("sorting")?.write_scalar(&Sorting::ByTime)?;
        let timestamps = Extendible::create(&group, "timestamps", &[], Storage { fill: f64::NAN, deflate, rows_max })?;
        text(&*timestamps.dataset()?, "units", "ms")?;
        // No neuron has this number: what a killed run did not write is known by it.
        let node_ids = Extendible::create(&group, "node_ids", &[], Storage { fill: u64::MAX, deflate, rows_max })?;
        let Population { first, size, .. } = run.network.populations[population];
        Ok(SpikeSink { population, neurons: first..first + size, timestamps, node_ids })
    });
    recorded.collect()
}

fn patterns(file: &File, run: &Run<'_>) -> hdf5::Result<()> {
    let Some(patterns) = &run.model.patterns else { return Ok(()) };
    for (set, (population, packed)) in run.network.pattern_sets().enumerate() {
        let stored = Stored {
            // What is learned comes later, and elsewhere.
            sizes: &packed.sizes()[..patterns.count],
            activity: patterns.activity,
            seed: run.model.seed,
            population: &run.model.populations[population].name,
            is_further: set > 0,
        };
        stored.lay_out(file, std::iter::once(members(packed)))?;
    }
    Ok(())
}

/// The members of all patterns one after the other.
fn members(patterns: &Patterns) -> Vec<u32> {
    let mut next: Vec<usize> = Vec::with_capacity(patterns.count());
    let mut end = 0;
    for &size in patterns.sizes() {
        next.push(end);
        end += size as usize;
    }
    let mut members = vec![0u32; end];
    for neuron in 0..patterns.neurons() {
        for pattern in patterns.of(neuron) {
            members[next[pattern]] = neuron as u32;
            next[pattern] += 1;
        }
    }
    members
}

fn stimuli(file: &File, model: &Spiking) -> hdf5::Result<()> {
    let rows = model.stimuli.iter().map(|stimulus| {
        let (kind, pattern) = match stimulus.target {
            StimulusTarget::Cue { pattern, .. } => ("cue", pattern as i64),
            StimulusTarget::Group { .. } => ("group", -1),
            StimulusTarget::Pulse => ("pulse", -1),
        };
        Ok(StimulusRow {
            kind: unicode(kind)?,
            target: unicode(&model.populations[stimulus.population].name)?,
            pattern,
            start_ms: stimulus.start_step as f64 * model.dt_ms,
            stop_ms: stimulus.stop_step as f64 * model.dt_ms,
            amplitude_mv: stimulus.amplitude_mv,
        })
    });
    let rows = rows.collect::<hdf5::Result<Vec<_>>>()?;
    file.new_dataset_builder().with_data(&rows).create("stimuli").map(|_| ())
}

/// Of each population with patterns; those of further ones are in groups of their own in that of the first one.
fn overlaps(file: &Group, run: &Run<'_>) -> hdf5::Result<Vec<Trace>> {
    let patterns = run.network.patterns.count();
    let Some(bin_steps) = run.model.record.overlaps_bin_steps.filter(|_| patterns > 0) else { return Ok(Vec::new()) };
    let traces = run.network.pattern_sets().enumerate().map(|(set, (population, _))| {
        let name = &run.model.populations[population].name;
        let group = file.create_group(&if set > 0 { format!("overlaps/{name}") } else { "overlaps".to_owned() })?;
        let trace = Trace::create(&group, "ms", &[patterns], run.network.steps.div_ceil(bin_steps.max(1)))?;
        scalar(&group, "reference_rate_hz", &run.model.record.reference_rate_hz)?;
        Ok(trace)
    });
    traces.collect()
}

fn rates(file: &Group, model: &Spiking) -> hdf5::Result<Vec<Trace>> {
    let Some(bin_steps) = model.record.rates_bin_steps else { return Ok(Vec::new()) };
    let rows_max = model.duration_steps.div_ceil(bin_steps.max(1));
    let all = ordered_group(file, "rates")?;
    let rates = model.populations.iter().map(|population| {
        let trace = Trace::create(&all.create_group(&population.name)?, "ms", &[], rows_max)?;
        text(&*trace.value.dataset()?, "units", "Hz")?;
        Ok(trace)
    });
    rates.collect()
}

/// SONATA's report of the somata, and beside it the inputs, which SONATA has no place for.
fn report(file: &Group, run: &Run<'_>, layout: &FrameLayout) -> hdf5::Result<Report> {
    let name = &run.model.populations[layout.population].name;
    let neurons = layout.neurons.len();
    let node_ids: Vec<u64> = layout.neurons.iter().map(|&neuron| u64::from(neuron)).collect();
    let group = file.create_group(&format!("report/{name}"))?;
    let rows_max = run.network.steps.div_ceil(layout.every_steps);
    let data = Extendible::create(&group, "data", &[neurons], Storage { fill: f32::NAN, deflate: false, rows_max })?;
    text(&*data.dataset()?, "units", "mV")?;
    let mapping = group.create_group("mapping")?;
    let ids = mapping.new_dataset_builder().with_data(&node_ids).create("node_ids")?;
    scalar(&ids, "sorted", &1u8)?;
    let pointers: Vec<u64> = (0..=neurons as u64).collect();
    mapping.new_dataset_builder().with_data(&pointers).create("index_pointers")?;
    mapping.new_dataset_builder().with_data(&vec![0u32; neurons]).create("element_ids")?;
    // SONATA's own names end here; bmtk knows the pointers under another one, and asks for positions.
    mapping.link_hard("index_pointers", "index_pointer")?;
    mapping.new_dataset_builder().with_data(&vec![0.0f32; neurons]).create("element_pos")?;
    // Readers divide by these: whole picoseconds, without what a product of floats leaves behind.
    let of_steps = |steps: u64| (steps as f64 * run.model.dt_ms * 1e9).round() / 1e9;
    let (stop_ms, every_ms) = (of_steps(run.network.steps), of_steps(layout.every_steps));
    let time = mapping.new_dataset_builder().with_data(&[0.0, stop_ms, every_ms]).create("time")?;
    text(&time, "units", "ms")?;
    Ok(Report { data, time: Held::Open(time), inputs: inputs(file, run, layout, &node_ids)? })
}

fn inputs(file: &Group, run: &Run<'_>, layout: &FrameLayout, node_ids: &[u64]) -> hdf5::Result<Option<Trace>> {
    let populations = &run.model.populations;
    let names = layout.inputs().map(|index| {
        let target = &populations[run.network.target(index)].name;
        unicode(&match run.network.private(index) {
            Some(private) => format!("{}->{target}", private.name()),
            None => format!("{}->{target} #{index}", populations[run.network.projections[index].source].name),
        })
    });
    let names = names.collect::<hdf5::Result<Vec<_>>>()?;
    if names.is_empty() {
        return Ok(None);
    }
    let group = file.create_group(&format!("inputs/{}", populations[layout.population].name))?;
    let trace = Trace::create(
        &group,
        "ms",
        &[layout.neurons.len(), names.len()],
        run.network.steps.div_ceil(layout.every_steps),
    )?;
    text(&*trace.value.dataset()?, "units", "mV")?;
    group.new_dataset_builder().with_data(node_ids).create("node_ids")?;
    group.new_attr::<VarLenUnicode>().shape(names.len()).create("projections")?.write_raw(&names)?;
    Ok(Some(trace))
}
