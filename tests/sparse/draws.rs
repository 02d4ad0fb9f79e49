//! The draws of connections: every pair by itself with its chance, indegrees exact, rows as drawn, chunks at their edges.

use attractor::model::spiking::{
    Connections, Coupling, CouplingForm, Projection, ProjectionKind, Representation, Spiking as Model,
};
use attractor::network::patterns::Patterns;
use attractor::network::spiking::gaps::Gaps;
use attractor::network::spiking::wiring::{Existence, Pair, Wiring};

use crate::networks::{PROBABILITY, indegree};
use crate::support::pairs::connected;
use crate::support::{alone, compile, population, projection};

/// Two populations of these sizes, or one, with one projection.
fn model(sizes: &[u32], connections: Connections, representation: Representation) -> Model {
    let mut model = alone(population("source", sizes[0]), 10);
    if let Some(&size) = sizes.get(1) {
        model.populations.push(population("target", size));
    }
    model.record = crate::support::record(sizes.len(), 10);
    let to = sizes.len() - 1;
    model.projections =
        vec![Projection { connections, representation, ..projection(0, to, ProjectionKind::Global, 0.1) }];
    model
}

/// All targets of all sources, in order, and what a spike counts there.
fn targets(model: &Model) -> Vec<Vec<(u32, i32)>> {
    let network = compile(model);
    let wiring = &network.wirings[0];
    let of_source = |source| {
        let mut targets = Vec::new();
        for chunk in 0..wiring.chunks() {
            let first = chunk << wiring.chunk_bits();
            let ends = network.ends_of(&network.projections[wiring.projection as usize]);
            wiring.for_each((network.seed, ends), source, chunk, |target, count| {
                targets.push((first + target, count));
            });
        }
        targets
    };
    (0..wiring.sources).map(of_source).collect()
}

fn indegrees(rows: &[Vec<(u32, i32)>], size: u32) -> Vec<u32> {
    let mut degrees = vec![0; size as usize];
    rows.iter().flatten().for_each(|&(target, _)| degrees[target as usize] += 1);
    degrees
}

/// Whether degrees are spread as a binomial distribution: their mean, and their variance within five standard errors.
fn assert_binomial(degrees: &[u32], trials: u32, probability: f64) {
    let n = degrees.len() as f64;
    let mean = degrees.iter().map(|&degree| f64::from(degree)).sum::<f64>() / n;
    let variance = degrees.iter().map(|&degree| (f64::from(degree) - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let (expected, spread) = (f64::from(trials) * probability, f64::from(trials) * probability * (1.0 - probability));
    assert!((mean - expected).abs() < 5.0 * (spread / n).sqrt(), "mean {mean}, expected {expected}");
    // The variance of a sample variance: (kurtosis + 2n/(n-1)) σ⁴/n.
    let kurtosis = (1.0 - 6.0 * probability * (1.0 - probability)) / spread;
    let error = spread * ((kurtosis + 2.0) / n).sqrt();
    assert!((variance - spread).abs() < 5.0 * error, "variance {variance}, expected {spread} ± {error}");
}

#[test]
fn degrees_are_binomial_and_targets_ascend_without_the_neuron_itself() {
    for (size, probability) in [(2000, 0.5), (3000, 0.1), (5000, 0.01), (4000, 0.002), (1500, 0.97)] {
        for representation in [Representation::Procedural, Representation::Stored] {
            let rows = targets(&model(&[size], PROBABILITY(probability), representation));
            for (source, row) in rows.iter().enumerate() {
                assert!(row.windows(2).all(|pair| pair[0].0 < pair[1].0), "ascending");
                assert!(row.iter().all(|&(target, count)| target < size && target != source as u32 && count == 1));
            }
            let outdegrees: Vec<u32> = rows.iter().map(|row| row.len() as u32).collect();
            assert_binomial(&outdegrees, size - 1, probability);
            assert_binomial(&indegrees(&rows, size), size - 1, probability);
        }
    }
}

#[test]
fn every_place_is_as_likely_as_any_other() {
    // Of 4000 sources onto 2100 targets in three chunks: the chance of each target, those at the edges of chunks too.
    let rows = targets(&model(&[4000, 2100], PROBABILITY(0.25), Representation::Procedural));
    let degrees = indegrees(&rows, 2100);
    let spread = (4000.0f64 * 0.25 * 0.75).sqrt();
    for target in (0..2100).filter(|target| [0, 1, 1022, 1023, 1024, 1025, 2047, 2048, 2099].contains(target)) {
        let off = (f64::from(degrees[target]) - 1000.0) / spread;
        assert!(off.abs() < 4.5, "target {target} has {} sources", degrees[target]);
    }
    assert_binomial(&degrees, 4000, 0.25);
    // Neighbours, and the same target of neighbouring sources, are independent: the chance of both is p².
    let (mut along, mut across) = (0, 0);
    for (row, next) in rows.iter().zip(&rows[1..]) {
        along += row.windows(2).filter(|pair| pair[0].0 + 1 == pair[1].0).count();
        across += row.iter().filter(|target| next.binary_search(target).is_ok()).count();
    }
    let pairs = 3999.0 * 2099.0;
    for both in [along, across] {
        let fraction = both as f64 / pairs;
        assert!((fraction - 0.0625).abs() < 5.0 * (0.0625f64 / pairs).sqrt() * 1.5, "{fraction}");
    }
}

#[test]
fn an_indegree_is_exact_and_its_sources_are_different_unless_they_may_repeat() {
    for (sizes, count) in
        [(&[300, 1030][..], 17), (&[40][..], 39), (&[40][..], 1), (&[1, 5][..], 1), (&[2100][..], 100)]
    {
        let (sources, size) = (sizes[0], sizes[sizes.len() - 1]);
        let rows = targets(&model(sizes, indegree(count, false), Representation::Auto));
        assert!(indegrees(&rows, size).iter().all(|&degree| degree == count));
        for (source, row) in rows.iter().enumerate() {
            assert!(row.windows(2).all(|pair| pair[0].0 < pair[1].0), "no target twice");
            assert!(sizes.len() == 2 || row.iter().all(|&(target, _)| target != source as u32));
        }
        let outdegrees: Vec<u32> = rows.iter().map(|row| row.len() as u32).collect();
        if sources > 1000 {
            assert_binomial(&outdegrees, size - 1, f64::from(count) / f64::from(size - 1));
        }
        let repeated = targets(&model(sizes, indegree(3 * count, true), Representation::Auto));
        assert!(indegrees(&repeated, size).iter().all(|&degree| degree == 3 * count));
        let doubles = |row: &Vec<(u32, i32)>| row.windows(2).any(|pair| pair[0] == pair[1]);
        assert!(repeated.iter().any(doubles), "{count} of {sources}, thrice, and none repeats");
    }
}

#[test]
fn autapses_exist_where_they_are_asked_for_and_only_then() {
    for connections in [PROBABILITY(0.5), indegree(500, false), indegree(500, true)] {
        for autapses in [false, true] {
            let mut model = model(&[1000], connections, Representation::Auto);
            model.projections[0].autapses = autapses;
            let own = (0u32..).zip(targets(&model)).filter(|(source, row)| row.iter().any(|pair| pair.0 == *source));
            let own = own.count();
            assert!(if autapses { (300..650).contains(&own) } else { own == 0 }, "{connections:?}: {own}");
        }
    }
}

#[test]
fn rows_hold_what_is_drawn_and_draws_follow_their_definition() {
    for sizes in [&[1][..], &[2], &[1023], &[1024], &[1025], &[70, 2048], &[3, 17_000], &[5, 40_000]] {
        for probability in [0.001, 0.03, 0.5, 0.999] {
            let drawn = model(sizes, PROBABILITY(probability), Representation::Procedural);
            let stored = model(sizes, PROBABILITY(probability), Representation::Stored);
            let rows = targets(&drawn);
            assert_eq!(rows, targets(&stored), "{sizes:?}, {probability}");
            let network = compile(&drawn);
            assert!(network.wirings[0].stored.is_none() && compile(&stored).wirings[0].stored.is_some());
            let pairs = connected(&network, &network.wirings[0]);
            let expected: usize = pairs.iter().flatten().filter(|&&count| count == 1).count();
            assert_eq!(rows.iter().map(Vec::len).sum::<usize>(), expected);
            for (source, row) in rows.iter().enumerate() {
                assert!(row.iter().all(|&(target, _)| pairs[target as usize][source] == 1));
            }
        }
    }
}

#[test]
fn another_seed_source_or_projection_draws_others() {
    let plain = model(&[300], PROBABILITY(0.3), Representation::Procedural);
    let rows = targets(&plain);
    assert_ne!(rows[0], rows[1]);
    let seeded = Model { seed: plain.seed + 1, ..plain.clone() };
    assert_ne!(targets(&seeded), rows);
    let mut second = plain.clone();
    second.projections.insert(0, projection(0, 0, ProjectionKind::Global, 0.1));
    assert_ne!(targets(&second), rows, "a second projection has draws of its own");
    // Chunks too: the first targets of two chunks differ.
    let rows = targets(&model(&[200, 2048], PROBABILITY(0.3), Representation::Procedural));
    let in_chunk = |first: u32| -> Vec<u32> {
        let row = rows[0].iter().filter(|pair| (first..first + 1024).contains(&pair.0));
        row.map(|pair| pair.0 - first).collect()
    };
    assert_ne!(in_chunk(0), in_chunk(1024));
}

#[test]
fn a_chunk_is_a_sixteenth_of_the_targets_within_limits() {
    let bits = |targets| {
        let existence = Existence::All;
        let wiring =
            Wiring { projection: 0, sources: 1, targets, existence, without_own: false, pair: Pair::One, stored: None };
        let sizes: u64 = (0..wiring.chunks()).map(|chunk| u64::from(wiring.chunk_size(chunk))).sum();
        assert_eq!(sizes, u64::from(targets));
        wiring.chunk_bits()
    };
    for (targets, expected) in
        [(1, 10), (16_384, 10), (16_400, 11), (100_000, 13), (1_000_000, 16), (10_000_000, 16), (u32::MAX >> 1, 16)]
    {
        assert_eq!(bits(targets), expected, "{targets}");
    }
}

#[test]
fn weights_are_shared_patterns_up_to_the_clip() {
    for clip in [None, Some(1), Some(2), Some(3)] {
        for connections in [Connections::All, PROBABILITY(0.4)] {
            for representation in [Representation::Procedural, Representation::Stored] {
                let mut model = crate::support::memory(120, 3, 1.0);
                model.projections[0].clip = clip;
                model.projections[0].connections = connections;
                model.projections[0].representation = representation;
                if clip.is_none() && connections == Connections::All {
                    continue;
                }
                let network = compile(&model);
                let pairs = connected(&network, &network.wirings[0]);
                let mut found = vec![vec![0; 120]; 120];
                let rows = targets(&model);
                for (source, row) in rows.iter().enumerate() {
                    row.iter().for_each(|&(target, count)| found[target as usize][source] += count);
                }
                for (target, source) in (0..120).flat_map(|target| (0..120).map(move |source| (target, source))) {
                    let shared = shared(&network.patterns, target, source).min(clip.unwrap_or(u32::MAX));
                    let expected = pairs[target][source] as i32 * shared as i32;
                    assert_eq!(found[target][source], expected, "{source} to {target}, {clip:?}, {connections:?}");
                }
                assert!(rows.iter().flatten().all(|pair| pair.1 > 0), "no connection of weight zero");
            }
        }
    }
}

fn shared(patterns: &Patterns, one: usize, other: usize) -> u32 {
    (0..patterns.count())
        .filter(|&at| patterns.members(at).contains(&(one as u32)) && patterns.members(at).contains(&(other as u32)))
        .count() as u32
}

/// A clip that no pair reaches leaves the weights what they are: of low rank.
#[test]
fn a_clip_that_limits_nothing_is_none() {
    let mut model = crate::support::memory(120, 3, 1.0);
    let plain = compile(&model);
    model.projections[0].clip = Some(plain.patterns.memberships_max());
    assert_eq!(compile(&model), plain);
    model.projections[0].clip = Some(plain.patterns.memberships_max() - 1);
    assert_ne!(compile(&model), plain);
}

#[test]
fn small_probabilities_keep_their_chance() {
    for (probability, size) in [(1e-9, 1), (1e-6, 1), (0.3, 1)] {
        let network = compile(&model(&[2, size], PROBABILITY(probability), Representation::Procedural));
        let Existence::Independent(gaps) = &network.wirings[0].existence else { panic!("no gaps") };
        // Σ over the outcomes of a draw: connections found over targets passed.
        let (mut found, mut passed) = (0.0, 0.0);
        for (outcome, chance) in (0u32..).zip(chances(gaps)) {
            let chance = chance as f64 / 4_294_967_296.0;
            found += if outcome < 255 { chance } else { 0.0 };
            passed += chance * f64::from(outcome + u32::from(outcome < 255));
        }
        let off = found / passed / probability - 1.0;
        assert!(off.abs() < 1e-3, "{probability}: off by {off}");
    }
}

/// Of all 2^32 draws, how many have each outcome.
fn chances(gaps: &Gaps) -> Vec<u64> {
    let mut chances = vec![0; 256];
    for (column, &entry) in gaps.columns().iter().enumerate() {
        chances[column] += u64::from(entry >> 8);
        chances[(entry & 255) as usize] += (1 << 24) - u64::from(entry >> 8);
    }
    chances
}

/// Weights of any rule and coupling, pair by pair against their definition in double precision.
#[test]
fn coupled_weights_are_those_of_the_rule() {
    for (form, a, b, fade) in [
        (CouplingForm::Sequence { cycle: true }, 0.0, 0.0, 1.0),
        (CouplingForm::Auto, 0.1, 0.0, 1.0),
        (CouplingForm::Sequence { cycle: false }, 0.1, 0.05, 0.9),
        (CouplingForm::Auto, 0.0, 0.2, 0.5),
    ] {
        let mut model = crate::support::memory(150, 3, 1.0);
        let patterns = model.patterns.as_mut().expect("patterns");
        patterns.count = 20;
        model.projections[0].connections = PROBABILITY(0.4);
        model.projections[0].coupling = Coupling { form: form.clone(), a, b, strengths: None, fade };
        let network = compile(&model);
        let Pair::Coupled { bits, reach } = network.wirings[0].pair else { panic!("weights of their own") };
        // The same pairs as without a coupling, but for those of weight zero.
        model.projections[0].coupling = Coupling::default();
        model.projections[0].kind = ProjectionKind::Global;
        let plain = compile(&model);
        let (exists, weights) = (connected(&plain, &plain.wirings[0]), connected(&network, &network.wirings[0]));
        let has = |neuron: usize, pattern: usize| f64::from(network.patterns.row(neuron)[0] >> pattern & 1);
        let mut differ = 0;
        for (target, source) in (0..150).flat_map(|target| (0..150).map(move |source| (target, source))) {
            let of_pattern = |pattern: usize| {
                let before = match form {
                    CouplingForm::Auto => pattern,
                    CouplingForm::Sequence { cycle } if pattern == 0 => {
                        if cycle {
                            19
                        } else {
                            return 0.0;
                        }
                    }
                    _ => pattern - 1,
                };
                fade.powi(19 - before as i32) * (has(target, pattern) - b) * (has(source, before) - a)
            };
            let exact = (0..20).map(of_pattern).sum::<f64>() * exists[target][source] as f64;
            let weight = weights[target][source] as f64 / f64::from(1u32 << bits);
            assert!(
                (weight - exact).abs() <= 0.501 / f64::from(1u32 << bits),
                "{source} to {target}: {weight}, {exact}"
            );
            differ += u32::from(weight.fract() != 0.0);
        }
        for row in &weights {
            let both = [1, -1].map(|sign: i64| row.iter().map(|&weight| (sign * weight).max(0)).sum::<i64>());
            assert!(both.iter().all(|&sum| sum <= i64::from(reach)), "{both:?} is beyond {reach}");
        }
        assert_eq!(differ > 0, (a, b, fade) != (0.0, 0.0, 1.0), "{form:?}");
    }
}
