//! What two engines of a binary network can differ in.

use super::{Comparable, first_unequal};
use crate::engine::hopfield::{Sweep, Swept};
use crate::network::hopfield::{Hopfield, Snapshot};

/// What an engine computes and another can compute differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Whether a neuron is on.
    State {
        /// Which trial.
        trial: usize,
        /// Which neuron.
        neuron: usize,
    },
    /// The number of neurons that are on and active in a pattern.
    Count {
        /// Which trial.
        trial: usize,
        /// Which pattern.
        pattern: usize,
    },
}

/// The first thing in which two engines differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Sweeps made when it first shows.
    pub sweeps: u64,
    /// Which variable.
    pub variable: Variable,
    /// Its values: the first engine's, the second's.
    pub values: [i64; 2],
}

impl Comparable for Hopfield {
    type Difference = Difference;

    fn different_results(&self, ours: &Swept, theirs: &Swept) -> Option<Difference> {
        let sweeps = ours.sweep.number + 1;
        different(self, sweeps, [(&ours.states, &ours.counts), (&theirs.states, &theirs.counts)])
    }

    fn different_states(&self, ours: &Snapshot, theirs: &Snapshot, _: Option<Sweep>) -> Option<Difference> {
        different(self, ours.sweep, [(&ours.states, &ours.counts), (&theirs.states, &theirs.counts)])
    }

    fn start_of(sweep: Sweep) -> u64 {
        sweep.number
    }

    /// A sweep is the least that is taken at once.
    fn pieces(_: Sweep) -> Vec<Sweep> {
        Vec::new()
    }

    fn only_at_once(_: Sweep, difference: Difference) -> Difference {
        difference
    }
}

fn different(network: &Hopfield, sweeps: u64, [ours, theirs]: [(&[u64], &[u32]); 2]) -> Option<Difference> {
    let words = network.state_words();
    let word = (0..ours.0.len().max(theirs.0.len())).find(|&at| ours.0.get(at) != theirs.0.get(at));
    if let Some(at) = word {
        let [one, other] = [ours.0, theirs.0].map(|states| states.get(at).copied().unwrap_or_default());
        let bit = (one ^ other).trailing_zeros().min(63);
        let variable = Variable::State { trial: at / words, neuron: at % words * 64 + bit as usize };
        return Some(Difference { sweeps, variable, values: [one, other].map(|word| (word >> bit & 1) as i64) });
    }
    let (at, values) = first_unequal(ours.1, theirs.1)?;
    let patterns = network.memories.count().max(1);
    Some(Difference { sweeps, variable: Variable::Count { trial: at / patterns, pattern: at % patterns }, values })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::hopfield::{Coupling, Energy, Matrix, Memories, Thresholds};

    #[test]
    fn one_flipped_bit_is_found_and_none_where_there_is_none() {
        let network = Hopfield {
            seed: 1,
            sweeps: 1,
            neurons: 70,
            signed: true,
            memories: Memories::from_columns(70, 2, vec![1, 0, 2, 0]),
            coupling: Coupling::Matrix(Matrix { weights: vec![0; 4900] }),
            factor: 1,
            thresholds: Thresholds::Same(0),
            synchronous: true,
            tie_on: false,
            gain: None,
            starts: vec![0; 6],
            start_pattern: None,
            stop_when_stable: false,
            energy: Energy { top: 1, bottom: 2 },
        };
        let ours = network.initial_state();
        assert_eq!(network.different_states(&ours, &ours, None), None);
        let mut theirs = ours.clone();
        theirs.states[3] ^= 1 << 5;
        let found = network.different_states(&ours, &theirs, None).unwrap();
        assert_eq!((found.variable, found.values), (Variable::State { trial: 1, neuron: 69 }, [0, 1]));
        let mut theirs = ours.clone();
        theirs.counts[5] += 2;
        let found = network.different_states(&ours, &theirs, None).unwrap();
        assert_eq!((found.variable, found.values), (Variable::Count { trial: 2, pattern: 1 }, [0, 2]));
    }
}
