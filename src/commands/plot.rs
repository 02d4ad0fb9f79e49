//! `attractor plot`: draws what is in a results file.

use std::path::Path;

use attractor::plot::{self, Options, PanelKind, Theme};

use crate::cli::{PanelName, PlotArgs, ThemeName};

use super::artefact::Artefact;
use super::failure::Usage;
use super::{Ended, opening, output};

/// Opens the file, makes the figure, draws it, writes it.
pub(crate) fn plot(args: &PlotArgs) -> anyhow::Result<Ended> {
    let format = format(args.output.as_deref())?;
    let artefact = Artefact::at(args.output.as_deref(), &args.results, "png", args.force)?;
    let results = opening::open_trial(&args.results, args.trial)?;
    let options = options(args);
    let figure = plot::figure(&results, &options)?;
    plot::check_size(&figure, &options)?;
    figure.notes.iter().for_each(|note| output::say(&format!("note: {note}")));
    let bytes = match format {
        Format::Png => plot::png(&figure, &options)?,
        Format::Svg => plot::svg(&figure, &options).into_bytes(),
    };
    let path = artefact.write(&bytes)?;
    output::print(&format!("{}\n", path.display()))?;
    Ok(Ended::Done)
}

/// What is written.
enum Format {
    Png,
    Svg,
}

/// The format that the ending of a name stands for.
fn format(output: Option<&Path>) -> anyhow::Result<Format> {
    let Some(path) = output else { return Ok(Format::Png) };
    match path.extension().map(|ending| ending.to_ascii_lowercase()) {
        Some(ending) if ending == "png" => Ok(Format::Png),
        Some(ending) if ending == "svg" => Ok(Format::Svg),
        _ => Err(Usage(format!("`{}` is to end in .png or .svg", path.display())).into()),
    }
}

fn options(args: &PlotArgs) -> Options {
    let panel = |name: &PanelName| match name {
        PanelName::Raster => PanelKind::Raster,
        PanelName::Overlaps => PanelKind::Overlaps,
        PanelName::Rates => PanelKind::Rates,
        PanelName::Voltages => PanelKind::Voltages,
        PanelName::Energy => PanelKind::Energy,
        PanelName::Flips => PanelKind::Flips,
        PanelName::Pictures => PanelKind::Pictures,
        PanelName::Neurons => PanelKind::Neurons,
        PanelName::Residual => PanelKind::Residual,
    };
    Options {
        from_ms: args.from,
        to_ms: args.to,
        panels: (!args.panels.is_empty()).then(|| args.panels.iter().map(panel).collect()),
        patterns: args.patterns.clone(),
        width_mm: args.size.map_or(Options::default().width_mm, |size| size.0),
        height_mm: args.size.map(|size| size.1),
        dpi: args.dpi,
        theme: match args.theme {
            ThemeName::Light => Theme::Light,
            ThemeName::Dark => Theme::Dark,
        },
    }
}
