//! Networks: immutable integers, made by `compile`, carried forward by an engine. No units, no floats.

pub mod hopfield;
pub mod patterns;
pub mod rate;
pub mod spiking;

/// A compiled network of one of the models.
#[derive(Clone, Debug)]
pub enum Network {
    /// Leaky integrate-and-fire populations.
    Spiking(spiking::Spiking),
    /// Binary neurons.
    Hopfield(hopfield::Hopfield),
    /// Rate neurons.
    Rate(rate::Rate),
}
