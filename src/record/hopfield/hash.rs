//! A light observer that follows the trials of a run, hashes them, and keeps nothing else of them.

use std::ops::ControlFlow;

use super::course::{Course, Rest};
use crate::engine::hopfield::Swept;
use crate::network::hopfield::{Hopfield, Snapshot};
use crate::record::RunHash;
use crate::simulate::Observer;

/// Follows the trials of a run, and ends it where all of them have ended.
#[derive(Clone, Debug)]
pub struct Hashing {
    courses: Vec<Course>,
    state_words: usize,
}

impl Hashing {
    /// For a run of `network`.
    #[must_use]
    pub fn new(network: &Hopfield) -> Self {
        let state_words = network.state_words();
        let starts = network.starts.chunks(state_words);
        let course = |state| Course::new(state, network.gain.is_none(), network.synchronous, network.stop_when_stable);
        Self { courses: starts.map(course).collect(), state_words }
    }

    /// The hash of the run so far: that of its states, 64 to a word, sweep by sweep, the start first; of several trials
    /// the hash of their hashes.
    #[must_use]
    pub fn run_hash(&self) -> String {
        if let [only] = &self.courses[..] {
            return only.run_hash();
        }
        let mut hash = RunHash::new();
        self.courses.iter().for_each(|course| hash.update(course.run_hash().as_bytes()));
        hash.finish()
    }

    /// Sweeps that were made, of the longest trial.
    #[must_use]
    pub fn sweeps(&self) -> u64 {
        self.courses.iter().map(Course::sweeps).max().unwrap_or(0)
    }

    /// Where each trial came to rest.
    pub fn rests(&self) -> impl Iterator<Item = Option<Rest>> + '_ {
        self.courses.iter().map(Course::rest)
    }

    pub(crate) fn courses(&self) -> &[Course] {
        &self.courses
    }

    /// Takes in a sweep; `each` sees every trial that had not ended before, with its flips.
    pub(crate) fn take(&mut self, result: &Swept, mut each: impl FnMut(usize, &[u64], u64)) -> ControlFlow<()> {
        for (trial, (course, state)) in self.courses.iter_mut().zip(result.states.chunks(self.state_words)).enumerate()
        {
            if !course.has_ended() {
                let flips = course.take(state);
                each(trial, state, flips);
            }
        }
        if self.courses.iter().all(Course::has_ended) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Observer<Hopfield> for Hashing {
    fn start(&mut self, _: &Snapshot) -> anyhow::Result<()> {
        Ok(())
    }

    fn block(&mut self, result: &Swept) -> anyhow::Result<ControlFlow<()>> {
        Ok(self.take(result, |_, _, _| {}))
    }
}
