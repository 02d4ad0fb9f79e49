//! Models: valid by construction, in physical quantities (f64). Built from a configuration, read by `compile`.

pub mod spiking;

/// A validated model of one of the family.
#[derive(Clone, Debug)]
pub enum Model {
    /// Leaky integrate-and-fire neurons with Hebbian excitation and global inhibition.
    Spiking(spiking::Spiking),
}
