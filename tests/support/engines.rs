//! Engines to compare, and the adapter that those of the GPU run on.

use std::sync::Arc;

use attractor::engine::cpu::spiking::Engine as Cpu;
use attractor::engine::gpu::{self, Gpu};
use attractor::network::spiking::Spiking;

/// A CPU engine on so many threads.
pub(crate) fn cpu(network: &Spiking, threads: usize) -> Cpu {
    Cpu::new(Arc::new(network.clone()), threads).expect("a CPU engine")
}

/// A GPU engine.
pub(crate) fn on_gpu(adapter: &Gpu, network: &Spiking) -> gpu::spiking::Engine {
    gpu::spiking::Engine::new(adapter, Arc::new(network.clone())).expect("a GPU engine")
}

/// The adapter named by ATTRACTOR_TEST_ADAPTER, or the first of any kind. Without one the test fails.
pub(crate) fn adapter() -> Gpu {
    let named = std::env::var("ATTRACTOR_TEST_ADAPTER").ok();
    let name = named.or_else(|| gpu::devices().first().map(|device| device.name.clone()));
    Gpu::open(name.as_deref()).unwrap_or_else(|error| panic!("{error}"))
}
