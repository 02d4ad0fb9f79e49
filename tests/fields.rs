//! Weights of any rule, coupling and strength, in one population and between two: against the sums over all pairs that
//! define them, against an explicit engine, and between engines, bit for bit.

mod support;

use std::sync::Arc;

use attractor::engine::conducted;
use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::gpu;
use attractor::model::spiking::{
    Change, ChangeAction, Connections, Coupling, CouplingForm, PatternSource, Population, Projection, ProjectionKind,
    Representation, Spiking as Model, Stimulus, StimulusTarget,
};
use attractor::network::patterns::Patterns;
use attractor::network::spiking::{Count, Spiking};
use attractor::random::{Draws, Stream};
use support::compare::first_difference;
use support::dense::Dense;
use support::engines::adapter;
use support::{compile, cue, memory, population, projection};

/// A matrix with numbers of both signs, and many zeros.
fn matrix(count: usize, seed: u32) -> CouplingForm {
    let mut draws = Draws::new(11, Stream::Order, 0, seed);
    let number = |_| match draws.below(4) {
        0 => f64::from(draws.below(2001)) / 700.0 - 1.3,
        1 => 1.0,
        _ => 0.0,
    };
    CouplingForm::Matrix(Arc::new((0..count * count).map(number).collect()))
}

fn auto() -> Coupling {
    Coupling::default()
}

/// All couplings, for so many patterns.
fn couplings(count: usize) -> Vec<(&'static str, Coupling)> {
    let strengths = Some((0..count).map(|pattern| 1.5 - 0.3 * (pattern % 7) as f64).collect());
    let sequence = |cycle| Coupling { form: CouplingForm::Sequence { cycle }, ..auto() };
    vec![
        ("rule a", Coupling { a: 0.1, ..auto() }),
        ("rule a and b", Coupling { a: 0.1, b: 0.3, ..auto() }),
        ("rule with odd numbers", Coupling { a: -1.7, b: 1.0 / 3.0, ..auto() }),
        ("sequence", sequence(false)),
        ("cycle", sequence(true)),
        ("matrix", Coupling { form: matrix(count, 1), ..auto() }),
        ("strengths", Coupling { strengths: strengths.clone(), ..auto() }),
        ("fade", Coupling { fade: 0.97, ..auto() }),
        ("forgotten but for the last", Coupling { fade: 0.0, ..auto() }),
        ("all of it", Coupling { form: matrix(count, 2), a: 0.2, b: 0.05, strengths, fade: 0.9 }),
    ]
}

/// A small memory whose excitation has a coupling: beside it a projection that decays is scaled by memberships, and one
/// that makes potentials jump.
fn with_coupling(size: u32, count: usize, coupling: &Coupling) -> Model {
    let mut model = memory(size, 7, 40.0);
    let stored = model.patterns.as_mut().expect("patterns");
    stored.count = count;
    stored.source = PatternSource::Drawn { exact: false };
    stored.activity = 0.25;
    model.populations[0].drive_mv = 18.0;
    let coupled = Projection { coupling: coupling.clone(), ..projection(0, 0, ProjectionKind::Hebbian, 0.02) };
    model.projections[0] = Projection { tau_syn_ms: 30.0, ..coupled.clone() };
    model.projections.push(Projection {
        scaled_by_memberships: true,
        jump_mv: -0.003,
        delay_steps: 17,
        ..coupled.clone()
    });
    model.projections.push(Projection { tau_syn_ms: 0.0, jump_mv: 0.01, autapses: true, delay_steps: 33, ..coupled });
    if count > 0 {
        model.stimuli = vec![cue(0, 5.0, 30.3)];
    }
    model
}

/// Two populations with patterns of the same numbers: within each, and from each to the other.
fn hetero(sizes: [u32; 2], count: usize, coupling: &Coupling) -> Model {
    let drive =
        |name, size| Population { drive_mv: 18.5, noise_mv: 3.0, initial_high_mv: 15.0, ..population(name, size) };
    let mut model = memory(sizes[0], 3, 40.0);
    let stored = model.patterns.as_mut().expect("patterns");
    (stored.count, stored.activity, stored.further_populations) = (count, 0.2, vec![1]);
    model.populations = vec![drive("left", sizes[0]), drive("right", sizes[1])];
    let hebbian = |from, to, jump_mv| projection(from, to, ProjectionKind::Hebbian, jump_mv);
    let coupled = |from, to, jump_mv| Projection { coupling: coupling.clone(), ..hebbian(from, to, jump_mv) };
    model.projections = vec![
        hebbian(0, 0, 0.05),
        coupled(0, 1, 0.06),
        Projection { delay_steps: 13, ..coupled(1, 0, 0.04) },
        Projection { tau_syn_ms: 0.0, ..hebbian(1, 1, 0.03) },
        hebbian(0, 1, 0.02),
        Projection { scaled_by_memberships: true, ..projection(0, 1, ProjectionKind::Global, -0.02) },
    ];
    let mut second = cue(count - 1, 10.0, 30.0);
    second.population = 1;
    model.stimuli = vec![cue(0, 2.0, 20.0), second];
    model.record = support::record(2, model.duration_steps);
    model
}

/// All networks of the comparisons.
fn networks() -> Vec<(String, Spiking)> {
    let mut models = Vec::new();
    for (size, count) in [(1, 1), (64, 31), (97, 33), (130, 150)] {
        for (name, coupling) in couplings(count) {
            models.push((format!("{name}, {size} neurons, {count} patterns"), with_coupling(size, count, &coupling)));
        }
    }
    models.push(("no patterns".to_owned(), with_coupling(30, 0, &couplings(0)[1].1)));
    for (name, coupling) in couplings(40) {
        models.push((format!("{name}, between populations"), hetero([70, 90], 40, &coupling)));
    }
    // Sparse connections within the second population and between the two.
    let mut sparse = hetero([70, 90], 40, &auto());
    for (at, representation) in
        [(1, Representation::Procedural), (2, Representation::Stored), (3, Representation::Auto)]
    {
        sparse.projections[at].connections = Connections::Probability(0.4);
        sparse.projections[at].representation = representation;
    }
    sparse.projections[4].clip = Some(1);
    models.push(("sparse, between populations".to_owned(), sparse));
    models.into_iter().map(|(name, model)| (name, compile(&model))).collect()
}

#[test]
fn fields_are_what_an_explicit_engine_has() {
    let mut spikes = 0;
    for (name, network) in networks() {
        for threads in [1, 2] {
            let mut engine = Cpu::new(Arc::new(network.clone()), threads).expect("an engine");
            let compared = first_difference(&network, &mut engine, &mut Dense::new(&network));
            spikes += compared.unwrap_or_else(|difference| panic!("{name}, {threads} threads: {difference}"));
        }
    }
    assert!(spikes > 5_000, "{spikes} spikes are too few to show anything");
}

#[test]
fn every_instruction_set_gives_the_same_fields() {
    for (name, network) in networks().into_iter().skip(9).step_by(5) {
        let shared = Arc::new(network.clone());
        for instructions in Cpu::instructions() {
            let mut engine = Cpu::with_instructions(shared.clone(), 2, instructions).expect("an engine");
            let compared =
                first_difference(&network, &mut engine, &mut Cpu::new(shared.clone(), 1).expect("an engine"));
            compared.unwrap_or_else(|difference| panic!("{name}, {instructions:?}: {difference}"));
        }
    }
}

#[test]
#[ignore = "needs a GPU or software Vulkan; CI runs these"]
fn gpu_and_cpu_have_the_same_fields() {
    let adapter = adapter();
    // As it is, without 64-bit integers, and with workgroups that gather what arrives.
    let kinds = [adapter.clone(), adapter.clone().without_int64(), adapter.with_gathering_workgroups()];
    for (at, (name, network)) in networks().into_iter().enumerate() {
        let shared = Arc::new(network.clone());
        let gpu = &kinds[at % kinds.len()];
        let mut ours = gpu::spiking::Engine::new(gpu, shared.clone()).expect("a GPU engine");
        let compared = first_difference(&network, &mut ours, &mut Cpu::new(shared, 2).expect("an engine"));
        compared.unwrap_or_else(|difference| panic!("{name}: {difference}"));
    }
}

/// The control of the comparisons: a coefficient that is another in its last bits.
#[test]
fn another_coefficient_is_seen() {
    let network = compile(&with_coupling(97, 33, &couplings(33)[1].1));
    let mut other = network.clone();
    let field = &mut other.fields[0];
    field.terms[0].coefficient += 1 << field.shift;
    let engine = |network: &Spiking| Cpu::new(Arc::new(network.clone()), 1).expect("an engine");
    assert!(first_difference(&network, &mut engine(&network), &mut engine(&other)).is_err());
    assert!(first_difference(&network, &mut engine(&network), &mut engine(&network)).is_ok());
}

/// Rules, sequences and fading go on with the patterns as they become: what is not learned yet, or forgotten, has no part.
#[test]
fn couplings_follow_what_is_learned_and_forgotten() {
    let couplings = [
        ("rule", Coupling { a: 0.2, b: 0.1, ..auto() }),
        ("cycle", Coupling { form: CouplingForm::Sequence { cycle: true }, ..auto() }),
        ("fade", Coupling { fade: 0.8, a: 0.1, ..auto() }),
    ];
    for (name, coupling) in couplings {
        let mut model = with_coupling(97, 5, &coupling);
        let group = StimulusTarget::Group { group: 0, fraction: 0.2 };
        model.stimuli.push(Stimulus { target: group, amplitude_mv: 60.0, ..cue(0, 2.0, 18.0) });
        let action = ChangeAction::Learn { window_steps: 150, above_hz: 40.0 };
        model.changes = vec![
            Change { step: 180, pattern: 5, action },
            Change { step: 273, pattern: 1, action: ChangeAction::Forget },
        ];
        let network = Arc::new(compile(&model));
        let mut dense = conducted(Dense::new(&network), &network);
        let mut engine = conducted(Cpu::new(Arc::clone(&network), 2).expect("an engine"), &network);
        let compared = first_difference(&network, &mut *engine, &mut *dense);
        assert!(compared.unwrap_or_else(|difference| panic!("{name}: {difference}")) > 100, "{name}: no spikes");
        let without = compile(&Model { changes: Vec::new(), ..model });
        let mut plain = Cpu::new(Arc::new(without.clone()), 1).expect("an engine");
        let mut engine = conducted(Cpu::new(Arc::clone(&network), 2).expect("an engine"), &network);
        assert!(first_difference(&without, &mut plain, &mut *engine).is_err(), "{name}: nothing has changed");
    }
}

/// Strengths that are all one say what nothing says: the same spikes, though they are counted in another way.
#[test]
fn a_coupling_that_changes_nothing_changes_no_bit() {
    let plain = with_coupling(97, 33, &auto());
    let spelt = with_coupling(97, 33, &Coupling { strengths: Some(vec![1.0; 33]), ..auto() });
    let identity = (0..33 * 33).map(|at| f64::from(u8::from(at % 34 == 0))).collect();
    let matrix = with_coupling(97, 33, &Coupling { form: CouplingForm::Matrix(Arc::new(identity)), ..auto() });
    let hash = |model: &Model| {
        let network = compile(model);
        let mut engine = Cpu::new(Arc::new(network.clone()), 1).expect("an engine");
        let mut hashing = attractor::record::spiking::Hashing::new(&network);
        attractor::simulate::run(
            attractor::schedule::Timeline::blocks(&network),
            &mut engine,
            &mut hashing,
            &false.into(),
        )
        .expect("a run");
        hashing.run_hash()
    };
    assert_eq!(hash(&plain), hash(&spelt));
    assert_eq!(hash(&plain), hash(&matrix));
    assert_ne!(hash(&plain), hash(&with_coupling(97, 33, &Coupling { fade: 0.97, ..auto() })));
}

/// ξ as numbers, `[neuron][pattern]`.
fn xi(patterns: &Patterns) -> Vec<Vec<f64>> {
    let row =
        |neuron| (0..patterns.count()).map(|pattern| f64::from(u8::from(patterns.has(neuron, pattern)))).collect();
    (0..patterns.neurons()).map(row).collect()
}

/// A[μ][ν], strengths in it, from the definition.
fn matrix_of(coupling: &Coupling, count: usize) -> Vec<Vec<f64>> {
    let strength = |source: usize| {
        let own = coupling.strengths.as_ref().map_or(1.0, |strengths| strengths[source]);
        own * coupling.fade.powi((count - 1 - source) as i32)
    };
    let number = |target: usize, source: usize| match &coupling.form {
        CouplingForm::Auto => f64::from(u8::from(target == source)),
        CouplingForm::Sequence { cycle } => {
            let follows = target == source + 1 || (*cycle && target == 0 && source + 1 == count);
            f64::from(u8::from(follows))
        }
        CouplingForm::Matrix(numbers) => numbers[target * count + source],
    };
    (0..count).map(|target| (0..count).map(|source| number(target, source) * strength(source)).collect()).collect()
}

/// Σ_j w_ij S_j / c over all pairs, own spikes left out, against the field that stands for it: within a unit of 2^-k for each
/// number that was rounded.
#[test]
fn a_field_is_the_sum_over_all_pairs() {
    let mut compared = 0;
    for (name, coupling) in couplings(40) {
        let models = [with_coupling(120, 40, &coupling), hetero([70, 90], 40, &coupling)];
        for network in models.map(|model| compile(&model)) {
            for projection in network.projections.iter().filter(|own| matches!(own.count, Count::Field(_))) {
                let Count::Field(field) = projection.count else { continue };
                let field = &network.fields[field];
                let sets = [projection.target, projection.source].map(|at| network.patterns_of(at).expect("patterns"));
                let [targets, sources] = sets.map(xi);
                let matrix = matrix_of(&coupling, 40);
                let weight = |i: usize, j: usize| -> f64 {
                    let row =
                        |mu: usize| -> f64 { (0..40).map(|nu| matrix[mu][nu] * (sources[j][nu] - coupling.a)).sum() };
                    (0..40).map(|mu| (targets[i][mu] - coupling.b) * row(mu)).sum()
                };
                let fires = |neuron: usize| (neuron * 7 + 3) % 5 < 2;
                let mut row = vec![0u32; network.counts_layout().len()];
                let set = network.set_of(projection.source).expect("a set");
                for neuron in (0..sources.len()).filter(|&neuron| fires(neuron)) {
                    let first = network.counts_layout().patterns_of(set);
                    sets[1].of(neuron).for_each(|pattern| row[first + pattern] += 1);
                    row[network.counts_layout().spikes(projection.source)] += 1;
                }
                for target in (0..targets.len()).step_by(7) {
                    let own = projection.subtract_own && fires(target);
                    let others = (0..sources.len()).filter(|&j| fires(j) && !(own && j == target));
                    let exact: f64 = others.map(|j| weight(target, j)).sum();
                    let sums = sets[0].of(target).chain([40]).map(|sum| i64::from(field.sum(sum, &row)));
                    let mut ours = sums.sum::<i64>();
                    if own {
                        ours -= i64::from(field.own[target]);
                    }
                    let unit = f64::powi(2.0, -(field.bits as i32));
                    let error = (ours as f64 * unit - exact).abs();
                    let rounded = f64::from(sets[0].memberships(target)) + 2.0;
                    assert!(error <= rounded * unit, "{name}: {ours} units of {unit}, {exact} over all pairs");
                    assert!(ours.unsigned_abs() <= u64::from(field.reach), "{name}: beyond the field's reach");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 500, "{compared} compared");
}

/// s_i of the definition, in the words of each rule.
#[test]
fn own_spikes_are_what_each_rule_says() {
    let own = |coupling: Coupling| -> Vec<f64> {
        let network = compile(&with_coupling(97, 33, &coupling));
        let Count::Field(field) = network.projections[0].count else { panic!("a field") };
        let field = &network.fields[field];
        field.own.iter().map(|&own| f64::from(own) / f64::powi(2.0, field.bits as i32)).collect()
    };
    let network = compile(&with_coupling(97, 33, &auto()));
    let rows = xi(&network.patterns);
    let near = |found: &[f64], expected: &dyn Fn(&[f64]) -> f64| {
        for (own, row) in found.iter().zip(&rows) {
            assert!((own - expected(row)).abs() < 1e-3, "{own}, and {} is due", expected(row));
        }
    };
    near(&own(Coupling { form: CouplingForm::Sequence { cycle: false }, ..auto() }), &|row| {
        row.windows(2).map(|pair| pair[0] * pair[1]).sum()
    });
    near(&own(Coupling { form: CouplingForm::Sequence { cycle: true }, ..auto() }), &|row| {
        row.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() + row[32] * row[0]
    });
    let (a, b) = (0.1, 0.3);
    near(&own(Coupling { a, b, ..auto() }), &|row| {
        let n: f64 = row.iter().sum();
        n * (1.0 - a) * (1.0 - b) + (33.0 - n) * a * b
    });
}

/// Numbers of any size, with a strength that makes up for it, are the same weights.
#[test]
fn small_numbers_keep_their_precision() {
    let made = |factor: f64| {
        let mut model = with_coupling(97, 33, &Coupling { strengths: Some(vec![factor; 33]), ..auto() });
        model.projections[0].jump_mv /= factor;
        let network = compile(&model);
        let Count::Field(field) = network.projections[0].count else { panic!("a field") };
        let jump_mv = f64::from(network.projections[0].weight)
            / f64::powi(2.0, 18 + network.projections[0].weight_shift as i32 - network.fields[field].bits as i32);
        let coefficient = network.fields[field].terms[0].coefficient as f64
            / f64::powi(2.0, (network.fields[field].bits + network.fields[field].shift) as i32);
        (jump_mv * coefficient, network.fields[field].bits)
    };
    let (plain, bits) = made(1.0);
    for factor in [1e-5, 0.03, 40.0] {
        let (scaled, scaled_bits) = made(factor);
        assert!((scaled / plain - 1.0).abs() < 1e-4, "{factor}: {scaled} mV, {plain} mV");
        assert!(factor > 1.0 || scaled_bits > bits, "{factor}: {scaled_bits} bits");
    }
}

/// However many neurons there are, a field fits 32 bits, and its weight keeps its precision.
#[test]
fn fields_fit_and_keep_their_precision() {
    for (size, count) in [(10, 1), (8000, 1000), (200_000, 200)] {
        let mut model = memory(size, 1, 10.0);
        model.patterns.as_mut().expect("patterns").count = count;
        model.projections[0].coupling = Coupling { a: 0.1, ..auto() };
        let network = compile(&model);
        let made = &network.projections[0];
        let Count::Field(field) = made.count else { panic!("a field") };
        let field = &network.fields[field];
        assert!(field.reach <= i32::MAX as u32 && field.bits <= 12, "{size}: {field:?}");
        assert!(field.bits >= 6, "{size} neurons, {count} patterns: only {} bits", field.bits);
        assert!(made.weight_shift <= 31);
        let jump_mv = f64::from(made.weight) / f64::powi(2.0, 18 + made.weight_shift as i32 - field.bits as i32);
        let written = 100.0 / f64::from(size);
        assert!((jump_mv / written - 1.0).abs() < 1e-4, "{size}: {jump_mv} mV, {written} mV written");
    }
}
