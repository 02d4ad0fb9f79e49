//! What neurons have for themselves: parameters, escape noise, private inputs. Twin of shaders/spiking/individual.wgsl.

use super::draws::Words;
use super::integrate::{Membrane, magnitude};
use super::reach;
use super::tile::Tile;
use crate::engine::Block;
use crate::engine::cpu::lanes::Lanes;
use crate::fixed::DECAY_BITS;
use crate::network::spiking::{Poisson, Population, Private, Source, Spiking, Synapse};
use crate::random::Stream;

/// What the kernel asks of the neurons of a population, a vector of them at a time.
pub(super) trait Individual<'a, L: Lanes>: Sized {
    fn new(network: &'a Spiking, population: &'a Population, tile: &Tile, block: Block) -> Self;

    /// Begins with the neurons of `tile` from `at` on.
    fn start(&mut self, tile: &Tile, at: usize, membrane: &mut Membrane<L>);

    /// The gains of an input, where neurons differ in them.
    fn gains(tile: &Tile, place: usize, at: usize) -> Option<L>;

    /// The product with a factor that may differ between neurons.
    fn mul_wide(value: L, factor: L) -> L::Wide;

    /// The potential's sum with gain I of private inputs.
    fn drive(&self, sum: L::Wide) -> L::Wide;

    /// Who would fire at these potentials.
    fn crosses(&mut self, next: L, membrane: &Membrane<L>) -> L::Mask;

    /// Lets private inputs decay and adds what arrives, for those who fired in this step too; held neurons discard jumps.
    fn arrive(&mut self, fired: L::Mask, held: L::Mask, potential: &mut L);

    /// Keeps the state.
    fn end(&mut self, tile: &mut Tile, at: usize);

    /// Sets the bounds of private inputs.
    fn measure(&self, tile: &mut Tile);
}

/// Neurons that are all alike, with a sharp threshold and no private inputs: nothing is left of this in the kernel.
pub(super) struct Alike;

impl<L: Lanes> Individual<'_, L> for Alike {
    #[inline(always)]
    fn new(_: &Spiking, _: &Population, _: &Tile, _: Block) -> Self {
        Self
    }

    #[inline(always)]
    fn start(&mut self, _: &Tile, _: usize, _: &mut Membrane<L>) {}

    #[inline(always)]
    fn gains(_: &Tile, _: usize, _: usize) -> Option<L> {
        None
    }

    #[inline(always)]
    fn mul_wide(value: L, factor: L) -> L::Wide {
        value.mul_wide(factor)
    }

    #[inline(always)]
    fn drive(&self, sum: L::Wide) -> L::Wide {
        sum
    }

    #[inline(always)]
    fn crosses(&mut self, next: L, membrane: &Membrane<L>) -> L::Mask {
        next.gt(membrane.below_threshold)
    }

    #[inline(always)]
    fn arrive(&mut self, _: L::Mask, _: L::Mask, _: &mut L) {}

    #[inline(always)]
    fn end(&mut self, _: &mut Tile, _: usize) {}

    #[inline(always)]
    fn measure(&self, _: &mut Tile) {}
}

/// Neurons that differ, fire at random, or have inputs of their own.
pub(super) struct Own<'a, L> {
    escape: Option<Escape<'a, L>>,
    poisson: Option<(Counts<'a, L>, Input<L>)>,
    adaptation: Option<Input<L>>,
}

/// Escape noise.
struct Escape<'a, L> {
    words: Words<L>,
    probabilities: &'a [u32],
    /// The ends of the table, above the threshold.
    ends: [i32; 2],
    shift: u32,
}

/// Events of Poisson processes.
struct Counts<'a, L> {
    words: Words<L>,
    poisson: &'a Poisson,
    bits: u32,
}

/// A private input.
struct Input<L> {
    place: usize,
    /// For counts of which the largest times the weight fits 32 bits.
    weight: i32,
    shift: u32,
    synapse: Synapse,
    gain: L,
    value: L,
    bits: L,
}

/// Whether a population's neurons are anything but [`Alike`].
pub(super) fn has_own(network: &Spiking, index: usize) -> bool {
    let population = &network.populations[index];
    let own = &population.own;
    let differs = [&own.decays, &own.noises, &own.thresholds].into_iter().any(|values| !values.is_empty());
    differs || population.escape.is_some() || network.privates_of(index).next().is_some()
}

/// The numbers without sign in the order of signed ones.
#[inline(always)]
fn unsigned<L: Lanes>(value: L) -> L {
    value.xor(L::splat(i32::MIN))
}

impl<'a, L: Lanes> Individual<'a, L> for Own<'a, L> {
    #[inline(always)]
    fn new(network: &'a Spiking, population: &'a Population, tile: &Tile, block: Block) -> Self {
        let words = |stream| Words::new((network, stream), population, tile, block);
        let escape = population.escape.as_ref().map(|escape| Escape {
            words: words(Stream::Escape),
            probabilities: &escape.probabilities,
            ends: [escape.low, escape.high()],
            shift: escape.shift,
        });
        let mut own = Self { escape, poisson: None, adaptation: None };
        for (at, (_, private)) in network.privates_of(tile.population).enumerate() {
            let input = Input::new(private, population.inputs.len() + at);
            match &private.source {
                Source::Poisson(poisson) => {
                    let counts = Counts { words: words(Stream::Poisson), poisson, bits: poisson.bits() };
                    own.poisson = Some((counts, input));
                }
                Source::OwnSpikes => own.adaptation = Some(input),
            }
        }
        own
    }

    #[inline(always)]
    fn start(&mut self, tile: &Tile, at: usize, membrane: &mut Membrane<L>) {
        if !tile.own.decays.is_empty() {
            membrane.decay = L::load(&tile.own.decays, at);
        }
        if !tile.own.thresholds.is_empty() {
            membrane.below_threshold = L::load(&tile.own.thresholds, at).sub(L::splat(1));
        }
        if let Some(escape) = &mut self.escape {
            escape.words.start(at);
        }
        if let Some((counts, input)) = &mut self.poisson {
            counts.words.start(at);
            input.start(tile, at);
        }
        if let Some(input) = &mut self.adaptation {
            input.start(tile, at);
        }
    }

    #[inline(always)]
    fn gains(tile: &Tile, place: usize, at: usize) -> Option<L> {
        let gains = tile.own.gains.get(place)?;
        if gains.is_empty() { None } else { Some(L::load(gains, at)) }
    }

    #[inline(always)]
    fn mul_wide(value: L, factor: L) -> L::Wide {
        value.mul_wide_each(factor)
    }

    #[inline(always)]
    fn drive(&self, mut sum: L::Wide) -> L::Wide {
        if let Some((_, input)) = &self.poisson {
            sum = L::wide_add(sum, input.value.mul_wide_each(input.gain));
        }
        if let Some(input) = &self.adaptation {
            sum = L::wide_add(sum, input.value.mul_wide_each(input.gain));
        }
        sum
    }

    #[inline(always)]
    fn crosses(&mut self, next: L, membrane: &Membrane<L>) -> L::Mask {
        match &mut self.escape {
            Some(escape) => escape.fires(next, membrane.below_threshold.add(L::splat(1))),
            None => next.gt(membrane.below_threshold),
        }
    }

    #[inline(always)]
    fn arrive(&mut self, fired: L::Mask, held: L::Mask, potential: &mut L) {
        if let Some((counts, input)) = &mut self.poisson {
            let count = counts.next();
            input.arrive(count, held, potential);
        }
        if let Some(input) = &mut self.adaptation {
            input.arrive(L::select(fired, L::splat(1), L::splat(0)), held, potential);
        }
    }

    #[inline(always)]
    fn end(&mut self, tile: &mut Tile, at: usize) {
        if let Some((_, input)) = &mut self.poisson {
            input.end(tile, at);
        }
        if let Some(input) = &mut self.adaptation {
            input.end(tile, at);
        }
    }

    #[inline(always)]
    fn measure(&self, tile: &mut Tile) {
        if let Some((_, input)) = &self.poisson {
            tile.reach.inputs[input.place] = reach::of_bits(input.bits);
        }
        if let Some(input) = &self.adaptation {
            tile.reach.inputs[input.place] = reach::of_bits(input.bits);
        }
    }
}

impl<L: Lanes> Escape<'_, L> {
    /// [`crate::network::spiking::Escape::probability`], and who draws less.
    #[inline(always)]
    fn fires(&mut self, next: L, threshold: L) -> L::Mask {
        let [low, high] = [threshold.add(L::splat(self.ends[0])), threshold.add(L::splat(self.ends[1]))];
        let next = L::select(next.gt(low), next, low);
        let next = L::select(next.gt(high), high, next);
        let place = next.sub(low).shift_unsigned(self.shift);
        unsigned(L::gather(self.probabilities, place)).gt(unsigned(self.words.next()))
    }
}

impl<L: Lanes> Counts<'_, L> {
    /// [`Poisson::count`] of the next step.
    #[inline(always)]
    fn next(&mut self) -> L {
        let draw = unsigned(self.words.next());
        let mut found = L::splat(0);
        for bit in (0..self.bits).rev() {
            let probe = found.add(L::splat(1 << bit));
            let entry = unsigned(L::gather(&self.poisson.below, probe.sub(L::splat(1))));
            found = L::select(draw.gt(entry), probe, found);
        }
        found.add(L::splat(self.poisson.base.cast_signed()))
    }
}

impl<L: Lanes> Input<L> {
    #[inline(always)]
    fn new(private: &Private, place: usize) -> Self {
        let zero = L::splat(0);
        let gain = match private.synapse {
            Synapse::Current { gain, .. } => L::splat(gain),
            Synapse::Jump => zero,
        };
        let Private { weight, weight_shift: shift, synapse, .. } = *private;
        Self { place, weight, shift, synapse, gain, value: zero, bits: zero }
    }

    #[inline(always)]
    fn start(&mut self, tile: &Tile, at: usize) {
        if let Synapse::Current { .. } = self.synapse {
            self.value = L::load(&tile.inputs[self.place], at);
            if let Some(gains) = tile.own.gains.get(self.place) {
                self.gain = L::load(gains, at);
            }
        }
    }

    /// Lets the input decay and adds what so many events bring.
    #[inline(always)]
    fn arrive(&mut self, count: L, held: L::Mask, potential: &mut L) {
        let half = if self.shift == 0 { 0 } else { 1 << (self.shift - 1) };
        let arrival = count.mul(L::splat(self.weight)).add(L::splat(half)).shift_signed(self.shift);
        match self.synapse {
            Synapse::Current { decay, .. } => {
                let product = L::wide_add(self.value.mul_wide(L::splat(decay)), L::wide_splat(1 << (DECAY_BITS - 1)));
                self.value = L::narrow(product, DECAY_BITS).add(arrival);
            }
            Synapse::Jump => *potential = L::select(held, *potential, potential.add(arrival)),
        }
    }

    #[inline(always)]
    fn end(&mut self, tile: &mut Tile, at: usize) {
        if let Synapse::Current { .. } = self.synapse {
            self.value.store(&mut tile.inputs[self.place], at);
            self.bits = self.bits.or(magnitude(self.value));
        }
    }
}
