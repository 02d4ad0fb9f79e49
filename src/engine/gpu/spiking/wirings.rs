//! Connections of wired projections as the device holds them: records, tables of gaps, rows; and the workgroups that
//! deliver through them.

use super::layout::Layout;
use super::parameters::{INDEPENDENT, RUN_MAX, SHARED_PATTERNS, STORED, WITHOUT_OWN, Wiring as Record};
use crate::engine::gpu::shaders::WORKGROUP_SIZE;
use crate::network::spiking::rows::{Entries, Rows};
use crate::network::spiking::wiring::{Existence, Pair, Wiring};
use crate::network::spiking::{Count, Projection, Spiking};
use crate::random::{Stream, counter};

/// Workgroups that a device wants before they get more sources each.
const GROUPS_WANTED: u64 = 1024;
/// Turns of an invocation's loops that are few for a software rasteriser.
const FEW_TURNS: u64 = 30_000;
/// Words of a table of gaps.
const TABLE_WORDS: u64 = 256;

/// How the sources of a wiring are shared out among workgroups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// Sources of a workgroup.
    pub(super) run: u32,
    /// Workgroups.
    pub(super) groups: u64,
}

impl Share {
    /// On a software rasteriser workgroups are dear, so that few have all the work, as far as loops may be so long.
    pub(super) fn of(network: &Spiking, wiring: &Wiring, workgroups_gather: bool) -> Self {
        let (sources, chunks) = (u64::from(wiring.sources), u64::from(wiring.chunks()));
        let least = u64::from(WORKGROUP_SIZE);
        let of_run = |run: u64| Self { run: run as u32, groups: sources.div_ceil(run) * chunks };
        if workgroups_gather {
            let wanted = (sources * chunks / GROUPS_WANTED).next_multiple_of(least);
            return of_run(wanted.clamp(least, RUN_MAX.into()));
        }
        let mut share = of_run(RUN_MAX.into());
        while share.run > WORKGROUP_SIZE && share.loop_turns(network, wiring) > FEW_TURNS {
            share = of_run(u64::from(share.run) / 2);
        }
        share
    }

    /// An upper bound of the turns that all loops of an invocation take, if every source fires in every step that its
    /// refractory time allows.
    pub(super) fn loop_turns(self, network: &Spiking, wiring: &Wiring) -> u64 {
        let steps = u64::from(network.block_steps());
        let words = match wiring.pair {
            Pair::One | Pair::Coupled { .. } => 0,
            Pair::Shared { .. } => network.patterns.words_per_neuron() as u64,
        };
        let lanes = u64::from(WORKGROUP_SIZE);
        let listed = u64::from(self.run) / lanes;
        let size = 1u64 << wiring.chunk_bits();
        let turns = match (&wiring.stored, &wiring.existence) {
            (Some(rows), _) => u64::from(self.run) * (longest(rows).div_ceil(lanes) * (1 + steps) + 1),
            (None, Existence::Independent(gaps)) => {
                // Ten standard deviations more than the mean are met nowhere.
                let found = (size * gaps.chance()) >> 32;
                let found = (found + 10 * found.isqrt() + 20).min(size);
                // A call of Philox has ten turns for four draws.
                listed * (4 * (found + size / 255 + 1) + found * (words + steps))
            }
            (None, _) => listed * size * (1 + words + steps),
        };
        turns + listed + 40
    }
}

/// The longest row.
fn longest(rows: &Rows) -> u64 {
    let lengths = rows.chunks.iter().flat_map(|chunk| chunk.starts.windows(2).map(|row| row[1] - row[0]));
    lengths.max().unwrap_or(0).into()
}

/// Words of the connections of a wiring.
pub(super) fn words(wiring: &Wiring) -> u64 {
    if let Some(rows) = &wiring.stored {
        let starts = u64::from(wiring.chunks()) * (u64::from(wiring.sources) + 1);
        let weighted = wiring.pair != Pair::One;
        return starts + (rows.len() * Entries::bytes(weighted)).div_ceil(4);
    }
    if matches!(wiring.existence, Existence::Independent(_)) { TABLE_WORDS } else { 0 }
}

/// The records of all wirings.
pub(super) fn records(network: &Spiking, layout: &Layout) -> Vec<Record> {
    let (mut first_group, mut at) = (0, 0);
    let mut records = Vec::new();
    for projection in &network.projections {
        let Count::Wired(index) = projection.count else { continue };
        let (wiring, share) = (&network.wirings[index], layout.shares[index]);
        let starts = u64::from(wiring.chunks()) * (u64::from(wiring.sources) + 1);
        records.push(Record {
            first_group,
            run: share.run,
            arrived: layout.arrived[index] as u32,
            table: at as u32,
            starts: at as u32,
            entries: (at + starts) as u32,
            ..record(network, layout, projection, wiring)
        });
        first_group += share.groups as u32;
        at += words(wiring);
    }
    records
}

fn record(network: &Spiking, layout: &Layout, projection: &Projection, wiring: &Wiring) -> Record {
    let most = match wiring.pair {
        Pair::One | Pair::Coupled { .. } => 1,
        Pair::Shared { most } => most,
    };
    let rows = |population| network.set_of(population).map_or(0, |set| layout.read_only.rows[set] as u32);
    let flags = [
        (wiring.stored.is_some(), STORED),
        (matches!(wiring.existence, Existence::Independent(_)), INDEPENDENT),
        (wiring.without_own, WITHOUT_OWN),
        (wiring.pair != Pair::One, SHARED_PATTERNS),
    ];
    Record {
        flags: flags.iter().filter(|(set, _)| *set).map(|(_, flag)| flag).sum(),
        first_source: network.populations[projection.source].first,
        sources: wiring.sources,
        targets: wiring.targets,
        chunk_bits: wiring.chunk_bits(),
        history_offset: layout.history_offset(projection),
        stream: counter(Stream::Wiring, wiring.projection, 0, 0)[3],
        most,
        source_rows: rows(projection.source),
        target_rows: rows(projection.target),
        ..Record::default()
    }
}

/// Tables and rows of all wirings, in their order.
pub(super) fn connections(network: &Spiking) -> Vec<u32> {
    let mut all = Vec::new();
    for wiring in &network.wirings {
        let start = all.len() as u64;
        match (&wiring.stored, &wiring.existence) {
            (Some(rows), _) => append(rows, &mut all),
            (None, Existence::Independent(gaps)) => all.extend_from_slice(gaps.columns()),
            (None, _) => {}
        }
        debug_assert_eq!(all.len() as u64, start + words(wiring), "as many words as were counted");
    }
    all
}

/// The starts of all rows, counted across chunks, then their entries without a gap between chunks.
fn append(rows: &Rows, all: &mut Vec<u32>) {
    let mut first = 0;
    for chunk in &rows.chunks {
        all.extend(chunk.starts.iter().map(|start| first + start));
        first += chunk.entries.len() as u32;
    }
    let mut half = None;
    for chunk in &rows.chunks {
        match &chunk.entries {
            Entries::Weighted(entries) => all.extend_from_slice(entries),
            Entries::Ones(targets) => {
                for &target in targets {
                    // Two to a word.
                    match half.take() {
                        None => half = Some(u32::from(target)),
                        Some(first) => all.push(first | u32::from(target) << 16),
                    }
                }
            }
        }
    }
    all.extend(half);
}
