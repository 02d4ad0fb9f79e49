//! What is counted in each step, and where in a row of integers it stands.

/// The integers counted in each step, one row a step: what blocks exchange and what traces are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountsLayout {
    /// Number of patterns: entries 0..patterns are M^μ, the spikes of the members of μ.
    pub patterns: usize,
    /// Number of populations with patterns, at least 1: the counts of the patterns of each follow those of the one before.
    pub sets: usize,
    /// Number of populations; their spikes follow, then their saturated potentials.
    pub populations: usize,
    /// Number of inputs, projections and then private ones; their saturations come last.
    pub inputs: usize,
}

impl CountsLayout {
    /// Length of a row.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pattern_entries() + 2 * self.populations + self.inputs
    }

    /// A row is never empty: there is a population.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of entries that count patterns, of all populations.
    #[must_use]
    pub const fn pattern_entries(&self) -> usize {
        self.patterns * self.sets
    }

    /// Where the patterns of the set with this number are counted, from the first one on; see [`set_of`](super::Spiking::set_of).
    #[must_use]
    pub const fn patterns_of(&self, set: usize) -> usize {
        self.patterns * set
    }

    /// Where the spikes of a population are counted.
    #[must_use]
    pub const fn spikes(&self, population: usize) -> usize {
        self.pattern_entries() + population
    }

    /// Where the saturations of the potentials of a population are counted.
    #[must_use]
    pub const fn saturated_potentials(&self, population: usize) -> usize {
        self.pattern_entries() + self.populations + population
    }

    /// Where the saturations of an input are counted.
    #[must_use]
    pub const fn saturated_inputs(&self, input: usize) -> usize {
        self.pattern_entries() + 2 * self.populations + input
    }
}
