//! The CPU engine: native, vectorised, threaded. It is what a reader reads first; the shaders mirror it.

pub mod hopfield;
pub mod host;
mod lanes;
pub mod rate;
pub mod spiking;
