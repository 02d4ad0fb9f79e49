//! What neurons have for themselves against theory: Poisson input, escape noise, adaptation, distributed parameters.

mod support;

use std::sync::Arc;

use attractor::config::Override;
use attractor::engine::Engine as _;
use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::fixed::{input_mv, potential_mv};
use attractor::model::Model;
use attractor::model::spiking::{Adaptation, Escape, Poisson, Population, Spread};
use attractor::network::spiking::{Snapshot, Spiking};
use attractor::schedule::Schedule;
use attractor::simulate::Collect;
use support::{alone, compile, population, steps};

/// A configuration that ships, with changes.
fn shipped(name: &str, changes: &[&str]) -> Spiking {
    let path = format!("{}/configs/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let changes: Vec<Override> = changes.iter().map(|change| change.parse().expect("an override")).collect();
    let (_, model) = Model::load(path.as_ref(), &changes).unwrap_or_else(|problems| panic!("{problems}"));
    let Model::Spiking(model) = model else { panic!("a spiking network") };
    compile(&model)
}

/// Spike steps of each neuron from `from` on.
fn trains(network: &Spiking, from: u64) -> Vec<Vec<u64>> {
    let mut engine = Cpu::new(Arc::new(network.clone()), 0).expect("an engine");
    let mut seen = Collect::default();
    attractor::simulate::run(Schedule::new(network, 0, 32), &mut engine, &mut seen, &false.into()).expect("a run");
    let mut trains = vec![Vec::new(); network.neurons()];
    for spike in seen.spikes.iter().filter(|spike| spike.step >= from) {
        trains[spike.neuron as usize].push(spike.step);
    }
    trains
}

/// The state after each of the given numbers of steps, ascending.
fn states(network: &Spiking, at: &[u64]) -> Vec<Snapshot> {
    let mut engine = Cpu::new(Arc::new(network.clone()), 0).expect("an engine");
    let mut states = Vec::new();
    for block in Schedule::new(network, 0, 1) {
        engine.submit(block).expect("a block");
        engine.collect().expect("its result");
        if at.contains(&block.end_step()) {
            states.push(engine.snapshot().expect("a snapshot"));
        }
    }
    states
}

/// Mean and variance.
fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
}

/// A membrane that never fires.
fn free(size: u32) -> Population {
    Population { threshold_mv: 1000.0, ..population("free", size) }
}

#[test]
fn events_of_a_step_have_the_poisson_distribution() {
    for events in [0.1, 2.0, 30.0] {
        // An input of 1 mV an event that hardly decays: what a step adds is the count.
        let poisson = Poisson { rate_hz: events * 1e4, weight_mv: 1.0, tau_syn_ms: 1e6 };
        let network = compile(&alone(Population { poisson: Some(poisson), ..free(100_000) }, 3));
        let inputs: Vec<Vec<i32>> =
            states(&network, &[1, 2, 3]).into_iter().map(|mut state| state.inputs.remove(0)).collect();
        let counts = |step: usize| -> Vec<usize> {
            let before = |neuron: usize| if step == 0 { 0.0 } else { input_mv(inputs[step - 1][neuron]) };
            (0..100_000).map(|neuron| (input_mv(inputs[step][neuron]) - before(neuron)).round() as usize).collect()
        };
        let steps = [counts(0), counts(1), counts(2)];
        for counts in &steps {
            // Pearson's chi-squared over counts that are expected five times at least; the rest is one class.
            let mut probability = f64::exp(-events);
            let (mut chi_squared, mut classes, mut rest) = (0.0, 0.0, (1.0, 100_000.0));
            for count in 0..200 {
                let expected = 1e5 * probability;
                if expected >= 5.0 {
                    let seen = counts.iter().filter(|&&own| own == count).count() as f64;
                    chi_squared += (seen - expected).powi(2) / expected;
                    classes += 1.0;
                    rest = (rest.0 - probability, rest.1 - seen);
                }
                probability *= events / f64::from(count as u32 + 1);
            }
            if 1e5 * rest.0 >= 1.0 {
                chi_squared += (rest.1 - 1e5 * rest.0).powi(2) / (1e5 * rest.0);
                classes += 1.0;
            }
            let bound = classes + 4.5 * f64::sqrt(2.0 * classes);
            assert!(chi_squared < bound, "{events} a step: chi-squared {chi_squared} of {classes} classes");
        }
        // Neighbouring steps and neighbouring neurons are independent: correlations of 1/√n.
        let of = |pairs: Vec<(f64, f64)>| {
            let n = pairs.len() as f64;
            pairs.iter().map(|(a, b)| (a - events) * (b - events)).sum::<f64>() / n / events
        };
        let pair = |(&a, &b): (&usize, &usize)| (a as f64, b as f64);
        let over_steps = of(steps[0].iter().zip(&steps[1]).map(pair).collect());
        let over_neurons = of(steps[0].iter().zip(&steps[0][1..]).map(pair).collect());
        assert!(over_steps.abs() < 5.0 / 1e5f64.sqrt(), "{over_steps}");
        assert!(over_neurons.abs() < 5.0 / 1e5f64.sqrt(), "{over_neurons}");
    }
}

/// Campbell's theorem: a process of ν events a second through the kernel of a current has the mean ν J τ_s and the variance
/// ν J² τ_s²/(2 (τ_s + τ_m)); jumps of the potential have ν J τ_m and ν J² τ_m/2 (Gerstner et al., Neuronal Dynamics, 8.2).
#[test]
fn shot_noise_has_the_mean_and_variance_of_campbell() {
    let (rate_hz, weight_mv, tau_m) = (1500.0, 0.8, 20.0);
    for tau_syn_ms in [0.0, 5.0, 20.0] {
        let poisson = Some(Poisson { rate_hz, weight_mv, tau_syn_ms });
        let network = compile(&alone(Population { poisson, ..free(20_000) }, steps(400.0)));
        let state = states(&network, &[steps(400.0)]).remove(0);
        let (mean, variance) = moments(&state.potentials.iter().map(|&v| potential_mv(v)).collect::<Vec<_>>());
        let nu = rate_hz / 1000.0;
        let (expected_mean, expected_variance) = if tau_syn_ms == 0.0 {
            (nu * weight_mv * tau_m, nu * weight_mv * weight_mv * tau_m / 2.0)
        } else {
            let area = weight_mv * tau_syn_ms;
            (nu * area, nu * area * area / (2.0 * (tau_syn_ms + tau_m)))
        };
        // The grid shifts both by half of dt/tau; then four standard errors.
        let grid = if tau_syn_ms == 0.0 { 0.1 / tau_m } else { 0.1 / tau_syn_ms };
        let errors = (
            4.0 * (variance / 2e4).sqrt() + grid * expected_mean,
            expected_variance * (4.0 * f64::sqrt(2.0 / 2e4) + grid),
        );
        assert!((mean - expected_mean).abs() < errors.0, "tau_syn {tau_syn_ms}: mean {mean}, not {expected_mean}");
        assert!(
            (variance - expected_variance).abs() < errors.1,
            "tau_syn {tau_syn_ms}: variance {variance}, not {expected_variance}"
        );
    }
}

/// The intervals that a hazard along V(t) = drive + (reset - drive) e^(-t/tau) gives, tested at the end of each step:
/// mean and s.d. over the renewal density (Neuronal Dynamics, 7.5 and 9.1).
fn renewal(escape: Escape, neuron: &Population) -> (f64, f64) {
    let (mut survival, mut first, mut second) = (1.0, 0.0, 0.0);
    for step in 1..2_000_000u32 {
        let decayed = f64::exp(-0.1 * f64::from(step) / neuron.tau_m_ms);
        let potential_mv = neuron.drive_mv + (neuron.reset_mv - neuron.drive_mv) * decayed;
        let hazard_hz = escape.rate_hz * f64::exp((potential_mv - neuron.threshold_mv) / escape.width_mv);
        let fires = -f64::exp_m1(-hazard_hz * 1e-4);
        let interval = 0.1 * f64::from(step + neuron.refractory_steps);
        first += survival * fires * interval;
        second += survival * fires * interval * interval;
        survival *= 1.0 - fires;
        if survival < 1e-12 {
            break;
        }
    }
    (first, (second - first * first).sqrt())
}

#[test]
fn escape_noise_fires_at_the_rate_and_cv_of_renewal_theory() {
    // At a constant potential (reset = drive), below a rising one, far below threshold, at a narrow threshold.
    for (drive_mv, reset_mv, rate_hz, width_mv) in [
        (18.0, 18.0, 125.0, 2.0),
        (19.999, 19.999, 50.0, 2.0),
        (22.0, 10.0, 125.0, 2.0),
        (12.0, 0.0, 200.0, 3.0),
        (30.0, 10.0, 1000.0, 0.2),
    ] {
        let escape = Escape { rate_hz, width_mv };
        let start = Population { initial_low_mv: reset_mv, initial_high_mv: reset_mv, ..population("one", 4000) };
        let neuron = Population { drive_mv, reset_mv, escape: Some(escape), ..start };
        let (mean, sd) = renewal(escape, &neuron);
        let trains = trains(&compile(&alone(neuron, steps((60.0 * mean).min(4000.0)))), 0);
        // First intervals only come from the start; the others are complete where the run is long against them.
        let pairs = trains.iter().filter(|train| train.len() > 12).flat_map(|train| train[..12].windows(2));
        let intervals: Vec<f64> = pairs.map(|pair| (pair[1] - pair[0]) as f64 * 0.1).collect();
        let (seen_mean, seen_variance) = moments(&intervals);
        let n = intervals.len() as f64;
        assert!(n > 40_000.0, "{n} intervals");
        let seen_sd = seen_variance.sqrt();
        println!("drive {drive_mv}: {seen_mean} ms ({mean}), s.d. {seen_sd} ({sd})");
        assert!((seen_mean - mean).abs() < 4.5 * sd / n.sqrt() + 1e-3, "drive {drive_mv}: {seen_mean}, not {mean} ms");
        assert!((seen_sd - sd).abs() < 0.02 * sd + 1e-3, "drive {drive_mv}: s.d. {seen_sd}, not {sd} ms");
    }
}

/// The period T of a neuron under constant drive and adaptation: the current is A = jump/(1 - e^(-T/τ_w)) after a spike, and
/// V(T) = threshold, the potential integrated exactly from the end of the refractory time.
fn adapted_period_ms(neuron: &Population, adaptation: Adaptation) -> f64 {
    let refractory_ms = f64::from(neuron.refractory_steps) * 0.1;
    let (tau, tau_w) = (neuron.tau_m_ms, adaptation.tau_ms);
    let reaches = |period: f64| {
        let current = adaptation.jump_mv / -f64::exp_m1(-period / tau_w) * f64::exp(-refractory_ms / tau_w);
        let t = period - refractory_ms;
        let (slow, fast) = (f64::exp(-t / tau_w), f64::exp(-t / tau));
        let driven = neuron.drive_mv + (neuron.reset_mv - neuron.drive_mv) * fast;
        driven - current * tau_w / (tau_w - tau) * (slow - fast) >= neuron.threshold_mv
    };
    let (mut low, mut high) = (refractory_ms, 1e5);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if reaches(middle) { high = middle } else { low = middle }
    }
    high
}

#[test]
fn an_adapted_neuron_fires_at_the_rate_that_its_own_spikes_leave() {
    let adaptation = Adaptation { jump_mv: 1.0, tau_ms: 200.0 };
    for drive_mv in [21.0, 25.0, 30.0, 40.0, 60.0, 100.0] {
        let neuron = Population { drive_mv, adaptation: Some(adaptation), ..population("one", 1) };
        let train = trains(&compile(&alone(neuron.clone(), steps(8000.0))), 0).remove(0);
        let late: Vec<u64> = train.iter().copied().filter(|&step| step >= steps(3000.0)).collect();
        let seen_ms = (late[late.len() - 1] - late[0]) as f64 * 0.1 / (late.len() - 1) as f64;
        let period_ms = adapted_period_ms(&neuron, adaptation);
        // A spike waits for the end of its step: half a step on average, up to a whole one where it is always the same.
        println!("drive {drive_mv}: {seen_ms} ms ({period_ms})");
        assert!((-0.02..0.11).contains(&(seen_ms - period_ms)), "drive {drive_mv}: {seen_ms}, not {period_ms} ms");
        let first_ms = (train[1] - train[0]) as f64 * 0.1;
        assert!(first_ms < 0.95 * seen_ms, "the first interval, {first_ms} ms, is not shorter than {seen_ms} ms");
        // Where it fires fast the current hardly moves: its mean, jump tau rate, is as much less drive.
        if drive_mv >= 40.0 {
            let less_mv = drive_mv - adaptation.jump_mv * adaptation.tau_ms / seen_ms;
            let unadapted_ms = 5.0 + 20.0 * f64::ln((less_mv - 10.0) / (less_mv - 20.0));
            assert!((seen_ms / unadapted_ms - 1.0).abs() < 0.02, "drive {drive_mv}: {seen_ms}, not {unadapted_ms} ms");
        }
    }
}

#[test]
fn parameters_are_drawn_with_the_mean_and_spread_asked_for() {
    let n = 20_000.0f64;
    let spread = Spread { tau_m_ms: 3.0, threshold_mv: 2.0, drive_mv: 1.5 };
    let neuron = Population { drive_mv: 12.0, spread, ..population("many", 20_000) };
    let network = compile(&alone(neuron, 200));
    let thresholds = network.populations[0].own.thresholds.iter().map(|&v| potential_mv(v)).collect::<Vec<_>>();
    // From 0 mV without threshold V(t) = drive (1 - e^(-t/tau)): after very long the drive, after 10 ms tau.
    let free = Population { drive_mv: 12.0, spread: Spread { threshold_mv: 0.0, ..spread }, ..free(20_000) };
    let states = states(&compile(&alone(free, steps(400.0))), &[steps(10.0), steps(400.0)]);
    let drives: Vec<f64> = states[1].potentials.iter().map(|&v| potential_mv(v)).collect();
    let early = states[0].potentials.iter().zip(&drives);
    let taus: Vec<f64> = early.map(|(&v, drive)| -10.0 / (1.0 - potential_mv(v) / drive).ln()).collect();
    for (what, values, mean, sd) in
        [("threshold", thresholds, 20.0, 2.0), ("drive", drives.clone(), 12.0, 1.5), ("tau_m", taus.clone(), 20.0, 3.0)]
    {
        let (seen_mean, seen_variance) = moments(&values);
        assert!((seen_mean - mean).abs() < 5.0 * sd / n.sqrt(), "{what}: mean {seen_mean}");
        assert!(
            (seen_variance.sqrt() - sd).abs() < 5.0 * sd / (2.0 * n).sqrt(),
            "{what}: s.d. {}",
            seen_variance.sqrt()
        );
    }
    let correlation = drives.iter().zip(&taus).map(|(a, b)| (a - 12.0) / 1.5 * (b - 20.0) / 3.0).sum::<f64>() / n;
    assert!(correlation.abs() < 5.0 / n.sqrt(), "tau_m and drive are drawn by themselves: {correlation}");
}

/// Noise is given as what it does to the free membrane, whatever the time constant of the neuron.
#[test]
fn noise_has_its_spread_at_every_time_constant() {
    let spread = Spread { tau_m_ms: 6.0, ..Spread::default() };
    let neuron = Population { noise_mv: 4.0, drive_mv: 5.0, spread, ..free(20_000) };
    let state = states(&compile(&alone(neuron, steps(300.0))), &[steps(300.0)]).remove(0);
    let (mean, variance) = moments(&state.potentials.iter().map(|&v| potential_mv(v)).collect::<Vec<_>>());
    assert!((mean - 5.0).abs() < 5.0 * 4.0 / 2e4f64.sqrt(), "mean {mean}");
    assert!((variance.sqrt() - 4.0).abs() < 5.0 * 4.0 / 4e4f64.sqrt(), "s.d. {}", variance.sqrt());
}

/// What cannot be: a threshold at the reset potential, a membrane faster than a step.
#[test]
fn parameters_are_drawn_again_until_they_are_valid() {
    let spread = Spread { tau_m_ms: 15.0, threshold_mv: 12.0, ..Spread::default() };
    let network = compile(&alone(Population { spread, ..population("many", 5000) }, 1));
    let own = &network.populations[0].own;
    assert!(own.thresholds.iter().all(|&threshold| threshold > network.populations[0].reset));
    // e^(-dt/tau) of tau = dt and more.
    let least = f64::exp(-1.0) * f64::from(1u32 << network.populations[0].shift);
    assert!(own.decays.iter().all(|&decay| f64::from(decay) >= least - 1.0));
    let near_the_ends = own.thresholds.iter().filter(|&&threshold| potential_mv(threshold) < 11.0).count();
    assert!(near_the_ends > 50, "{near_the_ends}");
}

/// Rates of all patterns' members and of the whole first population, Hz, `[bin of 50 ms]`.
fn memory_rates(network: &Spiking) -> Vec<(Vec<f64>, f64)> {
    let mut engine = Cpu::new(Arc::new(network.clone()), 0).expect("an engine");
    let mut seen = Collect::default();
    attractor::simulate::run(Schedule::new(network, 0, 32), &mut engine, &mut seen, &false.into()).expect("a run");
    let layout = network.counts_layout();
    let of_bin = |rows: &[u32]| {
        let sum = |entry: usize| rows.chunks_exact(layout.len()).map(|row| f64::from(row[entry])).sum::<f64>();
        let members = network.patterns.sizes().iter().map(|&size| f64::from(size));
        let of_patterns = members.enumerate().map(|(pattern, members)| sum(pattern) / members / 0.05).collect();
        (of_patterns, sum(layout.spikes(0)) / f64::from(network.populations[0].size) / 0.05)
    };
    seen.counts.chunks_exact(layout.len() * steps(50.0) as usize).map(of_bin).collect()
}

/// The pattern whose members fire alone in a bin: at 20 Hz and more, and twice as much as those of any other.
fn memory_of(rates_hz: &[f64]) -> Option<usize> {
    let mut order: Vec<usize> = (0..rates_hz.len()).collect();
    order.sort_by(|&a, &b| rates_hz[b].total_cmp(&rates_hz[a]));
    (rates_hz[order[0]] > 20.0 && rates_hz[order[0]] > 2.0 * rates_hz[order[1]]).then_some(order[0])
}

/// Memories that are there for 300 ms and more, one after the other, and whether the last one is.
fn visits(network: &Spiking) -> Vec<usize> {
    let bins: Vec<Option<usize>> = memory_rates(network).iter().map(|(rates, _)| memory_of(rates)).collect();
    let stretches = bins.chunk_by(|a, b| a == b).filter(|stretch| stretch.len() >= 6);
    stretches.filter_map(|stretch| stretch[0]).collect()
}

#[test]
fn memories_wander_where_neurons_adapt_and_stay_where_they_do_not() {
    for seed in [1, 2] {
        let seed = format!("seed={seed}");
        let visited = visits(&shipped("wandering", &[&seed]));
        println!("{seed}: {visited:?}");
        let mut different = visited.clone();
        different.sort_unstable();
        different.dedup();
        assert!(visited.len() >= 4 && different.len() >= 3, "{seed}: memories {visited:?}");
        assert!(visited.windows(2).all(|pair| pair[0] != pair[1]), "{seed}: a tired memory comes back: {visited:?}");
        // Without adaptation one memory lights up and stays to the end.
        let network = shipped("wandering", &[&seed, "populations.excitatory.adaptation.jump=0 mV"]);
        let bins = memory_rates(&network);
        let late: Vec<Option<usize>> = bins[60..].iter().map(|(rates, _)| memory_of(rates)).collect();
        assert!(late[0].is_some() && late.iter().all(|memory| *memory == late[0]), "{seed}: {late:?}");
    }
}

#[test]
fn a_memory_of_neurons_that_all_differ_is_recalled() {
    let network = shipped("heterogeneous", &[]);
    let own = &network.populations[0].own;
    assert!([&own.decays, &own.thresholds, &own.drives].iter().all(|values| values.len() == 2000));
    let bins = memory_rates(&network);
    assert!(bins[2..10].iter().all(|(rates, _)| memory_of(rates).is_none()));
    assert!(bins[18..].iter().all(|(rates, _)| memory_of(rates) == Some(3)));
    // Who is easily excited fires more than who is not fires less.
    let before = |network: &Spiking| memory_rates(network)[2..10].iter().map(|(_, rate)| rate).sum::<f64>() / 8.0;
    let alike = shipped(
        "heterogeneous",
        &[
            "populations.excitatory.tau_m=20 ms",
            "populations.excitatory.threshold=20 mV",
            "populations.excitatory.drive=13 mV",
        ],
    );
    let (own, alike) = (before(&network), before(&alike));
    println!("before the cue: {own} Hz, {alike} Hz where all are alike");
    assert!((2.3..3.3).contains(&own) && (1.6..2.2).contains(&alike), "{own} and {alike} Hz");
}

#[test]
fn escape_noise_has_no_corner_at_the_threshold() {
    let network = shipped("escape", &[]);
    let trains = trains(&network, steps(200.0));
    let escape = Escape { rate_hz: 125.0, width_mv: 2.0 };
    for (own, drive_mv) in network.populations.iter().zip([12.0, 15.0, 18.0, 21.0, 24.0]) {
        let of = own.first as usize..(own.first + own.size) as usize;
        let spikes: usize = trains[of].iter().map(Vec::len).sum();
        let seen_hz = spikes as f64 / f64::from(own.size) / 1.8;
        let (mean_ms, sd_ms) = renewal(escape, &Population { drive_mv, ..population("one", 1) });
        let expected_hz = 1000.0 / mean_ms;
        println!("{}: {seen_hz} Hz ({expected_hz})", own.name);
        let error = 4.5 * (sd_ms / mean_ms) * (expected_hz / f64::from(own.size) / 1.8).sqrt() + 0.01 * expected_hz;
        assert!((seen_hz - expected_hz).abs() < error, "{}: {seen_hz}, not {expected_hz} Hz", own.name);
    }
}

#[test]
fn shot_noise_reaches_the_threshold_by_chance() {
    let network = shipped("poisson", &[]);
    let trains = trains(&network, steps(200.0));
    let rate = |of: std::ops::Range<usize>| trains[of].iter().map(Vec::len).sum::<usize>() as f64 / 500.0 / 1.8;
    let (jumps, currents) = (rate(0..500), rate(500..1000));
    assert!((1.5..2.4).contains(&jumps) && (0.2..0.6).contains(&currents), "{jumps} and {currents} Hz");
}
