//! Models: valid by construction, in physical quantities (f64). Built from a configuration, read by `compile`.

pub mod hopfield;
mod patterns;
pub mod rate;
pub mod spiking;
mod steps;

use std::path::Path;

use crate::config::{Config, Network, Override, Problem, Problems, Reading};

/// A validated model of one of the family.
#[derive(Clone, Debug, PartialEq)]
pub enum Model {
    /// Leaky integrate-and-fire neurons with Hebbian excitation and global inhibition.
    Spiking(spiking::Spiking),
    /// Binary neurons with Hebbian or given weights.
    Hopfield(hopfield::Hopfield),
    /// Rate neurons with Hebbian or other weights.
    Rate(rate::Rate),
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
        Draft::from_reading(reading).finish(|_| Ok(())).map(|(config, model, ())| (config, model))
    }
}

/// A configuration that was read, sound or not, and as much of its model as there is.
///
/// It lets a later stage look at a faulty model too, so that its problems come with those of the stages before it.
#[derive(Debug)]
pub struct Draft {
    config: Config,
    problems: Vec<Problem>,
    /// With problems it is a stand-in: what could not be built is missing or does nothing.
    model: Option<Model>,
}

impl Draft {
    /// Reads a configuration file and builds as much of its model as can be.
    #[must_use]
    pub fn load(path: &Path, overrides: &[Override]) -> Self {
        Self::from_reading(Config::read_file(path, overrides))
    }

    fn from_reading(Reading { config, mut problems }: Reading) -> Self {
        let model = build(&config, &mut problems);
        Self { config, problems, model }
    }

    /// The model and what `later` makes of it, if nobody finds a problem.
    ///
    /// # Errors
    /// All problems: those found so far, and those of `later`.
    pub fn finish<T>(
        mut self,
        later: impl FnOnce(&Model) -> Result<T, Vec<Problem>>,
    ) -> Result<(Config, Model, T), Problems> {
        let Some(model) = self.model else { return Err(self.config.problems(self.problems)) };
        match later(&model) {
            Ok(made) if self.problems.is_empty() => Ok((self.config, model, made)),
            Ok(_) => Err(self.config.problems(self.problems)),
            Err(found) => {
                self.problems.extend(found);
                Err(self.config.problems(self.problems))
            }
        }
    }
}

/// The model, or `None` with at least one problem, here or from reading.
fn build(config: &Config, problems: &mut Vec<Problem>) -> Option<Model> {
    match &config.network {
        Network::Spiking(written) => spiking::build::build(config, written, problems).map(Model::Spiking),
        Network::Hopfield(written) => hopfield::build::build(written, problems).map(Model::Hopfield),
        Network::Rate(written) => rate::build::build(config, written, problems).map(Model::Rate),
        Network::Unknown => None,
    }
}
