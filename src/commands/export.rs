//! `attractor export`: a results file for the tools of others.

use attractor::export::{self, Format, TableKind};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{ExportArgs, FormatName, TableName};

use super::artefact::Artefact;
use super::{Ended, opening, output};

/// Opens the file, writes it in another format beside its place, gives it its name.
pub(crate) fn export(args: &ExportArgs) -> anyhow::Result<Ended> {
    let format = format(args.format);
    let artefact = Artefact::at(args.output.as_deref(), &args.results, format.ending(), args.force)?;
    let results = match (format, args.trial) {
        // The others hold all trials.
        (Format::Csv | Format::Parquet | Format::Npz, None) => opening::open(&args.results)?,
        _ => opening::open_trial(&args.results, args.trial)?,
    };
    opening::tell_incomplete(&results);
    let bar = bar(args.quiet);
    let mut progress = |done: u64, all: u64| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let table = args.table.map_or_else(|| export::usual_table(&results), table);
    let exported = export::export(&results, format, table, artefact.now(), &mut progress);
    bar.finish_and_clear();
    exported?;
    let path = artefact.publish()?;
    output::print(&format!("{}\n", path.display()))?;
    Ok(Ended::Done)
}

fn format(name: FormatName) -> Format {
    match name {
        FormatName::Nwb => Format::Nwb,
        FormatName::Csv => Format::Csv,
        FormatName::Parquet => Format::Parquet,
        FormatName::Npz => Format::Npz,
    }
}

fn table(name: TableName) -> TableKind {
    match name {
        TableName::Spikes => TableKind::Spikes,
        TableName::Overlaps => TableKind::Overlaps,
        TableName::Rates => TableKind::Rates,
        TableName::Patterns => TableKind::Patterns,
        TableName::Stimuli => TableKind::Stimuli,
        TableName::Voltages => TableKind::Voltages,
        TableName::Energy => TableKind::Energy,
        TableName::Neurons => TableKind::Neurons,
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar(quiet: bool) -> ProgressBar {
    if quiet || !output::draws_on_stderr() {
        return ProgressBar::hidden();
    }
    // The template is a literal of ours: if it were wrong the bar would do without it.
    let style = ProgressStyle::with_template("{bar:30} {percent} %, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
