//! `attractor info`: tells in words what is in a results file.

mod hopfield;
mod origin;
mod rate;
mod spiking;

use anyhow::anyhow;
use attractor::config;
use attractor::findings::FindingsError;
use attractor::results::{Repaired, Results, ResultsError};
use serde_json::Value;

use crate::cli::InfoArgs;

use super::{Ended, output};

/// Opens the file, repairs it if asked to, analyses it, tells.
pub(crate) fn info(args: &InfoArgs) -> anyhow::Result<Ended> {
    if args.repair {
        output::say(match Results::repair(&args.results)? {
            Repaired::NotNeeded => "nothing to repair",
            Repaired::Closed => "repaired: every reader opens the file now; its run remains incomplete",
        });
    }
    let mut results = Results::open(&args.results)?;
    if let Some(number) = args.trial {
        results = results.of_trial(number)?;
    }
    // What is found wrong with the content is the file's fault, and is told with its name.
    let damaged = |error: anyhow::Error| match error.is::<ResultsError>() || error.is::<FindingsError>() {
        true => error,
        false => anyhow!("`{}` is damaged: {error:#}", args.results.display()),
    };
    let found = match config::echoed(&results.attributes().config)["model"].as_str() {
        Some("hopfield") => hopfield::found(&results),
        Some("rate") => rate::found(&results),
        _ => spiking::found(&results),
    };
    let found = found.map_err(damaged)?;
    if args.json {
        output::print_json(&found.document)?;
    } else {
        output::print(&found.told)?;
    }
    Ok(Ended::Done)
}

/// What is in a results file.
struct Found {
    /// In words.
    told: String,
    document: Value,
}
