//! What goes in comes out, value by value.

use std::path::Path;

use attractor::model::spiking::{StimulusTarget, VoltageRecord};
use attractor::record::spiking::{Hashing, Recorder, Summary};
use attractor::record::{Existing, RunHash};
use attractor::results::{Results, State};
use attractor::simulate::{Ended, Spike};

use crate::synthetic::{DT_MS, Spec, Synthetic, spikes, value};

/// Three populations, patterns, stimuli of both kinds, and potentials and inputs recorded.
pub(crate) fn full(steps: u64) -> Synthetic {
    let members = vec![vec![0, 1, 2], vec![2, 3, 5, 7], vec![], (0..9).collect()];
    let mut synthetic = Synthetic::new(&Spec { sizes: &[9, 4, 1], patterns: Some(&members), steps });
    synthetic.project(0, 1, 5.0);
    synthetic.project(0, 0, 50.0);
    synthetic.project(1, 0, 0.0);
    synthetic.project(2, 0, 2.0);
    synthetic.stimulate(StimulusTarget::Cue { pattern: 3, fraction: 0.5, spill: 0.0 }, 5, 20);
    synthetic.stimulate(StimulusTarget::Pulse, 30, 40);
    synthetic.record_voltages(VoltageRecord { population: 1, neurons: vec![3], every_steps: 7, inputs: false });
    synthetic.record_voltages(VoltageRecord { population: 0, neurons: vec![1, 4, 8], every_steps: 5, inputs: true });
    synthetic
}

pub(crate) fn record(synthetic: &Synthetic, path: &Path, spikes: &[Spike], ended: Ended, stop_step: u64) -> Summary {
    let mut recorder = Recorder::create(path, Existing::Refuse, &synthetic.run()).unwrap();
    synthetic.play(&mut recorder, spikes, 7, stop_step).unwrap();
    recorder.finish(ended).unwrap()
}

/// The spikes of one population as the file should have them.
pub(crate) fn expected(spikes: &[Spike], neurons: std::ops::Range<u32>) -> (Vec<f64>, Vec<u64>) {
    let of = spikes.iter().filter(|spike| neurons.contains(&spike.neuron));
    of.map(|spike| ((spike.step + 1) as f64 * DT_MS, u64::from(spike.neuron - neurons.start))).unzip()
}

#[test]
fn everything_recorded_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let (steps, synthetic) = (103, full(103));
    let spikes = spikes(14, steps, 5);
    let summary = record(&synthetic, &path, &spikes, Ended::Complete, steps);
    let results = Results::open(&path).unwrap();

    assert_eq!(results.state(), State::Complete);
    let attributes = results.attributes();
    let mut hash = RunHash::new();
    hash.extend(&spikes);
    assert_eq!(attributes.run_hash, Some(hash.finish()));
    assert_eq!(summary.run_hash, attributes.run_hash);
    assert_eq!(summary.steps, steps);
    assert_eq!(attributes.config, synthetic.config_toml);
    assert_eq!((&*attributes.engine, &*attributes.adapter, &*attributes.driver), ("cpu", "a processor", "2 threads"));
    assert_eq!(attributes.attractor_version, env!("CARGO_PKG_VERSION"));
    for time in [Some(&attributes.started), attributes.finished.as_ref()] {
        let time = time.unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "`{time}` is not ISO 8601 with an offset");
    }

    assert_eq!(results.populations().unwrap(), ["a", "b", "c"]);
    for (index, (name, neurons)) in [("a", 0..9), ("b", 9..13), ("c", 13..14)].into_iter().enumerate() {
        let (timestamps_ms, node_ids) = expected(&spikes, neurons);
        let read = results.spikes(name).unwrap();
        assert_eq!((&read.timestamps_ms, &read.node_ids), (&timestamps_ms, &node_ids), "population `{name}`");
        assert_eq!(summary.spikes[index], node_ids.len() as u64);
        assert_eq!(summary.recorded_spikes[index], node_ids.len() as u64);
        let slices: Vec<_> = results.spike_slices(name, 10).unwrap().map(Result::unwrap).collect();
        assert!(slices[..slices.len() - 1].iter().all(|slice| slice.node_ids.len() == 10));
        assert_eq!(slices.iter().flat_map(|slice| slice.node_ids.clone()).collect::<Vec<_>>(), node_ids);
    }
    assert!(results.spikes("d").unwrap_err().to_string().contains("there is `a`, `b`, `c`"));
}

#[test]
fn traces_are_those_of_the_definition() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let (steps, synthetic) = (103, full(103));
    let spikes = spikes(14, steps, 5);
    record(&synthetic, &path, &spikes, Ended::Complete, steps);
    let results = Results::open(&path).unwrap();
    let overlaps = results.overlaps().unwrap().unwrap();
    assert_eq!(overlaps.reference_rate_hz, 40.0);
    assert_eq!(overlaps.times_ms.len(), 11);
    assert_eq!(overlaps.values.dim(), (11, 4));
    for bin in 0..11u64 {
        let (lo, hi) = (bin * 10, steps.min(bin * 10 + 10));
        assert_eq!(overlaps.times_ms[bin as usize], hi as f64 * DT_MS);
        let seconds = (hi - lo) as f64 * DT_MS / 1000.0;
        let here: Vec<u32> =
            spikes.iter().filter(|spike| (lo..hi).contains(&spike.step)).map(|spike| spike.neuron).collect();
        for pattern in 0..4 {
            let members = synthetic.network.patterns.members(pattern);
            let on = here.iter().filter(|neuron| members.contains(neuron)).count() as f64;
            let off = here.iter().filter(|&&neuron| neuron < 9 && !members.contains(&neuron)).count() as f64;
            let rate_on = on / members.len() as f64 / seconds;
            let rate_off = off / (9 - members.len()) as f64 / seconds;
            let found = overlaps.values[[bin as usize, pattern]];
            if members.is_empty() || members.len() == 9 {
                assert!(found.is_nan(), "a mean over no neurons, bin {bin}");
            } else {
                let overlap = (rate_on - rate_off) / 40.0;
                assert!(
                    (f64::from(found) - overlap).abs() <= 1e-6 * overlap.abs().max(1.0),
                    "{found} is not {overlap}"
                );
            }
        }
        for (name, neurons) in [("a", 0..9u32), ("b", 9..13), ("c", 13..14)] {
            let size = neurons.len() as f64;
            let rate = here.iter().filter(|&&neuron| neurons.contains(&neuron)).count() as f64 / size / seconds;
            let rates = results.rates(name).unwrap();
            assert_eq!(rates.times_ms, overlaps.times_ms);
            assert!((f64::from(rates.values_hz[bin as usize]) - rate).abs() <= 1e-6 * rate, "bin {bin} of `{name}`");
        }
    }
}

#[test]
fn frames_begin_with_the_initial_state_and_end_before_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    // 105 is a multiple of both intervals: a frame there would be one at the stop.
    let (steps, synthetic) = (105, full(105));
    record(&synthetic, &path, &[], Ended::Complete, steps);
    let results = Results::open(&path).unwrap();
    let potential = |step, neuron| (f64::from(value(step, neuron, 0)) / f64::from(1 << 21)) as f32;
    let input =
        |step, neuron, projection: u64| (f64::from(value(step, neuron, projection + 1)) / f64::from(1 << 18)) as f32;

    let voltages = results.voltages("b").unwrap();
    assert_eq!((voltages.node_ids, voltages.every_ms), (vec![3], 0.7));
    let expected: Vec<f32> = (0..15).map(|frame| potential(frame * 7, 9 + 3)).collect();
    assert_eq!(voltages.values_mv.into_raw_vec_and_offset().0, expected);
    assert_eq!(results.inputs("b").unwrap(), None);

    let voltages = results.voltages("a").unwrap();
    assert_eq!(voltages.values_mv.dim(), (21, 3));
    let inputs = results.inputs("a").unwrap().unwrap();
    assert_eq!(inputs.projections, ["a->a #1", "c->a #3"]);
    assert_eq!(inputs.node_ids, [1, 4, 8]);
    assert_eq!(inputs.values_mv.dim(), (21, 3, 2));
    for frame in 0..21 {
        let step = frame as u64 * 5;
        assert_eq!(inputs.times_ms[frame], step as f64 * DT_MS);
        for (column, neuron) in [1, 4, 8].into_iter().enumerate() {
            assert_eq!(voltages.values_mv[[frame, column]], potential(step, neuron));
            for (at, projection) in [1, 3].into_iter().enumerate() {
                assert_eq!(inputs.values_mv[[frame, column, at]], input(step, neuron, projection));
            }
        }
    }
}

#[test]
fn patterns_and_stimuli_are_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    record(&full(10), &path, &[], Ended::Complete, 10);
    let results = Results::open(&path).unwrap();
    let patterns = results.patterns().unwrap().unwrap();
    assert_eq!((&*patterns.population, patterns.activity, patterns.seed, patterns.count()), ("a", 0.25, 7, 4));
    let members: Vec<&[u32]> = (0..4).map(|pattern| patterns.members(pattern)).collect();
    assert_eq!(members, [&[0, 1, 2][..], &[2, 3, 5, 7], &[], &[0, 1, 2, 3, 4, 5, 6, 7, 8]]);
    let stimuli = results.stimuli().unwrap();
    assert_eq!(stimuli.len(), 2);
    assert_eq!((&*stimuli[0].kind, &*stimuli[0].target, stimuli[0].pattern), ("cue", "a", Some(3)));
    assert_eq!((stimuli[0].start_ms, stimuli[0].stop_ms, stimuli[0].amplitude_mv), (0.5, 2.0, 20.0));
    assert_eq!((&*stimuli[1].kind, stimuli[1].pattern), ("pulse", None));
}

#[test]
fn the_layout_is_the_one_that_sonata_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    record(&full(50), &path, &spikes(14, 50, 4), Ended::Complete, 50);
    // A finished file opens plainly.
    let file = hdf5::File::open(&path).unwrap();
    assert_eq!(file.attr("magic").unwrap().read_scalar::<u32>().unwrap(), 0x0A7A);
    assert_eq!(file.attr("version").unwrap().read_raw::<u32>().unwrap(), [0, 1]);
    assert_eq!(file.attr("complete").unwrap().read_scalar::<u8>().unwrap(), 1);
    for name in ["a", "b", "c"] {
        let group = file.group("spikes").unwrap().group(name).unwrap();
        let sorting = group.attr("sorting").unwrap();
        let hdf5::types::TypeDescriptor::Enum(kind) = sorting.dtype().unwrap().to_descriptor().unwrap() else {
            panic!("`sorting` is no enumeration")
        };
        assert_eq!((kind.size, kind.signed), (hdf5::types::IntSize::U1, false));
        let members: Vec<_> = kind.members.iter().map(|member| (&*member.name, member.value)).collect();
        assert_eq!(members, [("none", 0), ("by_id", 1), ("by_time", 2)]);
        let timestamps = group.dataset("timestamps").unwrap();
        assert!(
            timestamps.dtype().unwrap().is::<f64>() && group.dataset("node_ids").unwrap().dtype().unwrap().is::<u64>()
        );
        assert!(timestamps.is_chunked() && timestamps.is_resizable() && timestamps.filters().is_empty());
        assert_eq!(units(&timestamps), "ms");
    }
    let data = file.dataset("report/a/data").unwrap();
    assert!(data.dtype().unwrap().is::<f32>());
    assert_eq!(units(&data), "mV");
    assert_eq!(file.dataset("report/a/mapping/index_pointers").unwrap().read_raw::<u64>().unwrap(), [0, 1, 2, 3]);
    assert_eq!(file.dataset("report/a/mapping/element_ids").unwrap().read_raw::<u32>().unwrap(), [0, 0, 0]);
    assert_eq!(file.dataset("report/a/mapping/time").unwrap().read_raw::<f64>().unwrap(), [0.0, 5.0, 0.5]);
    let ids = file.dataset("report/a/mapping/node_ids").unwrap();
    assert_eq!(ids.attr("sorted").unwrap().read_scalar::<u8>().unwrap(), 1);
}

fn units(dataset: &hdf5::Dataset) -> String {
    dataset.attr("units").unwrap().read_scalar::<hdf5::types::VarLenUnicode>().unwrap().to_string()
}

#[test]
fn a_part_of_the_spikes_is_recorded_and_all_are_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut synthetic = full(100);
    synthetic.model.record.spikes.populations = vec![0, 2];
    synthetic.model.record.spikes.every = 4;
    (synthetic.model.record.spikes.start_step, synthetic.model.record.spikes.stop_step) = (20, 75);
    let spikes = spikes(14, 100, 3);
    let summary = record(&synthetic, &path, &spikes, Ended::Complete, 100);
    let results = Results::open(&path).unwrap();
    assert_eq!(results.populations().unwrap(), ["a", "c"]);
    assert_eq!(results.rate_populations().unwrap(), ["a", "b", "c"]);
    let part: Vec<Spike> = spikes.iter().copied().filter(|spike| (20..75).contains(&spike.step)).collect();
    let a: Vec<Spike> = part.iter().copied().filter(|spike| spike.neuron % 4 == 0).collect();
    assert_eq!(results.spikes("a").unwrap().timestamps_ms, expected(&a, 0..9).0);
    assert_eq!(results.spikes("a").unwrap().node_ids, expected(&a, 0..9).1);
    assert_eq!(results.spikes("c").unwrap().timestamps_ms, expected(&part, 13..14).0);
    assert_eq!(summary.recorded_spikes[1], 0);
    assert_eq!(summary.spikes[1], expected(&spikes, 9..13).0.len() as u64);

    let mut hashing = Hashing::new(&synthetic.network);
    synthetic.play(&mut hashing, &spikes, 11, 100).unwrap();
    assert_eq!(summary.run_hash, Some(hashing.run_hash()));
    assert_eq!(hashing.totals().spikes, summary.spikes);
    // The hash is sensitive: one spike fewer is another one.
    let mut hashing = Hashing::new(&synthetic.network);
    synthetic.play(&mut hashing, &spikes[1..], 11, 100).unwrap();
    assert_ne!(summary.run_hash, Some(hashing.run_hash()));
}

#[test]
fn small_things_work() {
    let folder = tempfile::tempdir().unwrap();
    let none: &[Vec<u32>] = &[];
    for (case, patterns, fired) in
        [("no patterns", None, true), ("zero patterns", Some(none), true), ("silence", None, false)]
    {
        let path = folder.path().join(case);
        let synthetic = Synthetic::new(&Spec { sizes: &[1], patterns, steps: 3 });
        let spikes = if fired { vec![Spike { step: 1, neuron: 0 }] } else { Vec::new() };
        record(&synthetic, &path, &spikes, Ended::Complete, 3);
        let results = Results::open(&path).unwrap();
        assert_eq!(results.spikes("a").unwrap().timestamps_ms, if fired { vec![0.2] } else { vec![] }, "{case}");
        assert_eq!(results.overlaps().unwrap(), None, "{case}");
        assert_eq!(results.patterns().unwrap().map(|patterns| patterns.count()), patterns.map(<[_]>::len), "{case}");
        assert_eq!(results.rates("a").unwrap().times_ms, [3.0 * DT_MS], "{case}");
        assert!(results.stimuli().unwrap().is_empty() && results.voltage_populations().unwrap().is_empty());
    }
}

#[test]
fn what_is_off_is_not_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut synthetic = full(20);
    synthetic.model.record.spikes.populations.clear();
    (synthetic.model.record.overlaps_bin_steps, synthetic.model.record.rates_bin_steps) = (None, None);
    synthetic.model.record.voltages.clear();
    let summary = record(&synthetic, &path, &spikes(14, 20, 2), Ended::Complete, 20);
    assert!(summary.spikes.iter().all(|&spikes| spikes > 0));
    assert_eq!(summary.recorded_spikes, [0, 0, 0]);
    let results = Results::open(&path).unwrap();
    assert!(results.populations().unwrap().is_empty() && results.rate_populations().unwrap().is_empty());
    assert_eq!(results.overlaps().unwrap(), None);
    assert!(results.rates("a").is_err() && results.voltages("a").is_err() && results.spikes("a").is_err());
}

#[test]
fn deflated_spikes_are_the_same_spikes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let mut synthetic = full(100);
    synthetic.model.record.deflate = true;
    let spikes = spikes(14, 100, 3);
    record(&synthetic, &path, &spikes, Ended::Complete, 100);
    let read = Results::open(&path).unwrap().spikes("a").unwrap();
    assert_eq!((read.timestamps_ms, read.node_ids), expected(&spikes, 0..9));
    let dataset = hdf5::File::open(&path).unwrap().dataset("spikes/a/timestamps").unwrap();
    assert_eq!(dataset.filters().len(), 1);
}

#[test]
fn many_batches_arrive_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.h5");
    let synthetic = Synthetic::new(&Spec { sizes: &[500, 100], patterns: None, steps: 1500 });
    let spikes = spikes(600, 1500, 2);
    assert!(spikes.len() > 6 * 64 * 1024, "several batches of 64k spikes");
    let summary = record(&synthetic, &path, &spikes, Ended::Complete, 1500);
    let results = Results::open(&path).unwrap();
    for (index, (name, neurons)) in [("a", 0..500), ("b", 500..600)].into_iter().enumerate() {
        let (timestamps, ids) = expected(&spikes, neurons);
        let read = results.spikes(name).unwrap();
        assert!(read.timestamps_ms == timestamps && read.node_ids == ids, "population `{name}`");
        assert_eq!(summary.recorded_spikes[index], ids.len() as u64);
    }
}
