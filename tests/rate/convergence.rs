//! The order of the integrators: the error halves, or falls to a sixteenth, where the step is halved.

use crate::{end_of, uniform};

/// The mean after one time constant, with a step of tau over `parts`: r from 1 to its fixed point at 0.957504.
fn after_tau(integrator: &str, parts: u32) -> f64 {
    let dt = 10.0 / f64::from(parts);
    let text =
        uniform("{ kind = \"tanh\" }", 2.0, "[start]\nstate = 0.05\n[record]\noverlaps = \"off\"\nrates = \"off\"");
    let text = text.replace("500 ms", "20 ms").replace("size", &format!("integrator = \"{integrator}\"\nsize"));
    f64::from(end_of(&text.replace("duration", &format!("dt = \"{dt} ms\"\nduration"))).mean)
}

/// The same in double precision with a hundred thousand steps of the midpoint method.
fn exact() -> f64 {
    let slope = |r: f64| -r + (2.0 * r).tanh();
    let h = 2e-5;
    (0..100_000).fold(f64::from(0.05f32), |r, _| r + h * slope(r + h / 2.0 * slope(r)))
}

#[test]
fn exponential_euler_is_of_first_order_and_runge_kutta_of_fourth() {
    let exact = exact();
    for (integrator, order, parts) in [("exponential", 1.0, [16, 32, 64]), ("rk4", 4.0, [2, 4, 8])] {
        let errors = parts.map(|parts| (after_tau(integrator, parts) - exact).abs());
        for pair in errors.windows(2) {
            let seen = (pair[0] / pair[1]).log2();
            assert!((seen - order).abs() < 0.25, "{integrator}: order {seen}, errors {errors:?}");
        }
    }
    // With many steps both come to the same, as near as single precision goes.
    assert!((after_tau("rk4", 100) - exact).abs() < 1e-6);
    assert!((after_tau("exponential", 20_000) - exact).abs() < 1e-3);
}
