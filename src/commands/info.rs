//! `attractor info`: tells in words what is in a results file.

mod facts;
mod findings;
mod telling;

use anyhow::anyhow;
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
    // What is found wrong with the content is the file's fault, and is told with its name.
    let damaged = |error: anyhow::Error| anyhow!("`{}` is damaged: {error:#}", args.results.display());
    let facts = Facts::read(&results.attributes().config).map_err(damaged)?;
    let findings = Findings::of(&results, &facts).map_err(damaged)?;
    if args.json {
        output::print_json(&serde_json::to_value(&findings)?)?;
    } else {
        output::print(&telling::told(&findings))?;
    }
    Ok(Ended::Done)
}
