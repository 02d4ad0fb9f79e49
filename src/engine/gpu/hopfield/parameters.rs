//! What the shaders read of a binary network: the twin of shaders/bindings/hopfield/network.wgsl.

use bytemuck::{Pod, Zeroable};

use super::layout::Layout;
use crate::network::hopfield::coupling::{Coupling, Rule};
use crate::network::hopfield::{Hopfield, Readout};
use crate::random::{self, Stream};

/// Fields come from the counts of the patterns.
pub const LOW_RANK: u32 = 0;
/// Fields come from the connections that exist.
pub const SPARSE: u32 = 1;
/// Fields come from a matrix.
pub const MATRIX: u32 = 2;

/// A number of 64 bits, low word first.
pub type Long = [u32; 2];

/// Where a dispatch stands, and the numbers of 64 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Sweep {
    /// Number of the sweep, low word.
    pub number_low: u32,
    /// High word.
    pub number_high: u32,
    /// Slot of the ring of states and counts that it reads.
    pub from_slot: u32,
    /// And that it writes.
    pub to_slot: u32,
    /// Where the order of its visits starts.
    pub order: u32,
    /// Its first visit.
    pub first_visit: u32,
    /// Number of visits.
    pub visits: u32,
    /// Last word of the counters of its draws, without the trial.
    pub stream: u32,
    /// Key of the draws.
    pub key: Long,
    /// See [`Readout`].
    pub dot: Long,
    /// See [`Readout`].
    pub on: Long,
    /// See [`Readout`].
    pub membership: Long,
    /// See [`Readout`].
    pub total: Long,
    /// See [`Readout`].
    pub own: Long,
    /// See [`Readout`].
    pub own_membership: Long,
    /// Of stored weights.
    pub factor: Long,
    /// A weight of two neurons: of the patterns they share.
    pub of_shared: Long,
    /// Of those of the target.
    pub of_target: Long,
    /// Of those of the source.
    pub of_source: Long,
    /// What all weights have.
    pub constant: Long,
}

/// A number as two words.
#[must_use]
pub const fn long(value: i64) -> Long {
    [value as u32, (value as u64 >> 32) as u32]
}

/// What all records of a run have in common.
pub(super) fn constants(network: &Hopfield) -> Sweep {
    let none = Readout { dot: 0, on: 0, membership: 0, total: 0, base: Vec::new(), own: 0, own_membership: 0 };
    let nothing = Rule { alpha: 0, beta: 0, gamma: 0, delta: 0 };
    let (readout, rule) = match &network.coupling {
        Coupling::LowRank(low_rank) => (&low_rank.readout, nothing),
        Coupling::Sparse(sparse) => (&none, sparse.rule),
        Coupling::Matrix(_) => (&none, nothing),
    };
    let count = network.memories.count() as i64;
    Sweep {
        stream: random::counter(Stream::Noise, 0, 0, 0)[3],
        key: random::key(network.seed),
        dot: long(readout.dot),
        on: long(readout.on),
        membership: long(readout.membership),
        total: long(readout.total),
        own: long(readout.own),
        own_membership: long(readout.own_membership),
        factor: long(network.factor),
        of_shared: long(rule.alpha * rule.gamma),
        of_target: long(-rule.alpha * rule.delta),
        of_source: long(-rule.beta * rule.gamma),
        constant: long(rule.beta * rule.delta * count),
        ..Sweep::default()
    }
}

/// What is part of the pipelines.
pub(super) fn overrides(network: &Hopfield, layout: &Layout) -> Vec<(&'static str, f64)> {
    let coupling = match &network.coupling {
        Coupling::LowRank(_) => LOW_RANK,
        Coupling::Sparse(_) => SPARSE,
        Coupling::Matrix(_) => MATRIX,
    };
    let neurons = u64::from(network.neurons);
    // Neighbouring invocations are neurons in a synchronous sweep, and words or sources in a visit.
    let [row_stride, neuron_stride] = if network.synchronous { [neurons, 1] } else { [1, layout.row_words] };
    let [target_stride, source_stride] = if network.synchronous { [1, neurons] } else { [neurons, 1] };
    let (gain_shift, gain_half) =
        network.gain.as_ref().map_or((0, 0), |gain| (u64::from(gain.shift), gain.table.len() as u64 / 2));
    let values = [
        ("neuron_count", neurons),
        ("pattern_count", layout.patterns),
        ("trial_count", layout.trials),
        ("state_words", layout.state_words),
        ("row_words", layout.row_words),
        ("row_stride", row_stride),
        ("neuron_stride", neuron_stride),
        ("target_stride", target_stride),
        ("source_stride", source_stride),
        ("coupling", u64::from(coupling)),
        ("signed_states", u64::from(network.signed)),
        ("tie_on", u64::from(network.tie_on)),
        ("with_gain", u64::from(network.gain.is_some())),
        ("gain_shift", gain_shift),
        ("gain_half", gain_half),
    ];
    values.into_iter().map(|(name, value)| (name, value as f64)).collect()
}
