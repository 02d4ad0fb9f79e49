//! What dilution does to a memory: rates while it is recalled, against those of double-precision runs.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use attractor::engine::Engine;
use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::fixed::potential_mv;
use attractor::model::spiking::{Connections, Population, Projection, ProjectionKind, Spiking as Model};
use attractor::network::spiking::Spiking;
use attractor::schedule::Timeline;
use attractor::simulate::{self, Collect, Spike};

use crate::networks::{PROBABILITY, indegree};
use crate::support::{alone, compile, population, projection, protocol, record, steps};

/// The memory that is cued first, and when it is looked at, ms.
const CUED: usize = 3;
const WINDOW: (f64, f64) = (900.0, 1950.0);

/// The reference memory up to its second cue, with these connections among excitatory neurons.
fn diluted(connections: Connections, mean: f64, seed: u64) -> Model {
    let mut model = protocol(8000, seed);
    model.duration_steps = steps(1950.0);
    model.stimuli.truncate(1);
    model.record.spikes.stop_step = model.duration_steps;
    model.projections[0].connections = connections;
    model.projections[0].jump_mv /= mean;
    model
}

/// Rates of members and of the others in each 100 ms of the window, Hz.
fn rates_hz(model: &Model) -> Vec<(f64, f64)> {
    let network: Arc<Spiking> = Arc::new(compile(model));
    let mut engine = Cpu::new(network.clone(), 0).expect("an engine");
    let mut seen = Collect::default();
    simulate::run(network.blocks(), &mut engine, &mut seen, &AtomicBool::new(false)).expect("a run");
    let members = network.patterns.members(CUED);
    let size = network.populations[0].size;
    let bins = ((WINDOW.1 - WINDOW.0) / 100.0) as usize;
    let mut spikes = vec![(0, 0); bins];
    for spike in seen.spikes.iter().filter(|spike| spike.neuron < size && spike.step + 1 > steps(WINDOW.0)) {
        let bin = ((spike.step - steps(WINDOW.0)) / steps(100.0)) as usize;
        let Some((on, off)) = spikes.get_mut(bin) else { continue };
        if members.binary_search(&spike.neuron).is_ok() { *on += 1 } else { *off += 1 }
    }
    let per_second = |count: i32, neurons: usize| f64::from(count) / neurons as f64 / 0.1;
    let rates =
        spikes.iter().map(|&(on, off)| (per_second(on, members.len()), per_second(off, size as usize - members.len())));
    rates.collect()
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

/// Recall: M > 0.8 and members at 15 to 60 Hz, throughout.
fn recalls(rates: &[(f64, f64)]) -> bool {
    rates.iter().all(|&(on, off)| 1.0 - off / on > 0.8 && (15.0..60.0).contains(&on))
}

/// Ranges over seeds of a program in double precision: 43-46, 39-41 and 20-31 Hz; those here are a little wider.
#[test]
fn half_a_fifth_and_a_tenth_of_the_connections_recall_and_a_twentieth_does_not() {
    for (probability, range) in [(0.5, 41.5..47.5), (0.2, 37.5..42.5), (0.1, 18.0..33.0)] {
        let rates = rates_hz(&diluted(PROBABILITY(probability), probability, 1));
        let on = mean(rates.iter().map(|rates| rates.0));
        println!(
            "p = {probability}: members at {on:.1} Hz, others at {:.2} Hz",
            mean(rates.iter().map(|rates| rates.1))
        );
        assert!(recalls(&rates), "p = {probability}: {rates:?}");
        assert!(range.contains(&on), "p = {probability}: members at {on} Hz");
    }
    let rates = rates_hz(&diluted(PROBABILITY(0.05), 0.05, 1));
    assert!(!recalls(&rates), "p = 0.05: {rates:?}");
}

/// Synapses that are there or not (clip = 1; Willshaw, Buneman & Longuet-Higgins 1969) hold fewer memories, and need more
/// strength, since pairs that share several patterns count no more than others.
#[test]
fn a_clipped_memory_recalls() {
    let mut model = diluted(Connections::All, 1.0, 1);
    if let Some(patterns) = &mut model.patterns {
        patterns.count = 30;
    }
    // What 30 patterns want (science of the reference memory), and 1.27 times the strength.
    model.populations[0].drive_mv = 10.36;
    model.projections[3].jump_mv = -3.3 / 1000.0;
    model.projections[0].jump_mv = 127.0 / 8000.0;
    model.projections[0].clip = Some(1);
    let rates = rates_hz(&model);
    let on = mean(rates.iter().map(|rates| rates.0));
    println!("clip 1: members at {on:.1} Hz");
    assert!(recalls(&rates) && (38.0..50.0).contains(&on), "{rates:?}");
    // With the strength that suffices without a clip the memory fades.
    model.projections[0].jump_mv = 100.0 / 8000.0;
    assert!(!recalls(&rates_hz(&model)));
}

/// Potentials of 1500 neurons at the end of a run in which 2000 others fire, each reaching them by jumps of 0.5 mV; and the
/// rate at which these fire, Hz.
fn driven_mv(connections: Connections) -> (Vec<f64>, f64) {
    let source = Population { drive_mv: 24.0, noise_mv: 4.0, initial_high_mv: 20.0, ..population("source", 2000) };
    let target = Population { threshold_mv: 900.0, ..population("target", 1500) };
    let mut model = alone(source, steps(400.0));
    model.populations.push(target);
    model.record = record(2, model.duration_steps);
    model.projections =
        vec![Projection { connections, tau_syn_ms: 0.0, ..projection(0, 1, ProjectionKind::Global, 0.5) }];
    let network = Arc::new(compile(&model));
    let mut engine = Cpu::new(network.clone(), 0).expect("an engine");
    let mut seen = Collect::default();
    simulate::run(network.blocks(), &mut engine, &mut seen, &AtomicBool::new(false)).expect("a run");
    let late = seen.spikes.iter().filter(|spike| spike.step >= steps(200.0)).count();
    let potentials = engine.snapshot().expect("a state").potentials;
    (potentials[2000..].iter().map(|&potential| potential_mv(potential)).collect(), late as f64 / 2000.0 / 0.2)
}

/// Campbell's theorem gives the mean, tau J K rate. Where K is drawn for each target, binomial with p, their means spread
/// by (tau J rate)² K (1 - p) more than where all have K sources.
#[test]
fn random_input_has_its_mean_and_spreads_as_its_indegrees_do() {
    let moments = |(potentials, rate_hz): (Vec<f64>, f64)| {
        let mean = mean(potentials.iter().copied());
        let expected = 0.020 * 0.5 * 200.0 * rate_hz;
        assert!((mean / expected - 1.0).abs() < 0.015, "mean {mean}, expected {expected}");
        (mean, potentials.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / potentials.len() as f64)
    };
    let (_, exact) = moments(driven_mv(indegree(200, false)));
    let (mean, drawn) = moments(driven_mv(PROBABILITY(0.1)));
    let more = mean * mean * 0.9 / 200.0;
    println!("mean {mean:.1} mV, variance {exact:.1} and {drawn:.1} mV², {more:.1} more expected");
    // A sample variance of 1500 has an error of 3.7 %.
    assert!((drawn - exact - more).abs() < 4.0 * 0.037 * drawn.hypot(exact), "{exact}, {drawn}, {more}");
}

/// A configuration as it is run, with changes.
fn configured(name: &str, changes: &[&str]) -> Model {
    let path = format!("{}/configs/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let changes: Vec<_> = changes.iter().map(|change| change.parse().expect("an override")).collect();
    match attractor::model::Model::load(path.as_ref(), &changes) {
        Ok((_, attractor::model::Model::Spiking(model))) => model,
        Ok(_) => panic!("{name} is not a spiking network"),
        Err(problems) => panic!("{problems}"),
    }
}

/// Mean CV of the intervals of all neurons with five spikes or more.
fn cv(spikes: &[Spike], neurons: usize) -> f64 {
    let mut trains = vec![Vec::new(); neurons];
    spikes.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.step as f64));
    let of_train = |train: &Vec<f64>| {
        let intervals: Vec<f64> = train.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = mean(intervals.iter().copied());
        mean_square(intervals.iter().map(|interval| interval - mean)).sqrt() / mean
    };
    let cvs: Vec<f64> = trains.iter().filter(|train| train.len() >= 5).map(of_train).collect();
    mean(cvs.iter().copied())
}

fn mean_square(values: impl Iterator<Item = f64> + Clone) -> f64 {
    mean(values.map(|value| value * value))
}

#[test]
fn the_configurations_show_what_they_say() {
    for name in ["attractor-diluted", "attractor-clipped"] {
        let mut model = configured(name, &[]);
        model.duration_steps = steps(1950.0);
        model.stimuli.truncate(1);
        let rates = rates_hz(&model);
        assert!(recalls(&rates), "{name}: {rates:?}");
    }
    // A twentieth of the neurons, each with as many sources.
    let mut changes =
        vec!["populations.excitatory.size=4000".to_owned(), "populations.inhibitory.size=1000".to_owned()];
    changes.extend((0..4).map(|at| format!("projections.{at}.connection_probability=0.2")));
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    let network = Arc::new(compile(&configured("random-100k", &changes)));
    let mut engine = Cpu::new(network.clone(), 0).expect("an engine");
    let mut seen = Collect::default();
    simulate::run(network.blocks(), &mut engine, &mut seen, &AtomicBool::new(false)).expect("a run");
    let (rate_hz, cv) = (seen.spikes.len() as f64 / 5000.0, cv(&seen.spikes, 5000));
    println!("random-100k at a twentieth: {rate_hz:.1} Hz, CV {cv:.2}");
    assert!((5.0..30.0).contains(&rate_hz) && cv > 0.5, "{rate_hz} Hz, CV {cv}");
}
