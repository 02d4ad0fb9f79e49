//! The stored patterns in a results file: the members of each, or, where those would be very many, bits.

use hdf5::{File, Group};

use super::layout::{scalar, text};

/// More members than this are written as bits, an eighth of a byte a neuron: half a gigabyte.
const MEMBERS_MAX: u64 = 1 << 27;

/// What is told of patterns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored<'a> {
    /// Number of members of each.
    pub(crate) sizes: &'a [u32],
    pub(crate) activity: f64,
    pub(crate) seed: u64,
    /// The population in which they live.
    pub(crate) population: &'a str,
    /// A further population has its patterns in a group of its own in that of the first one.
    pub(crate) is_further: bool,
}

impl Stored<'_> {
    /// Makes the group of the patterns; `members` gives those of all patterns one after the other, piece by piece.
    pub(crate) fn lay_out(&self, file: &File, members: impl Iterator<Item = Vec<u32>>) -> hdf5::Result<Group> {
        let group = self.group(file)?;
        let mut offsets = vec![0u64];
        offsets.extend(self.sizes.iter().scan(0, |end, &size| {
            *end += u64::from(size);
            Some(*end)
        }));
        let total = self.total() as usize;
        let dataset = group.new_dataset::<u32>().shape(total).create("members")?;
        let mut next = 0;
        for piece in members.filter(|piece| !piece.is_empty()) {
            dataset.write_slice(&piece, next..next + piece.len())?;
            next += piece.len();
        }
        group.new_dataset_builder().with_data(&offsets).create("offsets")?;
        Ok(group)
    }

    /// The same as bits, lowest first, `[pattern][neuron / 8]`.
    pub(crate) fn lay_out_bits<'c>(
        &self,
        file: &File,
        neurons: usize,
        columns: impl Iterator<Item = &'c [u64]>,
    ) -> hdf5::Result<Group> {
        let group = self.group(file)?;
        let width = neurons.div_ceil(8);
        let dataset = group.new_dataset::<u8>().shape([self.sizes.len(), width]).create("bits")?;
        for (pattern, column) in columns.enumerate() {
            let bytes: Vec<u8> = column.iter().flat_map(|word| word.to_le_bytes()).take(width).collect();
            dataset.write_slice(&bytes, (pattern, 0..width))?;
        }
        scalar(&dataset, "neurons", &(neurons as u64))?;
        Ok(group)
    }

    fn group(&self, file: &File) -> hdf5::Result<Group> {
        let name = if self.is_further { format!("patterns/{}", self.population) } else { "patterns".to_owned() };
        let group = file.create_group(&name)?;
        scalar(&group, "activity", &self.activity)?;
        scalar(&group, "seed", &self.seed)?;
        text(&group, "population", self.population)?;
        Ok(group)
    }

    fn total(&self) -> u64 {
        self.sizes.iter().map(|&size| u64::from(size)).sum()
    }

    /// Whether there are too many members to be listed.
    pub(crate) fn is_large(&self) -> bool {
        self.total() > MEMBERS_MAX
    }
}
