//! The schedule: cuts the time of a run into blocks.

mod hopfield;
mod rate;
mod spiking;

pub use hopfield::Sweeps;
pub use spiking::Schedule;

use crate::engine::Dynamics;

/// A network whose run is a sequence of blocks.
pub trait Timeline: Dynamics {
    /// The blocks, in order.
    type Blocks: Iterator<Item = Self::Block>;

    /// The blocks of the whole run, or of one of its trials.
    fn blocks(&self) -> Self::Blocks;

    /// How many trials are carried one after the other, each through all blocks; trials carried at once are one.
    fn trials_in_turn(&self) -> u32 {
        1
    }
}
