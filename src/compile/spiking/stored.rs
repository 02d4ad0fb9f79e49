//! The patterns of all populations, as the rest of compiling asks for them.

use crate::network::patterns::Patterns;
use crate::network::spiking::wiring::Ends;
use crate::network::spiking::{CountsLayout, PatternSet};

/// Patterns by population.
#[derive(Clone, Copy)]
pub(in crate::compile) struct Stored<'a> {
    pub(in crate::compile) layout: CountsLayout,
    /// The first population that has some, and these.
    pub(in crate::compile) first: (usize, &'a Patterns),
    pub(in crate::compile) further: &'a [PatternSet],
}

impl<'a> Stored<'a> {
    /// The patterns of a population and the number of their set; `None`: it has none.
    pub(in crate::compile) fn of(&self, population: usize) -> Option<(usize, &'a Patterns)> {
        let further = self.further.iter().map(|set| (set.population, &set.patterns));
        let mut sets = std::iter::once(self.first).chain(further).enumerate();
        sets.find(|(_, (home, _))| *home == population).map(|(set, (_, patterns))| (set, patterns))
    }

    /// The patterns at the ends of a projection; those of the first population stand for none.
    pub(in crate::compile) fn ends(&self, source: usize, target: usize) -> Ends<'a> {
        let of = |population| self.of(population).map_or(self.first.1, |(_, patterns)| patterns);
        Ends { source: of(source), target: of(target) }
    }
}
