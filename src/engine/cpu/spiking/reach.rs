//! Bounds: whether anything in a tile can leave the range of its integers within a block.

use super::arrivals::OwnInput;
use super::deliver::AtTile;
use super::integrate::HELD_INPUTS;
use super::job::PopulationJob;
use super::tile::{Tile, has_short_refractory, noise_reach};
use crate::engine::cpu::lanes::{LANES_MAX, Lanes};
use crate::network::spiking::{Population, Spiking, Synapse};

/// Whether no sum of the tile can saturate in the block, so that the vectors need not look; and they hold its inputs.
///
/// An input ends below its bound plus all that arrives; a potential moves in a step by no more than drive, stimuli,
/// noise, gain I of all inputs, and jumps, and its decay only brings it nearer to zero.
pub(super) fn stays_within(
    (network, population): (&Spiking, &Population),
    work: &PopulationJob,
    steps: u32,
    (tile, delivered): (&Tile, &[AtTile<'_>]),
) -> bool {
    let limit = i64::from(i32::MAX);
    let steps_wide = i64::from(steps);
    if tile.reach.long_refractory
        || !has_short_refractory(population)
        || work.inputs.iter().filter(|input| input.is_current()).count() > HELD_INPUTS
        || !work.inputs.iter().all(|input| input.fits_vectors(input.reach(delivered)))
    {
        return false;
    }
    let base = work.base[..steps as usize].iter().map(|base| base.unsigned_abs()).max().unwrap_or(0);
    let mut move_max = i64::from(tile.external.reach()) + 2 * noise_reach(population) + 2;
    move_max += (base >> population.shift) as i64;
    let mut jumps_max = 0;
    let of_projection =
        |input: &OwnInput| (input.place, input.projection.synapse, input.arrivals_max(input.reach(delivered), steps));
    let privates = network
        .privates_of(tile.population)
        .enumerate()
        .map(|(at, (_, private))| (population.inputs.len() + at, private.synapse, steps_wide * private.arrival_max()));
    for (place, synapse, in_block) in work.inputs.iter().map(of_projection).chain(privates) {
        match synapse {
            Synapse::Jump => jumps_max += in_block,
            Synapse::Current { gain, .. } => {
                let value = i64::from(tile.reach.inputs[place]) + in_block;
                if value > limit {
                    return false;
                }
                move_max += ((value * i64::from(gain).abs()) >> population.shift) + 1;
            }
        }
    }
    let start = tile.reach.potential.max(population.reset.unsigned_abs());
    i64::from(start) + steps_wide * move_max + jumps_max < limit
}

/// A bound on all numbers whose magnitudes' bits were gathered.
pub(super) fn of_bits<L: Lanes>(bits: L) -> u32 {
    let mut lanes = [0; LANES_MAX];
    bits.store(&mut lanes, 0);
    let all = lanes.iter().fold(0, |all, lane| all | lane.cast_unsigned());
    // The magnitude of a negative number is one more than its bits say.
    u32::MAX.checked_shr(all.leading_zeros()).unwrap_or(0).saturating_add(1)
}
