//! The figure of a spiking run: raster, overlaps, rates, potentials, with the stimuli as bands.

mod overlaps;
mod raster;
mod rates;
mod voltages;

use crate::analysis::Window;
use crate::findings::spiking::{Changed, Spiking};
use crate::results::{Results, Stimulus};

use super::chosen::{self, Attempt, Panels};
use super::figure::{Across, Band, Figure};
use super::scene::Ink;
use super::{Options, PanelKind, PlotError, naming};

/// The panels of a spiking run, from top to bottom.
pub const PANELS: [PanelKind; 4] = [PanelKind::Raster, PanelKind::Overlaps, PanelKind::Rates, PanelKind::Voltages];
const DRAWN: Panels =
    Panels { model: "spiking", all: &PANELS, seldom: PanelKind::Voltages, hint: "record spikes, overlaps or rates" };
/// A moment is marked by a band of this part of the width.
const MARK: f64 = 0.004;
/// Lines have at most so many points.
const POINTS: usize = 600;

/// What every panel is drawn from.
struct Drawn<'a> {
    results: &'a Results,
    run: &'a Spiking,
    window: Window,
    /// Patterns in colour.
    patterns: Vec<usize>,
}

impl Drawn<'_> {
    fn ink(&self, pattern: usize) -> Ink {
        self.patterns.iter().position(|&own| own == pattern).map_or(Ink::Other, Ink::Pattern)
    }

    /// The ink of a population that holds no patterns.
    fn population_ink(&self, population: &str) -> Ink {
        let holder = self.run.patterns.as_ref().map(|patterns| &patterns.population[..]);
        let others = self.run.facts.populations.iter().map(|(name, _)| &name[..]).filter(|name| Some(*name) != holder);
        others.enumerate().find(|(_, name)| *name == population).map_or(Ink::Text, |(at, _)| Ink::Population(at))
    }
}

/// The figure of a run that was read.
///
/// # Errors
/// If what is asked for is not in the file, or it is damaged.
pub fn figure(results: &Results, run: &Spiking, options: &Options) -> Result<Figure, PlotError> {
    let window = chosen::window(options, run.recorded_ms)?;
    let (mut notes, asked) = (Vec::new(), (results.path(), options));
    let count = run.patterns.as_ref().map_or(0, crate::results::Patterns::count);
    let patterns = chosen::coloured(asked, count, || run.leading_patterns(), "led", &mut notes)?;
    let drawn = Drawn { results, run, window, patterns };
    let panels = DRAWN.draw(asked, &mut notes, |kind, notes| panel(kind, &drawn, notes))?;
    notes.extend(naming::incomplete(results).map(|how| {
        let (reached, all) = (run.recorded_ms, run.facts.duration_ms);
        format!("Incomplete: the run {how} at {reached:.0} of {all:.0} ms; this is what it had recorded.")
    }));
    notes.extend(naming::guarded(run));
    notes.extend(naming::changes(run));
    Ok(Figure {
        title: naming::title(results),
        subtitle: subtitle(results, run),
        notes,
        across: Across::time(window),
        bands: bands(&drawn),
        panels,
    })
}

fn panel(kind: PanelKind, drawn: &Drawn<'_>, notes: &mut Vec<String>) -> Result<Attempt, PlotError> {
    match kind {
        PanelKind::Raster => raster::panel(drawn, notes),
        PanelKind::Overlaps => overlaps::panels(drawn),
        PanelKind::Rates => rates::panel(drawn),
        _ => voltages::panels(drawn, notes),
    }
}

fn bands(drawn: &Drawn<'_>) -> Vec<Band> {
    let band = |one: &Stimulus| Band {
        window: Window::new(one.start_ms, one.stop_ms),
        label: match one.pattern {
            Some(pattern) => format!("cue {pattern}"),
            None => format!("{} {} mV", one.kind, naming::signed(one.amplitude_mv)),
        },
        ink: one.pattern.map_or(Ink::Muted, |pattern| drawn.ink(pattern)),
    };
    let seen = |one: &&Stimulus| one.start_ms < drawn.window.stop_ms && one.stop_ms > drawn.window.start_ms;
    let stimuli = drawn.run.stimuli.iter().filter(seen).map(band);
    stimuli.chain(drawn.run.changes.iter().filter_map(|change| changed_band(drawn, change))).collect()
}

/// A mark where a memory changes: a narrow band.
fn changed_band(drawn: &Drawn<'_>, change: &Changed) -> Option<Band> {
    let Window { start_ms, stop_ms } = drawn.window;
    let (time_ms, width_ms) = (change.time_ms, (stop_ms - start_ms) * MARK);
    let label = if change.members.is_some() { "learn" } else { "forget" };
    (start_ms..stop_ms).contains(&time_ms).then(|| Band {
        window: Window::new(time_ms, (time_ms + width_ms).min(stop_ms)),
        label: format!("{label} {}", change.pattern),
        ink: drawn.ink(change.pattern),
    })
}

fn subtitle(results: &Results, run: &Spiking) -> String {
    let mut parts: Vec<String> =
        run.facts.populations.iter().map(|(name, size)| format!("{} {name}", naming::count(*size as u64))).collect();
    if let Some(patterns) = &run.patterns {
        parts.push(match run.learnable {
            0 => format!("{} of activity {}", naming::counted(patterns.count() as u64, "pattern"), patterns.activity),
            learnable => {
                let start = naming::counted((patterns.count() - learnable) as u64, "pattern");
                format!("{start} at the start, {learnable} to be learned")
            }
        });
    }
    parts.push(format!("seed {}", run.facts.seed));
    parts.extend(results.attributes().run_hash.as_ref().map(|hash| format!("run {}", &hash[..hash.len().min(8)])));
    parts.join("  ·  ")
}
