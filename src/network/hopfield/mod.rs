//! Binary networks in integers: what both engines read, and what they return.
//!
//! A state is one bit a neuron, σ = 1: on. S = 2σ - 1 in signed states, S = σ in binary ones. Weights are integers W_ij
//! times a unit that is exact and kept beside them; everything that decides is an integer:
//!
//! ```text
//! d_i = Q Σ_j W_ij S_j - R_i        Q, R_i integers: the threshold in the same unit, exactly
//! on where d_i > 0, off where d_i < 0; a tie, d_i = 0, keeps the state or switches on
//! with temperature: on where a 32-bit draw is below gain[d_i]
//! ```
//!
//! Low rank: W_ij = Σ_μ (α ξ_i^μ - β)(γ ξ_j^μ - δ), so that d_i follows from the counts n^μ of neurons that are on and
//! active in μ, from their sum, and from the number K of neurons that are on.

pub mod coupling;
mod energy;
mod gain;
pub mod memories;

pub use coupling::{Coupling, LowRank, Matrix, Readout, Sparse};
pub use energy::Energy;
pub use gain::Gain;
pub use memories::Memories;

use crate::random::{self, Stream};

/// A binary network, and the runs that are made of it at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Hopfield {
    /// Seed of every draw made while it runs.
    pub seed: u64,
    /// Number of sweeps, at most.
    pub sweeps: u64,
    /// Number of neurons N.
    pub neurons: u32,
    /// States +1/-1; otherwise 1/0.
    pub signed: bool,
    /// The patterns; `count() == 0` where there are none.
    pub memories: Memories,
    /// The weights, and what of them a neuron reads.
    pub coupling: Coupling,
    /// Q: what weights are multiplied by, above zero.
    pub factor: i64,
    /// R_i.
    pub thresholds: Thresholds,
    /// All neurons at once from the same state; otherwise one after the other in random order.
    pub synchronous: bool,
    /// A tie switches on; otherwise it keeps the state.
    pub tie_on: bool,
    /// The probability of being on by d_i; `None`: deterministic.
    pub gain: Option<Gain>,
    /// The first state of each trial, `[trial][word]`.
    pub starts: Vec<u64>,
    /// The pattern that the start is made from.
    pub start_pattern: Option<usize>,
    /// A trial ends at a fixed point or a cycle.
    pub stop_when_stable: bool,
    /// Makes energies of integers.
    pub energy: Energy,
}

/// R_i: thresholds in the unit of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thresholds {
    /// One for all.
    Same(i64),
    /// One a neuron.
    Each(Vec<i64>),
}

impl Thresholds {
    /// That of a neuron.
    #[inline(always)]
    #[must_use]
    pub fn of(&self, neuron: usize) -> i64 {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values[neuron],
        }
    }
}

/// The whole state of all trials between two sweeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The next sweep.
    pub sweep: u64,
    /// `[trial][word]`: bit i % 64 of word i / 64 says whether neuron i is on.
    pub states: Vec<u64>,
    /// n^μ, `[trial][pattern]`: neurons that are on and active in μ.
    pub counts: Vec<u32>,
}

impl Hopfield {
    /// Words of a state.
    #[must_use]
    pub fn state_words(&self) -> usize {
        memories::words(self.neurons as usize)
    }

    /// Number of trials.
    #[must_use]
    pub fn trials(&self) -> usize {
        self.starts.len() / self.state_words()
    }

    /// The states at the start.
    #[must_use]
    pub fn initial_state(&self) -> Snapshot {
        Snapshot { sweep: 0, states: self.starts.clone(), counts: self.counts(&self.starts) }
    }

    /// n^μ of some states, `[trial][pattern]`.
    #[must_use]
    pub fn counts(&self, states: &[u64]) -> Vec<u32> {
        states.chunks(self.state_words()).flat_map(|state| self.memories.counts(state)).collect()
    }

    /// The order in which an asynchronous sweep visits the neurons: by a random word, then by number.
    pub fn order(&self, trial: u32, sweep: u64, keys: &mut Vec<u64>) {
        let key = random::key(self.seed);
        keys.clear();
        for call in 0..self.neurons.div_ceil(4) {
            let words = random::philox(random::counter(Stream::Order, trial, call, sweep), key);
            keys.extend((0u32..).zip(words).map(|(at, word)| u64::from(word) << 32 | u64::from(4 * call + at)));
        }
        keys.truncate(self.neurons as usize);
        keys.sort_unstable();
    }

    /// The draw of a neuron in a sweep, 32 bits.
    #[inline(always)]
    #[must_use]
    pub fn draw(&self, trial: u32, sweep: u64, neuron: u32) -> u32 {
        let words = random::philox(random::counter(Stream::Noise, trial, neuron / 4, sweep), random::key(self.seed));
        words[(neuron % 4) as usize]
    }

    /// Whether a neuron is on after it was visited.
    #[inline(always)]
    #[must_use]
    pub fn decide(&self, field: i64, is_on: bool, (trial, sweep, neuron): (u32, u64, u32)) -> bool {
        match &self.gain {
            Some(gain) => self.draw(trial, sweep, neuron) < gain.of(field),
            None => field > 0 || field == 0 && (self.tie_on || is_on),
        }
    }

    /// S of a neuron that is on or off.
    #[inline(always)]
    #[must_use]
    pub const fn value(&self, is_on: bool) -> i64 {
        is_on as i64 - (self.signed && !is_on) as i64
    }

    /// Number of neurons in which a state differs from a pattern.
    #[must_use]
    pub fn distance(&self, pattern: usize, count: u32, on: u32) -> u32 {
        self.memories.sizes()[pattern] + on - 2 * count
    }
}
