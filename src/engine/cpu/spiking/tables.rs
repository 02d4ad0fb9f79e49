//! Tables of what the neurons of a tile count in each step of a block, as the kernel reads them: 16 bits without a sign
//! where these hold every count, 32 bits with one elsewhere.

use super::arrivals::{OwnInput, Width};
use super::deliver::AtTile;
use super::pattern_counts::{Cell, PatternCounts};
use super::tile::{Members, Number, Numbers, TILE, Tile};
use crate::engine::Block;
use crate::engine::cpu::lanes::{self, SIDE};
use crate::network::patterns::SetBits;
use crate::network::spiking::{BLOCK_STEPS_MAX, Count};

/// Counts of a tile, `[step][neuron]`.
pub(super) type Table<T> = [[T; TILE]; BLOCK_STEPS_MAX as usize];

/// Where the counts of neurons are summed: `[neuron][step]`, as many steps a neuron as a row of pattern counts has.
type Sums<T> = [T; TILE * BLOCK_STEPS_MAX as usize];

/// The tables of a population's inputs, kept between tiles and blocks.
#[derive(Debug, Default)]
pub(super) struct Tables {
    narrow: Shelf<u16>,
    wide: Shelf<i32>,
}

/// Tables of one kind, as many as were ever needed.
#[derive(Debug)]
struct Shelf<T> {
    tables: Vec<Box<Table<T>>>,
    sums: Box<Sums<T>>,
}

impl<T: Cell> Default for Shelf<T> {
    fn default() -> Self {
        Self { tables: Vec::new(), sums: Box::new([T::default(); TILE * BLOCK_STEPS_MAX as usize]) }
    }
}

/// What an input counts, as the kernel reads it.
#[derive(Clone, Copy)]
pub(super) enum Counts<'a> {
    /// The same for all neurons.
    Same,
    /// In 16 bits without a sign.
    Narrow(&'a Table<u16>),
    /// In 32 bits.
    Wide(&'a Table<i32>),
    /// As delivered.
    Delivered(&'a AtTile<'a>),
}

impl Tables {
    /// Fills the tables of the inputs that need one, in their order.
    #[inline(always)]
    pub(super) fn fill(&mut self, inputs: &[OwnInput], tile: &Tile, block: Block) {
        let (mut narrow, mut wide) = (0, 0);
        for input in inputs {
            match input.width() {
                Width::Same | Width::Delivered => {}
                Width::Narrow => self.narrow.fill(&mut narrow, input, tile, block),
                Width::Wide => self.wide.fill(&mut wide, input, tile, block),
            }
        }
    }

    /// The counts of the same inputs, in the same order.
    #[inline(always)]
    pub(super) fn of<'a>(
        &'a self,
        inputs: &'a [OwnInput],
        delivered: &'a [AtTile<'a>],
    ) -> impl Iterator<Item = Counts<'a>> {
        let (mut narrow, mut wide) = (self.narrow.tables.iter(), self.wide.tables.iter());
        inputs.iter().map(move |input| match input.width() {
            Width::Same => Counts::Same,
            Width::Narrow => narrow.next().map_or(Counts::Same, |table| Counts::Narrow(table)),
            Width::Wide => wide.next().map_or(Counts::Same, |table| Counts::Wide(table)),
            Width::Delivered => input.delivered.map_or(Counts::Same, |place| Counts::Delivered(&delivered[place])),
        })
    }
}

impl<T: Turned> Shelf<T> {
    #[inline(always)]
    fn fill(&mut self, used: &mut usize, input: &OwnInput, tile: &Tile, block: Block) {
        if *used == self.tables.len() {
            self.tables.push(Box::new([[T::default(); TILE]; BLOCK_STEPS_MAX as usize]));
        }
        counts(input, tile, block, &mut self.sums, &mut self.tables[*used]);
        *used += 1;
    }
}

/// Fills `table` with the count of every neuron in every step, own ones taken away.
#[inline(always)]
fn counts<T: Turned>(input: &OwnInput, tile: &Tile, block: Block, sums: &mut Sums<T>, table: &mut Table<T>) {
    let steps = block.steps;
    match input.projection.count {
        Count::Patterns | Count::Field(_) => match input.patterns.stride() {
            8 => sum_patterns::<T, 8>(&input.patterns, tile, steps, sums, table),
            16 => sum_patterns::<T, 16>(&input.patterns, tile, steps, sums, table),
            _ => sum_patterns::<T, 32>(&input.patterns, tile, steps, sums, table),
        },
        Count::Spikes => {
            for (row, &count) in table.iter_mut().zip(&input.spikes).take(steps as usize) {
                row.fill(T::of(count));
            }
        }
        // These have no table of a tile's own.
        Count::Wired(_) => {}
    }
    if input.projection.subtract_own {
        for (neuron, spikes) in tile.history.arriving(input.projection.delay_steps, (block.start_step, steps)) {
            let own = T::of(input.own(tile, neuron));
            for step in SetBits(spikes) {
                let count = &mut table[step as usize][neuron];
                *count = count.minus(own);
            }
        }
    }
}

/// Σ M^μ over the patterns of each neuron, a vector of steps a pattern: gathered neuron by neuron, or, where few
/// patterns have spikes, scattered from those.
#[inline(always)]
fn sum_patterns<T: Turned, const STEPS: usize>(
    counts: &PatternCounts,
    tile: &Tile,
    steps: u32,
    sums: &mut Sums<T>,
    table: &mut Table<T>,
) {
    let (rows, _) = T::rows(counts).as_chunks::<STEPS>();
    let (sums, _) = sums.as_chunks_mut::<STEPS>();
    let mut uniform = [T::default(); STEPS];
    uniform.iter_mut().zip(counts.uniform()).for_each(|(to, &from)| *to = T::of(from));
    sums[..tile.size()].fill(uniform);
    // A scattered sum is read and written for each pattern, in loops whose ends come as a surprise.
    if 6 * counts.active().len() < rows.len() {
        for &pattern in counts.active() {
            for &neuron in tile.members.neurons_of(pattern as usize) {
                add(&mut sums[usize::from(neuron)], &rows[pattern as usize]);
            }
        }
    } else {
        match tile.members.patterns() {
            Numbers::Bytes(patterns) => gather(&tile.members, patterns, (rows, &uniform), sums),
            Numbers::Halves(patterns) => gather(&tile.members, patterns, (rows, &uniform), sums),
            Numbers::Words(patterns) => gather(&tile.members, patterns, (rows, &uniform), sums),
        }
    }
    for at in (0..tile.size()).step_by(SIDE) {
        T::turn(&sums[at..at + SIDE], &mut table[..steps as usize], at);
    }
}

/// The sums of all neurons, in order of their memberships: a processor that has to guess where each loop ends loses more
/// time than the loop takes.
#[inline(always)]
fn gather<N: Number, T: Cell, const STEPS: usize>(
    members: &Members,
    patterns: &[N],
    (rows, uniform): (&[[T; STEPS]], &[T; STEPS]),
    sums: &mut [[T; STEPS]],
) {
    let (mut order, runs) = members.order();
    let mut patterns = patterns;
    for run in runs {
        let (neurons, later) = order.split_at(run.neurons);
        order = later;
        for &neuron in neurons {
            let (own, others) = patterns.split_at(run.memberships);
            patterns = others;
            let mut sum = *uniform;
            for pattern in own {
                add(&mut sum, &rows[pattern.index()]);
            }
            sums[usize::from(neuron)] = sum;
        }
    }
}

#[inline(always)]
fn add<T: Cell, const STEPS: usize>(sum: &mut [T; STEPS], row: &[T; STEPS]) {
    for (sum, &count) in sum.iter_mut().zip(row) {
        *sum = sum.plus(count);
    }
}

/// Numbers of which [`SIDE`] rows of neurons can be turned into rows of steps.
trait Turned: Cell {
    /// Writes `from[neuron][step]` to `to[step][at + neuron]`, for each step of `to`.
    fn turn<const STEPS: usize>(from: &[[Self; STEPS]], to: &mut [[Self; TILE]], at: usize);
}

impl Turned for u16 {
    #[inline(always)]
    fn turn<const STEPS: usize>(from: &[[Self; STEPS]], to: &mut [[Self; TILE]], at: usize) {
        lanes::transpose(from, to, at);
    }
}

impl Turned for i32 {
    #[inline(always)]
    fn turn<const STEPS: usize>(from: &[[Self; STEPS]], to: &mut [[Self; TILE]], at: usize) {
        for (step, to) in to.iter_mut().enumerate() {
            for (to, from) in to[at..at + SIDE].iter_mut().zip(from) {
                *to = from[step];
            }
        }
    }
}
