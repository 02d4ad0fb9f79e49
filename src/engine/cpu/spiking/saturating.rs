//! A tile in which something may saturate, or that has more inputs than vectors hold: neuron by neuron, step by step,
//! as `network::spiking` states it.

use super::deliver::AtTile;
use super::emit::add;
use super::integrate::Scratch;
use super::job::{Job, PopulationJob};
use super::tile::Tile;
use crate::fixed::{DECAY_BITS, round_shift, saturate};
use crate::network::spiking::{Population, Spiking, Synapse};

/// Carries all neurons of `tile` through the block.
pub(super) fn steps(
    (network, population): (&Spiking, &Population),
    (job, work): (&Job, &PopulationJob),
    (tile, delivered): (&mut Tile, &[AtTile<'_>]),
    scratch: &mut Scratch,
) {
    let span = (job.block.start_step, job.block.steps);
    for neuron in 0..tile.size() {
        let own: Vec<u32> = (work.inputs.iter())
            .map(|input| match input.projection.subtract_own {
                true => tile.history.arriving_at(neuron, input.projection.delay_steps, span),
                false => 0,
            })
            .collect();
        let mut refractory = tile.refractory[neuron].cast_unsigned();
        let mut spikes = 0;
        for step in 0..job.block.steps as usize {
            let mut sum = i64::from(population.decay) * i64::from(tile.potentials[neuron]) + work.base[step];
            for input in &work.inputs {
                if let Synapse::Current { gain, .. } = input.projection.synapse {
                    sum += i64::from(gain) * i64::from(tile.inputs[input.place][neuron]);
                }
            }
            let held = if refractory > 0 {
                refractory -= 1;
                true
            } else {
                let number = population.first + (tile.first + neuron) as u32;
                let noise = match population.noise {
                    0 => 0,
                    amplitude => amplitude * network.noise(number, job.block.start_step + step as u64),
                };
                let next = (sum >> population.shift) + i64::from(tile.external.of(neuron)) + i64::from(noise);
                let potential = saturate(next);
                let saturated = u32::from(i64::from(potential) != next);
                add(job, scratch, (step, job.layout.saturated_potentials(tile.population)), saturated);
                let crosses = potential >= population.threshold;
                tile.potentials[neuron] = if crosses { population.reset } else { potential };
                if crosses {
                    spikes |= 1u32 << step;
                    refractory = population.refractory_steps;
                }
                crosses && refractory > 0
            };
            for (input, &own) in work.inputs.iter().zip(&own) {
                let arrival = input.projection.arrival(input.count((tile, delivered), neuron, step, own));
                let (value, next, entry) = match input.projection.synapse {
                    Synapse::Jump if held => continue,
                    Synapse::Jump => {
                        let value = &mut tile.potentials[neuron];
                        let next = i64::from(*value) + arrival;
                        (value, next, job.layout.saturated_potentials(tile.population))
                    }
                    Synapse::Current { decay, .. } => {
                        let value = &mut tile.inputs[input.place][neuron];
                        let next = round_shift(i64::from(*value) * i64::from(decay), DECAY_BITS) + arrival;
                        (value, next, job.layout.saturated_inputs(input.index))
                    }
                };
                *value = saturate(next);
                let saturated = u32::from(i64::from(*value) != next);
                add(job, scratch, (step, entry), saturated);
            }
        }
        tile.refractory[neuron] = refractory.cast_signed();
        scratch.spikes[neuron] = spikes.cast_signed();
    }
    tile.noise_call = None;
    tile.measure();
}
