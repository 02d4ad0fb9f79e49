//! The choice of an engine: what the command line asks for, or the best that this machine has.

use std::sync::Arc;

use attractor::compile::idle;
use attractor::config::Problem;
use attractor::engine::gpu::{self, Gpu};
use attractor::engine::{Dynamics, Engine, EngineError, conducted, cpu};
use attractor::model;
use attractor::network::hopfield::Hopfield;
use attractor::network::rate::Rate;
use attractor::network::spiking::Spiking;

use crate::cli::{Backend, EngineArgs};

use super::failure::Usage;
use super::output::say;

/// A network that both engines can carry forward.
pub(crate) trait Carried: Dynamics + Sized {
    /// What it is compiled from.
    type Model;

    /// Opens the CPU engine on so many threads, 0: one a core.
    fn on_cpu(network: Arc<Self>, threads: usize) -> Result<Box<dyn Engine<Self>>, EngineError>;

    /// Opens the GPU engine.
    fn on_gpu(network: Arc<Self>, gpu: &Gpu) -> Result<Box<dyn Engine<Self>>, EngineError>;

    /// What is likely to be a mistake and is no error.
    fn warnings(_model: &Self::Model, _network: &Self) -> Vec<Problem> {
        Vec::new()
    }
}

impl Carried for Spiking {
    type Model = model::spiking::Spiking;

    fn on_cpu(network: Arc<Self>, threads: usize) -> Result<Box<dyn Engine<Self>>, EngineError> {
        Ok(conducted(cpu::spiking::Engine::new(Arc::clone(&network), threads)?, &network))
    }

    fn on_gpu(network: Arc<Self>, gpu: &Gpu) -> Result<Box<dyn Engine<Self>>, EngineError> {
        Ok(conducted(gpu::spiking::Engine::new(gpu, Arc::clone(&network))?, &network))
    }

    fn warnings(model: &Self::Model, network: &Self) -> Vec<Problem> {
        idle::of_spiking(model, network)
    }
}

impl Carried for Hopfield {
    type Model = model::hopfield::Hopfield;

    fn on_cpu(network: Arc<Self>, threads: usize) -> Result<Box<dyn Engine<Self>>, EngineError> {
        Ok(Box::new(cpu::hopfield::Engine::new(network, threads)?))
    }

    fn on_gpu(network: Arc<Self>, gpu: &Gpu) -> Result<Box<dyn Engine<Self>>, EngineError> {
        Ok(Box::new(gpu::hopfield::Engine::new(gpu, network)?))
    }
}

impl Carried for Rate {
    type Model = model::rate::Rate;

    fn on_cpu(network: Arc<Self>, threads: usize) -> Result<Box<dyn Engine<Self>>, EngineError> {
        Ok(Box::new(cpu::rate::Engine::new(network, threads)?))
    }

    fn on_gpu(network: Arc<Self>, gpu: &Gpu) -> Result<Box<dyn Engine<Self>>, EngineError> {
        Ok(Box::new(gpu::rate::Engine::new(gpu, network)?))
    }

    fn warnings(model: &Self::Model, network: &Self) -> Vec<Problem> {
        let mut warnings = model.warnings();
        warnings.extend(idle::of_rate(model, network));
        warnings
    }
}

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
pub(crate) fn open<D: Carried>(args: &EngineArgs, network: &Arc<D>) -> anyhow::Result<Box<dyn Engine<D>>> {
    let adapter = args.adapter.as_deref();
    match (args.backend, adapter) {
        (Backend::Cpu, Some(_)) => {
            Err(Usage("--adapter names a GPU, and --backend is cpu: give one of the two".into()).into())
        }
        (Backend::Cpu, None) => open_cpu(args.threads, network),
        (Backend::Gpu, _) | (Backend::Auto, Some(_)) => {
            let gpu = Gpu::open(adapter).map_err(|error| anyhow::anyhow!("{error}; `--backend cpu` needs none"))?;
            Ok(D::on_gpu(Arc::clone(network), &gpu)?)
        }
        (Backend::Auto, None) => open_best(args.threads, network),
    }
}

/// Opens the CPU engine.
pub(crate) fn open_cpu<D: Carried>(threads: Option<u16>, network: &Arc<D>) -> anyhow::Result<Box<dyn Engine<D>>> {
    let threads = threads.map_or(0, usize::from);
    Ok(D::on_cpu(Arc::clone(network), threads)?)
}

/// Opens the GPU engine: on the best hardware, or on the adapter with `adapter` in its name.
pub(crate) fn open_gpu<D: Carried>(adapter: Option<&str>, network: &Arc<D>) -> Result<Box<dyn Engine<D>>, EngineError> {
    D::on_gpu(Arc::clone(network), &Gpu::open(adapter)?)
}

/// A hardware GPU where there is one that holds the network; otherwise the CPU, which is as good an answer.
fn open_best<D: Carried>(threads: Option<u16>, network: &Arc<D>) -> anyhow::Result<Box<dyn Engine<D>>> {
    match open_gpu(None, network) {
        Ok(engine) => Ok(engine),
        Err(EngineError::NoAdapter { .. }) => open_cpu(threads, network),
        Err(error) => {
            say(&format!("{error}; the CPU engine runs it instead"));
            open_cpu(threads, network)
        }
    }
}
