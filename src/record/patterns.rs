//! The stored patterns in a results file: the members of each.

use hdf5::File;

use super::layout::{scalar, text};
use crate::network::patterns::Patterns;

/// Patterns and what is told of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored<'a> {
    pub(crate) rows: &'a Patterns,
    pub(crate) activity: f64,
    pub(crate) seed: u64,
    /// The population in which they live.
    pub(crate) population: &'a str,
}

impl Stored<'_> {
    /// Makes the group of the patterns.
    pub(crate) fn lay_out(&self, file: &File) -> hdf5::Result<()> {
        let (members, offsets) = members(self.rows);
        let group = file.create_group("patterns")?;
        group.new_dataset_builder().with_data(&members).create("members")?;
        group.new_dataset_builder().with_data(&offsets).create("offsets")?;
        scalar(&group, "activity", &self.activity)?;
        scalar(&group, "seed", &self.seed)?;
        text(&group, "population", self.population)
    }
}

/// The members of all patterns one after the other, and where each pattern begins and the last one ends.
fn members(patterns: &Patterns) -> (Vec<u32>, Vec<u64>) {
    let mut offsets = vec![0u64];
    offsets.extend(patterns.sizes().iter().scan(0, |end, &size| {
        *end += u64::from(size);
        Some(*end)
    }));
    let mut next = offsets.clone();
    let mut members = vec![0u32; offsets[patterns.count()] as usize];
    for neuron in 0..patterns.neurons() {
        for pattern in patterns.of(neuron) {
            members[next[pattern] as usize] = neuron as u32;
            next[pattern] += 1;
        }
    }
    (members, offsets)
}
