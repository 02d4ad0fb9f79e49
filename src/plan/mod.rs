//! The plan of a run: what a network stands for, how it is represented and what it takes, told before it runs.

pub mod hopfield;
pub mod rate;
pub mod spiking;

use crate::model::Model;

/// Bytes of host memory that a model will take, told before anything is allocated.
#[must_use]
pub fn host_bytes(model: &Model) -> u64 {
    match model {
        Model::Spiking(model) => spiking::host_bytes(model),
        Model::Hopfield(model) => hopfield::host_bytes(model),
        Model::Rate(model) => rate::host_bytes(model),
    }
}
