//! The GPU engine against a slow reference, and the functions of its shaders against those of the host.
//!
//! These tests need an adapter, a software rasteriser at least, and fail without one: `cargo test -- --include-ignored`.
//! `ATTRACTOR_TEST_ADAPTER` names another than the first.

mod engine;
mod functions;
mod networks;
mod reference;

use attractor::engine::gpu::{Gpu, devices};

/// The adapter to test on.
fn adapter_name() -> String {
    std::env::var("ATTRACTOR_TEST_ADAPTER").unwrap_or_else(|_| {
        let first = devices().into_iter().find(|device| device.usable.is_ok());
        first.expect("these tests need a Vulkan, Metal or DX12 adapter, such as llvmpipe").name
    })
}

fn gpu() -> Gpu {
    Gpu::open(Some(&adapter_name())).expect("the adapter opens")
}

/// The device as it is, as one without 64-bit integers, and as one whose workgroups gather what arrives.
fn gpus() -> [Gpu; 3] {
    [gpu(), gpu().without_int64(), gpu().with_gathering_workgroups()]
}
