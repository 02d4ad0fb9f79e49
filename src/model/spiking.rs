//! The spiking model: populations of leaky integrate-and-fire neurons, their patterns, projections and stimuli.

pub(super) mod build;
mod coupling;
mod patterns;
mod populations;
mod projections;
mod protocol;
mod record;
mod representation;
mod stimuli;

pub use self::coupling::{Coupling, CouplingForm};
pub use super::patterns::PatternSource;

/// A network of leaky integrate-and-fire populations and what is done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spiking {
    /// Seed of every random draw.
    pub seed: u64,
    /// Time step, ms.
    pub dt_ms: f64,
    /// Number of steps of the run.
    pub duration_steps: u64,
    /// Stored patterns; `None`: nothing is Hebbian.
    pub patterns: Option<Patterns>,
    /// Populations, in the order of the configuration.
    pub populations: Vec<Population>,
    /// Projections, in the order of the configuration.
    pub projections: Vec<Projection>,
    /// Stimuli, in the order of the configuration.
    pub stimuli: Vec<Stimulus>,
    /// What is learned and forgotten while it runs, in order of time.
    pub changes: Vec<Change>,
    /// What ends a trial before its time.
    pub guard: Guard,
    /// Runs of the same patterns and wiring, each with its own initial state, noise and cues; at least 1.
    pub trials: u32,
    /// What the results file holds.
    pub record: Record,
}

impl Spiking {
    /// How many patterns are learned while it runs.
    #[must_use]
    pub fn learned_count(&self) -> usize {
        self.changes.iter().filter(|change| matches!(change.action, ChangeAction::Learn { .. })).count()
    }
}

/// A pattern is stored or erased.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The first step that has it, after the first of the run.
    pub step: u64,
    /// Number of the pattern: patterns that are learned follow those that were there at the start, in order of time.
    pub pattern: usize,
    /// What becomes of it.
    pub action: ChangeAction,
}

/// What becomes of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChangeAction {
    /// The neurons that fired above a rate become its members.
    Learn {
        /// In so many steps before the change.
        window_steps: u64,
        /// Hz.
        above_hz: f64,
    },
    /// Its weights are taken away.
    Forget,
}

/// What ends a trial before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guard {
    /// So many steps without a spike; `None`: off.
    pub silence_steps: Option<u64>,
    /// A rate of any population over 50 ms, Hz; `None`: off.
    pub rate_max_hz: Option<f64>,
}

/// The memories: low-activity binary patterns over one population, or over each of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    /// Index of the population in which they live.
    pub population: usize,
    /// Further populations that have as many patterns of their own, with the same numbers.
    pub further_populations: Vec<usize>,
    /// Number of patterns P.
    pub count: usize,
    /// Fraction of active neurons a: as configured, or what given patterns have.
    pub activity: f64,
    /// Where they come from.
    pub source: PatternSource,
}

/// One population of neurons: tau_m dV/dt = -V + drive + inputs + noise. Potentials in mV above rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Its name in the configuration.
    pub name: String,
    /// Number of neurons N, at least 1.
    pub size: u32,
    /// Membrane time constant, ms.
    pub tau_m_ms: f64,
    /// Threshold, mV.
    pub threshold_mv: f64,
    /// Reset potential, mV, below the threshold.
    pub reset_mv: f64,
    /// Refractory period R, steps.
    pub refractory_steps: u32,
    /// Constant input, mV.
    pub drive_mv: f64,
    /// Standard deviation that white noise gives the free membrane, mV.
    pub noise_mv: f64,
    /// Lower end of the initial potential, mV.
    pub initial_low_mv: f64,
    /// Upper end of the initial potential, mV.
    pub initial_high_mv: f64,
    /// How far tau_m, threshold and drive differ between neurons; what is above are their means.
    pub spread: Spread,
    /// An independent Poisson source for each neuron.
    pub poisson: Option<Poisson>,
    /// Escape noise in place of the sharp threshold.
    pub escape: Option<Escape>,
    /// A current that every spike adds to and that is subtracted.
    pub adaptation: Option<Adaptation>,
}

/// Standard deviations over the neurons of a population; 0 where all are alike.
///
/// Each neuron's value is drawn from a normal distribution, again until it is valid: tau_m at least dt, the threshold
/// above the reset potential.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Of the membrane time constant, ms.
    pub tau_m_ms: f64,
    /// Of the threshold, mV.
    pub threshold_mv: f64,
    /// Of the drive, mV.
    pub drive_mv: f64,
}

/// A Poisson process of events, each adding `weight_mv` to a synaptic input of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson {
    /// Events a second.
    pub rate_hz: f64,
    /// The jump of the synaptic input (of the potential where tau_syn = 0) that an event gives, mV.
    pub weight_mv: f64,
    /// Decay time of the input, ms; 0: the potential itself jumps.
    pub tau_syn_ms: f64,
}

/// Stochastic spikes: the hazard is rate exp((V - threshold)/width).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Escape {
    /// Hazard at the threshold, Hz.
    pub rate_hz: f64,
    /// The difference of potential that makes it e times larger, mV.
    pub width_mv: f64,
}

/// A current that every spike of the neuron adds to; it is subtracted from the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptation {
    /// What a spike adds, mV.
    pub jump_mv: f64,
    /// Decay time, ms.
    pub tau_ms: f64,
}

/// What a projection counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectionKind {
    /// w_ij = c Σ_μ ξ_i^μ ξ_j^μ, or what the coupling says.
    Hebbian,
    /// w_ij = c for every pair.
    Global,
}

/// Which pairs of a projection are connected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Connections {
    /// All.
    All,
    /// Each ordered pair by itself with this probability, above 0 and below 1.
    Probability(f64),
    /// Exactly so many sources for each target.
    Indegree {
        /// Number of sources K, at least 1.
        count: u32,
        /// Any sources; otherwise different ones, and there are so many.
        multapses: bool,
    },
}

/// Where connections are that are no product of the patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Representation {
    /// Stored where that takes no more than [`Projection::STORED_BYTES_MAX`].
    Auto,
    /// Drawn anew whenever a spike needs them.
    Procedural,
    /// In compressed rows.
    Stored,
}

/// All connections from one population to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Index of the source population.
    pub from: usize,
    /// Index of the target population.
    pub to: usize,
    /// Hebbian or global.
    pub kind: ProjectionKind,
    /// Which pattern excites which, where it is Hebbian.
    pub coupling: Coupling,
    /// The jump c of the synaptic input (of the potential where tau_syn = 0) that one spike gives, mV.
    pub jump_mv: f64,
    /// Decay time of the synaptic input, ms; 0: the potential itself jumps.
    pub tau_syn_ms: f64,
    /// Delay D, steps, at least 1.
    pub delay_steps: u32,
    /// The input of target i is multiplied by n_i / mean(n), n_i the number of its patterns.
    pub scaled_by_memberships: bool,
    /// A neuron's own spikes count.
    pub autapses: bool,
    /// Which pairs are connected. Where not all are, Hebbian or global is what those that are count.
    pub connections: Connections,
    /// Hebbian: more shared patterns count as so many, at least 1.
    pub clip: Option<u32>,
    /// Where the connections are.
    pub representation: Representation,
}

/// An input switched on and off: active in step t if `start_step` <= t < `stop_step`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// Whom it drives.
    pub target: StimulusTarget,
    /// Index of the population it drives.
    pub population: usize,
    /// Amplitude, mV.
    pub amplitude_mv: f64,
    /// First active step.
    pub start_step: u64,
    /// First step after it.
    pub stop_step: u64,
}

/// Whom a stimulus drives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StimulusTarget {
    /// round(fraction × members) members of a pattern and round(spill × others) of the others, drawn from the seed.
    Cue {
        /// Number of the pattern, from 0.
        pattern: usize,
        /// Fraction of the members.
        fraction: f64,
        /// Fraction of the non-members.
        spill: f64,
    },
    /// round(fraction × N) neurons of the population, drawn from the seed: a stimulus that comes again drives the same.
    Group {
        /// Number of the group.
        group: u32,
        /// Fraction of the population.
        fraction: f64,
    },
    /// The whole population.
    Pulse,
}

/// What the results file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Which spikes.
    pub spikes: SpikeRecord,
    /// Bin of the overlaps, steps; `None`: off.
    pub overlaps_bin_steps: Option<u64>,
    /// Bin of the population rates, steps; `None`: off.
    pub rates_bin_steps: Option<u64>,
    /// An overlap is (r_on - r_off) / this rate, Hz.
    pub reference_rate_hz: f64,
    /// Recorded potentials, at most one entry a population.
    pub voltages: Vec<VoltageRecord>,
    /// Compress the spikes with deflate.
    pub deflate: bool,
}

/// Which spikes the results file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeRecord {
    /// Indices of the recorded populations, ascending.
    pub populations: Vec<usize>,
    /// One neuron in so many: those whose number within the population it divides.
    pub every: u32,
    /// First recorded step.
    pub start_step: u64,
    /// First step no longer recorded.
    pub stop_step: u64,
}

/// Recorded potentials of one population.
#[derive(Clone, Debug, PartialEq)]
pub struct VoltageRecord {
    /// Index of the population.
    pub population: usize,
    /// Recorded neurons, numbered within the population, ascending.
    pub neurons: Vec<u32>,
    /// Steps between two frames.
    pub every_steps: u64,
    /// Record the synaptic inputs too.
    pub inputs: bool,
}
