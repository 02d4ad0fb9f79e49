//! From the command line to a compiled network: reads the configuration, builds the model, compiles it.

use std::sync::Arc;

use attractor::compile::compile;
use attractor::config::{Config, Override};
use attractor::model::{self, Model};
use attractor::network::{self, Network};

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
        let config = Config::load(&args.config, &overrides)?;
        let model = Model::build(&config)?;
        phases.end("read", "");
        let network = compile(&model).map_err(|problems| config.problems(problems))?;
        phases.end("compile", "");
        let (Model::Spiking(model), Network::Spiking(network)) = (model, network);
        Ok(Self { config, model, network: Arc::new(network) })
    }
}
