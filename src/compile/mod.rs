//! Compiles a model into a network: the only place where floats become integers.
//!
//! Every rounding of a physical quantity happens here, once, on the host, through functions whose results do not
//! depend on the platform (`libm`, and the IEEE operations).

mod balanced;
mod escape;
mod hopfield;
pub mod idle;
mod neurons;
mod patterns;
mod population;
mod private;
mod program;
mod projection;
mod rate;
mod spiking;
mod stimulus;
mod wiring;

use crate::config::Problem;
use crate::model::Model;
use crate::network::Network;

/// Compiles `model`; draws patterns and cues from its seed.
///
/// # Errors
/// All quantities that do not fit their integers, each with the largest that does.
pub fn compile(model: &Model) -> Result<Network, Vec<Problem>> {
    match model {
        Model::Spiking(model) => spiking::compile(model).map(Network::Spiking),
        Model::Hopfield(model) => hopfield::compile(model).map(Network::Hopfield),
        Model::Rate(model) => rate::compile(model).map(Network::Rate),
    }
}

pub use hopfield::{compile as compile_hopfield, compile_trials as compile_hopfield_trials};
pub use rate::compile as compile_rate;
pub use spiking::compile as compile_spiking;
