//! What of a run is drawn: the window, the panels, the patterns in colour.

use std::path::Path;

use super::figure::Panel;
use super::{Options, PanelKind, PlotError};
use crate::analysis::Window;

/// So many patterns are told apart by colour.
const COLOURED: usize = 6;

/// A panel's own panels, or how to record what it needs.
pub(super) type Attempt = Result<Vec<Panel>, String>;

/// The panels that a model has.
pub(super) struct Panels {
    pub(super) model: &'static str,
    /// From top to bottom.
    pub(super) all: &'static [PanelKind],
    /// What is recorded only where somebody asked for it: nothing is said where it is not there.
    pub(super) seldom: PanelKind,
    /// What to record where there is nothing to draw.
    pub(super) hint: &'static str,
}

impl Panels {
    /// Draws those that are asked for; of those that nobody asked for by name, a note says why they are not there.
    pub(super) fn draw(
        &self,
        (path, options): (&Path, &Options),
        notes: &mut Vec<String>,
        mut panel: impl FnMut(PanelKind, &mut Vec<String>) -> Result<Attempt, PlotError>,
    ) -> Result<Vec<Panel>, PlotError> {
        let missing = |what, hint| PlotError::NotRecorded { path: path.to_path_buf(), what, hint };
        let mut panels = Vec::new();
        for kind in self.kinds(options)? {
            match panel(kind, notes)? {
                Ok(own) => panels.extend(own),
                Err(hint) if options.panels.is_some() => return Err(missing(kind.name(), hint)),
                Err(_) if kind == self.seldom => {}
                Err(hint) => notes.push(format!("No {}: {hint}.", kind.name())),
            }
        }
        if panels.is_empty() { Err(missing("panels", self.hint.to_owned())) } else { Ok(panels) }
    }

    fn kinds(&self, options: &Options) -> Result<Vec<PanelKind>, PlotError> {
        let Some(asked) = &options.panels else { return Ok(self.all.to_vec()) };
        match asked.iter().find(|kind| !self.all.contains(kind)) {
            Some(kind) => {
                let there = self.all.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(", ");
                Err(PlotError::NoPanel { panel: kind.name(), model: self.model, there })
            }
            None => Ok(asked.clone()),
        }
    }
}

/// The patterns in colour: those asked for of the `count` that there are, or the first of those that stand out, of which
/// a note tells in words where there are more.
pub(super) fn coloured(
    (path, options): (&Path, &Options),
    count: usize,
    standing_out: impl FnOnce() -> Vec<usize>,
    words: &str,
    notes: &mut Vec<String>,
) -> Result<Vec<usize>, PlotError> {
    if let Some(asked) = &options.patterns {
        return match asked.iter().find(|&&pattern| pattern >= count) {
            Some(&pattern) => Err(PlotError::NoPattern { path: path.to_path_buf(), pattern, count }),
            None => Ok(asked.clone()),
        };
    }
    let mut patterns = standing_out();
    if patterns.len() > COLOURED {
        notes.push(format!("The first {COLOURED} of {} patterns that {words} are in colour.", patterns.len()));
        patterns.truncate(COLOURED);
    }
    Ok(patterns)
}

/// The window that options name within what was recorded.
pub(super) fn window(options: &Options, recorded_ms: f64) -> Result<Window, PlotError> {
    let from_ms = options.from_ms.unwrap_or(0.0).max(0.0);
    let to_ms = options.to_ms.unwrap_or(recorded_ms).min(recorded_ms);
    match (options.from_ms, options.to_ms) {
        _ if from_ms < to_ms => Ok(Window::new(from_ms, to_ms)),
        (Some(from_ms), Some(to_ms)) if from_ms >= to_ms => Err(PlotError::Backwards { from_ms, to_ms }),
        (from_ms, to_ms) => Err(PlotError::EmptyWindow { from_ms, to_ms, recorded_ms }),
    }
}
