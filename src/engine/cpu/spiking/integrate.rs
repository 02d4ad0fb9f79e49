//! The kernel: carries one tile through a block of steps. Twin of shaders/spiking/integrate.wgsl.
//!
//! Equations: the exact integration of leaky integrate-and-fire neurons with exponential synapses (Rotter &
//! Diesmann, Biol. Cybern. 81, 1999) in the integers of `network::spiking`.

use std::sync::atomic::{AtomicU32, Ordering};

use super::arrivals::{Arrivals, Input, arrivals};
use super::tile::{LANES, Tile};
use crate::engine::Block;
use crate::engine::cpu::host::Instructions;
use crate::fixed::{DECAY_BITS, round_shift, saturate};
use crate::network::patterns::SetBits;
use crate::network::spiking::{CountsLayout, Spiking, Synapse};
use crate::random::{self, NOISE_STEPS_PER_CALL, PHILOX_M0, PHILOX_M1, PHILOX_ROUNDS, PHILOX_W0, PHILOX_W1, Stream};

/// One value a neuron of a group.
pub(super) type Lanes<T> = [T; LANES];
/// One value a neuron of a group and step of a block.
pub(super) type Steps<T> = [Lanes<T>; 32];

/// What all tiles of a population share in a block.
pub(super) struct Context<'a> {
    pub(super) network: &'a Spiking,
    pub(super) layout: CountsLayout,
    pub(super) block: Block,
    /// The inputs of each population with the counts that arrive in the block.
    pub(super) inputs: &'a [Vec<Input<'a>>],
    /// Where the block's own counts are added, [step][entry].
    pub(super) emitted: &'a [AtomicU32],
}

impl Context<'_> {
    fn add(&self, step: u32, entry: usize, count: u32) {
        self.emitted[step as usize * self.layout.len() + entry].fetch_add(count, Ordering::Relaxed);
    }
}

/// Carries `tile` through the block with the instructions asked for, which this processor must have.
pub(super) fn integrate_with(instructions: Instructions, context: &Context<'_>, tile: &mut Tile) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn avx2(context: &Context<'_>, tile: &mut Tile) {
            integrate(context, tile);
        }
        #[target_feature(enable = "avx2,avx512f,avx512bw,avx512dq,avx512vl")]
        fn avx512(context: &Context<'_>, tile: &mut Tile) {
            integrate(context, tile);
        }
        match instructions {
            Instructions::Baseline => {}
            // SAFETY: `Instructions` other than the baseline come from run-time detection on this processor.
            Instructions::Avx2 => return unsafe { avx2(context, tile) },
            // SAFETY: as above.
            Instructions::Avx512 => return unsafe { avx512(context, tile) },
        }
    }
    let _ = instructions;
    integrate(context, tile);
}

/// Carries `tile` through the block.
#[inline(always)]
fn integrate(context: &Context<'_>, tile: &mut Tile) {
    let population = &context.network.populations[tile.population];
    let inputs = &context.inputs[tile.population];
    let mut noise_of: Box<Steps<i32>> = Box::new([[0; LANES]; 32]);
    let mut arriving: Vec<Arrivals> = inputs.iter().map(|_| Arrivals::default()).collect();
    let mut spikes_of_step = [0u32; 32];
    for group in 0..tile.groups() {
        let neuron = population.first + (tile.first + group * LANES) as u32;
        if population.noise != 0 {
            noise(context, neuron, population.noise, &mut noise_of);
        }
        for (input, arriving) in inputs.iter().zip(&mut arriving) {
            arrivals(context, input, tile, group, arriving);
        }
        let lanes = tile.lanes(group);
        steps(context, tile, group, &noise_of, &arriving);
        for (lane, spikes) in tile.spikes[group].iter_mut().enumerate() {
            if lane >= lanes {
                *spikes = 0;
            }
            if *spikes != 0 {
                emit(context, tile.population, tile.first + group * LANES + lane, *spikes, &mut spikes_of_step);
            }
        }
        if !tile.history.is_empty() {
            tile.remember_spikes(group, context.block.start_step, context.block.steps);
        }
    }
    for (step, &count) in spikes_of_step.iter().enumerate().take(context.block.steps as usize) {
        if count != 0 {
            context.add(step as u32, context.layout.spikes(tile.population), count);
        }
    }
}

/// Counts the spikes of one neuron for its population and for its patterns.
#[inline(never)]
fn emit(context: &Context<'_>, population: usize, local: usize, spikes: u32, spikes_of_step: &mut [u32; 32]) {
    SetBits(spikes).for_each(|step| spikes_of_step[step as usize] += 1);
    if population == context.network.pattern_population && context.layout.patterns > 0 {
        for pattern in context.network.patterns.of(local) {
            SetBits(spikes).for_each(|step| context.add(step, pattern, 1));
        }
    }
}

/// Philox on every lane; see [`random::philox`].
#[inline(always)]
fn philox(mut counter: [Lanes<u32>; 4], key: [u32; 2]) -> [Lanes<u32>; 4] {
    let [mut k0, mut k1] = key;
    for _ in 0..PHILOX_ROUNDS {
        let [c0, c1, c2, c3] = counter;
        let mut next = [[0; LANES]; 4];
        for lane in 0..LANES {
            let p0 = u64::from(PHILOX_M0) * u64::from(c0[lane]);
            let p1 = u64::from(PHILOX_M1) * u64::from(c2[lane]);
            next[0][lane] = (p1 >> 32) as u32 ^ c1[lane] ^ k0;
            next[1][lane] = p1 as u32;
            next[2][lane] = (p0 >> 32) as u32 ^ c3[lane] ^ k1;
            next[3][lane] = p0 as u32;
        }
        counter = next;
        k0 = k0.wrapping_add(PHILOX_W0);
        k1 = k1.wrapping_add(PHILOX_W1);
    }
    counter
}

/// The noise of a group for every step of the block, 2^-21 mV.
#[inline(always)]
fn noise(context: &Context<'_>, neuron: u32, amplitude: i32, noise: &mut Steps<i32>) {
    let (start, end) = (context.block.start_step, context.block.end_step());
    let per_call = u64::from(NOISE_STEPS_PER_CALL);
    for call in start / per_call..end.div_ceil(per_call) {
        let [_, low, high, stream] = random::counter(Stream::Noise, context.network.trial, 0, call);
        let index = std::array::from_fn(|lane| neuron.wrapping_add(lane as u32));
        let words = philox([index, [low; LANES], [high; LANES], [stream; LANES]], random::key(context.network.seed));
        for slot in 0..per_call {
            let step = call * per_call + slot;
            if (start..end).contains(&step) {
                let (word, half) = (&words[slot as usize / 2], 16 * (slot as u32 % 2));
                let noise = &mut noise[(step - start) as usize];
                for lane in 0..LANES {
                    noise[lane] = amplitude * random::nibble_sum(word[lane] >> half);
                }
            }
        }
    }
}

/// Takes a group through the steps of the block, its state in local variables.
#[inline(always)]
fn steps(context: &Context<'_>, tile: &mut Tile, group: usize, noise: &Steps<i32>, arriving: &[Arrivals]) {
    let population = &context.network.populations[tile.population];
    let inputs = &context.inputs[tile.population];
    let current = &mut tile.inputs[group * inputs.len()..(group + 1) * inputs.len()];
    let (mut potential, mut refractory) = (tile.potentials[group], tile.refractory[group]);
    let external = tile.external[group];
    let mut spikes = [0u32; LANES];
    for step in 0..context.block.steps {
        let at = step as usize;
        // Membrane.
        let mut sum = [1i64 << (population.shift - 1); LANES];
        for lane in 0..LANES {
            sum[lane] += i64::from(population.decay) * i64::from(potential[lane]);
        }
        for (input, current) in inputs.iter().zip(current.iter()) {
            if let Synapse::Current { gain, .. } = input.projection.synapse {
                for lane in 0..LANES {
                    sum[lane] += i64::from(gain) * i64::from(current[lane]);
                }
            }
        }
        let mut held = [false; LANES];
        let mut clipped = 0;
        for lane in 0..LANES {
            let next = (sum[lane] >> population.shift) + i64::from(external[lane]) + i64::from(noise[at][lane]);
            let saturated = saturate(next);
            let free = refractory[lane] == 0;
            clipped |= u32::from(free & (i64::from(saturated) != next)) << lane;
            let crosses = free & (saturated >= population.threshold);
            spikes[lane] |= u32::from(crosses) << step;
            potential[lane] = if crosses {
                population.reset
            } else if free {
                saturated
            } else {
                potential[lane]
            };
            held[lane] = !free | (crosses & (population.refractory_steps > 0));
            refractory[lane] = if crosses { population.refractory_steps } else { refractory[lane].saturating_sub(1) };
        }
        count_clipped(context, tile.population, tile.size - group * LANES, (step, clipped), None);
        // Synapses, in the order of the configuration.
        for ((input, current), arriving) in inputs.iter().zip(current.iter_mut()).zip(arriving) {
            let mut clipped = 0;
            match input.projection.synapse {
                Synapse::Current { decay, .. } => {
                    for lane in 0..LANES {
                        let decayed = round_shift(i64::from(current[lane]) * i64::from(decay), DECAY_BITS);
                        let next = decayed + arriving.at(at, lane);
                        current[lane] = saturate(next);
                        clipped |= u32::from(i64::from(current[lane]) != next) << lane;
                    }
                    count_clipped(context, 0, tile.size - group * LANES, (step, clipped), Some(input.index));
                }
                Synapse::Jump => {
                    for lane in 0..LANES {
                        let next = i64::from(potential[lane]) + arriving.at(at, lane);
                        if !held[lane] {
                            potential[lane] = saturate(next);
                            clipped |= u32::from(i64::from(potential[lane]) != next) << lane;
                        }
                    }
                    count_clipped(context, tile.population, tile.size - group * LANES, (step, clipped), None);
                }
            }
        }
    }
    tile.potentials[group] = potential;
    tile.refractory[group] = refractory;
    tile.spikes[group] = spikes;
}

/// Counts the real lanes that were clipped: potentials of `population`, or inputs of `projection`.
#[inline(always)]
fn count_clipped(
    context: &Context<'_>,
    population: usize,
    size: usize,
    (step, clipped): (u32, u32),
    projection: Option<usize>,
) {
    if clipped != 0 {
        let clipped = clipped & (u32::MAX >> (32 - size.min(LANES)));
        let entry = projection.map_or_else(
            || context.layout.saturated_potentials(population),
            |projection| context.layout.saturated_inputs(projection),
        );
        if clipped != 0 {
            context.add(step, entry, clipped.count_ones());
        }
    }
}
