//! The rate network in single precision: what both engines read, and what a step is.
//!
//! τ dr/dt = -r + φ(u + W r). A step has one stage (exponential Euler) or four (classical Runge-Kutta); y is the state
//! that a stage looks at, r itself in the first one:
//!
//! ```text
//! for every stage k:
//!     slope = φ(u + W y) - y
//!     sum   = weight_k slope          (first stage; later ones add it)
//!     y     = r + advance_k slope     (not in the last stage)
//! r = r + advance_last sum;  y = r
//! ```
//!
//! A step adds little to r, so what rounding leaves out of it is kept beside it and added in the next one (Kahan,
//! CACM 8, 1965; Møller, BIT 5, 1965): rates come to rest where they belong however small a step is.
//!
//! Sums of floats depend on their order, so the order is fixed: [`CHUNK`] values at a time, in [`LANES`] columns that
//! are added up row by row and then halved until one number is left; the sums of the chunks are summed in the same way.

use std::sync::Arc;

use super::patterns::Patterns;

/// Columns of a sum.
pub const LANES: usize = 64;
/// Values summed before their sum is rounded into the next level.
pub const CHUNK: usize = 1024;
/// Patterns whose terms are added up before their sum is rounded into the field.
pub const GROUP: usize = 32;
/// The longest block, steps.
pub const BLOCK_STEPS_MAX: u32 = 256;
/// The farthest that two engines may be apart after a block from the same state, relative to the largest rate
/// (at least 1): they round differently where a product is added in one operation or in two.
pub const ENGINE_TOLERANCE: f32 = 1e-5;

/// A network of rate neurons.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Number of neurons N, at least 1.
    pub size: u32,
    /// Number of steps of the run.
    pub steps: u64,
    /// The stages of a step: one or four.
    pub stages: Vec<Stage>,
    /// φ.
    pub gain: Gain,
    /// W.
    pub coupling: Coupling,
    /// The patterns; `count() == 0` where there are none.
    pub patterns: Patterns,
    /// What a pattern is made of in overlaps and as the source of a connection.
    pub source: Factor,
    /// What a pattern is made of as the target of a connection.
    pub target: Factor,
    /// The overlap with a pattern is this times Σ_j x_j r_j, x the `source` of it.
    pub overlap_scale: f32,
    /// Constant input.
    pub input: f32,
    /// Stimuli, in the order of the configuration.
    pub stimuli: Vec<Stimulus>,
    /// r at the start, `[neuron]`.
    pub initial: Vec<f32>,
    /// After every so many steps a frame is due (each entry > 0): the schedule cuts there.
    pub frame_intervals: Vec<u64>,
    /// The state is hashed after every so many steps, at the start and at the end.
    pub hash_interval: u64,
    /// A network with a larger |r| has diverged.
    pub rate_limit: f32,
}

/// A stage of the integrator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// Its share of the slope of the step.
    pub weight: f32,
    /// How far the state goes along the slope, in units of τ.
    pub advance: f32,
}

/// The kind of a gain function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GainKind {
    /// slope (x - threshold), not below zero.
    Relu,
    /// The same, and not above the maximum.
    Saturating,
    /// tanh(slope (x - threshold)).
    Tanh,
    /// maximum / (1 + exp(-slope (x - threshold))).
    Sigmoid,
}

/// A gain function φ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// Which.
    pub kind: GainKind,
    /// Its slope.
    pub slope: f32,
    /// Where it starts, or its centre.
    pub threshold: f32,
    /// Its largest value.
    pub maximum: f32,
}

/// What stands for a member of a pattern and for the others: 1 and -1, or 1 - a and -a.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// For members.
    pub member: f32,
    /// For the others.
    pub other: f32,
}

/// The recurrent weights.
#[derive(Clone, Debug, PartialEq)]
pub enum Coupling {
    /// W_ij = scale Σ_μ x_i^μ x_j^μ: never stored.
    LowRank {
        /// The factor.
        scale: f32,
    },
    /// W_ij = scale: never stored.
    Uniform {
        /// The factor.
        scale: f32,
    },
    /// `[target][source]`, N².
    Dense(Arc<Vec<f32>>),
}

/// A stimulus: active in step t if start <= t < stop.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// Driven neurons, ascending; `None`: all.
    pub neurons: Option<Vec<u32>>,
    /// What it adds to their input.
    pub amplitude: f32,
    /// First active step.
    pub start_step: u64,
    /// First step after it.
    pub stop_step: u64,
}

/// The whole state between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The next step.
    pub step: u64,
    /// r, `[neuron]`.
    pub rates: Vec<f32>,
    /// What rounding left out of r, `[neuron]`.
    pub rests: Vec<f32>,
}

impl Rate {
    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.size as usize
    }

    /// Number of chunks of neurons.
    #[must_use]
    pub fn chunks(&self) -> usize {
        self.neurons().div_ceil(CHUNK)
    }

    /// The state at step 0.
    #[must_use]
    pub fn initial_state(&self) -> Snapshot {
        Snapshot { step: 0, rates: self.initial.clone(), rests: vec![0.0; self.neurons()] }
    }

    /// u of every neuron in `step`, `[neuron]`: the constant input and the active stimuli.
    #[must_use]
    pub fn external(&self, step: u64) -> Vec<f32> {
        let mut external = vec![self.input; self.neurons()];
        for stimulus in self.stimuli.iter().filter(|stimulus| stimulus.is_active(step)) {
            match &stimulus.neurons {
                None => external.iter_mut().for_each(|input| *input += stimulus.amplitude),
                Some(neurons) => neurons.iter().for_each(|&neuron| external[neuron as usize] += stimulus.amplitude),
            }
        }
        external
    }

    /// Which stimuli are active in `step`: two steps with equal answers have the same [`Rate::external`].
    #[must_use]
    pub fn active_stimuli(&self, step: u64) -> Vec<bool> {
        self.stimuli.iter().map(|stimulus| stimulus.is_active(step)).collect()
    }

    /// Whether a largest |r| says that the network has diverged: beyond the limit, infinite, or no number.
    #[must_use]
    pub fn is_divergent(&self, largest: f32) -> bool {
        largest.is_nan() || largest > self.rate_limit
    }

    /// The same without what takes memory: for those who only need sizes and limits.
    #[must_use]
    pub fn without_arrays(&self) -> Self {
        Self {
            coupling: Coupling::Uniform { scale: 0.0 },
            patterns: Patterns::default(),
            stimuli: Vec::new(),
            initial: Vec::new(),
            stages: self.stages.clone(),
            frame_intervals: self.frame_intervals.clone(),
            ..*self
        }
    }

    /// For each pattern, one bit a neuron: bit i % 32 of word i / 32; rows end at a whole number of lanes.
    #[must_use]
    pub fn member_bits(&self) -> Vec<u32> {
        let words = member_words(self.neurons());
        let mut bits = vec![0u32; words * self.patterns.count()];
        for neuron in 0..self.patterns.neurons() {
            for pattern in self.patterns.of(neuron) {
                bits[pattern * words + neuron / 32] |= 1 << (neuron % 32);
            }
        }
        bits
    }
}

/// Words of a row of [`Rate::member_bits`].
#[must_use]
pub const fn member_words(neurons: usize) -> usize {
    neurons.div_ceil(LANES) * (LANES / 32)
}

impl Stimulus {
    /// Whether it acts in `step`.
    #[must_use]
    pub const fn is_active(&self, step: u64) -> bool {
        self.start_step <= step && step < self.stop_step
    }
}
