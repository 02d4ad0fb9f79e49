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

    /// The blocks of the whole run.
    fn blocks(&self) -> Self::Blocks;
}
