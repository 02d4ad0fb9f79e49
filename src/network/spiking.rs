//! The spiking network in integers: what both engines read, and the layout of what they return.
//!
//! One step of neuron i of population p, in integers (`round_shift` is half up, `saturate` clamps to i32):
//!
//! ```text
//! if refractory > 0:   refractory -= 1; held            (V stays at reset)
//! else:                V = saturate(round_shift(decay V + sum_s gain_s I_s, shift) + external + noise z)
//!                      if V >= threshold: spike, V = reset, refractory = R, held if R > 0
//!                      (with escape noise: if draw(t) < hazard(V - threshold))
//! for every input s, projections in the order of the configuration, then the private ones:
//!     arrival = round_shift(count(t - delay_s) weight_s, weight_shift_s); the count of a private input is of this step
//!     current:  I_s = saturate(round_shift(I_s decay_s, 31) + arrival)
//!     jump:     unless held, V = saturate(V + arrival)
//! ```

mod counts;
mod escape;
mod fields;
pub mod gaps;
mod own;
mod private;
mod program;
pub mod rows;
mod snapshot;
pub mod wiring;

pub use self::counts::CountsLayout;
pub use self::escape::Escape;
pub use self::own::Own;
pub use self::private::{Poisson, Private, Source};
pub use self::snapshot::Snapshot;
pub use fields::{Field, Term};
pub use program::{Action, Change, Course, Guard, Memories, Program, RateLimit, Revise};

use self::wiring::Wiring;
use super::patterns::Patterns;
use crate::fixed;
use crate::random::{self, Draws, Stream};

/// The longest block: the spikes of one are a 32-bit word a neuron.
pub const BLOCK_STEPS_MAX: u32 = 32;

/// A network of leaky integrate-and-fire populations. Neurons are numbered across populations.
#[derive(Clone, Debug, PartialEq)]
pub struct Spiking {
    /// Seed of every draw made while it runs.
    pub seed: u64,
    /// Which trial this is: part of the counter of noise, initial state and cues.
    pub trial: u32,
    /// Number of steps of the run.
    pub steps: u64,
    /// Populations, in order of their first neuron.
    pub populations: Vec<Population>,
    /// Projections, in the order of the configuration.
    pub projections: Vec<Projection>,
    /// Connections that are no product of the patterns, by [`Count::Wired`].
    pub wirings: Vec<Wiring>,
    /// Inputs that each neuron has for itself, in the order of their populations. Where inputs are numbered they follow
    /// the projections.
    pub privates: Vec<Private>,
    /// Index of the population that the patterns live in.
    pub pattern_population: usize,
    /// The patterns; `count() == 0` where there are none.
    pub patterns: Patterns,
    /// Patterns of further populations, as many in each, with the same numbers.
    pub further_patterns: Vec<PatternSet>,
    /// What the projections that count a field count.
    pub fields: Vec<Field>,
    /// Stimuli, in the order of the configuration.
    pub stimuli: Vec<Stimulus>,
    /// State variables to return at the end of blocks that ask for it.
    pub probes: Vec<Probe>,
    /// After every so many steps the probes are due (each entry > 0): the schedule cuts there.
    pub probe_intervals: Vec<u64>,
    /// What is learned and forgotten, what ends the run early, how many trials there are.
    pub program: Program,
}

/// The patterns of a further population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternSet {
    /// Index of the population.
    pub population: usize,
    /// Its patterns.
    pub patterns: Patterns,
}

/// A population of neurons of one kind. Where they differ (`own`), the numbers here are the largest in magnitude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    /// Its name.
    pub name: String,
    /// Number of its first neuron.
    pub first: u32,
    /// Number of neurons.
    pub size: u32,
    /// e^(-dt/tau_m) in 2^-shift.
    pub decay: i32,
    /// Fraction bits of `decay`; `gain` of the inputs has three more. 1..=31, with decay + Σ gains < 2^32.
    pub shift: u32,
    /// (1 - e^(-dt/tau_m)) drive, 2^-21 mV.
    pub drive: i32,
    /// Noise amplitude: the noise of a step is this times [`random::coin_sum`], 2^-21 mV.
    pub noise: i32,
    /// Threshold, 2^-21 mV.
    pub threshold: i32,
    /// Reset, 2^-21 mV.
    pub reset: i32,
    /// Refractory period R, steps.
    pub refractory_steps: u32,
    /// Lowest initial potential, 2^-21 mV.
    pub initial_low: i32,
    /// Highest minus lowest initial potential, 2^-21 mV.
    pub initial_span: u32,
    /// Indices of the projections that end here, ascending.
    pub inputs: Vec<usize>,
    /// Escape noise in place of the sharp threshold.
    pub escape: Option<Escape>,
    /// What differs between its neurons.
    pub own: Own,
}

/// What a projection counts at each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Σ_{μ in i} M^μ, M^μ the number of spikes of members of μ in the source; minus n_i S_i without autapses.
    Patterns,
    /// Σ_{μ in i} F^μ + U of the network's field with this index; minus s_i S_i without autapses.
    Field(usize),
    /// The number of spikes of the source; minus S_i without autapses where source and target are one.
    Spikes,
    /// Σ over the sources j that are connected to i of what a spike of j counts there: the index among
    /// [`Spiking::wirings`].
    Wired(usize),
}

/// How arrivals act on the membrane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synapse {
    /// An exponentially decaying input.
    Current {
        /// e^(-dt/tau_s) in 2^-31.
        decay: i32,
        /// P_s = tau_s/(tau_m - tau_s) (e^(-dt/tau_m) - e^(-dt/tau_s)) in 2^-(shift + 3), `shift` the target's.
        gain: i32,
    },
    /// The potential itself jumps.
    Jump,
}

/// All connections from one population to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// Index of the source population.
    pub source: usize,
    /// Index of the target population.
    pub target: usize,
    /// What is counted.
    pub count: Count,
    /// The count of target i is multiplied by n_i (1/mean(n) is in the weight).
    pub by_memberships: bool,
    /// A neuron's own spikes are taken away from its count (source and target are the same, counts are not wired).
    pub subtract_own: bool,
    /// Delay D, steps, at least 1.
    pub delay_steps: u32,
    /// The jump a counted spike gives: `weight` 2^-(18 + weight_shift) mV for a current, 2^-(21 + weight_shift) mV
    /// for a jump.
    pub weight: i32,
    /// See `weight`; 0..=31.
    pub weight_shift: u32,
    /// Current or jump.
    pub synapse: Synapse,
}

impl Projection {
    /// What `count` spikes add: an integer in the unit of the synapse, rounded once.
    #[inline(always)]
    #[must_use]
    pub const fn arrival(&self, count: i32) -> i64 {
        fixed::round_shift(count as i64 * self.weight as i64, self.weight_shift)
    }
}

/// A stimulus in integers: active in step t if start <= t < stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stimulus {
    /// Index of the population it drives.
    pub population: usize,
    /// Driven neurons, numbered within the population, ascending; `None`: all.
    pub neurons: Option<Vec<u32>>,
    /// What it adds to a potential in a step, 2^-21 mV; the largest in magnitude, where that differs between neurons.
    pub amplitude: i32,
    /// The same of each driven neuron; empty where it is the same for all.
    pub own_amplitudes: Vec<i32>,
    /// First active step.
    pub start_step: u64,
    /// First step after it.
    pub stop_step: u64,
}

/// One recorded variable of one neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Which variable.
    pub variable: Variable,
    /// Of which neuron, numbered across populations.
    pub neuron: u32,
}

/// A state variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The membrane potential, 2^-21 mV.
    Potential,
    /// The synaptic input with this number (a current), 2^-18 mV: of a projection or, after these, a private one.
    Input(usize),
}

impl Spiking {
    /// Number of neurons in all populations.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.populations.iter().map(|population| population.size as usize).sum()
    }

    /// Populations with patterns and these, the first one first.
    pub fn pattern_sets(&self) -> impl Iterator<Item = (usize, &Patterns)> {
        let further = self.further_patterns.iter().map(|set| (set.population, &set.patterns));
        std::iter::once((self.pattern_population, &self.patterns)).chain(further)
    }

    /// Which set of patterns lives in a population: 0 is the first one.
    #[must_use]
    pub fn set_of(&self, population: usize) -> Option<usize> {
        self.pattern_sets().position(|(home, _)| home == population)
    }

    /// The patterns that live in a population.
    #[must_use]
    pub fn patterns_of(&self, population: usize) -> Option<&Patterns> {
        self.pattern_sets().find(|&(home, _)| home == population).map(|(_, patterns)| patterns)
    }

    /// The patterns at the ends of a projection; those of the first population that has some stand for none.
    #[must_use]
    pub fn ends_of(&self, projection: &Projection) -> wiring::Ends<'_> {
        let of = |population| self.patterns_of(population).unwrap_or(&self.patterns);
        wiring::Ends { source: of(projection.source), target: of(projection.target) }
    }

    /// The layout of a row of counts.
    #[must_use]
    pub fn counts_layout(&self) -> CountsLayout {
        CountsLayout {
            patterns: self.patterns.count(),
            sets: 1 + self.further_patterns.len(),
            populations: self.populations.len(),
            inputs: self.inputs(),
        }
    }

    /// Number of inputs: projections, and private ones, which are numbered after these.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.projections.len() + self.privates.len()
    }

    /// The numbers of the inputs of a population, ascending: its projections, then its private ones.
    pub fn inputs_of(&self, population: usize) -> impl Iterator<Item = usize> + '_ {
        let private = self.privates_of(population).map(|(input, _)| input);
        self.populations[population].inputs.iter().copied().chain(private)
    }

    /// The private inputs of a population, with their numbers.
    pub fn privates_of(&self, population: usize) -> impl Iterator<Item = (usize, &Private)> + '_ {
        let numbered = self.privates.iter().enumerate().filter(move |(_, private)| private.population == population);
        numbered.map(|(at, private)| (self.projections.len() + at, private))
    }

    /// The private input with this number, if it is one.
    #[must_use]
    pub fn private(&self, input: usize) -> Option<&Private> {
        self.privates.get(input.checked_sub(self.projections.len())?)
    }

    /// How an input acts on the membrane.
    #[must_use]
    pub fn synapse(&self, input: usize) -> Synapse {
        self.private(input).map_or_else(|| self.projections[input].synapse, |private| private.synapse)
    }

    /// Index of the population that an input belongs to.
    #[must_use]
    pub fn target(&self, input: usize) -> usize {
        self.private(input).map_or_else(|| self.projections[input].target, |private| private.population)
    }

    /// The longest block B: the smallest delay, at most 32 steps.
    #[must_use]
    pub fn block_steps(&self) -> u32 {
        let shortest = self.projections.iter().map(|projection| projection.delay_steps).min();
        shortest.map_or(BLOCK_STEPS_MAX, |steps| steps.min(BLOCK_STEPS_MAX))
    }

    /// The longest delay D_max, steps; 0 without projections.
    #[must_use]
    pub fn delay_steps_max(&self) -> u32 {
        self.projections.iter().map(|projection| projection.delay_steps).max().unwrap_or(0)
    }

    /// For how many steps a neuron's own spikes are needed: the longest delay of projections that leave autapses out, and
    /// of wired ones, whose spikes are delivered as they arrive.
    #[must_use]
    pub fn own_history_steps(&self) -> u32 {
        let needs = |projection: &&Projection| projection.subtract_own || matches!(projection.count, Count::Wired(_));
        self.projections.iter().filter(needs).map(|projection| projection.delay_steps).max().unwrap_or(0)
    }

    /// The state at step 0: potentials drawn between `initial_low` and `initial_low + initial_span`.
    #[must_use]
    pub fn initial_state(&self) -> Snapshot {
        let mut potentials = Vec::with_capacity(self.neurons());
        for population in &self.populations {
            let values = u64::from(population.initial_span) + 1;
            potentials.extend((0..population.size).map(|local| {
                let word = Draws::new(self.seed, Stream::InitialState, self.trial, population.first + local).word();
                let offset = (u64::from(word) * values) >> 32;
                (i64::from(population.initial_low) + offset as i64) as i32
            }));
        }
        let neurons = potentials.len();
        let rows = self.delay_steps_max() as usize;
        let input_sizes = (0..self.inputs()).map(|input| match self.synapse(input) {
            Synapse::Current { .. } => self.populations[self.target(input)].size as usize,
            Synapse::Jump => 0,
        });
        Snapshot {
            step: 0,
            potentials,
            refractory: vec![0; neurons],
            inputs: input_sizes.map(|size| vec![0; size]).collect(),
            counts: vec![0; rows * self.counts_layout().len()],
            history: vec![0; self.own_history_steps().div_ceil(32) as usize * neurons],
            course: Course::default(),
        }
    }

    /// Drive plus active stimuli of every neuron in `step`, 2^-21 mV a step, `[neuron]`.
    #[must_use]
    pub fn external(&self, step: u64) -> Vec<i32> {
        let mut external = Vec::with_capacity(self.neurons());
        for population in &self.populations {
            external.extend((0..population.size as usize).map(|neuron| population.drive_of(neuron)));
        }
        for stimulus in self.stimuli.iter().filter(|stimulus| stimulus.is_active(step)) {
            let population = &self.populations[stimulus.population];
            let targets = &mut external[population.first as usize..(population.first + population.size) as usize];
            let amplitude = |at: usize| stimulus.own_amplitudes.get(at).copied().unwrap_or(stimulus.amplitude);
            match &stimulus.neurons {
                None => targets.iter_mut().enumerate().for_each(|(at, target)| *target += amplitude(at)),
                Some(neurons) => {
                    let driven = neurons.iter().enumerate();
                    driven.for_each(|(at, &neuron)| targets[neuron as usize] += amplitude(at));
                }
            }
        }
        external
    }

    /// Which stimuli are active in `step`: two steps with equal answers have the same [`Spiking::external`].
    #[must_use]
    pub fn active_stimuli(&self, step: u64) -> Vec<bool> {
        self.stimuli.iter().map(|stimulus| stimulus.is_active(step)).collect()
    }

    /// The noise of `neuron` in `step` in units of its population's amplitude: the reference of both engines.
    #[must_use]
    pub fn noise(&self, neuron: u32, step: u64) -> i32 {
        random::coin_sum(random::noise_bits(self.seed, self.trial, neuron, step))
    }

    /// The draw of `neuron` in `step` from a stream with a word a step: the reference of both engines.
    #[must_use]
    pub fn draw(&self, stream: Stream, neuron: u32, step: u64) -> u32 {
        random::step_word(self.seed, stream, self.trial, neuron, step)
    }
}

impl Stimulus {
    /// Whether it acts in `step`.
    #[must_use]
    pub const fn is_active(&self, step: u64) -> bool {
        self.start_step <= step && step < self.stop_step
    }
}
