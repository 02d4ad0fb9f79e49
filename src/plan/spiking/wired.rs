//! Counts the connections of a wired projection.

use super::synapses::Synapses;
use crate::network::spiking::Spiking;
use crate::network::spiking::rows::{self, Rows};
use crate::network::spiking::wiring::{Pair, Wiring};
use crate::random::{Draws, Stream};

/// Connections drawn at most for an exact count: a few tenths of a second.
const EXACT_MAX: u64 = 50_000_000;
/// Sources at least that are looked at for an estimate.
const SAMPLED_SOURCES_MIN: u32 = 64;

/// How many there are; those to targets without patterns count nothing where memberships scale them.
pub(super) fn count(network: &Spiking, wiring: &Wiring, by_memberships: bool) -> Synapses {
    let ends = network.ends_of(&network.projections[wiring.projection as usize]);
    let of_source = |source: u32| -> u64 {
        let mut count = 0;
        for chunk in 0..wiring.chunks() {
            let first = chunk << wiring.chunk_bits();
            wiring.for_each((network.seed, ends), source, chunk, |target, _| {
                let is_zero = by_memberships && ends.target.memberships((first + target) as usize) == 0;
                count += u64::from(!is_zero);
            });
        }
        count
    };
    if let (Some(rows), false) = (&wiring.stored, by_memberships) {
        return Synapses::exactly(rows.len());
    }
    let visits = wiring.connected_pairs();
    if visits <= EXACT_MAX || wiring.sources <= SAMPLED_SOURCES_MIN {
        return Synapses::exactly((0..wiring.sources).map(of_source).sum());
    }
    let sampled = u64::from(wiring.sources) * EXACT_MAX / visits;
    let sampled = (sampled as u32).clamp(SAMPLED_SOURCES_MIN, wiring.sources);
    let mut draws = Draws::new(0, Stream::Wiring, 0, 0);
    estimate((0..sampled).map(|_| of_source(draws.below(wiring.sources)) as f64), sampled, wiring.sources)
}

/// From the connections of some sources to those of all, with the standard error of that.
fn estimate(counts: impl Iterator<Item = f64>, sampled: u32, sources: u32) -> Synapses {
    let (mut sum, mut square) = (0.0, 0.0);
    counts.for_each(|count| {
        sum += count;
        square += count * count;
    });
    let (n, sources) = (f64::from(sampled), f64::from(sources));
    let variance = (square - sum * sum / n) / (n - 1.0);
    let standard_error = (sources * (variance / n).sqrt()).round() as u64;
    Synapses { count: (sources * sum / n).round() as u64, exact: false, standard_error }
}

/// Whether weights differ between pairs.
pub(super) const fn has_weights(wiring: &Wiring) -> bool {
    !matches!(wiring.pair, Pair::One)
}

/// About the bytes of rows, with those of weight zero.
pub(super) fn rows_bytes(wiring: &Wiring) -> u64 {
    let (sources, chunks) = (wiring.sources.into(), wiring.chunks().into());
    let drawn = || rows::bytes(wiring.connected_pairs(), has_weights(wiring), sources, chunks);
    wiring.stored.as_deref().map_or_else(drawn, Rows::bytes)
}
