//! Findings: what a results file tells once it is analysed. `info`, `plot` and `report` show these.

pub mod hopfield;
pub mod rate;
pub mod spiking;

use std::path::PathBuf;

use crate::analysis::SpikesError;
use crate::config;
use crate::results::{Results, ResultsError};

/// The models that results files are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelKind {
    /// Leaky integrate-and-fire neurons.
    Spiking,
    /// Binary neurons.
    Hopfield,
    /// Firing rates.
    Rate,
}

/// The model of the run in a results file.
#[must_use]
pub fn model(results: &Results) -> ModelKind {
    match config::echoed(&results.attributes().config)["model"].as_str() {
        Some("hopfield") => ModelKind::Hopfield,
        Some("rate") => ModelKind::Rate,
        _ => ModelKind::Spiking,
    }
}

/// Why a results file cannot be analysed.
#[derive(Debug, thiserror::Error)]
pub enum FindingsError {
    /// It cannot be read.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// What is in it does not fit together.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
}

impl FindingsError {
    fn spikes(results: &Results, population: &str, error: SpikesError) -> Self {
        Self::Damaged { path: results.path().to_path_buf(), reason: format!("the spikes of `{population}`: {error}") }
    }
}
