//! The GPU engine: wgpu and WGSL, on any adapter that Vulkan, Metal or DX12 has. The only user of wgpu.

mod adapters;
mod device;
pub mod hopfield;
mod pipelines;
pub mod rate;
pub mod shaders;
pub mod spiking;

pub use adapters::{Device, Limits, devices};
pub use device::Gpu;
