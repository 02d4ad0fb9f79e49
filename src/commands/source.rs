//! From the command line to a compiled network: reads the configuration, builds the model, has it compiled.

use std::sync::Arc;

use attractor::config::{Config, Override, Problem, Problems};
use attractor::memory::available_bytes;
use attractor::model::{Draft, Model};
use attractor::network::Network;
use attractor::network::hopfield::Hopfield;
use attractor::network::rate::Rate;
use attractor::network::spiking::Spiking;
use attractor::plan::host_bytes;

use crate::cli::ConfigArgs;

use super::engines::Carried;
use super::output::{colour_on_stderr, say};
use super::phases::Phases;

/// A configuration and what became of it, of any model.
pub(crate) enum Source {
    Spiking(Compiled<Spiking>),
    Hopfield(Compiled<Hopfield>),
    Rate(Compiled<Rate>),
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

impl<D: Carried> Compiled<D> {
    /// What is likely to be a mistake and is no error.
    pub(crate) fn warnings(&self) -> Problems {
        self.config.warnings(D::warnings(&self.model, &self.network))
    }

    /// Tells the warnings.
    fn warned(self) -> Self {
        let warnings = self.warnings();
        if warnings.count() > 0 {
            say(warnings.render(colour_on_stderr()).trim_end());
        }
        self
    }
}

impl Source {
    /// Reads what the command line names, and has it compiled.
    ///
    /// # Errors
    /// All problems of the configuration at once.
    pub(crate) fn read(
        args: &ConfigArgs,
        phases: &mut Phases,
        compile: impl FnOnce(&Model) -> Result<Network, Vec<Problem>>,
    ) -> anyhow::Result<Self> {
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
            (Model::Spiking(model), Network::Spiking(network)) => {
                Self::Spiking(Compiled::new(config, model, network).warned())
            }
            (Model::Hopfield(model), Network::Hopfield(network)) => {
                Self::Hopfield(Compiled::new(config, model, network).warned())
            }
            (Model::Rate(model), Network::Rate(network)) => Self::Rate(Compiled::new(config, model, network).warned()),
            _ => unreachable!("a model is compiled to a network of its own kind"),
        })
    }
}

/// A network for which this machine has no memory: told before it is tried, since a system short of memory ends
/// programs without a word.
fn too_large(model: &Model, available_bytes: Option<u64>) -> Option<Problem> {
    let needed = host_bytes(model);
    let available = available_bytes.filter(|&available| available < needed)?;
    let (path, size) = size(model)?;
    let fits = match model {
        // Stored weights grow with the square of the size.
        Model::Rate(model) if model.is_stored() => u128::from(available / 4).isqrt(),
        _ => u128::from(size) * u128::from(available) / u128::from(needed),
    };
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
        Model::Rate(model) => Some(("network.size".into(), model.size)),
    }
}
