//! Connections that are no product of the patterns: which exist, and what a spike counts through each.
//!
//! Whether source j reaches target i is a pure function of (seed; projection, source, chunk of targets): a chunk is a run
//! of targets with a sequence of draws of its own. So a spike finds its targets without trying all, in any order of
//! sources and chunks, on any engine; stored rows hold what the same draws give.

use std::sync::Arc;

use super::gaps::{GAP_LONG, Gaps};
use super::rows::Rows;
use crate::network::patterns::Patterns;
use crate::random::{self, Stream};

/// A chunk has at least so many targets, as a power of two.
const CHUNK_BITS_MIN: u32 = 10;
/// And at most so many: a target within a chunk is a number of 16 bits.
const CHUNK_BITS_MAX: u32 = 16;
/// As many chunks as there are, about, where their size allows it.
const CHUNKS: u32 = 16;

/// The connections of one projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// Index of the projection: part of the counter of its draws.
    pub projection: u32,
    /// Number of neurons of the source population.
    pub sources: u32,
    /// Number of neurons of the target population.
    pub targets: u32,
    /// Which pairs are connected.
    pub existence: Existence,
    /// No neuron is connected to itself: source and target are one population.
    pub without_own: bool,
    /// What a spike counts.
    pub pair: Pair,
    /// The connections written out; `None`: they are drawn whenever a spike needs them.
    pub stored: Option<Arc<Rows>>,
}

/// The patterns at both ends of a projection, the same where these are one population.
#[derive(Clone, Copy, Debug)]
pub struct Ends<'a> {
    /// Of the source.
    pub source: &'a Patterns,
    /// Of the target.
    pub target: &'a Patterns,
}

impl Ends<'_> {
    /// No pair shares more patterns.
    #[must_use]
    pub fn shared_max(&self) -> u32 {
        self.source.memberships_max().min(self.target.memberships_max())
    }
}

/// Which pairs are connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existence {
    /// All.
    All,
    /// Each by itself: the gaps between the targets of a source are geometric.
    Independent(Arc<Gaps>),
    /// A number of sources for each target. They were drawn target by target, so that only stored rows know them.
    Indegree {
        /// See above.
        count: u32,
    },
}

/// What a spike counts at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// One.
    One,
    /// The number of patterns that source and target share, or `most` where they are more. With none it is no connection.
    Shared {
        /// See above.
        most: u32,
    },
    /// A number of its own in units of 2^-bits, which only stored rows know: weights of any rule and coupling.
    Coupled {
        /// Fraction bits. They are part of the projection's `weight_shift`.
        bits: u32,
        /// No target counts more in a step, as a magnitude, whoever fires; 2^-bits.
        reach: u32,
    },
}

impl Pair {
    /// Fraction bits of what is counted.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::One | Self::Shared { .. } => 0,
            Self::Coupled { bits, .. } => bits,
        }
    }
}

impl Wiring {
    /// Targets of a chunk, as a power of two: a function of their number only, since draws depend on it.
    #[must_use]
    pub fn chunk_bits(&self) -> u32 {
        (self.targets / CHUNKS).next_power_of_two().trailing_zeros().clamp(CHUNK_BITS_MIN, CHUNK_BITS_MAX)
    }

    /// Number of chunks.
    #[must_use]
    pub fn chunks(&self) -> u32 {
        self.targets.div_ceil(1 << self.chunk_bits())
    }

    /// Number of targets in a chunk: the last one may be shorter.
    #[must_use]
    pub fn chunk_size(&self, chunk: u32) -> u32 {
        (self.targets - (chunk << self.chunk_bits())).min(1 << self.chunk_bits())
    }

    /// Number of pairs that are connected, as a mean over drawings, whatever they count.
    #[must_use]
    pub fn connected_pairs(&self) -> u64 {
        let pairs = u128::from(self.sources) * u128::from(self.targets);
        let connected = match &self.existence {
            Existence::All => pairs,
            Existence::Independent(gaps) => (pairs * u128::from(gaps.chance())) >> 32,
            Existence::Indegree { count } => u128::from(*count) * u128::from(self.targets),
        };
        connected as u64
    }

    /// No target counts more in a step: every source fires and reaches it.
    #[must_use]
    pub fn count_max(&self, ends: Ends<'_>) -> u64 {
        let sources = u64::from(self.sources);
        match (self.pair, &self.existence) {
            (Pair::Coupled { reach, .. }, _) => reach.into(),
            (Pair::One, Existence::Indegree { count }) => u64::from(*count),
            (Pair::One, _) => sources,
            (Pair::Shared { most }, _) => {
                let sizes = ends.source.sizes();
                let members = |neuron| ends.target.of(neuron).map(|pattern| u64::from(sizes[pattern])).sum();
                let all = (0..ends.target.neurons()).map(members).max().unwrap_or(0);
                all.min(sources * u64::from(most.min(ends.shared_max())))
            }
        }
    }

    /// Calls `take` with each target of `source` in a chunk, numbered within the chunk, ascending, and what a spike counts
    /// there, which is not zero. As stored, or else as drawn.
    #[inline(always)]
    pub fn for_each(&self, (seed, ends): (u64, Ends<'_>), source: u32, chunk: u32, mut take: impl FnMut(u32, i32)) {
        match (&self.stored, self.pair) {
            (Some(rows), _) => rows.for_each(source, chunk, take),
            // Rows were made with the network.
            (None, Pair::Coupled { .. }) => {}
            (None, Pair::One) => self.for_each_connected(seed, source, chunk, |target| take(target, 1)),
            (None, Pair::Shared { most }) => {
                let own = ends.source.row(source as usize);
                let first = (chunk << self.chunk_bits()) as usize;
                self.for_each_connected(seed, source, chunk, |target| {
                    let shared = own.iter().zip(ends.target.row(first + target as usize));
                    let count = shared.map(|(own, its)| (own & its).count_ones()).sum::<u32>().min(most);
                    if count > 0 {
                        take(target, count as i32);
                    }
                });
            }
        }
    }

    /// The same without regard to weights, as drawn.
    #[inline(always)]
    pub fn for_each_connected(&self, seed: u64, source: u32, chunk: u32, mut take: impl FnMut(u32)) {
        let size = self.chunk_size(chunk);
        // The source itself, within the chunk; anything else where it may be a target.
        let own = if self.without_own { source.wrapping_sub(chunk << self.chunk_bits()) } else { u32::MAX };
        let mut take = |target| {
            if target != own {
                take(target);
            }
        };
        match &self.existence {
            Existence::All => (0..size).for_each(take),
            Existence::Independent(gaps) => {
                let key = random::key(seed);
                let mut next = 0;
                for call in 0.. {
                    let step = u64::from(chunk) << 32 | call;
                    let counter = random::counter(Stream::Wiring, self.projection, source, step);
                    for bits in random::philox(counter, key) {
                        let gap = gaps.draw(bits);
                        next += gap;
                        if next >= size {
                            return;
                        }
                        if gap != GAP_LONG {
                            take(next);
                            next += 1;
                        }
                    }
                }
            }
            Existence::Indegree { .. } => {}
        }
    }
}
