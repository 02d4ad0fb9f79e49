//! The choice of an engine: what the command line asks for, or the best that this machine has.

use std::sync::Arc;

use attractor::engine::{Engine, EngineError, cpu, gpu};
use attractor::network::spiking::Spiking;

use crate::cli::{Backend, EngineArgs};

use super::failure::Usage;
use super::output::say;

/// Keeps a layer of Mesa's from looking for a desktop where there is none, which it does aloud. To be called before
/// anything else: it changes the environment.
pub(crate) fn quieten_drivers() {
    let set = |name| std::env::var_os(name).is_some();
    if cfg!(target_os = "linux") && !set("XDG_RUNTIME_DIR") && !set("MESA_VK_DEVICE_SELECT") {
        // SAFETY: `main` calls this first, before there is a second thread that could read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

/// Opens the engine that the command line asks for.
pub(crate) fn open(args: &EngineArgs, network: &Arc<Spiking>) -> anyhow::Result<Box<dyn Engine>> {
    let adapter = args.adapter.as_deref();
    match (args.backend, adapter) {
        (Backend::Cpu, Some(_)) => {
            Err(Usage("--adapter names a GPU, and --backend is cpu: give one of the two".into()).into())
        }
        (Backend::Cpu, None) => open_cpu(args.threads, network),
        (Backend::Gpu, _) | (Backend::Auto, Some(_)) => Ok(open_gpu(adapter, network)?),
        (Backend::Auto, None) => open_best(args.threads, network),
    }
}

/// Opens the CPU engine.
pub(crate) fn open_cpu(threads: Option<u16>, network: &Arc<Spiking>) -> anyhow::Result<Box<dyn Engine>> {
    let threads = threads.map_or(0, usize::from);
    Ok(Box::new(cpu::spiking::Engine::new(Arc::clone(network), threads)?))
}

/// Opens the GPU engine: on the best hardware, or on the adapter with `adapter` in its name.
pub(crate) fn open_gpu(adapter: Option<&str>, network: &Arc<Spiking>) -> Result<Box<dyn Engine>, EngineError> {
    let gpu = gpu::Gpu::open(adapter)?;
    Ok(Box::new(gpu::spiking::Engine::new(&gpu, Arc::clone(network))?))
}

/// A hardware GPU where there is one that holds the network; otherwise the CPU, which is as good an answer.
fn open_best(threads: Option<u16>, network: &Arc<Spiking>) -> anyhow::Result<Box<dyn Engine>> {
    match open_gpu(None, network) {
        Ok(engine) => Ok(engine),
        Err(EngineError::NoAdapter { .. }) => open_cpu(threads, network),
        Err(error) => {
            say(&format!("{error}; the CPU engine runs it instead"));
            open_cpu(threads, network)
        }
    }
}
