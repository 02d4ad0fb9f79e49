//! The run hash: two machines that ran the same configuration compare one line.

use xxhash_rust::xxh3::Xxh3Default;

/// The 128-bit XXH3 of what a run did. Of a spiking network: its spikes as pairs of little-endian u64, step and neuron,
/// in order of step, then neuron.
#[derive(Clone, Default)]
pub struct RunHash {
    hasher: Xxh3Default,
}

impl RunHash {
    /// The hash of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { hasher: Xxh3Default::new() }
    }

    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// The hash so far: 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn finish(&self) -> String {
        format!("{:032x}", self.hasher.digest128())
    }
}

impl std::fmt::Debug for RunHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RunHash({})", self.finish())
    }
}
