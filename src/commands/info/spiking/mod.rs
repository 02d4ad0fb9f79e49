//! What is in the results file of a spiking network.

mod findings;
mod telling;
mod trials;

use attractor::results::Results;

use self::findings::Findings;
use super::Found;

use self::trials::Trials;

/// Analyses it and tells.
pub(super) fn found(results: &Results) -> anyhow::Result<Found> {
    if results.trials()? > 0 {
        let trials = Trials::of(results)?;
        return Ok(Found { told: trials.told(), document: serde_json::to_value(&trials)? });
    }
    let findings = Findings::of(results)?;
    Ok(Found { told: telling::told(&findings), document: serde_json::to_value(&findings)? })
}
