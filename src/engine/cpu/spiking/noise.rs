//! The noise of a vector of neurons through a block: Philox in vectors, sixteen steps a call.

use std::marker::PhantomData;

use super::draws::philox;
use super::tile::Tile;
use crate::engine::Block;
use crate::engine::cpu::lanes::Lanes;
use crate::network::spiking::{Population, Spiking};
use crate::random::{self, NOISE_MAX, NOISE_STEPS_PER_CALL, Stream};

/// Steps that one word of a call serves.
const STEPS_PER_WORD: u32 = NOISE_STEPS_PER_CALL / 4;

/// Gives the external input of each step of a block with its noise added.
pub(super) struct Noise<L> {
    amplitude: i32,
    /// The amplitude of each neuron.
    amplitudes: L,
    key: [u32; 2],
    /// The counter of a call without neuron and step.
    stream: u32,
    /// First step of the block, the step behind its last one.
    span: [u64; 2],
    /// The call whose words the tile still has.
    kept_call: Option<u64>,
    /// Number of the tile's first neuron.
    first: u32,
    /// The vector's first neuron within the tile.
    at: usize,
    /// The next step.
    time: u64,
    /// Bytes of noise of the current call, and what is left of the current word.
    words: [L; 4],
    word: L,
    lanes: PhantomData<L>,
}

impl<L: Lanes> Noise<L> {
    #[inline(always)]
    pub(super) fn new(network: &Spiking, population: &Population, tile: &Tile, block: Block) -> Self {
        let zero = L::splat(0);
        Self {
            amplitude: population.noise,
            amplitudes: L::splat(population.noise),
            key: random::key(network.seed),
            stream: random::counter(Stream::Noise, network.trial, 0, 0)[3],
            span: [block.start_step, block.end_step()],
            kept_call: tile.noise_call,
            first: population.first + tile.first as u32,
            at: 0,
            time: 0,
            words: [zero; 4],
            word: zero,
            lanes: PhantomData,
        }
    }

    /// Begins with the neurons of `tile` from `at` on.
    #[inline(always)]
    pub(super) fn start(&mut self, tile: &Tile, at: usize) {
        if self.amplitude == 0 {
            return;
        }
        (self.at, self.time) = (at, self.span[0]);
        if !tile.own.noises.is_empty() {
            self.amplitudes = L::load(&tile.own.noises, at);
        }
        let (call, slot) = place(self.time);
        if slot == 0 {
            return;
        }
        if self.kept_call == Some(call) {
            for (word, kept) in self.words.iter_mut().zip(&tile.noise_words).skip((slot / STEPS_PER_WORD) as usize) {
                *word = L::load(kept, at);
            }
        } else {
            self.draw(call);
        }
        self.word = self.words[(slot / STEPS_PER_WORD) as usize];
        for _ in 0..slot % STEPS_PER_WORD {
            self.word = self.word.shift_right::<8>();
        }
    }

    /// External input and noise of the next step.
    #[inline(always)]
    pub(super) fn next(&mut self, external: L) -> L {
        if self.amplitude == 0 {
            return external;
        }
        let (call, slot) = place(self.time);
        if slot % STEPS_PER_WORD == 0 {
            if slot == 0 {
                self.draw(call);
            }
            self.word = self.words[(slot / STEPS_PER_WORD) as usize];
        }
        let sum = self.word.and(L::splat(0xff)).sub(L::splat(NOISE_MAX));
        self.word = self.word.shift_right::<8>();
        self.time += 1;
        external.add(sum.mul(self.amplitudes))
    }

    /// Keeps what the next block will need.
    #[inline(always)]
    pub(super) fn end(&self, tile: &mut Tile, at: usize) {
        let (_, slot) = place(self.span[1]);
        if self.amplitude == 0 || slot == 0 {
            return;
        }
        for (word, kept) in self.words.iter().zip(&mut tile.noise_words).skip((slot / STEPS_PER_WORD) as usize) {
            word.store(kept, at);
        }
    }

    /// The call of which steps are left at the end of the block.
    pub(super) fn unfinished_call(&self) -> Option<u64> {
        let (call, slot) = place(self.span[1]);
        (slot != 0 && self.amplitude != 0).then_some(call)
    }

    /// The bytes of noise of a call: the sum of each byte's coins.
    #[inline(always)]
    fn draw(&mut self, call: u64) {
        let neuron = self.first.wrapping_add(self.at as u32);
        self.words = philox::<L>(neuron, call, self.stream, self.key);
        for word in &mut self.words {
            *word = coin_sums(*word);
        }
    }
}

/// The call that serves a step, and its place in it.
#[inline(always)]
fn place(step: u64) -> (u64, u32) {
    (step / u64::from(NOISE_STEPS_PER_CALL), (step % u64::from(NOISE_STEPS_PER_CALL)) as u32)
}

/// [`random::coin_sums`].
#[inline(always)]
fn coin_sums<L: Lanes>(bits: L) -> L {
    let pairs = bits.sub(bits.shift_right::<1>().and(L::splat(0x5555_5555)));
    let nibbles = pairs.and(L::splat(0x3333_3333)).add(pairs.shift_right::<2>().and(L::splat(0x3333_3333)));
    let all = nibbles.add(nibbles.shift_right::<4>()).and(L::splat(0x0f0f_0f0f));
    all.add(all).sub(pairs.and(L::splat(0x0303_0303)))
}
