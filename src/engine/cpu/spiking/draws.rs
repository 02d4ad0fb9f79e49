//! Random words of a vector of neurons: Philox in vectors.

use super::tile::Tile;
use crate::engine::Block;
use crate::engine::cpu::lanes::Lanes;
use crate::network::spiking::{Population, Spiking};
use crate::random::{self, PHILOX_M0, PHILOX_M1, PHILOX_ROUNDS, PHILOX_W0, PHILOX_W1, Stream, WORD_STEPS_PER_CALL};

/// Philox 4x32-10 (see [`random::philox`]) of the neurons from `neuron` on, for a call of `stream`, the last word of the
/// counter.
#[inline(always)]
pub(super) fn philox<L: Lanes>(neuron: u32, call: u64, stream: u32, mut key: [u32; 2]) -> [L; 4] {
    let mut counter =
        [L::wide_count(neuron), same::<L>(call as u32), same::<L>((call >> 32) as u32), same::<L>(stream)];
    for _ in 0..PHILOX_ROUNDS {
        let p0 = L::wide_mul_low(counter[0], PHILOX_M0);
        let p1 = L::wide_mul_low(counter[2], PHILOX_M1);
        counter = [
            L::wide_xor(L::wide_xor(L::wide_high(p1), counter[1]), same::<L>(key[0])),
            p1,
            L::wide_xor(L::wide_xor(L::wide_high(p0), counter[3]), same::<L>(key[1])),
            p0,
        ];
        key = [key[0].wrapping_add(PHILOX_W0), key[1].wrapping_add(PHILOX_W1)];
    }
    let [a, b, c, d] = counter;
    [L::narrow(a, 0), L::narrow(b, 0), L::narrow(c, 0), L::narrow(d, 0)]
}

/// A word in every lane. (No closure: that would be a function without the vector's instructions.)
#[inline(always)]
fn same<L: Lanes>(word: u32) -> L::Wide {
    L::wide_splat(i64::from(word))
}

/// A word a step from a stream of which four steps share a call ([`random::step_word`]).
#[derive(Clone, Copy)]
pub(super) struct Words<L> {
    key: [u32; 2],
    /// The last word of the counter.
    stream: u32,
    start_step: u64,
    /// Number of the tile's first neuron, then of the vector's.
    first: u32,
    neuron: u32,
    /// The next step.
    time: u64,
    words: [L; 4],
}

impl<L: Lanes> Words<L> {
    #[inline(always)]
    pub(super) fn new(
        (network, stream): (&Spiking, Stream),
        population: &Population,
        tile: &Tile,
        block: Block,
    ) -> Self {
        let first = population.first + tile.first as u32;
        Self {
            key: random::key(network.seed),
            stream: random::counter(stream, network.trial, 0, 0)[3],
            start_step: block.start_step,
            first,
            neuron: first,
            time: block.start_step,
            words: [L::splat(0); 4],
        }
    }

    /// Begins with the neurons of the tile from `at` on.
    #[inline(always)]
    pub(super) fn start(&mut self, at: usize) {
        (self.neuron, self.time) = (self.first.wrapping_add(at as u32), self.start_step);
        if !self.time.is_multiple_of(u64::from(WORD_STEPS_PER_CALL)) {
            self.draw();
        }
    }

    /// The words of the next step.
    #[inline(always)]
    pub(super) fn next(&mut self) -> L {
        let slot = self.time % u64::from(WORD_STEPS_PER_CALL);
        if slot == 0 {
            self.draw();
        }
        self.time += 1;
        self.words[slot as usize]
    }

    #[inline(always)]
    fn draw(&mut self) {
        self.words = philox::<L>(self.neuron, self.time / u64::from(WORD_STEPS_PER_CALL), self.stream, self.key);
    }
}
