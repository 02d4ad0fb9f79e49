//! Fixed points and bifurcations that are known: Neuronal Dynamics (Gerstner et al. 2014), ch. 15 and 17.

use attractor::network::rate::Rate;

use crate::{end_of, read, run, uniform};

/// r = tanh(w r) has only r = 0 up to w = 1, and beyond it these.
#[test]
fn rank_one_with_tanh_bifurcates_at_one() {
    for (w, expected) in [(1.1, 0.502_941f32), (1.5, 0.858_560), (2.0, 0.957_504), (3.0, 0.994_902)] {
        let text = uniform("{ kind = \"tanh\" }", w, "[start]\nstate = 0.1");
        let end = end_of(&text.replace("500 ms", "2 s"));
        assert!((end.mean - expected).abs() < 1e-5, "w = {w}: {}, {expected} is due", end.mean);
        assert!(end.rates.iter().all(|&rate| rate == end.rates[0]), "w = {w}");
        // The other branch, and a rank-one pattern of +1 and -1, which has the same fixed point.
        let mirrored = end_of(&uniform("{ kind = \"tanh\" }", w, "[start]\nstate = -0.1").replace("500 ms", "2 s"));
        assert_eq!(mirrored.mean, -end.mean);
        let pattern = text.replace("500 ms", "2 s").replace("uniform", "hebbian");
        let pattern = pattern.replace("state = 0.1", "pattern = 0\noverlap = 0.1");
        let pattern = pattern + "[patterns]\ncount = 1\nactivity = 0.5\n";
        let end = end_of(&pattern);
        assert!((end.overlaps[0] - expected).abs() < 1e-5, "w = {w}: {}", end.overlaps[0]);
    }
    for w in [-2.0, 0.5, 0.9] {
        let end = end_of(&uniform("{ kind = \"tanh\" }", w, "[start]\nstate = 0.9").replace("500 ms", "2 s"));
        assert!(end.mean.abs() < 1e-6, "w = {w}: {}", end.mean);
    }
    // At the bifurcation itself r falls as a power of time: r² = 3 tau / 2t.
    let end = end_of(&uniform("{ kind = \"tanh\" }", 1.0, "[start]\nstate = 0.9").replace("500 ms", "2 s"));
    assert!((end.mean - (3.0 * 10.0 / 4000.0f32).sqrt()).abs() < 0.003, "{}", end.mean);
}

/// r = u/(1 - w) for w < 1; at w = 1 and beyond r grows.
#[test]
fn a_threshold_linear_network_amplifies_its_input() {
    for (w, u) in [(0.5, 1.0), (0.9, 2.0), (-1.5, 1.0), (0.0, 0.25)] {
        let text = uniform("{ kind = \"relu\" }", w, "").replace("size", &format!("input = {u:?}\nsize"));
        let end = end_of(&text.replace("500 ms", "3 s"));
        let expected = (u / (1.0 - w)) as f32;
        assert!((end.mean / expected - 1.0).abs() < 1e-4, "w = {w}: {}, {expected} is due", end.mean);
        assert!(end.residual < 1e-4 * expected.max(1.0), "w = {w}: {}", end.residual);
    }
    // dr/dt = u/tau at w = 1: r = 50 after 500 ms.
    let text = uniform("{ kind = \"relu\" }", 1.0, "").replace("size", "integrator = \"rk4\"\ninput = 1.0\nsize");
    assert!((end_of(&text).mean - 50.0).abs() < 1e-3);
}

/// Patterns that are many against the neurons are fed back more strongly together than each: by (1 + sqrt(P/N))^2, the
/// edge of the spectrum of Marchenko and Pastur. A step is coarse against that, and growth begins there.
#[test]
fn many_patterns_are_a_stronger_loop_than_one() {
    let text = |patterns: usize, size: usize, activity: f64, strength: f64| {
        uniform("{ kind = \"tanh\" }", strength, &format!("[patterns]\ncount = {patterns}\nactivity = {activity:?}\n"))
            .replace("uniform", "hebbian")
            .replace("size = 100", &format!("size = {size}"))
    };
    for (patterns, size, activity, within) in
        [(1, 400, 0.5, 1e-6), (40, 400, 0.5, 0.1), (400, 400, 0.5, 0.1), (1200, 400, 0.5, 0.1), (200, 400, 0.1, 0.1)]
    {
        let (model, network) = read(&text(patterns, size, activity, 1.0));
        let found = largest_eigenvalue(&network);
        assert!((model.loop_gain() / found - 1.0).abs() < within, "{patterns}: {found}, {}", model.loop_gain());
    }
    let many = text(700, 100, 0.5, -0.9) + "[record]\noverlaps = \"off\"\nrates = \"off\"\n";
    let (model, _) = read(&many.replace("duration", "dt = \"2.5 ms\"\nduration"));
    assert!(model.is_coarse() && model.warnings().len() == 1, "{}", model.relative_step());
}

/// By power iteration over the patterns of the network.
fn largest_eigenvalue(network: &Rate) -> f64 {
    let (patterns, neurons) = (network.patterns.count(), network.size as usize);
    let mut rows = vec![vec![f64::from(network.source.other); neurons]; patterns];
    for (pattern, row) in rows.iter_mut().enumerate() {
        let members = network.patterns.members(pattern);
        members.iter().for_each(|&member| row[member as usize] = f64::from(network.source.member));
    }
    let mut state: Vec<f64> = (0..neurons).map(|neuron| 1.0 + (neuron % 7) as f64).collect();
    let mut grown = 0.0;
    for _ in 0..300 {
        let mut next = vec![0.0; neurons];
        for row in &rows {
            let sum: f64 = row.iter().zip(&state).map(|(one, other)| one * other).sum();
            next.iter_mut().zip(row).for_each(|(next, one)| *next += sum * one * f64::from(network.overlap_scale));
        }
        grown = next.iter().map(|value| value * value).sum::<f64>().sqrt();
        state = next.iter().map(|value| value / grown).collect();
    }
    grown
}

/// Beyond w = 1 a threshold-linear network grows as e^((w-1) t/tau); the saturating gain holds it.
#[test]
fn growth_is_seen_and_a_maximum_ends_it() {
    let text = uniform("{ kind = \"relu\" }", 2.0, "").replace("size", "input = 1.0\nsize");
    let (_, network) = read(&text);
    let frames = run(&network);
    let (step, frame) = &frames[100];
    let expected = (*step as f32 * 0.01).exp() - 1.0;
    assert!((frame.mean / expected - 1.0).abs() < 0.1, "{} after {step} steps, {expected} is due", frame.mean);
    assert!(network.is_divergent(frames.last().unwrap().1.mean));
    assert!(!network.is_divergent(frame.mean) && network.is_divergent(f32::NAN));
    let held = end_of(&text.replace("\"relu\"", "\"saturating\", maximum = 2.5"));
    assert!((held.mean - 2.5).abs() < 1e-6 && held.residual < 1e-6, "{held:?}");
}

/// An Euler step of dt = tau is the map r <- φ(u + W r), and 0 and 1 follow each other where the equation has 0.4. The
/// exponential Euler step is that map where dt is many tau.
#[test]
fn coarse_steps_cycle_where_the_equation_does_not_and_are_warned_of() {
    let text = uniform("{ kind = \"relu\" }", -1.5, "[record]\noverlaps = \"off\"\nrates = \"off\"")
        .replace("size", "input = 1.0\nsize");
    assert!((end_of(&text).mean - 0.4).abs() < 1e-5);
    assert_eq!(read(&text).0.warnings(), []);

    let coarse = text.replace("duration", "dt = \"400 ms\"\nduration").replace("500 ms", "2.4 s");
    let (model, network) = read(&coarse);
    let means: Vec<f32> = run(&network).iter().map(|(_, frame)| frame.mean).collect();
    assert_eq!(means, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(model.warnings().len(), 1);

    // The step of the example, dt = tau, is warned of with either integrator; a tenth of it is not with rk4.
    for integrator in ["exponential", "rk4"] {
        let with = |dt: &str| {
            let text = text.replace("size", &format!("integrator = \"{integrator}\"\nsize"));
            read(&text.replace("duration", &format!("dt = \"{dt}\"\nduration"))).0
        };
        let warnings = with("10 ms").warnings();
        assert!(warnings[0].message.contains("coarse") && warnings[0].label.contains("would do"), "{warnings:?}");
        assert_eq!(with("1 ms").warnings(), []);
    }
}
