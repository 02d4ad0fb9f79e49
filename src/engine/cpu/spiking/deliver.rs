//! Delivers spikes through wired projections: what each counts is added up at its targets, chunk by chunk of these. Twin
//! of shaders/spiking/deliver.wgsl.

use std::ops::Range;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::arrivals::CountReach;
use super::team::Team;
use super::tile::{TILE, near};
use crate::engine::Block;
use crate::engine::cpu::host::Instructions;
use crate::network::patterns::SetBits;
use crate::network::spiking::rows::Row;
use crate::network::spiking::wiring::Wiring;
use crate::network::spiking::{BLOCK_STEPS_MAX, Count, Spiking};

/// A stored row is asked for so many spikes before it is read.
const ROWS_AHEAD: usize = 4;

/// What arrives through all wired projections in a block, by wiring and chunk of its targets.
#[derive(Debug)]
pub(super) struct Arrivals {
    /// Index of the first chunk of each wiring.
    first: Vec<usize>,
    chunks: Vec<RwLock<Chunk>>,
}

/// What arrives at the targets of a chunk.
#[derive(Debug)]
pub(super) struct Chunk {
    wiring: usize,
    number: u32,
    /// `[step][target]`; in rows of steps in which nothing arrives is anything.
    counts: Vec<i32>,
    /// Length of a row: whole tiles.
    row: usize,
    /// Of the tiles of the chunk.
    reach: Vec<CountReach>,
}

/// The spikes that arrive through a wired projection in a block.
#[derive(Debug, Default)]
pub(super) struct Arriving {
    /// Source neurons within their population; bit s: a spike that arrives in step s. One neuron may come twice, with
    /// different steps.
    pub(super) spikes: Vec<(u32, u32)>,
    /// Bit s: some spike arrives in step s.
    pub(super) steps: u32,
}

impl Arriving {
    /// Of each wiring, as the tiles of its source remember them. No block is being computed.
    pub(super) fn of(network: &Spiking, team: &Team, block: Block) -> Vec<Self> {
        let wired = network.projections.iter().filter(|projection| matches!(projection.count, Count::Wired(_)));
        let arriving = wired.map(|projection| {
            let mut arriving = Self::default();
            for index in tiles_of(network, projection.source) {
                let tile = team.tile(index);
                let spikes = tile.history.arriving(projection.delay_steps, (block.start_step, block.steps));
                for (neuron, steps) in spikes.filter(|&(_, steps)| steps != 0) {
                    arriving.spikes.push(((tile.first + neuron) as u32, steps));
                    arriving.steps |= steps;
                }
            }
            // In the order of their steps: what one step counts at a chunk stays near.
            arriving.spikes.sort_by_key(|(_, steps)| steps.trailing_zeros());
            arriving
        });
        arriving.collect()
    }
}

/// The indices of a population's tiles.
fn tiles_of(network: &Spiking, population: usize) -> Range<usize> {
    let tiles = |population: usize| (network.populations[population].size as usize).div_ceil(TILE);
    let first = (0..population).map(tiles).sum();
    first..first + tiles(population)
}

impl Arrivals {
    /// For a network, nothing arrives.
    pub(super) fn new(network: &Spiking) -> Self {
        let (mut first, mut chunks) = (Vec::new(), Vec::new());
        for (index, wiring) in network.wirings.iter().enumerate() {
            const { assert!(TILE <= 1 << 10, "a tile is within a chunk") };
            first.push(chunks.len());
            chunks.extend((0..wiring.chunks()).map(|number| {
                let row = (wiring.chunk_size(number) as usize).next_multiple_of(TILE);
                let counts = vec![0; row * network.block_steps() as usize];
                let reach = vec![CountReach::default(); row / TILE];
                RwLock::new(Chunk { wiring: index, number, counts, row, reach })
            }));
        }
        Self { first, chunks }
    }

    /// The chunks at which something arrives.
    pub(super) fn due(&self, arriving: &[Arriving]) -> Vec<usize> {
        let is_due = |&at: &usize| arriving[self.read(at).wiring].steps != 0;
        (0..self.chunks.len()).filter(is_due).collect()
    }

    fn read(&self, at: usize) -> RwLockReadGuard<'_, Chunk> {
        self.chunks[at].read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where what arrives at the neurons of a tile is, which begins with target `first`.
    pub(super) fn at_tile(&self, wiring: &Wiring, index: usize, first: usize) -> AtTile<'_> {
        let chunk = self.read(self.first[index] + (first >> wiring.chunk_bits()));
        let within = first & ((1 << wiring.chunk_bits()) - 1);
        AtTile { chunk, first: within }
    }

    /// Adds up what arrives at a chunk, with the instructions asked for, which this processor must have.
    pub(super) fn deliver_with(&self, instructions: Instructions, at: usize, work: (&Spiking, &[Arriving])) {
        let mut chunk = self.chunks[at].write().unwrap_or_else(PoisonError::into_inner);
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
            fn avx2(chunk: &mut Chunk, work: (&Spiking, &[Arriving])) {
                deliver(chunk, work);
            }
            match instructions {
                Instructions::Baseline => {}
                // SAFETY: instructions other than the baseline come from run-time detection on this processor, and
                // one with AVX-512 has AVX2.
                Instructions::Avx2 | Instructions::Avx512 => return unsafe { avx2(&mut chunk, work) },
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let Instructions::Baseline = instructions;
        deliver(&mut chunk, work);
    }
}

/// What arrives at the neurons of a tile in a block.
pub(super) struct AtTile<'a> {
    chunk: RwLockReadGuard<'a, Chunk>,
    /// The first neuron, numbered within the chunk.
    first: usize,
}

impl AtTile<'_> {
    /// Of all neurons of the tile in a step in which something arrives.
    #[inline(always)]
    pub(super) fn step(&self, step: usize) -> &[i32] {
        &self.chunk.counts[step * self.chunk.row + self.first..][..TILE]
    }

    /// Bounds of all that.
    pub(super) fn reach(&self) -> CountReach {
        self.chunk.reach[self.first / TILE]
    }
}

/// Adds up what arrives at a chunk.
#[inline(always)]
fn deliver(chunk: &mut Chunk, (network, arriving): (&Spiking, &[Arriving])) {
    let Chunk { wiring, number, counts, row, reach } = chunk;
    let (wiring, arriving) = (&network.wirings[*wiring], &arriving[*wiring]);
    for step in SetBits(arriving.steps) {
        counts[step as usize * *row..][..*row].fill(0);
    }
    let drawn = (network.seed, network.ends_of(&network.projections[wiring.projection as usize]));
    for (at, &(source, steps)) in arriving.spikes.iter().enumerate() {
        if let (Some(rows), Some(&(later, _))) = (&wiring.stored, arriving.spikes.get(at + ROWS_AHEAD)) {
            match rows.row(later, *number) {
                Row::Ones(row) => near(row),
                Row::Weighted(row) => near(row),
            }
        }
        if steps.is_power_of_two() {
            let counts = &mut counts[steps.trailing_zeros() as usize * *row..][..*row];
            wiring.for_each(drawn, source, *number, |target, count| counts[target as usize] += count);
        } else {
            wiring.for_each(drawn, source, *number, |target, count| {
                SetBits(steps).for_each(|step| counts[step as usize * *row + target as usize] += count);
            });
        }
    }
    for (tile, reach) in reach.iter_mut().enumerate() {
        *reach = CountReach::default();
        for step in SetBits(arriving.steps) {
            let counts = &counts[step as usize * *row + tile * TILE..][..TILE];
            let largest = counts.iter().map(|count| count.unsigned_abs()).max().unwrap_or(0);
            reach.step_max = reach.step_max.max(largest.into());
            reach.block_max += i64::from(largest);
        }
    }
}

const _: () = assert!(BLOCK_STEPS_MAX == 32, "the steps of a block are the bits of a word");
