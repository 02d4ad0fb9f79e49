//! Where connections are that are no product of the patterns: drawn whenever a spike needs them, or stored.

use super::{Connections, Projection, ProjectionKind, Representation};

impl Projection {
    /// The most bytes that stored connections take where nothing is written.
    pub const STORED_BYTES_MAX: u64 = 1 << 29;

    /// How many pairs are connected at so many sources and targets, as a mean over all drawings.
    #[must_use]
    pub fn connected_pairs(&self, sources: u32, targets: u32) -> f64 {
        let pairs = f64::from(sources) * f64::from(targets);
        match self.connections {
            Connections::All => pairs,
            Connections::Probability(probability) => pairs * probability,
            Connections::Indegree { count, .. } => f64::from(count) * f64::from(targets),
        }
    }

    /// About the bytes of stored rows: 2 a connection, or 4 where weights differ. No connection of weight zero is stored,
    /// so that a Hebbian projection takes less.
    #[must_use]
    pub fn stored_bytes(&self, sources: u32, targets: u32) -> u64 {
        let bytes = if self.kind == ProjectionKind::Hebbian { 4.0 } else { 2.0 };
        (self.connected_pairs(sources, targets) * bytes) as u64
    }

    /// Whether there is no choice. Weights of any rule and coupling, where not all pairs are connected, are worked out once.
    /// Connections of an indegree are drawn target by target, so that the targets of a source can be found only by trying all.
    #[must_use]
    pub fn must_be_stored(&self) -> bool {
        matches!(self.connections, Connections::Indegree { .. })
            || self.connections != Connections::All && !self.coupling.is_plain()
    }

    /// Whether connections that are no product of the patterns are stored.
    #[must_use]
    pub fn is_stored(&self, sources: u32, targets: u32) -> bool {
        match self.representation {
            _ if self.must_be_stored() => true,
            Representation::Auto => self.stored_bytes(sources, targets) <= Self::STORED_BYTES_MAX,
            Representation::Procedural => false,
            Representation::Stored => true,
        }
    }
}
