//! Work shared out to threads, where there is enough of it.

use crate::network::hopfield::Hopfield;
use crate::network::hopfield::coupling::Coupling;

/// Work that is worth a thread, in bits of patterns looked at: less is done before a second one has woken.
const SHARE_BITS: usize = 1 << 22;
/// Words of columns whose counting is worth several threads.
pub(super) const COUNTING_WORDS: usize = 1 << 18;

/// How many threads have something to do.
pub(super) fn shares(network: &Hopfield) -> usize {
    if !network.synchronous {
        return network.trials();
    }
    let neurons = network.neurons as usize;
    let bits = match &network.coupling {
        Coupling::LowRank(_) => neurons * network.memories.count(),
        Coupling::Sparse(sparse) => sparse.sources.len() * network.memories.row_words().max(1) * 8,
        Coupling::Matrix(_) => neurons * neurons * 8,
    };
    (bits / SHARE_BITS).max(1)
}

/// Shares the places of a list out to threads, the calling one among them, each with the number of its first place.
pub(super) fn shared_out<T: Send>(
    pool: Option<&rayon::ThreadPool>,
    threads: usize,
    places: &mut [T],
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let (Some(pool), false) = (pool, places.is_empty()) else { return work(0, places) };
    let share = places.len().div_ceil(threads);
    let (own, others) = places.split_at_mut(share);
    pool.in_place_scope(|scope| {
        for (at, places) in others.chunks_mut(share).enumerate() {
            let work = &work;
            scope.spawn(move |_| work((at + 1) * share, places));
        }
        work(0, own);
    });
}
