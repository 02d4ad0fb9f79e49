//! What is in the results file of a spiking network.

mod findings;
mod telling;

use attractor::results::Results;

use self::findings::Findings;
use super::Found;

/// Analyses it and tells.
pub(super) fn found(results: &Results) -> anyhow::Result<Found> {
    let findings = Findings::of(results)?;
    Ok(Found { told: telling::told(&findings), document: serde_json::to_value(&findings)? })
}
