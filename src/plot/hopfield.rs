//! The figure of a binary network: its states as pictures, overlaps, energy, flips, sweep by sweep.

use crate::analysis::Window;
use crate::findings::hopfield::Hopfield;
use crate::results::{Results, Trial};

use super::chosen::{self, Panels};
use super::figure::{Across, Content, Figure, Panel, Picture, Series};
use super::scene::{Ink, Shades};
use super::{Options, PanelKind, PlotError, binning, naming};

/// The panels of a binary network, from top to bottom.
pub const PANELS: [PanelKind; 4] = [PanelKind::Pictures, PanelKind::Overlaps, PanelKind::Energy, PanelKind::Flips];
// States are recorded only where somebody asked for them, and few patterns are images.
const DRAWN: Panels =
    Panels { model: "hopfield", all: &PANELS, seldom: PanelKind::Pictures, hint: "let it make a sweep" };
/// So many other patterns are drawn one by one; of more the stretch they cover is drawn.
const OTHERS_MAX: usize = 100;
/// Lines have at most so many points.
const POINTS: usize = 600;
/// States that are shown as pictures, the memory beside them.
const PICTURES: usize = 6;

/// What every panel is drawn from.
struct Drawn<'a> {
    results: &'a Results,
    run: &'a Hopfield,
    /// Patterns in colour.
    patterns: Vec<usize>,
}

/// The figure of a run that was read.
///
/// # Errors
/// If what is asked for is not in the file, or it is damaged.
pub fn figure(results: &Results, run: &Hopfield, options: &Options) -> Result<Figure, PlotError> {
    let recorded = run.recorded_sweeps();
    if options.from_ms.is_some() || options.to_ms.is_some() {
        return Err(PlotError::NoTime { model: "hopfield" });
    }
    // The start alone is a run as well.
    let window = Window::new(0.0, recorded.max(1.0));
    let (mut notes, asked) = (Vec::new(), (results.path(), options));
    let count = run.stored.map_or(0, |stored| stored.count);
    let words = "were nearest at an end";
    let patterns = chosen::coloured(asked, count, || run.leading_patterns(), words, &mut notes)?;
    let drawn = Drawn { results, run, patterns };
    let attempt = |kind, _: &mut Vec<String>| Ok(panel(kind, &drawn)?.map(|panel| vec![panel]));
    let panels = DRAWN.draw(asked, &mut notes, attempt)?;
    if run.trial_count > run.trials.len() {
        notes.push(format!(
            "The first {} of {} trials are drawn.",
            run.trials.len(),
            naming::count(run.trial_count as u64)
        ));
    }
    notes.extend(
        naming::incomplete(results)
            .map(|how| format!("Incomplete: the run {how} after {}.", naming::counted(recorded as u64, "sweep"))),
    );
    Ok(Figure {
        title: naming::title(results),
        subtitle: subtitle(results, run),
        notes,
        across: Across::sweeps(window),
        bands: Vec::new(),
        panels,
    })
}

fn panel(kind: PanelKind, drawn: &Drawn<'_>) -> Result<Result<Panel, String>, PlotError> {
    let lines = |label: &str, series: Vec<Series>| Panel {
        name: kind.name(),
        label: label.to_owned(),
        weight: 1.2,
        content: Content::Lines(series),
    };
    Ok(match kind {
        PanelKind::Pictures => pictures(drawn)?,
        PanelKind::Overlaps if drawn.run.trials.iter().all(|trial| trial.overlaps.is_none()) => {
            Err("the network has no patterns".to_owned())
        }
        PanelKind::Overlaps => Ok(lines("overlap", overlaps(drawn))),
        PanelKind::Energy => Ok(lines("energy", course(drawn, |trial| trial.energy.clone()))),
        _ => Ok(lines("flips a sweep", course(drawn, |trial| trial.flips.iter().map(|&flips| flips as f64).collect()))),
    })
}

/// Overlaps of every trial with the patterns in colour, and of the first with all others.
fn overlaps(drawn: &Drawn<'_>) -> Vec<Series> {
    let mut series = Vec::new();
    let trials = &drawn.run.trials;
    if let Some(overlaps) = trials.first().and_then(|trial| trial.overlaps.as_ref()) {
        let others: Vec<usize> = (0..overlaps.ncols()).filter(|pattern| !drawn.patterns.contains(pattern)).collect();
        series.extend(of_others(drawn, &others));
    }
    for (at, &pattern) in drawn.patterns.iter().enumerate().rev() {
        for (number, trial) in trials.iter().enumerate().rev() {
            let Some(overlaps) = &trial.overlaps else { continue };
            let values: Vec<f64> = overlaps.column(pattern).iter().map(|&value| f64::from(value)).collect();
            let name = (number == 0).then(|| format!("pattern {pattern}"));
            series.push(line(trial, name, Ink::Pattern(at), if number == 0 { 1.3 } else { 0.6 }, &values));
        }
    }
    series
}

fn of_others(drawn: &Drawn<'_>, others: &[usize]) -> Vec<Series> {
    let Some(trial) = drawn.run.trials.first() else { return Vec::new() };
    let Some(overlaps) = &trial.overlaps else { return Vec::new() };
    let noun = if drawn.patterns.is_empty() { "pattern" } else { "other" };
    let name = naming::counted(others.len() as u64, noun);
    let values = |pattern: usize| overlaps.column(pattern).iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
    if others.len() <= OTHERS_MAX {
        let line = |(at, &pattern): (usize, &usize)| Series {
            alpha: 0.45,
            ..line(trial, (at == 0).then(|| name.clone()), Ink::Other, 0.5, &values(pattern))
        };
        return others.iter().enumerate().map(line).collect();
    }
    let fold = |pick: fn(f64, f64) -> f64| -> Vec<f64> {
        let row = |row: ndarray::ArrayView1<'_, f32>| others.iter().map(|&at| f64::from(row[at])).fold(f64::NAN, pick);
        overlaps.outer_iter().map(row).collect()
    };
    let mut surface = line(trial, Some(name), Ink::Other, 0.0, &fold(f64::max));
    let low = line(trial, None, Ink::Other, 0.0, &fold(f64::min));
    (surface.alpha, surface.down_to) = (0.45, Some(low.values));
    vec![surface]
}

/// Something of every trial over its sweeps.
fn course(drawn: &Drawn<'_>, of: impl Fn(&Trial) -> Vec<f64>) -> Vec<Series> {
    let trials = &drawn.run.trials;
    let draw = |(number, trial): (usize, &Trial)| {
        let name = match (number, trials.len()) {
            (0, 1) => None,
            (0, _) => Some("trial 0".to_owned()),
            (1, _) => Some(naming::counted(trials.len() as u64 - 1, "other trial")),
            _ => None,
        };
        let (ink, width) = if number == 0 { (Ink::Text, 1.1) } else { (Ink::Other, 0.6) };
        line(trial, name, ink, width, &of(trial))
    };
    trials.iter().enumerate().rev().map(draw).collect()
}

/// Values of a trial, gathered into columns where there are many.
fn line(trial: &Trial, name: Option<String>, ink: Ink, width: f32, values: &[f64]) -> Series {
    let group = trial.sweeps.len().div_ceil(POINTS).max(1);
    let columns = (0..trial.sweeps.len()).step_by(group).map(|start| start..(start + group).min(trial.sweeps.len()));
    let (across, values) = columns
        .map(|rows| {
            let sum: f64 = values[rows.clone()].iter().sum();
            (trial.sweeps[rows.end - 1], sum / rows.len() as f64)
        })
        .unzip();
    Series { name, ink, width, alpha: 1.0, across, values, down_to: None }
}

/// The states of the first trial over the sweeps, and the memory beside them.
fn pictures(drawn: &Drawn<'_>) -> Result<Result<Panel, String>, PlotError> {
    let Some([width, height]) = drawn.run.stored.and_then(|stored| stored.image_size) else {
        return Ok(Err("its patterns are no images".to_owned()));
    };
    let trial = drawn.run.trials.first();
    let Some((trial, states)) = trial.and_then(|trial| Some((trial, trial.states.as_ref()?))) else {
        return Ok(Err("record them with `record.states = true`".to_owned()));
    };
    let size = [width as usize, height as usize];
    let shown = binning::spread(states.nrows(), PICTURES);
    let mut pictures: Vec<Picture> = (shown.into_iter())
        .map(|row| {
            let bits = states.row(row);
            let on = |neuron: usize| bits[neuron / 8] >> (neuron % 8) & 1 == 1;
            let title = if row == 0 { "start".to_owned() } else { format!("sweep {:.0}", trial.sweeps[row]) };
            Picture { title, shades: shades(size, on), ink: Ink::Text }
        })
        .collect();
    let nearest = drawn.patterns.first().copied().or_else(|| Hopfield::nearest(trial, 0));
    if let (Some(patterns), Some(pattern)) = (drawn.results.patterns()?, nearest) {
        let members = patterns.members(pattern);
        let on = |neuron: usize| members.binary_search(&(neuron as u32)).is_ok();
        let title = format!("pattern {pattern}");
        pictures.push(Picture { title, shades: shades(size, on), ink: Ink::Pattern(0) });
    }
    // As high as pictures of this form are that fill the width, about four times that of a panel of weight 1.
    let weight = (4.0 * height as f32 / width as f32 / pictures.len() as f32).clamp(0.4, 1.6) + 0.1;
    Ok(Ok(Panel { name: "pictures", label: String::new(), weight, content: Content::Pictures(pictures) }))
}

fn shades([columns, rows]: [usize; 2], on: impl Fn(usize) -> bool) -> Shades {
    Shades { columns, rows, values: (0..columns * rows).map(|neuron| if on(neuron) { 255 } else { 0 }).collect() }
}

fn subtitle(results: &Results, run: &Hopfield) -> String {
    let mut parts = vec![naming::counted(run.neurons as u64, "binary neuron")];
    if let Some(stored) = run.stored {
        parts.push(naming::counted(stored.count as u64, "pattern"));
    }
    parts.push(format!("{} updates", run.update));
    if run.temperature > 0.0 {
        parts.push(format!("T = {}", run.temperature));
    }
    parts.push(format!("seed {}", run.seed));
    parts.extend(results.attributes().run_hash.as_ref().map(|hash| format!("run {}", &hash[..hash.len().min(8)])));
    parts.join("  ·  ")
}
