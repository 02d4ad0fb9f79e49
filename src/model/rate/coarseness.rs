//! Whether dt fits the equation: steps that are too coarse change what the network does.

use super::{Coupling, Integrator, Rate};
use crate::config::Problem;

/// The largest step of exponential Euler in units of the fastest time constant that is told nothing of: its error is
/// then some percent of the way.
const EXPONENTIAL_STEP_MAX: f64 = 0.5;
/// The same of Runge-Kutta, which is unstable beyond 2.78.
const RK4_STEP_MAX: f64 = 1.0;

impl Rate {
    /// Whether its weights are a stored matrix.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        matches!(self.coupling, Coupling::Gaussian | Coupling::Matrix(_))
    }

    /// The recurrent loop: no direction of the state is fed back more strongly than by this factor, for patterns and
    /// weights that are drawn about so.
    #[must_use]
    pub fn loop_gain(&self) -> f64 {
        let weights = match &self.coupling {
            Coupling::Matrix(weights) => self.strength.abs() * largest_row(weights, self.size as usize),
            Coupling::Hebbian { .. } => self.strength.abs() * self.crosstalk(),
            Coupling::Uniform | Coupling::Gaussian => self.strength.abs(),
        };
        self.gain.steepest() * weights
    }

    /// The largest eigenvalue of Hebbian weights of strength 1, whose patterns are of variance 1 over all neurons whatever
    /// their activity: (1 + sqrt(P/N))^2 for independent patterns in large networks (Marchenko & Pastur 1967), where one
    /// pattern alone has 1 exactly. P - 1 in place of P has both. Where b is not a, it holds as it is for patterns of
    /// exactly a N members, whose sum over neurons the difference multiplies, and is none. Given patterns that resemble
    /// each other have a larger one.
    fn crosstalk(&self) -> f64 {
        let patterns = self.patterns.as_ref().map_or(0, |patterns| patterns.count);
        let others = patterns.saturating_sub(1) as f64;
        (1.0 + (others / f64::from(self.size)).sqrt()).powi(2)
    }

    /// The step in units of the fastest time constant, tau/(1 + loop gain).
    #[must_use]
    pub fn relative_step(&self) -> f64 {
        self.dt_ms / self.tau_ms * (1.0 + self.loop_gain())
    }

    /// Whether the step is too coarse for the integrator.
    #[must_use]
    pub fn is_coarse(&self) -> bool {
        self.relative_step() > self.step_max()
    }

    fn step_max(&self) -> f64 {
        match self.integrator {
            Integrator::Exponential => EXPONENTIAL_STEP_MAX,
            Integrator::Rk4 => RK4_STEP_MAX,
        }
    }

    /// What is likely to be a mistake and is no error.
    #[must_use]
    pub fn warnings(&self) -> Vec<Problem> {
        if self.is_coarse() {
            let fits = self.tau_ms / (1.0 + self.loop_gain()) * self.step_max() / 2.0;
            let message = format!(
                "a step of {} ms is coarse: the fastest change takes about {} ms, tau / (1 + slope x weights)",
                significant(self.dt_ms),
                significant(self.tau_ms / (1.0 + self.loop_gain())),
            );
            let label = format!("{} ms or less would do", significant(fits));
            let help = "the steps may go to and fro where the equation does not; compare with half the step";
            vec![Problem::value("dt", message, label).help(help)]
        } else {
            Vec::new()
        }
    }
}

/// The largest Σ_j |W_ij|, which no eigenvalue exceeds (Gershgorin).
fn largest_row(weights: &[f32], size: usize) -> f64 {
    let rows = weights.chunks_exact(size.max(1));
    rows.map(|row| row.iter().map(|&weight| f64::from(weight).abs()).sum()).fold(0.0, f64::max)
}

/// Two digits; very small and large numbers with an exponent.
fn significant(value: f64) -> String {
    let rounded: f64 = format!("{value:.1e}").parse().unwrap_or(value);
    if (1e-5..1e7).contains(&rounded) { rounded.to_string() } else { format!("{rounded:e}") }
}
