//! Stored connections: compressed rows, `[chunk of targets][source]`.

/// Where rows are a choice they take no more bytes a connection.
pub const BYTES_MAX: u64 = 6;

/// The targets of all sources, chunk by chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// In the order of the targets.
    pub chunks: Vec<Chunk>,
}

/// The targets in one chunk, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where the row of each source starts among the entries, `[source + 1]`.
    pub starts: Vec<u32>,
    /// All rows.
    pub entries: Entries,
}

/// Targets, numbered within their chunk, ascending in each row; a target that stands there twice counts twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entries {
    /// Each counts one.
    Ones(Vec<u16>),
    /// A target and in the upper 16 bits what it counts, with a sign.
    Weighted(Vec<u32>),
}

/// A piece of them.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// See [`Entries::Ones`].
    Ones(&'a [u16]),
    /// See [`Entries::Weighted`].
    Weighted(&'a [u32]),
}

impl Entries {
    /// Bytes of an entry.
    #[must_use]
    pub const fn bytes(weighted: bool) -> u64 {
        if weighted { 4 } else { 2 }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Ones(targets) => targets.len(),
            Self::Weighted(entries) => entries.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An entry with a weight.
#[inline(always)]
#[must_use]
pub const fn entry(target: u32, count: i32) -> u32 {
    (count.cast_unsigned() << 16) | (target & 0xffff)
}

/// Target and weight of an entry.
#[inline(always)]
#[must_use]
pub const fn unpacked(entry: u32) -> (u32, i32) {
    (entry & 0xffff, entry.cast_signed() >> 16)
}

/// Bytes of rows of so many entries.
#[must_use]
pub const fn bytes(entries: u64, weighted: bool, sources: u64, chunks: u64) -> u64 {
    entries * Entries::bytes(weighted) + 4 * (sources + 1) * chunks
}

impl Rows {
    /// Number of connections.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.entries.len() as u64).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of all of it.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let starts: usize = self.chunks.iter().map(|chunk| chunk.starts.len()).sum();
        let weighted = matches!(self.chunks.first(), Some(Chunk { entries: Entries::Weighted(_), .. }));
        self.len() * Entries::bytes(weighted) + 4 * starts as u64
    }

    /// The targets of a source in a chunk.
    #[inline(always)]
    #[must_use]
    pub fn row(&self, source: u32, chunk: u32) -> Row<'_> {
        let Chunk { starts, entries } = &self.chunks[chunk as usize];
        let row = starts[source as usize] as usize..starts[source as usize + 1] as usize;
        match entries {
            Entries::Ones(targets) => Row::Ones(&targets[row]),
            Entries::Weighted(entries) => Row::Weighted(&entries[row]),
        }
    }

    /// Calls `take` with each target of a source in a chunk, and what it counts.
    #[inline(always)]
    pub fn for_each(&self, source: u32, chunk: u32, mut take: impl FnMut(u32, i32)) {
        match self.row(source, chunk) {
            Row::Ones(targets) => targets.iter().for_each(|&target| take(target.into(), 1)),
            Row::Weighted(entries) => entries.iter().for_each(|&entry| {
                let (target, count) = unpacked(entry);
                take(target, count);
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_holds_every_target_and_weight() {
        for target in [0, 1, 1023, 0xffff] {
            for count in [-32768, -1, 0, 1, 32767] {
                assert_eq!(unpacked(entry(target, count)), (target, count));
            }
        }
    }
}
