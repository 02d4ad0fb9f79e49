//! What is in the results file of a rate network.

mod facts;
mod findings;
mod telling;

use attractor::results::Results;

use self::facts::Facts;
use self::findings::Findings;
use super::Found;

/// Analyses it and tells.
pub(super) fn found(results: &Results) -> anyhow::Result<Found> {
    let facts = Facts::read(&results.attributes().config)?;
    let findings = Findings::of(results, &facts)?;
    Ok(Found { told: telling::told(&findings), document: serde_json::to_value(&findings)? })
}
