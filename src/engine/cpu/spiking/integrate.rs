//! The kernel: carries one tile through a block of steps. Twin of shaders/spiking/integrate.wgsl.
//!
//! Equations: the exact integration of leaky integrate-and-fire neurons with exponential synapses (Rotter &
//! Diesmann, Biol. Cybern. 81, 1999) in the integers of `network::spiking`. A vector of neurons goes through the whole
//! block with its state in registers. Nothing saturates in a tile whose bounds (`reach.rs`) say so; the others are
//! carried by `saturating.rs`.

use super::arrivals::{CountReach, OwnInput};
use super::deliver::AtTile;
use super::individual::{Alike, Individual, Own, has_own};
use super::job::{Job, PopulationJob};
use super::noise::Noise;
use super::tables::{Counts, Tables};
use super::tile::{External, TILE, Tile};
use super::{emit, reach, saturating};
use crate::engine::cpu::host::Instructions;
#[cfg(target_arch = "x86_64")]
use crate::engine::cpu::lanes::{Avx2, Avx512};
use crate::engine::cpu::lanes::{Lanes, Portable};
use crate::fixed::DECAY_BITS;
use crate::network::spiking::{Population, Spiking, Synapse};

/// Inputs that differ between neurons and are held in registers, at most.
pub(super) const HELD_INPUTS: usize = 8;

/// What a thread needs beside a tile's state; kept between tiles and blocks.
pub(super) struct Scratch {
    /// What the inputs of a population count.
    tables: Tables,
    /// Spike words of the block, `[neuron]`.
    pub(super) spikes: Box<[i32; TILE]>,
    /// Counts of the block, `[step][entry]`, of the tiles that this thread carried through it.
    pub(super) emitted: Vec<u32>,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { tables: Tables::default(), spikes: Box::new([0; TILE]), emitted: Vec::new() }
    }
}

/// Carries `tile` through the block with the instructions asked for, which this processor must have.
pub(super) fn integrate_with(
    instructions: Instructions,
    (network, job): (&Spiking, &Job),
    tile: &mut Tile,
    scratch: &mut Scratch,
) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn avx2(work: (&Spiking, &Job), tile: &mut Tile, scratch: &mut Scratch) {
            integrate::<Avx2>(work, tile, scratch);
        }
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
        fn avx512(work: (&Spiking, &Job), tile: &mut Tile, scratch: &mut Scratch) {
            integrate::<Avx512>(work, tile, scratch);
        }
        match instructions {
            Instructions::Baseline => {}
            // SAFETY: instructions other than the baseline come from run-time detection on this processor.
            Instructions::Avx2 => return unsafe { avx2((network, job), tile, scratch) },
            // SAFETY: as above.
            Instructions::Avx512 => return unsafe { avx512((network, job), tile, scratch) },
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let Instructions::Baseline = instructions;
    integrate::<Portable>((network, job), tile, scratch);
}

/// Carries `tile` through the block.
#[inline(always)]
fn integrate<L: Lanes>((network, job): (&Spiking, &Job), tile: &mut Tile, scratch: &mut Scratch) {
    let population = &network.populations[tile.population];
    let work = &job.populations[tile.population];
    let delivered = job.delivered(network, tile);
    if reach::stays_within((network, population), work, job.block.steps, (tile, &delivered)) {
        scratch.tables.fill(&work.inputs, tile, job.block);
        steps::<L>((network, population), (job, work), (tile, &delivered), scratch);
    } else {
        saturating::steps((network, population), (job, work), (tile, &delivered), scratch);
    }
    emit::emit(job, tile, scratch);
    tile.history.remember((job.block.start_step, job.block.steps), &tile.fired);
}

/// The steps of all neurons of a tile, by how many inputs they hold, whether any makes them jump, and whether they have
/// anything for themselves.
#[inline(always)]
fn steps<L: Lanes>(
    of: (&Spiking, &Population),
    work: (&Job, &PopulationJob),
    tile: (&mut Tile, &[AtTile<'_>]),
    scratch: &mut Scratch,
) {
    let currents = work.1.inputs.iter().filter(|input| input.is_current()).count();
    if has_own(of.0, tile.0.population) {
        return match currents {
            0 => vectors::<L, 0, true, Own<'_, L>>(of, work, tile, scratch),
            1..=3 => vectors::<L, 3, true, Own<'_, L>>(of, work, tile, scratch),
            _ => vectors::<L, HELD_INPUTS, true, Own<'_, L>>(of, work, tile, scratch),
        };
    }
    match (currents, currents < work.1.inputs.len()) {
        (0, false) => vectors::<L, 0, false, Alike>(of, work, tile, scratch),
        (1, false) => vectors::<L, 1, false, Alike>(of, work, tile, scratch),
        (2, false) => vectors::<L, 2, false, Alike>(of, work, tile, scratch),
        (3, false) => vectors::<L, 3, false, Alike>(of, work, tile, scratch),
        (_, false) => vectors::<L, HELD_INPUTS, false, Alike>(of, work, tile, scratch),
        (0, true) => vectors::<L, 0, true, Alike>(of, work, tile, scratch),
        (_, true) => vectors::<L, HELD_INPUTS, true, Alike>(of, work, tile, scratch),
    }
}

/// What arrives through an input, as the kernel reads it.
#[derive(Clone, Copy)]
struct Arrivals<'a, L> {
    input: &'a OwnInput,
    counts: Counts<'a>,
    weight: L,
    half: i32,
    short: bool,
}

impl<'a, L: Lanes> Arrivals<'a, L> {
    #[inline(always)]
    fn new(input: &'a OwnInput, counts: Counts<'a>, reach: CountReach) -> Self {
        let half = if input.projection.weight_shift == 0 { 0 } else { 1 << (input.projection.weight_shift - 1) };
        Self { input, counts, weight: L::splat(input.projection.weight), half, short: input.has_short_products(reach) }
    }

    /// What is added in a step to the neurons from `at` on: count times weight, rounded once.
    #[inline(always)]
    fn at(&self, step: usize, tile: &Tile, at: usize) -> L {
        let mut count = match self.counts {
            Counts::Same => L::splat(self.input.spikes[step]),
            Counts::Narrow(table) => L::load_u16(&table[step], at),
            Counts::Wide(table) => L::load(&table[step], at),
            Counts::Delivered(counts) => L::load(counts.step(step), at),
        };
        if self.input.projection.by_memberships {
            count = count.mul(L::load_u16(&tile.memberships, at));
        }
        let shift = self.input.projection.weight_shift;
        if self.short {
            count.mul(self.weight).add(L::splat(self.half)).shift_signed(shift)
        } else {
            L::narrow(L::wide_add(count.mul_wide(self.weight), L::wide_splat(self.half.into())), shift)
        }
    }
}

/// An input that decays, as the kernel holds it.
#[derive(Clone, Copy)]
struct Current<'a, L> {
    arrivals: Option<Arrivals<'a, L>>,
    decay: L,
    gain: L,
    value: L,
}

/// Constants of a population, or of neurons, where they differ.
#[derive(Clone, Copy)]
pub(super) struct Membrane<L> {
    pub(super) decay: L,
    shift: u32,
    /// A potential that is larger has reached the threshold.
    pub(super) below_threshold: L,
    reset: L,
    /// Steps from a spike to the first one that is free.
    until_free: L,
    /// A spike holds the neuron in its own step too.
    holds: bool,
}

impl<L: Lanes> Membrane<L> {
    #[inline(always)]
    fn new(population: &Population) -> Self {
        Self {
            decay: L::splat(population.decay),
            shift: population.shift,
            below_threshold: L::splat(population.threshold - 1),
            reset: L::splat(population.reset),
            until_free: L::splat(population.refractory_steps.cast_signed() + 1),
            holds: population.refractory_steps > 0,
        }
    }
}

/// The state of a vector of neurons within a block.
#[derive(Clone, Copy)]
struct Neurons<L> {
    potential: L,
    /// The step of the block in which they are free again.
    free_at: L,
    /// Bit s: a spike in step s.
    spikes: L,
}

/// All vectors of the tile, one after the other, each through the whole block.
#[inline(always)]
fn vectors<'a, L: Lanes, const CURRENTS: usize, const JUMPS: bool, I: Individual<'a, L>>(
    (network, population): (&'a Spiking, &'a Population),
    (job, work): (&Job, &PopulationJob),
    (tile, delivered): (&mut Tile, &[AtTile<'_>]),
    scratch: &mut Scratch,
) {
    let steps = job.block.steps;
    let mut membrane = Membrane::<L>::new(population);
    let (mut currents, jumps) = inputs::<L, CURRENTS>(work, &scratch.tables, delivered);
    let mut bits = L::splat(0);
    let mut input_bits = [L::splat(0); CURRENTS];
    let mut noise = Noise::<L>::new(network, population, tile, job.block);
    let mut individual = I::new(network, population, tile, job.block);
    for at in (0..tile.padded()).step_by(L::COUNT) {
        let mut neurons = Neurons {
            potential: L::load(&tile.potentials, at),
            free_at: L::load(&tile.refractory, at),
            spikes: L::splat(0),
        };
        for (current, input) in currents.iter_mut().zip(currents_of(work)) {
            current.value = L::load(&tile.inputs[input.place], at);
            current.gain = I::gains(tile, input.place, at).unwrap_or(current.gain);
        }
        let external = match &tile.external {
            External::Shared(value) => L::splat(*value),
            External::Each(values) => L::load(values, at),
        };
        noise.start(tile, at);
        individual.start(tile, at, &mut membrane);
        for step in 0..steps as usize {
            let extra = noise.next(external);
            let inputs = (&currents, work.base[step], extra);
            let (fired, held) = advance(&membrane, inputs, step, &mut neurons, &mut individual);
            for current in &mut currents {
                decay(current, step, tile, at);
            }
            if JUMPS {
                jump(&jumps, step, (&*tile, at), held, &mut neurons);
            }
            individual.arrive(fired, held, &mut neurons.potential);
        }
        noise.end(tile, at);
        individual.end(tile, at);
        let (zero, left) = (L::splat(0), neurons.free_at.sub(L::splat(steps.cast_signed())));
        L::select(left.gt(zero), left, zero).store(&mut tile.refractory, at);
        neurons.potential.store(&mut tile.potentials, at);
        neurons.spikes.store(&mut scratch.spikes[..], at);
        bits = bits.or(magnitude(neurons.potential));
        for ((current, input), bits) in currents.iter().zip(currents_of(work)).zip(&mut input_bits) {
            current.value.store(&mut tile.inputs[input.place], at);
            *bits = bits.or(magnitude(current.value));
        }
    }
    tile.noise_call = noise.unfinished_call();
    tile.reach.potential = reach::of_bits(bits);
    for (input, bits) in currents_of(work).zip(input_bits) {
        tile.reach.inputs[input.place] = reach::of_bits(bits);
    }
    individual.measure(tile);
}

fn currents_of(work: &PopulationJob) -> impl Iterator<Item = &OwnInput> {
    work.inputs.iter().filter(|input| input.is_current())
}

/// The bits of |value|, one less where it is negative: enough for a bound.
#[inline(always)]
pub(super) fn magnitude<L: Lanes>(value: L) -> L {
    value.xor(value.shift_signed(31))
}

/// The inputs of a population as the kernel holds them; a place that is left over adds nothing to anything.
#[inline(always)]
fn inputs<'a, L: Lanes, const CURRENTS: usize>(
    work: &'a PopulationJob,
    tables: &'a Tables,
    delivered: &'a [AtTile<'a>],
) -> ([Current<'a, L>; CURRENTS], Vec<Arrivals<'a, L>>) {
    let nothing = L::splat(0);
    let mut currents = [Current { arrivals: None, decay: nothing, gain: nothing, value: nothing }; CURRENTS];
    let mut free = currents.iter_mut();
    let mut jumps = Vec::new();
    for (input, counts) in work.inputs.iter().zip(tables.of(&work.inputs, delivered)) {
        let arrivals = Arrivals::new(input, counts, input.reach(delivered));
        match input.projection.synapse {
            Synapse::Jump => jumps.push(arrivals),
            Synapse::Current { decay, gain } => {
                if let Some(current) = free.next() {
                    current.arrivals = Some(arrivals);
                    (current.decay, current.gain) = (L::splat(decay), L::splat(gain));
                }
            }
        }
    }
    (currents, jumps)
}

/// Where the potentials go in this step, and the threshold. Returns who fired, and who takes no jump in it.
#[inline(always)]
fn advance<'a, L: Lanes, const CURRENTS: usize, I: Individual<'a, L>>(
    membrane: &Membrane<L>,
    (currents, base, extra): (&[Current<'_, L>; CURRENTS], i64, L),
    step: usize,
    neurons: &mut Neurons<L>,
    individual: &mut I,
) -> (L::Mask, L::Mask) {
    let mut sum = L::wide_add(I::mul_wide(neurons.potential, membrane.decay), L::wide_splat(base));
    for current in currents {
        sum = L::wide_add(sum, I::mul_wide(current.value, current.gain));
    }
    let next = L::narrow(individual.drive(sum), membrane.shift).add(extra);
    let now = L::splat(step as i32);
    let refractory = neurons.free_at.gt(now);
    let next = L::select(refractory, neurons.potential, next);
    let crosses = L::and_not(individual.crosses(next, membrane), refractory);
    neurons.potential = L::select(crosses, membrane.reset, next);
    neurons.free_at = L::select(crosses, now.add(membrane.until_free), neurons.free_at);
    neurons.spikes = L::select(crosses, neurons.spikes.or(L::splat(1 << step)), neurons.spikes);
    (crosses, if membrane.holds { L::either(refractory, crosses) } else { refractory })
}

/// Lets an input decay and adds what arrives.
#[inline(always)]
fn decay<L: Lanes>(current: &mut Current<'_, L>, step: usize, tile: &Tile, at: usize) {
    let product = L::wide_add(current.value.mul_wide(current.decay), L::wide_splat(1 << (DECAY_BITS - 1)));
    current.value = L::narrow(product, DECAY_BITS);
    if let Some(arrivals) = &current.arrivals
        && arrivals.input.arriving >> step & 1 == 1
    {
        current.value = current.value.add(arrivals.at(step, tile, at));
    }
}

/// Adds what arrives to the potentials themselves; held neurons discard it.
#[inline(always)]
fn jump<L: Lanes>(
    jumps: &[Arrivals<'_, L>],
    step: usize,
    (tile, at): (&Tile, usize),
    held: L::Mask,
    neurons: &mut Neurons<L>,
) {
    for arrivals in jumps {
        if arrivals.input.arriving >> step & 1 == 1 {
            let moved = neurons.potential.add(arrivals.at(step, tile, at));
            neurons.potential = L::select(held, neurons.potential, moved);
        }
    }
}
