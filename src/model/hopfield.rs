//! The binary model: neurons that are on or off, the patterns they store, and where a run begins.

pub(super) mod build;
mod weights;

pub use super::patterns::PatternSource;
use crate::units::Ratio;

/// A binary network and the runs that are made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Hopfield {
    /// Seed of every random draw.
    pub seed: u64,
    /// Number of sweeps, at most.
    pub sweeps: u64,
    /// Runs of the same patterns and wiring, each with its own start, noise and order.
    pub trials: u32,
    /// Number of neurons N, at least 1.
    pub size: u32,
    /// Stored patterns; `None`: there are none.
    pub patterns: Option<Patterns>,
    /// States +1/-1; otherwise 1/0.
    pub signed: bool,
    /// The weights.
    pub weights: Weights,
    /// A neuron's own state counts.
    pub self_coupling: bool,
    /// Connections that exist.
    pub dilution: Option<Dilution>,
    /// The thresholds.
    pub threshold: Threshold,
    /// A tie switches on; otherwise it keeps the state.
    pub tie_on: bool,
    /// All neurons at once; otherwise one after the other.
    pub synchronous: bool,
    /// Temperature T; 0: deterministic.
    pub temperature: f64,
    /// The gain function at T > 0.
    pub gain: Gain,
    /// Where a run begins.
    pub start: Start,
    /// The pattern that the start is made from, or that distances are told to.
    pub start_pattern: Option<usize>,
    /// A trial ends at a fixed point or a cycle.
    pub stop_when_stable: bool,
    /// The results file holds the states of all sweeps.
    pub record_states: bool,
}

/// The stored patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    /// Number of patterns P.
    pub count: usize,
    /// Fraction of active neurons a: as configured, or what given patterns have.
    pub activity: f64,
    /// Where they come from.
    pub source: PatternSource,
    /// Width and height, where they are images.
    pub image_size: Option<[u32; 2]>,
}

/// The weights, exactly.
#[derive(Clone, Debug, PartialEq)]
pub enum Weights {
    /// w_ij = scale Σ_μ p_i^μ p_j^μ, p = +1/-1.
    Hebb {
        /// Scale; not zero.
        scale: Ratio,
    },
    /// w_ij = scale Σ_μ (ξ_i^μ - b)(ξ_j^μ - a).
    Covariance {
        /// Scale; not zero.
        scale: Ratio,
        /// a.
        a: Ratio,
        /// b.
        b: Ratio,
    },
    /// w_ij one by one, `[target][source]`.
    Given(Vec<Vec<Ratio>>),
}

/// Which connections exist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dilution {
    /// The probability of each, above 0 and below 1.
    pub probability: f64,
    /// Connections exist in both directions or in none.
    pub symmetric: bool,
}

/// Thresholds θ_i.
#[derive(Clone, Debug, PartialEq)]
pub enum Threshold {
    /// One for all.
    Same(Ratio),
    /// One a neuron.
    Each(Vec<Ratio>),
    /// Half the sum of a unit's weights.
    HalfSum,
}

/// g(y), the probability of being on, y = (h - θ)/T.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gain {
    /// (1 + tanh y)/2.
    Tanh,
    /// (1 + erf y)/2.
    Erf,
    /// (1 + y)/2 between 0 and 1.
    Linear,
}

/// The first state.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// The start pattern.
    Pattern,
    /// The start pattern at this overlap with it.
    Overlap(f64),
    /// The start pattern with round(x N) neurons flipped.
    Flip(f64),
    /// round(x N) neurons as in the start pattern, the rest random.
    Keep(f64),
    /// Every neuron random: on with probability 1/2 in signed states, a in binary ones.
    Random,
    /// The neurons that are on, ascending.
    Given(Vec<u32>),
}
