//! From the command line to a compiled network: reads the configuration, builds the model, compiles it.

use std::sync::Arc;

use attractor::compile::compile;
use attractor::config::{Config, Override, Problem};
use attractor::model::{Draft, Model};
use attractor::network::Network;
use attractor::network::hopfield::Hopfield;
use attractor::network::spiking::Spiking;
use attractor::plan::host_bytes;

use crate::cli::ConfigArgs;

use super::engines::Carried;
use super::phases::Phases;

/// A configuration and what became of it, of any model.
pub(crate) enum Source {
    Spiking(Compiled<Spiking>),
    Hopfield(Compiled<Hopfield>),
}

/// A configuration and what became of it.
pub(crate) struct Compiled<D: Carried> {
    /// As it will run: after every default and override.
    pub(crate) config: Config,
    /// In physical quantities.
    pub(crate) model: D::Model,
    /// In integers.
    pub(crate) network: Arc<D>,
}

impl<D: Carried> Compiled<D> {
    fn new(config: Config, model: D::Model, network: D) -> Self {
        Self { config, model, network: Arc::new(network) }
    }
}

impl Source {
    /// Reads and compiles what the command line names.
    ///
    /// # Errors
    /// All problems of the configuration at once.
    pub(crate) fn read(args: &ConfigArgs, phases: &mut Phases) -> anyhow::Result<Self> {
        let mut overrides = args.overrides.clone();
        if let Some(seed) = args.seed {
            overrides.push(Override { key: "seed".into(), value: seed.to_string() });
        }
        let draft = Draft::load(&args.config, &overrides);
        phases.end("read", "");
        let (config, model, network) = draft.finish(|model| match too_large(model, available_bytes()) {
            Some(problem) => Err(vec![problem]),
            None => compile(model),
        })?;
        phases.end("compile", "");
        Ok(match (model, network) {
            (Model::Spiking(model), Network::Spiking(network)) => Self::Spiking(Compiled::new(config, model, network)),
            (Model::Hopfield(model), Network::Hopfield(network)) => {
                Self::Hopfield(Compiled::new(config, model, network))
            }
            (Model::Spiking(_) | Model::Hopfield(_), _) => unreachable!("a model is compiled to its own network"),
        })
    }
}

/// A network for which this machine has no memory: told before it is tried, since a system short of memory ends
/// programs without a word.
fn too_large(model: &Model, available_bytes: Option<u64>) -> Option<Problem> {
    let needed = host_bytes(model);
    let available = available_bytes.filter(|&available| available < needed)?;
    let (path, size) = size(model)?;
    let fits = u128::from(size) * u128::from(available) / u128::from(needed);
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    Some(Problem::value(
        path,
        format!(
            "the network takes about {:.1} GB of memory, and {:.1} GB are free",
            gigabytes(needed),
            gigabytes(available)
        ),
        format!("about {fits} would fit, or fewer patterns"),
    ))
}

/// Where the size that decides is written, and what it is.
fn size(model: &Model) -> Option<(String, u32)> {
    match model {
        Model::Spiking(model) => {
            let largest = model.populations.iter().max_by_key(|population| population.size)?;
            Some((format!("populations.{}.size", largest.name), largest.size))
        }
        Model::Hopfield(model) => Some(("network.size".to_owned(), model.size)),
    }
}

/// Memory that can be had without pushing anything out, where the system tells it (Linux): of the machine, of the
/// control group, of the process.
fn available_bytes() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let number = |path: &str| read(path)?.trim().parse::<u64>().ok();
    let of_machine = || {
        let told = read("/proc/meminfo")?;
        let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    };
    let of_group = || {
        let most = number("/sys/fs/cgroup/memory.max")?;
        Some(most.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or(0)))
    };
    let of_process = || {
        let told = read("/proc/self/limits")?;
        let line = told.lines().find_map(|line| line.strip_prefix("Max address space"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    [of_machine(), of_group(), of_process()].into_iter().flatten().min()
}
