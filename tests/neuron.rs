//! Single neurons against theory: interspike intervals, postsynaptic potentials, rates and CVs under noise.

mod support;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::{Block, Engine};
use attractor::fixed::potential_mv;
use attractor::model::spiking::{Population, Projection, ProjectionKind, Spiking};
use attractor::schedule::Timeline;
use attractor::simulate::{self, Collect};
use support::{alone, compile, population, projection, steps};

fn simulate(model: &Spiking) -> Collect {
    let network = compile(model);
    let mut engine = Cpu::new(Arc::new(network.clone()), 0).expect("an engine");
    let mut seen = Collect::default();
    simulate::run(network.blocks(), &mut engine, &mut seen, &AtomicBool::new(false)).expect("a run");
    seen
}

/// Spike steps of every neuron.
fn trains(seen: &Collect, neurons: usize) -> Vec<Vec<u64>> {
    let mut trains = vec![Vec::new(); neurons];
    seen.spikes.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.step));
    trains
}

/// Constant input: ISI on the grid = refractory + dt ceil(T0/dt), T0 = tau ln((mu - reset)/(mu - threshold)).
#[test]
fn intervals_under_constant_input_are_exact() {
    for (drive_mv, isi_ms) in
        [(20.5, 65.9), (21.0, 53.0), (22.0, 40.9), (25.0, 27.0), (30.0, 18.9), (40.0, 13.2), (60.0, 9.5), (100.0, 7.4)]
    {
        let t0_ms = 20.0 * f64::ln((drive_mv - 10.0) / (drive_mv - 20.0));
        assert_eq!(steps(isi_ms), 50 + (t0_ms / 0.1).ceil() as u64, "the table and the formula");
        let seen = simulate(&alone(Population { drive_mv, ..population("one", 1) }, steps(1000.0)));
        let train = &trains(&seen, 1)[0];
        assert!(train.len() > 10);
        for pair in train.windows(2).skip(1) {
            assert_eq!(pair[1] - pair[0], steps(isi_ms), "drive {drive_mv} mV");
        }
    }
}

#[test]
fn a_neuron_below_threshold_never_fires_and_one_without_refractory_period_fires_each_step() {
    let silent = alone(Population { drive_mv: 19.99, ..population("one", 1) }, steps(500.0));
    assert!(simulate(&silent).spikes.is_empty());
    let busy = Population { drive_mv: 1e4, refractory_steps: 0, ..population("one", 1) };
    assert_eq!(simulate(&alone(busy, 100)).spikes.len(), 100);
}

/// Peak time, peak over jump, and area of a postsynaptic potential.
#[test]
fn postsynaptic_potentials_have_the_peak_time_height_and_area_of_theory() {
    const JUMP_MV: f64 = 1000.0;
    for (tau_syn_ms, peak_ms, height) in [
        (2.0, 5.117, 0.07743),
        (5.0, 9.242, 0.15749),
        (10.0, 13.863, 0.25),
        (50.0, 30.543, 0.54288),
        (20.0, 20.0, 0.36788),
    ] {
        // One neuron spikes in step 0 and never again within the run; the other listens.
        let source = Population {
            initial_low_mv: 19.99,
            initial_high_mv: 19.99,
            drive_mv: 100.0,
            refractory_steps: u32::MAX,
            ..population("source", 1)
        };
        let mut model = alone(source, steps(1000.0));
        model.populations.push(Population { threshold_mv: 1000.0, ..population("target", 1) });
        // A large jump, beside which the rounding of the tail is nothing.
        let listens = projection(0, 1, ProjectionKind::Global, JUMP_MV);
        model.projections = vec![Projection { tau_syn_ms, delay_steps: 1, ..listens }];
        let network = compile(&model);
        let mut engine = Cpu::new(Arc::new(network), 1).expect("an engine");
        let mut trace = Vec::new();
        for step in 0..model.duration_steps {
            engine.submit(Block { start_step: step, steps: 1, probe: false }).expect("a step");
            engine.collect().expect("its result");
            trace.push(potential_mv(engine.snapshot().expect("a snapshot").potentials[1]));
        }
        // The spike of step 0 is in I after step 1: trace[1 + k] is the potential k steps after its arrival.
        let since_arrival = &trace[1..];
        let (peak_step, peak_mv) =
            since_arrival.iter().enumerate().fold((0, 0.0), |best, (at, &v)| if v > best.1 { (at, v) } else { best });
        assert!((peak_step as f64 * 0.1 - peak_ms).abs() <= 0.051, "tau_syn {tau_syn_ms}: peak at step {peak_step}");
        assert!((peak_mv / JUMP_MV - height).abs() < 2e-5, "tau_syn {tau_syn_ms}: height {peak_mv}");
        let area = since_arrival.iter().sum::<f64>() * 0.1;
        assert!((area / (JUMP_MV * tau_syn_ms) - 1.0).abs() < 1e-3, "tau_syn {tau_syn_ms}: area {area}");
    }
}

/// Siegert's rate (Siegert 1951; Brunel 2000) with the threshold raised by 0.5826 sigma √(dt/tau), since a
/// membrane that is looked at on a grid crosses later (Broadie, Glasserman & Kou 1997). Hz.
fn siegert_on_the_grid_hz(mu_mv: f64, sigma_v_mv: f64) -> f64 {
    let (tau_ms, dt_ms, refractory_ms, threshold_mv, reset_mv) = (20.0, 0.1, 5.0, 20.0, 10.0);
    let sigma_mv = std::f64::consts::SQRT_2 * sigma_v_mv;
    let raised_mv = threshold_mv + 0.5826 * sigma_mv * f64::sqrt(dt_ms / tau_ms);
    let (low, high) = ((reset_mv - mu_mv) / sigma_mv, (raised_mv - mu_mv) / sigma_mv);
    // √π ∫ exp(u²) (1 + erf(u)) du by Simpson's rule.
    let integrand = |u: f64| f64::exp(u * u) * (1.0 + libm::erf(u));
    let parts = 2000;
    let width = (high - low) / f64::from(parts);
    let sum: f64 = (0..=parts)
        .map(|k| {
            let weight = if k == 0 || k == parts {
                1.0
            } else if k % 2 == 1 {
                4.0
            } else {
                2.0
            };
            weight * integrand(low + width * f64::from(k))
        })
        .sum();
    let integral = sum * width / 3.0;
    1000.0 / (refractory_ms + tau_ms * std::f64::consts::PI.sqrt() * integral)
}

/// Rates within 1 % and CVs within 0.015 of the table of mu, sigma_V (mV), rate on the grid (Hz), CV.
#[test]
fn rates_and_cvs_under_noise_are_those_of_theory_on_the_grid() {
    let table = [
        (10.0, 4.0, 1.622, 0.971),
        (12.0, 4.0, 4.058, 0.927),
        (14.0, 4.0, 8.055, 0.837),
        (16.0, 4.0, 13.347, 0.742),
        (20.0, 4.0, 25.734, 0.567),
        (24.0, 4.0, 38.121, 0.440),
        (16.0, 2.0, 3.682, 0.841),
        (22.0, 2.0, 27.365, 0.336),
        (10.0, 6.0, 7.311, 0.960),
        (16.0, 6.0, 20.541, 0.786),
    ];
    for (drive_mv, noise_mv, rate_hz, cv) in table {
        let theory_hz = siegert_on_the_grid_hz(drive_mv, noise_mv);
        assert!((theory_hz / rate_hz - 1.0).abs() < 0.003, "the table's {rate_hz} Hz and theory's {theory_hz} Hz");
        // Enough spikes for a standard error of a quarter of a per cent.
        let neurons = (160_000.0 / (rate_hz * 9.5)).ceil().clamp(500.0, 12_000.0) as u32;
        let one = Population { drive_mv, noise_mv, initial_high_mv: 10.0, ..population("many", neurons) };
        let seen = simulate(&alone(one, steps(10_000.0)));
        let mut intervals = Vec::new();
        let mut spikes = 0;
        for train in trains(&seen, neurons as usize) {
            let late: Vec<u64> = train.into_iter().filter(|&step| step >= steps(500.0)).collect();
            spikes += late.len();
            intervals.extend(late.windows(2).map(|pair| (pair[1] - pair[0]) as f64));
        }
        let measured_hz = spikes as f64 / (f64::from(neurons) * 9.5);
        let mean = intervals.iter().sum::<f64>() / intervals.len() as f64;
        let variance = intervals.iter().map(|isi| (isi - mean).powi(2)).sum::<f64>() / intervals.len() as f64;
        let measured_cv = variance.sqrt() / mean;
        println!("mu {drive_mv}, sigma {noise_mv}: {measured_hz:.3} Hz ({rate_hz}), CV {measured_cv:.3} ({cv})");
        assert!(
            (measured_hz / rate_hz - 1.0).abs() < 0.01,
            "mu {drive_mv}, sigma {noise_mv}: {measured_hz} Hz, not {rate_hz}"
        );
        assert!((measured_cv - cv).abs() < 0.015, "mu {drive_mv}, sigma {noise_mv}: CV {measured_cv}, not {cv}");
    }
}

/// The free membrane: mean mu, standard deviation sigma_V, correlation e^(-lag/tau).
#[test]
fn the_free_membrane_has_the_mean_and_spread_that_were_asked_for() {
    let free = Population { threshold_mv: 1000.0, drive_mv: 5.0, noise_mv: 4.0, ..population("free", 4000) };
    let network = compile(&alone(free, steps(400.0)));
    let mut engine = Cpu::new(Arc::new(network.clone()), 0).expect("an engine");
    let mut at = Vec::new();
    for block in attractor::schedule::Schedule::new(&network, 0, 20) {
        engine.submit(block).expect("a block");
        engine.collect().expect("its result");
        if [steps(200.0), steps(220.0)].contains(&block.end_step()) {
            let state = engine.snapshot().expect("a snapshot");
            at.push(state.potentials.iter().map(|&v| potential_mv(v)).collect::<Vec<f64>>());
        }
    }
    let n = at[0].len() as f64;
    let mean = at[0].iter().sum::<f64>() / n;
    let spread = |k: usize, l: usize| at[k].iter().zip(&at[l]).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / n;
    assert!((mean - 5.0).abs() < 5.0 * 4.0 / n.sqrt(), "mean {mean}");
    assert!((spread(0, 0).sqrt() - 4.0).abs() < 5.0 * 4.0 / (2.0 * n).sqrt(), "s.d. {}", spread(0, 0).sqrt());
    let correlation = spread(0, 1) / spread(0, 0);
    assert!((correlation - f64::exp(-1.0)).abs() < 5.0 / n.sqrt(), "correlation {correlation}");
}
