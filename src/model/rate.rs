//! The rate model: τ dr/dt = -r + φ(u + W r), r and u without a unit.

pub(super) mod build;
mod coarseness;
mod record;
mod stimuli;

use std::sync::Arc;

pub use super::patterns::PatternSource;
pub use super::spiking::StimulusTarget;

/// A network of rate neurons and what is done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Seed of every random draw.
    pub seed: u64,
    /// Time step, ms.
    pub dt_ms: f64,
    /// Number of steps of the run.
    pub duration_steps: u64,
    /// Number of neurons N, at least 1.
    pub size: u32,
    /// Time constant τ, ms.
    pub tau_ms: f64,
    /// Constant input, part of u.
    pub input: f64,
    /// φ.
    pub gain: Gain,
    /// W.
    pub coupling: Coupling,
    /// How W is scaled: see [`Coupling`].
    pub strength: f64,
    /// How steps are taken.
    pub integrator: Integrator,
    /// Stored patterns, if any.
    pub patterns: Option<Patterns>,
    /// r at the start.
    pub start: Start,
    /// Stimuli, in the order of the configuration.
    pub stimuli: Vec<Stimulus>,
    /// What the results file holds.
    pub record: Record,
}

/// The memories. At an activity of 0.5 they are made of p = +1 and -1, otherwise of ξ = 1 and 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    /// Number of patterns P.
    pub count: usize,
    /// Fraction of active neurons a: as configured, or what given patterns have.
    pub activity: f64,
    /// Where they come from.
    pub source: PatternSource,
}

impl Patterns {
    /// Whether they are made of +1 and -1.
    #[must_use]
    pub fn are_signed(&self) -> bool {
        self.activity == 0.5
    }
}

/// The kind of a gain function of z = slope (x - threshold).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GainKind {
    /// max(0, z)
    Relu,
    /// min(maximum, max(0, z))
    Saturating,
    /// tanh z
    Tanh,
    /// maximum / (1 + e^-z)
    Sigmoid,
}

/// A gain function φ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// Which.
    pub kind: GainKind,
    /// Its slope, above zero.
    pub slope: f64,
    /// Its threshold.
    pub threshold: f64,
    /// Its maximum, above zero.
    pub maximum: f64,
}

impl Gain {
    /// The largest derivative dφ/dx.
    #[must_use]
    pub fn steepest(&self) -> f64 {
        match self.kind {
            GainKind::Sigmoid => self.slope * self.maximum / 4.0,
            _ => self.slope,
        }
    }
}

/// The weights W; all have their diagonal.
#[derive(Clone, Debug, PartialEq)]
pub enum Coupling {
    /// strength/N Σ p_i p_j for patterns of +1 and -1, strength/(N a (1-a)) Σ (ξ_i - b) (ξ_j - a) otherwise.
    Hebbian {
        /// What is taken from the target's ξ; a where it is not configured.
        b: f64,
    },
    /// strength/N for every pair.
    Uniform,
    /// Drawn from the seed: independent Gaussians of mean 0 and standard deviation strength/√N.
    Gaussian,
    /// strength times a matrix, `[target][source]`, row by row.
    Matrix(Arc<Vec<f32>>),
}

/// How steps are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrator {
    /// Exponential Euler: r goes to φ(u + W r) as if that stayed for the step; first order.
    Exponential,
    /// The classical Runge-Kutta method; fourth order.
    Rk4,
}

/// r at the start.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// The same for all.
    Same(f64),
    /// overlap times a pattern: m p, or m ξ.
    Pattern {
        /// Its number.
        pattern: usize,
        /// m.
        overlap: f64,
    },
    /// Given, `[neuron]`.
    Given(Arc<Vec<f32>>),
    /// Drawn from the seed, uniform from -1 to 1 for tanh, from 0 to 1 (the maximum, if there is one) otherwise.
    Random,
}

/// An input switched on and off: active in step t if `start_step` <= t < `stop_step`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// Whom it drives.
    pub target: StimulusTarget,
    /// What it adds to u.
    pub amplitude: f64,
    /// First active step.
    pub start_step: u64,
    /// First step after it.
    pub stop_step: u64,
}

/// What the results file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Steps between overlaps; `None`: off.
    pub overlaps_bin_steps: Option<u64>,
    /// Steps between mean rates and residuals; `None`: off.
    pub rates_bin_steps: Option<u64>,
    /// Neurons whose rates are recorded, ascending.
    pub neurons: Vec<u32>,
    /// Steps between their rates.
    pub every_steps: u64,
}
