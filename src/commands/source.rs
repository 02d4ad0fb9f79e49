//! From the command line to a compiled network: reads the configuration, builds the model, compiles it.

use std::sync::Arc;

use attractor::compile::compile;
use attractor::config::{Config, Override, Problem};
use attractor::model::{self, Model};
use attractor::network::{self, Network};
use attractor::plan::host_bytes_min;

use crate::cli::ConfigArgs;

use super::phases::Phases;

/// A configuration and what became of it.
#[derive(Debug)]
pub(crate) struct Source {
    /// As it will run: after every default and override.
    pub(crate) config: Config,
    /// In physical quantities.
    pub(crate) model: model::spiking::Spiking,
    /// In integers.
    pub(crate) network: Arc<network::spiking::Spiking>,
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
        let (config, model) = Model::load(&args.config, &overrides)?;
        phases.end("read", "");
        let Model::Spiking(spiking) = &model;
        if let Some(problem) = too_large(spiking, available_bytes()) {
            return Err(config.problems(vec![problem]).into());
        }
        let network = compile(&model).map_err(|problems| config.problems(problems))?;
        phases.end("compile", "");
        let (Model::Spiking(model), Network::Spiking(network)) = (model, network);
        Ok(Self { config, model, network: Arc::new(network) })
    }
}

/// A network for which this machine has no memory: told before it is tried, since a system short of memory ends
/// programs without a word.
fn too_large(model: &model::spiking::Spiking, available_bytes: Option<u64>) -> Option<Problem> {
    let needed = host_bytes_min(model);
    let available = available_bytes.filter(|&available| available < needed)?;
    let largest = model.populations.iter().max_by_key(|population| population.size)?;
    let fits = u128::from(largest.size) * u128::from(available) / u128::from(needed);
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    Some(Problem::value(
        format!("populations.{}.size", largest.name),
        format!(
            "the network takes at least {:.1} GB of memory, and this machine has {:.1} GB free",
            gigabytes(needed),
            gigabytes(available)
        ),
        format!("about {fits} would fit, or fewer patterns"),
    ))
}

/// Memory that can be had without pushing anything out, where the system tells it (Linux).
fn available_bytes() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
