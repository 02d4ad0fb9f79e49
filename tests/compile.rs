//! What becomes of a model in integers: patterns, cues, weights, initial states, each against what was asked for.

mod support;

use attractor::model::spiking::{PatternSource, ProjectionKind, StimulusTarget};
use support::{compile, cue, memory, projection};

/// Members of a stimulus that are in the pattern, and those that are not.
fn cued(fraction: f64, spill: f64, seed: u64) -> (Vec<u32>, Vec<u32>) {
    let mut model = memory(1000, seed, 900.0);
    model.stimuli = vec![cue(3, 0.0, 100.0), cue(3, 200.0, 300.0)];
    for stimulus in &mut model.stimuli {
        stimulus.target = StimulusTarget::Cue { pattern: 3, fraction, spill };
    }
    let network = compile(&model);
    let members = network.patterns.members(3);
    let driven = network.stimuli[0].neurons.clone().expect("a cue drives some");
    assert!(driven.windows(2).all(|pair| pair[0] < pair[1]), "ascending, nobody twice");
    if fraction > 0.0 && fraction < 1.0 {
        assert_ne!(Some(&driven), network.stimuli[1].neurons.as_ref(), "drawn anew for each stimulus");
    }
    driven.into_iter().partition(|neuron| members.binary_search(neuron).is_ok())
}

#[test]
fn a_cue_drives_its_fraction_of_the_members_and_its_spill_of_the_others() {
    // 100 members, 900 others.
    for (fraction, spill, members, others) in
        [(0.5, 0.0, 50, 0), (1.0, 0.0, 100, 0), (0.0, 0.0, 0, 0), (0.305, 0.1, 31, 90), (0.0, 1.0, 0, 900)]
    {
        let (on, off) = cued(fraction, spill, 1);
        assert_eq!((on.len(), off.len()), (members, others), "fraction {fraction}, spill {spill}");
    }
    assert_ne!(cued(0.5, 0.0, 1), cued(0.5, 0.0, 2), "another seed, other members");
}

#[test]
fn exact_patterns_have_their_number_and_others_their_activity() {
    for (size, activity, members) in [(1000, 0.1, 100), (1001, 0.1, 100), (7, 0.5, 4), (1, 1.0, 1)] {
        let mut model = memory(size, 1, 10.0);
        model.patterns.as_mut().expect("patterns").activity = activity;
        let network = compile(&model);
        assert!(network.patterns.sizes().iter().all(|&count| count == members), "{size} at {activity}");
    }
    let mut model = memory(8000, 1, 10.0);
    model.patterns.as_mut().expect("patterns").source = PatternSource::Drawn { exact: false };
    let network = compile(&model);
    let sizes: Vec<f64> = network.patterns.sizes().iter().map(|&count| f64::from(count)).collect();
    let mean = sizes.iter().sum::<f64>() / 90.0;
    let variance = sizes.iter().map(|size| (size - mean).powi(2)).sum::<f64>() / 89.0;
    // Binomial: 800 on average with a variance of 720; five standard errors each.
    assert!((mean - 800.0).abs() < 5.0 * (720.0f64 / 90.0).sqrt(), "mean {mean}");
    assert!((variance / 720.0 - 1.0).abs() < 5.0 * (2.0f64 / 89.0).sqrt(), "variance {variance}");
}

/// Members are shared as by chance: two patterns of 800 of 8000 have 80 in common.
#[test]
fn patterns_are_independent_of_each_other() {
    let network = compile(&memory(8000, 5, 10.0));
    let shared: Vec<f64> = (1..90)
        .map(|other| {
            (0..8000).filter(|&i| network.patterns.of(i).filter(|&mu| mu == 0 || mu == other).count() == 2).count()
                as f64
        })
        .collect();
    let mean = shared.iter().sum::<f64>() / 89.0;
    // Hypergeometric: variance 800 0.1 0.9 0.9 = 64.8.
    assert!((mean - 80.0).abs() < 5.0 * (64.8f64 / 89.0).sqrt(), "{mean} in common");
}

#[test]
fn weights_keep_their_precision_at_every_size() {
    for sources in [1.0, 1e3, 8e3, 1e6, 1e8] {
        for tau_syn_ms in [5.0, 0.0] {
            let jump_mv: f64 = -100.0 / sources;
            let mut model = memory(100, 1, 10.0);
            model.projections = vec![projection(0, 0, ProjectionKind::Global, jump_mv)];
            model.projections[0].tau_syn_ms = tau_syn_ms;
            let made = compile(&model).projections[0].clone();
            let bits = if tau_syn_ms > 0.0 { 18 } else { 21 } + made.weight_shift;
            let quantised_mv = f64::from(made.weight) / f64::powi(2.0, bits as i32);
            assert!((quantised_mv / jump_mv - 1.0).abs() < 1e-4, "{jump_mv} mV became {quantised_mv} mV");
        }
    }
}

/// scaled_by = "memberships": n_i / mean(n) times the jump, so that the mean over targets is the jump itself.
#[test]
fn scaling_by_memberships_keeps_the_mean() {
    let mut model = memory(1000, 1, 10.0);
    let network = compile(&model);
    let scaled = network.projections[3].clone();
    assert!(scaled.by_memberships);
    let mean = (0..1000).map(|i| f64::from(network.patterns.memberships(i))).sum::<f64>() / 1000.0;
    let jump_mv = f64::from(scaled.weight) / f64::powi(2.0, 18 + scaled.weight_shift as i32) * mean;
    assert!((jump_mv / (-18.0 / 125.0) - 1.0).abs() < 1e-4, "{jump_mv} mV");
    // The same draws whatever the projections are.
    model.projections.clear();
    assert_eq!(compile(&model).patterns, network.patterns);
}

#[test]
fn initial_potentials_are_uniform_between_their_ends() {
    let network = compile(&memory(8000, 3, 10.0));
    let state = network.initial_state();
    let mv: Vec<f64> = state.potentials[..8000].iter().map(|&v| attractor::fixed::potential_mv(v)).collect();
    assert!(mv.iter().all(|v| (0.0..=12.0).contains(v)));
    let mean = mv.iter().sum::<f64>() / 8000.0;
    let sd = (mv.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 8000.0).sqrt();
    assert!((mean - 6.0).abs() < 5.0 * 12.0 / (12.0f64 * 8000.0).sqrt(), "mean {mean}");
    assert!((sd - 12.0 / 12f64.sqrt()).abs() < 0.1, "s.d. {sd}");
}

/// The large memories are the reference memory with other sizes: no strength, time or stimulus is another.
#[test]
fn large_configurations_differ_from_the_reference_in_size_alone() {
    let read = |name: &str| {
        let path = format!("{}/configs/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("the configuration can be read")
    };
    let lines = |text: &str| -> Vec<String> { text.lines().skip(1).map(str::to_owned).collect() };
    for (name, excitatory, inhibitory) in [("attractor-100k", 100_000, 12_500), ("attractor-1m", 1_000_000, 125_000)] {
        let expected = lines(&read("attractor-8k"));
        let expected: Vec<String> = expected
            .iter()
            .map(|line| match line.as_str() {
                "size = 8000" => format!("size = {excitatory}"),
                "size = 1000" => format!("size = {inhibitory}"),
                other => other.to_owned(),
            })
            .collect();
        assert_eq!(lines(&read(name)), expected, "{name}");
    }
    assert_ne!(lines(&read("sparse-1m")), lines(&read("attractor-1m")));
}

/// The networks on which the physics and the speed are shown are those of the configurations people run.
#[test]
fn the_configurations_are_the_networks_of_the_tests() {
    let mut small = memory(1000, 1, 1200.0);
    small.stimuli = vec![cue(3, 500.0, 700.0)];
    let networks =
        [("attractor-8k", support::protocol(8000, 1)), ("bench-8k", support::bench(8000, 1000.0)), ("small", small)];
    for (name, model) in networks {
        let path = format!("{}/configs/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let loaded = attractor::model::Draft::load(path.as_ref(), &[]).finish(attractor::compile::compile);
        let (_, _, network) = loaded.unwrap_or_else(|error| panic!("{error}"));
        let attractor::network::Network::Spiking(network) = network else { panic!("{name} is of another model") };
        assert!(network == compile(&model), "{name} is another network");
        let other = attractor::model::spiking::Spiking { seed: 2, ..model };
        assert!(network != compile(&other), "{name} is the same with another seed");
    }
}

/// Balanced patterns in every model: as many members each, and as many patterns a neuron, as near as numbers allow.
#[test]
fn balanced_patterns_are_balanced_in_every_model() {
    let even = |counts: &[u32], mean: f64| {
        counts.iter().all(|&count| (f64::from(count) - mean).abs() < 1.0) && counts.iter().any(|&count| count > 0)
    };
    let mut model = memory(1003, 1, 10.0);
    model.patterns.as_mut().expect("patterns").source = PatternSource::Balanced;
    let network = compile(&model);
    assert!(network.patterns.sizes().iter().all(|&size| size == 100));
    let memberships: Vec<u32> = (0..1003).map(|neuron| network.patterns.memberships(neuron)).collect();
    assert!(even(&memberships, 90.0 * 100.0 / 1003.0), "{memberships:?}");
    for text in [
        "model = \"hopfield\"\nsweeps = 3\n[network]\nsize = 201\n[start]\nstate = \"random\"\n",
        "model = \"rate\"\nduration = \"5 ms\"\n[network]\nsize = 201\ntau = \"10 ms\"\nstrength = 1.0\n\
         gain = { kind = \"tanh\" }\ncoupling = { kind = \"hebbian\" }\n",
    ] {
        let text = format!("{text}[patterns]\ncount = 7\nactivity = 0.3\nbalanced = true\n");
        let (config, model) = attractor::model::Model::parse(&text, "x.toml", std::path::Path::new(""), &[])
            .unwrap_or_else(|problems| panic!("{problems}"));
        assert!(config.to_toml().contains("exact = true"), "balanced patterns are exact");
        let (sizes, memberships) = match attractor::compile::compile(&model).expect("a network") {
            attractor::network::Network::Hopfield(network) => {
                (network.memories.sizes().to_vec(), network.memories.memberships().to_vec())
            }
            attractor::network::Network::Rate(network) => {
                let of = |neuron| network.patterns.memberships(neuron);
                (network.patterns.sizes().to_vec(), (0..201).map(of).collect())
            }
            attractor::network::Network::Spiking(_) => panic!("another model"),
        };
        assert_eq!(sizes, [60; 7]);
        assert!(even(&memberships, 7.0 * 60.0 / 201.0), "{memberships:?}");
    }
}
