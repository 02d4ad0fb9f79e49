//! A tile in which something may saturate, or that has more inputs than vectors hold: neuron by neuron, step by step,
//! as `network::spiking` states it.

use super::deliver::AtTile;
use super::emit::add;
use super::integrate::Scratch;
use super::job::{Job, PopulationJob};
use super::tile::Tile;
use crate::fixed::{DECAY_BITS, round_shift, saturate};
use crate::network::spiking::{Population, Private, Source, Spiking, Synapse};
use crate::random::Stream;

/// What all neurons of a tile have in common.
struct Common<'a> {
    network: &'a Spiking,
    population: &'a Population,
    job: &'a Job,
    work: &'a PopulationJob,
    /// What wired projections bring.
    delivered: &'a [AtTile<'a>],
    /// Private inputs, with their place and their number.
    privates: Vec<(usize, usize, &'a Private)>,
}

/// Carries all neurons of `tile` through the block.
pub(super) fn steps(
    (network, population): (&Spiking, &Population),
    (job, work): (&Job, &PopulationJob),
    (tile, delivered): (&mut Tile, &[AtTile<'_>]),
    scratch: &mut Scratch,
) {
    let places = population.inputs.len()..;
    let privates =
        places.zip(network.privates_of(tile.population)).map(|(at, (input, own))| (at, input, own)).collect();
    let common = Common { network, population, job, work, delivered, privates };
    for neuron in 0..tile.size() {
        common.neuron(neuron, tile, scratch);
    }
    tile.noise_call = None;
    tile.measure();
}

impl Common<'_> {
    fn neuron(&self, neuron: usize, tile: &mut Tile, scratch: &mut Scratch) {
        let span = (self.job.block.start_step, self.job.block.steps);
        let own = self.work.inputs.iter().map(|input| match input.projection.subtract_own {
            true => tile.history.arriving_at(neuron, input.projection.delay_steps, span),
            false => 0,
        });
        let own: Vec<u32> = own.collect();
        let mut refractory = tile.refractory[neuron].cast_unsigned();
        let mut spikes = 0;
        for step in 0..self.job.block.steps as usize {
            let (mut crosses, mut held) = (false, refractory > 0);
            if held {
                refractory -= 1;
            } else {
                // Before the inputs move on.
                crosses = self.advance((neuron, step), tile, scratch);
                if crosses {
                    spikes |= 1u32 << step;
                    refractory = self.population.refractory_steps;
                    held = refractory > 0;
                }
            }
            for (input, &own) in self.work.inputs.iter().zip(&own) {
                let arrival = input.projection.arrival(input.count((tile, self.delivered), neuron, step, own));
                let acts = (input.place, input.index, input.projection.synapse);
                self.arrive(acts, (neuron, step, held), arrival, (tile, scratch));
            }
            for &(place, index, private) in &self.privates {
                let count = match &private.source {
                    Source::Poisson(poisson) => poisson.count(self.draw(Stream::Poisson, (neuron, step), tile)),
                    Source::OwnSpikes => u32::from(crosses),
                };
                let arrival = private.arrival(count).into();
                self.arrive((place, index, private.synapse), (neuron, step, held), arrival, (tile, scratch));
            }
        }
        tile.refractory[neuron] = refractory.cast_signed();
        scratch.spikes[neuron] = spikes.cast_signed();
    }

    /// The draw of 32 bits of a neuron of the tile in a step of the block.
    fn draw(&self, stream: Stream, (neuron, step): (usize, usize), tile: &Tile) -> u32 {
        let number = self.population.first + (tile.first + neuron) as u32;
        self.network.draw(stream, number, self.job.block.start_step + step as u64)
    }

    /// Moves a free potential; whether there is a spike.
    fn advance(&self, (neuron, step): (usize, usize), tile: &mut Tile, scratch: &mut Scratch) -> bool {
        let (population, member) = (self.population, tile.first + neuron);
        let mut sum =
            i64::from(population.decay_of(member)) * i64::from(tile.potentials[neuron]) + self.work.base[step];
        let projections = self.work.inputs.iter().map(|input| (input.place, input.projection.synapse));
        for (place, synapse) in projections.chain(self.privates.iter().map(|&(place, _, own)| (place, own.synapse))) {
            if let Synapse::Current { gain, .. } = synapse {
                let gain = population.own.gain(place, member).unwrap_or(gain);
                sum += i64::from(gain) * i64::from(tile.inputs[place][neuron]);
            }
        }
        let noise = match population.noise_of(member) {
            0 => 0,
            amplitude => {
                let number = population.first + member as u32;
                amplitude * self.network.noise(number, self.job.block.start_step + step as u64)
            }
        };
        let next = (sum >> population.shift) + i64::from(tile.external.of(neuron)) + i64::from(noise);
        let potential = saturate(next);
        let saturated = u32::from(i64::from(potential) != next);
        add(self.job, scratch, (step, self.job.layout.saturated_potentials(tile.population)), saturated);
        let threshold = population.threshold_of(member);
        let crosses = match &population.escape {
            Some(escape) => self.draw(Stream::Escape, (neuron, step), tile) < escape.probability(potential, threshold),
            None => potential >= threshold,
        };
        tile.potentials[neuron] = if crosses { population.reset } else { potential };
        crosses
    }

    /// Lets an input (place, number, synapse) decay and adds what arrives; a held neuron discards a jump.
    fn arrive(
        &self,
        (place, index, synapse): (usize, usize, Synapse),
        (neuron, step, held): (usize, usize, bool),
        arrival: i64,
        (tile, scratch): (&mut Tile, &mut Scratch),
    ) {
        let (value, next, entry) = match synapse {
            Synapse::Jump if held => return,
            Synapse::Jump => {
                let value = &mut tile.potentials[neuron];
                let next = i64::from(*value) + arrival;
                (value, next, self.job.layout.saturated_potentials(tile.population))
            }
            Synapse::Current { decay, .. } => {
                let value = &mut tile.inputs[place][neuron];
                let next = round_shift(i64::from(*value) * i64::from(decay), DECAY_BITS) + arrival;
                (value, next, self.job.layout.saturated_inputs(index))
            }
        };
        *value = saturate(next);
        let saturated = u32::from(i64::from(*value) != next);
        add(self.job, scratch, (step, entry), saturated);
    }
}
