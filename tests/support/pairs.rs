//! Which neurons a wiring connects, pair by pair, written out again: from the definition of the draws, or from the rows.

use attractor::network::spiking::Spiking;
use attractor::network::spiking::rows::Entries;
use attractor::network::spiking::wiring::{Existence, Pair, Wiring};
use attractor::random::{key, philox};

/// How often each pair is connected, `[target][source]`; what it counts, where that is a number of its own.
pub(crate) fn connected(network: &Spiking, wiring: &Wiring) -> Vec<Vec<i64>> {
    let mut pairs = vec![vec![0; wiring.sources as usize]; wiring.targets as usize];
    if let Pair::Coupled { .. } = wiring.pair {
        let rows = wiring.stored.as_ref().expect("stored rows");
        let mut first = 0;
        for chunk in &rows.chunks {
            let Entries::Weighted(entries) = &chunk.entries else { panic!("weights of their own") };
            for source in 0..wiring.sources as usize {
                for &entry in &entries[chunk.starts[source] as usize..chunk.starts[source + 1] as usize] {
                    pairs[first + (entry & 0xffff) as usize][source] += i64::from(entry.cast_signed() >> 16);
                }
            }
            first += 1 << wiring.chunk_bits();
        }
        return pairs;
    }
    for source in 0..wiring.sources {
        for target in targets(network.seed, wiring, source) {
            pairs[target as usize][source as usize] += 1;
        }
    }
    pairs
}

/// The targets of a source.
fn targets(seed: u64, wiring: &Wiring, source: u32) -> Vec<u32> {
    let chunk_size = match wiring.targets {
        ..=0x4000 => 1024,
        0x10_0001.. => 65_536,
        targets => (targets / 16).next_power_of_two(),
    };
    let mut targets = Vec::new();
    for (chunk, first) in (0..wiring.targets).step_by(chunk_size as usize).enumerate() {
        let end = wiring.targets.min(first + chunk_size);
        match &wiring.existence {
            Existence::All => targets.extend(first..end),
            Existence::Independent(gaps) => {
                let mut next = first;
                for draw in 0u32.. {
                    let counter = [source, draw / 4, chunk as u32, 1 << 28 | wiring.projection];
                    let bits = philox(counter, key(seed))[draw as usize % 4];
                    let column = gaps.columns()[(bits >> 24) as usize];
                    let gap = if bits << 8 >> 8 < column >> 8 { bits >> 24 } else { column & 255 };
                    next += gap;
                    if next >= end {
                        break;
                    }
                    if gap < 255 {
                        targets.push(next);
                        next += 1;
                    }
                }
            }
            Existence::Indegree { .. } => {
                let chunk = &wiring.stored.as_ref().expect("stored rows").chunks[chunk];
                let row = chunk.starts[source as usize] as usize..chunk.starts[source as usize + 1] as usize;
                let Entries::Ones(entries) = &chunk.entries else { panic!("an indegree has no weights") };
                targets.extend(entries[row].iter().map(|&target| first + u32::from(target)));
            }
        }
    }
    targets.retain(|&target| !(wiring.without_own && target == source));
    targets
}
