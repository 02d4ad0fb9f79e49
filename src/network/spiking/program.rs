//! The program of a run: what is learned and forgotten when, what ends it early, how many trials it has.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::Spiking;

/// What happens in a run besides its stimuli.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// What is learned and forgotten, in order of time.
    pub changes: Vec<Change>,
    /// What ends a trial before its time.
    pub guard: Guard,
    /// Runs of the same patterns and wiring, one after the other; at least 1.
    pub trials: u32,
    /// Makes the network that a change or the next trial needs.
    pub revise: Revise,
}

impl Default for Program {
    fn default() -> Self {
        Self { changes: Vec::new(), guard: Guard::default(), trials: 1, revise: Revise::default() }
    }
}

impl Program {
    /// Whether there is nothing to do: one trial that goes to its end with the patterns it began with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.guard == Guard::default() && self.trials == 1
    }
}

/// A pattern is stored or erased before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first step that has it.
    pub step: u64,
    /// Number of the pattern.
    pub pattern: usize,
    /// What becomes of it.
    pub action: Action,
}

/// What becomes of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The neurons of the population of the patterns with so many spikes become its members.
    Learn {
        /// Spikes of so many steps before the change count.
        window_steps: u64,
        /// A member has at least so many; at least 1.
        spikes_min: u32,
    },
    /// Its weights are taken away.
    Forget,
}

/// What ends a trial before its time; both off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// So many steps without a spike.
    pub silence_steps: Option<u64>,
    /// A population that fires too fast.
    pub rate: Option<RateLimit>,
}

/// The most spikes that populations may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// In so many steps, at least 1.
    pub window_steps: usize,
    /// Of each population.
    pub spikes_max: Vec<u64>,
}

/// All patterns that there were so far.
#[derive(Clone, Copy, Debug)]
pub struct Memories<'a> {
    /// Members of each, ascending; of a pattern that was forgotten those it had, none of one to be learned.
    pub known: &'a [Vec<u32>],
    /// Which of them the weights store.
    pub stored: &'a [bool],
}

/// The network for other memories or another trial; the sentence says why there is none.
type Revising = dyn Fn(Memories<'_>, u32, Option<&Spiking>) -> Result<Spiking, String> + Send + Sync;

/// Makes the network of other memories or of another trial: weights depend on the memories in ways that only `compile`
/// knows, so it hands this over with the network.
#[derive(Clone, Default)]
pub struct Revise(Option<Arc<Revising>>);

impl Revise {
    /// From what compiles.
    #[must_use]
    pub fn new(
        revise: impl Fn(Memories<'_>, u32, Option<&Spiking>) -> Result<Spiking, String> + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(revise)))
    }

    /// The network that stores `memories`, in trial number `trial`. Its populations, projections and the layout of its
    /// state are those of the first. Where a network stores just these already, `same` is it: its weights are taken over.
    ///
    /// # Errors
    /// If the weights do not fit their integers any more, in words.
    pub fn network(&self, memories: Memories<'_>, trial: u32, same: Option<&Spiking>) -> Result<Spiking, String> {
        match &self.0 {
            Some(revise) => revise(memories, trial, same),
            None => Err("this network was not made by `compile`, which alone can change it".to_owned()),
        }
    }
}

/// It stands for the model that a network is of: networks that are equal have the same.
impl PartialEq for Revise {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Revise {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Revise")
    }
}

/// How far a program has come: part of the state of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The trial.
    pub trial: u32,
    /// How many changes were made.
    pub made: usize,
    /// Members of each pattern that was learned, in order of time.
    pub learned: Vec<Vec<u32>>,
    /// Spikes that changes to come look at: step, and neuron within the population of the patterns; in order of step.
    pub recent: Vec<(u64, u32)>,
    /// Steps since a neuron has fired, where silence is guarded against.
    pub silent_steps: u64,
    /// Spikes of each population in the last steps of the guard's window, `[step][population]`, oldest first.
    pub guarded: VecDeque<u32>,
    /// Their sums, `[population]`.
    pub guarded_sums: Vec<u64>,
}
