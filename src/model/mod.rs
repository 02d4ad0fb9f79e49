//! Models: valid by construction, in physical quantities (f64). Built from a configuration, read by `compile`.

pub mod spiking;

use std::path::Path;

use crate::config::{Config, Network, Override, Problems, Reading};

/// A validated model of one of the family.
#[derive(Clone, Debug, PartialEq)]
pub enum Model {
    /// Leaky integrate-and-fire neurons with Hebbian excitation and global inhibition.
    Spiking(spiking::Spiking),
}

impl Model {
    /// Builds the model that a configuration describes.
    ///
    /// # Errors
    /// All that does not fit together, with its place in the configuration.
    pub fn build(config: &Config) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let model = build(config, &mut problems);
        match model {
            Some(model) if problems.is_empty() => Ok(model),
            _ => Err(config.problems(problems)),
        }
    }

    /// Reads a configuration file and builds its model: the problems of both stages come together.
    ///
    /// # Errors
    /// All that is wrong with the file, with the overrides, and between what they say.
    pub fn load(path: &Path, overrides: &[Override]) -> Result<(Config, Self), Problems> {
        Self::from_reading(Config::read_file(path, overrides))
    }

    /// As [`Model::load`], from a text that messages call `name` and whose relative paths start in `directory`.
    ///
    /// # Errors
    /// All that is wrong with the text, with the overrides, and between what they say.
    pub fn parse(text: &str, name: &str, directory: &Path, overrides: &[Override]) -> Result<(Config, Self), Problems> {
        Self::from_reading(Config::read_text(text, name, directory, overrides))
    }

    fn from_reading(reading: Reading) -> Result<(Config, Self), Problems> {
        let Reading { config, mut problems } = reading;
        let model = build(&config, &mut problems);
        match model {
            Some(model) if problems.is_empty() => Ok((config, model)),
            _ => Err(config.problems(problems)),
        }
    }
}

/// The model, or `None` with at least one problem, here or from reading.
fn build(config: &Config, problems: &mut Vec<crate::config::Problem>) -> Option<Model> {
    match &config.network {
        Network::Spiking(written) => spiking::build::build(config, written, problems).map(Model::Spiking),
        Network::Unknown => None,
    }
}
