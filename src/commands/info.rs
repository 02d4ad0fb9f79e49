//! `attractor info`: tells in words what is in a results file.

mod facts;
mod findings;
mod telling;

use attractor::results::{Repaired, Results};

use crate::cli::InfoArgs;

use self::facts::Facts;
use self::findings::Findings;
use super::{Ended, output};

/// Opens the file, repairs it if asked to, analyses it, tells.
pub(crate) fn info(args: &InfoArgs) -> anyhow::Result<Ended> {
    if args.repair {
        output::say(match Results::repair(&args.results)? {
            Repaired::NotNeeded => "nothing to repair",
            Repaired::Closed => "repaired: every reader opens the file now; its run remains incomplete",
        });
    }
    let results = Results::open(&args.results)?;
    let facts = Facts::read(&results.attributes().config)?;
    let findings = Findings::of(&results, &facts)?;
    if args.json {
        output::print_json(&serde_json::to_value(&findings)?)?;
    } else {
        output::print(&telling::told(&findings))?;
    }
    Ok(Ended::Done)
}
