//! `attractor report`: one page on a results file, to look at and to send.

use attractor::report;

use crate::cli::PageArgs;

use super::artefact::Artefact;
use super::{Ended, opening, output};

/// Opens the file, writes the page.
pub(crate) fn report(args: &PageArgs) -> anyhow::Result<Ended> {
    let artefact = Artefact::at(args.output.as_deref(), &args.results, "html", args.force)?;
    let results = opening::open_trial(&args.results, args.trial)?;
    opening::tell_incomplete(&results);
    let path = artefact.write(report::report(&results)?.as_bytes())?;
    output::print(&format!("{}\n", path.display()))?;
    Ok(Ended::Done)
}
