//! Inputs that are the same for all neurons of a population: one number stands for all of them.
//!
//! A global projection from another population, or with autapses, brings every target the same. Its decay and its
//! arrivals are worked out once a step, with the same integers as for one neuron.

use super::arrivals::Rows;
use super::job::Steps;
use super::tile::is_current;
use crate::engine::Block;
use crate::fixed::{DECAY_BITS, round_shift, saturate};
use crate::network::spiking::{Count, Spiking, Synapse};

/// The inputs that all neurons of their population share, by number; private ones are never among them.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedInputs {
    values: Vec<Option<i32>>,
}

/// An input that saturated, at every neuron of its population.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saturated {
    pub(super) step: usize,
    pub(super) projection: usize,
}

impl SharedInputs {
    /// Those of a state: what always comes equally to all, and is equal now.
    pub(super) fn of(network: &Spiking, inputs: &[Vec<i32>]) -> Self {
        let value = |index: usize| {
            let projection = &network.projections[index];
            let acts_equally = network.populations[projection.target].own.gains.is_empty();
            let comes_equally = acts_equally
                && projection.count == Count::Spikes
                && !projection.by_memberships
                && !projection.subtract_own;
            let (&first, rest) = inputs[index].split_first()?;
            (is_current(network, index) && comes_equally && rest.iter().all(|&value| value == first)).then_some(first)
        };
        Self { values: (0..network.projections.len()).map(value).collect() }
    }

    /// Whether an input is among them.
    pub(super) fn has(&self, input: usize) -> bool {
        self.of_input(input).is_some()
    }

    /// An input, if it is among them.
    pub(super) fn of_input(&self, input: usize) -> Option<i32> {
        self.values.get(input).copied().flatten()
    }

    /// Carries those of a population through a block and adds gain I of each step to `base`.
    pub(super) fn advance(
        &mut self,
        network: &Spiking,
        population: usize,
        (block, rows): (Block, &Rows<'_>),
        base: &mut Steps<i64>,
    ) -> Vec<Saturated> {
        let mut saturated = Vec::new();
        for &index in &network.populations[population].inputs {
            let projection = &network.projections[index];
            let (Some(value), Synapse::Current { decay, gain }) = (&mut self.values[index], projection.synapse) else {
                continue;
            };
            let counts = rows.spikes_arriving(projection, block);
            for (step, (base, count)) in base.iter_mut().zip(counts).enumerate().take(block.steps as usize) {
                *base += i64::from(gain) * i64::from(*value);
                let decayed = round_shift(i64::from(*value) * i64::from(decay), DECAY_BITS);
                let next = decayed + projection.arrival(count);
                *value = saturate(next);
                if i64::from(*value) != next {
                    saturated.push(Saturated { step, projection: index });
                }
            }
        }
        saturated
    }
}
