//! The figure of a rate network: overlaps, the mean rate, the residual, rates of chosen neurons, over the stimuli as bands.

use crate::analysis::Window;
use crate::findings::rate::Rate;
use crate::results::{RateStimulus, Results};

use super::chosen::{self, Panels};
use super::figure::{Across, Band, Content, Figure, Panel, Series};
use super::scene::Ink;
use super::{Options, PanelKind, PlotError, binning, naming};

/// The panels of a rate network, from top to bottom.
pub const PANELS: [PanelKind; 4] = [PanelKind::Overlaps, PanelKind::Rates, PanelKind::Neurons, PanelKind::Residual];
const DRAWN: Panels =
    Panels { model: "rate", all: &PANELS, seldom: PanelKind::Neurons, hint: "record overlaps or rates" };
/// So many other patterns, or chosen neurons, are drawn.
const OTHERS_MAX: usize = 100;
/// Lines have at most so many points.
const POINTS: usize = 800;

/// What every panel is drawn from.
struct Drawn<'a> {
    run: &'a Rate,
    window: Window,
    /// Patterns in colour.
    patterns: Vec<usize>,
}

/// The figure of a run that was read.
///
/// # Errors
/// If what is asked for is not in the file, or it is damaged.
pub fn figure(results: &Results, run: &Rate, options: &Options) -> Result<Figure, PlotError> {
    let window = chosen::window(options, run.recorded_ms)?;
    let (mut notes, asked) = (Vec::new(), (results.path(), options));
    let count = run.stored.map_or(0, |stored| stored.count);
    let patterns = chosen::coloured(asked, count, || run.leading_patterns(), "led", &mut notes)?;
    let drawn = Drawn { run, window, patterns };
    let attempt = |kind, notes: &mut Vec<String>| Ok(panel(kind, &drawn, notes).map(|panel| vec![panel]));
    let panels = DRAWN.draw(asked, &mut notes, attempt)?;
    notes.extend(naming::incomplete(results).map(|how| {
        let reached = run.diverged_ms.unwrap_or_else(|| run.recorded_ms.round());
        format!("Incomplete: the run {how} at {reached} of {:.0} ms; this is what it had recorded.", run.duration_ms)
    }));
    Ok(Figure {
        title: naming::title(results),
        subtitle: subtitle(results, run),
        notes,
        across: Across::time(window),
        bands: bands(&drawn),
        panels,
    })
}

fn panel(kind: PanelKind, drawn: &Drawn<'_>, notes: &mut Vec<String>) -> Result<Panel, String> {
    let lines = |label: &str, series: Vec<Series>| Panel {
        name: kind.name(),
        label: label.to_owned(),
        weight: if kind == PanelKind::Overlaps { 1.4 } else { 1.0 },
        content: Content::Lines(series),
    };
    let run = drawn.run;
    match kind {
        PanelKind::Overlaps => {
            let hint = "record them with `record.overlaps = \"1 ms\"`, in a network with patterns";
            run.overlaps.as_ref().map(|_| lines("overlap", overlaps(drawn))).ok_or_else(|| hint.to_owned())
        }
        PanelKind::Neurons => {
            let chosen = run.chosen.as_ref().filter(|(ids, _)| !ids.is_empty());
            let hint = || "record them with `record.neurons = 10`".to_owned();
            chosen.map(|_| lines("rate of neurons", neurons(drawn, notes))).ok_or_else(hint)
        }
        PanelKind::Residual => {
            let hint = || "record it with `record.rates = \"1 ms\"`".to_owned();
            let residual = run.residual.as_ref().ok_or_else(hint)?;
            let log = |value: f32| f64::from(value.max(f32::MIN_POSITIVE)).log10().max(-9.0);
            let values: Vec<f64> = residual.values.iter().copied().map(log).collect();
            Ok(lines("log10 residual", vec![line(drawn, &residual.times_ms, &values, Ink::Text)]))
        }
        _ => {
            let hint = || "record it with `record.rates = \"1 ms\"`".to_owned();
            let mean = run.mean.as_ref().ok_or_else(hint)?;
            let values: Vec<f64> = mean.values.iter().map(|&value| f64::from(value)).collect();
            Ok(lines("mean rate", vec![line(drawn, &mean.times_ms, &values, Ink::Text)]))
        }
    }
}

/// A line through means over columns.
fn line(drawn: &Drawn<'_>, times_ms: &[f64], values: &[f64], ink: Ink) -> Series {
    // The start belongs to the window that begins with it.
    let from_start = Window::new(drawn.window.start_ms - 1e-3, drawn.window.stop_ms);
    let columns = binning::columns(times_ms, from_start, POINTS);
    let mean = |rows: &std::ops::Range<usize>| values[rows.clone()].iter().sum::<f64>() / rows.len() as f64;
    Series {
        name: None,
        ink,
        width: 1.1,
        alpha: 1.0,
        across: columns.iter().map(|rows| times_ms[rows.end - 1]).collect(),
        values: columns.iter().map(mean).collect(),
        down_to: None,
    }
}

fn overlaps(drawn: &Drawn<'_>) -> Vec<Series> {
    let Some(overlaps) = &drawn.run.overlaps else { return Vec::new() };
    let of = |pattern: usize, ink: Ink| {
        let values: Vec<f64> = overlaps.values.column(pattern).iter().map(|&value| f64::from(value)).collect();
        line(drawn, &overlaps.times_ms, &values, ink)
    };
    let others: Vec<usize> = (0..overlaps.values.ncols()).filter(|pattern| !drawn.patterns.contains(pattern)).collect();
    let noun = if drawn.patterns.is_empty() { "pattern" } else { "other" };
    let name = naming::counted(others.len() as u64, noun);
    let step = others.len().div_ceil(OTHERS_MAX).max(1);
    let mut series: Vec<Series> = (others.iter().step_by(step).enumerate())
        .map(|(at, &pattern)| Series {
            name: (at == 0).then(|| name.clone()),
            width: 0.5,
            alpha: 0.5,
            ..of(pattern, Ink::Other)
        })
        .collect();
    for (at, &pattern) in drawn.patterns.iter().enumerate().rev() {
        series.push(Series { name: Some(format!("pattern {pattern}")), width: 1.4, ..of(pattern, Ink::Pattern(at)) });
    }
    series
}

fn neurons(drawn: &Drawn<'_>, notes: &mut Vec<String>) -> Vec<Series> {
    let Some((ids, traces)) = &drawn.run.chosen else { return Vec::new() };
    let shown = ids.len().min(OTHERS_MAX);
    if shown < ids.len() {
        notes.push(format!("The first {shown} of {} recorded neurons are drawn.", naming::count(ids.len() as u64)));
    }
    let of = |at: usize| {
        let values: Vec<f64> = traces.values.column(at).iter().map(|&value| f64::from(value)).collect();
        let name = (at == 0).then(|| naming::counted(shown as u64, "neuron"));
        Series { name, width: 0.7, alpha: 0.8, ..line(drawn, &traces.times_ms, &values, Ink::Population(0)) }
    };
    (0..shown).map(of).collect()
}

fn bands(drawn: &Drawn<'_>) -> Vec<Band> {
    let band = |one: &RateStimulus| Band {
        window: Window::new(one.start_ms, one.stop_ms),
        label: one.pattern.map_or_else(
            || format!("{} {}", one.kind, naming::signed(one.amplitude)),
            |pattern| format!("cue {pattern}"),
        ),
        ink: one
            .pattern
            .and_then(|pattern| drawn.patterns.iter().position(|&own| own == pattern))
            .map_or(Ink::Muted, Ink::Pattern),
    };
    let seen = |one: &&RateStimulus| one.start_ms < drawn.window.stop_ms && one.stop_ms > drawn.window.start_ms;
    drawn.run.stimuli.iter().filter(seen).map(band).collect()
}

fn subtitle(results: &Results, run: &Rate) -> String {
    let mut parts = vec![naming::counted(run.neurons as u64, "rate neuron"), format!("gain {}", run.gain)];
    if let Some(stored) = run.stored {
        parts.push(naming::counted(stored.count as u64, "pattern"));
    }
    parts.push(format!("seed {}", run.seed));
    parts.extend(results.attributes().run_hash.as_ref().map(|hash| format!("run {}", &hash[..hash.len().min(8)])));
    parts.join("  ·  ")
}
