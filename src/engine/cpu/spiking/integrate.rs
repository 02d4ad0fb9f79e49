//! The kernel: carries one tile through a block of steps. Twin of shaders/spiking/integrate.wgsl.
//!
//! Equations: the exact integration of leaky integrate-and-fire neurons with exponential synapses (Rotter &
//! Diesmann, Biol. Cybern. 81, 1999) in the integers of `network::spiking`. Every loop over neurons is plain and
//! without calls, so that the compiler turns it into vectors of whatever width the instructions have.

use std::sync::atomic::{AtomicU32, Ordering};

use super::arrivals::{Arrivals, Input, arrivals};
use super::tile::{TILE, Tile};
use crate::engine::Block;
use crate::engine::cpu::host::Instructions;
use crate::fixed::{DECAY_BITS, saturate};
use crate::network::patterns::SetBits;
use crate::network::spiking::{CountsLayout, Population, Spiking, Synapse};
use crate::random::{self, NOISE_STEPS_PER_CALL, Stream};

/// What all tiles share in a block.
pub(super) struct Context<'a> {
    pub(super) network: &'a Spiking,
    pub(super) layout: CountsLayout,
    pub(super) block: Block,
    /// The inputs of each population with the counts that arrive in the block.
    pub(super) inputs: &'a [Vec<Input<'a>>],
    /// Where the block's own counts are added, `[step][entry]`.
    pub(super) emitted: &'a [AtomicU32],
}

impl Context<'_> {
    fn add(&self, step: usize, entry: usize, count: u32) {
        if count != 0 {
            self.emitted[step * self.layout.len() + entry].fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// What a thread needs beside a tile's state; kept between tiles and blocks.
pub(super) struct Scratch {
    /// Noise, `[step][neuron]`, 2^-21 mV.
    noise: Box<[[i32; TILE]; 32]>,
    /// Decay V + Σ gain I of the step, `[neuron]`.
    sums: Box<[i64; TILE]>,
    /// Where the potentials go in the step, `[neuron]`.
    next: Box<[i32; TILE]>,
    /// Who takes no jump in the step, `[neuron]`: 1 in the refractory period, the step of the spike included.
    held: Box<[u32; TILE]>,
    /// What arrives through each input.
    arriving: Vec<Arrivals>,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            noise: Box::new([[0; TILE]; 32]),
            sums: Box::new([0; TILE]),
            next: Box::new([0; TILE]),
            held: Box::new([0; TILE]),
            arriving: Vec::new(),
        }
    }
}

/// Carries `tile` through the block with the instructions asked for, which this processor must have.
pub(super) fn integrate_with(
    instructions: Instructions,
    context: &Context<'_>,
    tile: &mut Tile,
    scratch: &mut Scratch,
) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn avx2(context: &Context<'_>, tile: &mut Tile, scratch: &mut Scratch) {
            integrate(context, tile, scratch);
        }
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
        fn avx512(context: &Context<'_>, tile: &mut Tile, scratch: &mut Scratch) {
            integrate(context, tile, scratch);
        }
        match instructions {
            Instructions::Baseline => {}
            // SAFETY: instructions other than the baseline come from run-time detection on this processor.
            Instructions::Avx2 => return unsafe { avx2(context, tile, scratch) },
            // SAFETY: as above.
            Instructions::Avx512 => return unsafe { avx512(context, tile, scratch) },
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let Instructions::Baseline = instructions;
    integrate(context, tile, scratch);
}

/// Carries `tile` through the block.
#[inline(always)]
fn integrate(context: &Context<'_>, tile: &mut Tile, scratch: &mut Scratch) {
    let population = &context.network.populations[tile.population];
    let inputs = &context.inputs[tile.population];
    if population.noise != 0 {
        noise(context, population, tile, &mut scratch.noise);
    }
    scratch.arriving.resize_with(inputs.len().max(scratch.arriving.len()), Arrivals::default);
    for (input, arriving) in inputs.iter().zip(&mut scratch.arriving) {
        arrivals(context, input, tile, arriving);
    }
    tile.spikes.fill(0);
    for step in 0..context.block.steps as usize {
        membrane(population, tile, &mut scratch.sums);
        for (at, input) in inputs.iter().enumerate() {
            if let Synapse::Current { decay, gain } = input.projection.synapse {
                let clipped =
                    current(&mut tile.inputs[at], (decay, gain), &scratch.arriving[at], step, &mut scratch.sums);
                context.add(step, context.layout.saturated_inputs(input.index), clipped);
            }
        }
        let mut clipped = advance(population, tile, step, scratch);
        threshold(population, tile, step, scratch);
        for (input, arriving) in inputs.iter().zip(&scratch.arriving) {
            if input.projection.synapse == Synapse::Jump {
                clipped += jump(tile, &scratch.held, arriving, step);
            }
        }
        context.add(step, context.layout.saturated_potentials(tile.population), clipped);
    }
    emit(context, tile);
    if !tile.history.is_empty() {
        tile.remember_spikes(context.block.start_step, context.block.steps);
    }
}

/// The noise of a tile for every step of the block, 2^-21 mV: amplitude times the sum of four nibbles.
#[inline(always)]
fn noise(context: &Context<'_>, population: &Population, tile: &mut Tile, noise: &mut [[i32; TILE]; 32]) {
    let (start, end) = (context.block.start_step, context.block.end_step());
    let per_call = u64::from(NOISE_STEPS_PER_CALL);
    let amplitude = population.noise;
    for call in start / per_call..end.div_ceil(per_call) {
        draw(context, population, tile, call);
        for slot in 0..per_call {
            let step = call * per_call + slot;
            if (start..end).contains(&step) {
                let (word, half) = (&tile.noise_words[slot as usize / 2], 16 * (slot as u32 % 2));
                for (noise, word) in noise[(step - start) as usize].iter_mut().zip(word) {
                    *noise = amplitude * random::nibble_sum((word >> half) & 0xffff);
                }
            }
        }
    }
}

/// The four Philox words of every neuron for eight steps. The last call of a block is mostly the first of the next.
#[inline(always)]
fn draw(context: &Context<'_>, population: &Population, tile: &mut Tile, call: u64) {
    if tile.noise_call == Some(call) {
        return;
    }
    tile.noise_call = Some(call);
    let first = population.first + tile.first as u32;
    let key = random::key(context.network.seed);
    let [_, low, high, stream] = random::counter(Stream::Noise, context.network.trial, 0, call);
    let size = tile.size();
    let [words0, words1, words2, words3] = &mut tile.noise_words;
    let (words0, words1) = (&mut words0[..size], &mut words1[..size]);
    let (words2, words3) = (&mut words2[..size], &mut words3[..size]);
    for neuron in 0..size {
        [words0[neuron], words1[neuron], words2[neuron], words3[neuron]] =
            random::philox([first.wrapping_add(neuron as u32), low, high, stream], key);
    }
}

/// Decay V and the half that rounds.
#[inline(always)]
fn membrane(population: &Population, tile: &Tile, sums: &mut [i64; TILE]) {
    let (decay, half) = (i64::from(population.decay), 1i64 << (population.shift - 1));
    for (sum, &potential) in sums.iter_mut().zip(&tile.potentials) {
        *sum = decay * i64::from(potential) + half;
    }
}

/// Adds gain I to the sums, then lets I decay and adds what arrives. Returns how many were clipped.
#[inline(always)]
fn current(
    currents: &mut [i32],
    (decay, gain): (i32, i32),
    arriving: &Arrivals,
    step: usize,
    sums: &mut [i64; TILE],
) -> u32 {
    let (decay, gain) = (i64::from(decay), i64::from(gain));
    let mut clipped = 0;
    for (sum, current) in sums.iter_mut().zip(&mut *currents) {
        *sum += gain * i64::from(*current);
        // |I decay| <= 2^62 fits, and so does the rounded product: a decay is below one.
        *current = low_shift(i64::from(*current) * decay + (1 << (DECAY_BITS - 1)), DECAY_BITS);
    }
    match arriving {
        Arrivals::Silent => {}
        Arrivals::Narrow(arriving) => {
            for (current, &arriving) in currents.iter_mut().zip(&arriving[step]) {
                clipped += add_saturating(current, arriving);
            }
        }
        Arrivals::Shared(arriving) if i32::try_from(arriving[step]).is_ok() => {
            let arriving = arriving[step] as i32;
            for current in currents {
                clipped += add_saturating(current, arriving);
            }
        }
        arriving => {
            for (neuron, current) in currents.iter_mut().enumerate() {
                let next = i64::from(*current) + arriving.at(step, neuron);
                *current = saturate(next);
                clipped += u32::from(i64::from(*current) != next);
            }
        }
    }
    clipped
}

/// `value >> bits` where the result is known to fit: the low half of a logical shift, which every vector unit has.
#[inline(always)]
const fn low_shift(value: i64, bits: u32) -> i32 {
    (value.cast_unsigned() >> bits) as i32
}

/// Adds with saturation; 1 if it was needed.
#[inline(always)]
const fn add_saturating(value: &mut i32, added: i32) -> u32 {
    let sum = value.wrapping_add(added);
    let overflows = ((*value ^ sum) & (added ^ sum)) < 0;
    *value = if overflows { (*value >> 31) ^ i32::MAX } else { sum };
    overflows as u32
}

/// Where every free potential goes in this step, before the threshold: `scratch.next`. Returns how many were clipped.
#[inline(always)]
fn advance(population: &Population, tile: &Tile, step: usize, scratch: &mut Scratch) -> u32 {
    const SILENT: [i32; TILE] = [0; TILE];
    let noise = if population.noise != 0 { &scratch.noise[step] } else { &SILENT };
    let (size, shift) = (tile.size(), population.shift);
    let (sums, next, external) = (&scratch.sums[..size], &mut scratch.next[..size], &tile.external[..size]);
    let mut outside = 0;
    for i in 0..size {
        // The shifted sum fits 32 bits where the bits above are copies of the sign.
        let high = (sums[i] >> 32) as i32;
        let moved = low_shift(sums[i], shift);
        let added = external[i] + noise[i];
        next[i] = moved.wrapping_add(added);
        outside |= (high ^ (high >> 31)) >> (shift - 1);
        outside |= ((moved ^ next[i]) & (added ^ next[i])) >> 31;
    }
    if outside == 0 { 0 } else { advance_outside(population, tile, step, scratch) }
}

/// The same where some potential leaves the range of 32 bits.
#[cold]
#[inline(never)]
fn advance_outside(population: &Population, tile: &Tile, step: usize, scratch: &mut Scratch) -> u32 {
    let mut clipped = 0;
    for i in 0..tile.size() {
        let noise = if population.noise != 0 { scratch.noise[step][i] } else { 0 };
        let next = (scratch.sums[i] >> population.shift) + i64::from(tile.external[i]) + i64::from(noise);
        scratch.next[i] = saturate(next);
        clipped += u32::from(tile.refractory[i] == 0 && i64::from(scratch.next[i]) != next);
    }
    clipped
}

/// Finds the spikes and resets; counts the refractory period.
#[inline(always)]
fn threshold(population: &Population, tile: &mut Tile, step: usize, scratch: &mut Scratch) {
    let (threshold, reset, refractory_steps) = (population.threshold, population.reset, population.refractory_steps);
    let size = tile.size();
    let (next, held) = (&scratch.next[..size], &mut scratch.held[..size]);
    let (potentials, refractory) = (&mut tile.potentials[..size], &mut tile.refractory[..size]);
    let spikes = &mut tile.spikes[..size];
    for i in 0..size {
        let free = refractory[i] == 0;
        let crosses = free & (next[i] >= threshold);
        spikes[i] |= u32::from(crosses) << step;
        let moved = if crosses { reset } else { next[i] };
        potentials[i] = if free { moved } else { potentials[i] };
        held[i] = u32::from(!free | (crosses & (refractory_steps > 0)));
        // A neuron that spikes enters its refractory period; one that is held comes a step nearer to its end.
        refractory[i] = if crosses { refractory_steps } else { refractory[i] - u32::from(!free) };
    }
}

/// Adds what arrives to the potentials themselves; held neurons discard it. Returns how many were clipped.
#[inline(always)]
fn jump(tile: &mut Tile, held: &[u32; TILE], arriving: &Arrivals, step: usize) -> u32 {
    let mut clipped = 0;
    for (i, (potential, &held)) in tile.potentials.iter_mut().zip(held).enumerate() {
        if held == 0 {
            let next = i64::from(*potential) + arriving.at(step, i);
            *potential = saturate(next);
            clipped += u32::from(i64::from(*potential) != next);
        }
    }
    clipped
}

/// Counts the block's spikes for the population and for the patterns.
#[inline(always)]
fn emit(context: &Context<'_>, tile: &Tile) {
    let mut spikes_of_step = [0u32; 32];
    for (neuron, &spikes) in tile.spikes.iter().enumerate() {
        if spikes == 0 {
            continue;
        }
        SetBits(spikes).for_each(|step| spikes_of_step[step as usize] += 1);
        for &pattern in tile.patterns_of(neuron) {
            SetBits(spikes).for_each(|step| context.add(step as usize, pattern as usize, 1));
        }
    }
    for (step, &count) in spikes_of_step.iter().enumerate() {
        context.add(step, context.layout.spikes(tile.population), count);
    }
}
