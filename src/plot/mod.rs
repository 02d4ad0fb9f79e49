//! Pictures of a run: what is in a results file as a figure, the figure as a scene, the scene as PNG or SVG.
//!
//! ```no_run
//! use attractor::plot::{self, Options};
//! use attractor::results::Results;
//!
//! # fn main() -> anyhow::Result<()> {
//! let results = Results::open("attractor-8k.h5".as_ref())?;
//! let options = Options::default();
//! let figure = plot::figure(&results, &options)?;
//! std::fs::write("attractor-8k.png", plot::png(&figure, &options)?)?;
//! # Ok(())
//! # }
//! ```

mod axis;
mod binning;
mod bitmap;
mod chosen;
pub mod figure;
mod font;
pub mod hopfield;
mod layout;
pub(crate) mod naming;
mod png_file;
pub mod rate;
pub mod scene;
pub mod spiking;
pub mod svg;
pub mod theme;

use std::path::PathBuf;

pub use layout::{lay_out, section_areas};
pub use theme::Theme;

use figure::Figure;
use scene::POINTS_A_MM;

use crate::findings::{self, FindingsError, ModelKind};
use crate::results::{Results, ResultsError};

/// What can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PanelKind {
    /// Spikes, neuron over neuron.
    Raster,
    /// Overlaps with all patterns.
    Overlaps,
    /// Rates of members, others and populations.
    Rates,
    /// Recorded potentials.
    Voltages,
    /// The energy of a binary network.
    Energy,
    /// Flips a sweep of a binary network.
    Flips,
    /// States of a binary network as pictures, beside the memory.
    Pictures,
    /// Rates of chosen neurons of a rate network.
    Neurons,
    /// How far a rate network is from a fixed point.
    Residual,
}

impl PanelKind {
    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raster => "raster",
            Self::Overlaps => "overlaps",
            Self::Rates => "rates",
            Self::Voltages => "voltages",
            Self::Energy => "energy",
            Self::Flips => "flips",
            Self::Pictures => "pictures",
            Self::Neurons => "neurons",
            Self::Residual => "residual",
        }
    }
}

/// What is to be shown, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// From when, ms; `None` from the start.
    pub from_ms: Option<f64>,
    /// To when, ms; `None` to the end.
    pub to_ms: Option<f64>,
    /// Panels, from top to bottom; `None` for all that were recorded.
    pub panels: Option<Vec<PanelKind>>,
    /// Patterns in colour; `None` for those that were cued or recalled.
    pub patterns: Option<Vec<usize>>,
    /// Width, mm.
    pub width_mm: f32,
    /// Height, mm; `None` for what the panels need.
    pub height_mm: Option<f32>,
    /// Dots an inch of a PNG.
    pub dpi: f32,
    /// Light or dark.
    pub theme: Theme,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            from_ms: None,
            to_ms: None,
            panels: None,
            patterns: None,
            width_mm: 180.0,
            height_mm: None,
            dpi: 200.0,
            theme: Theme::Light,
        }
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The file cannot be read or analysed.
    #[error(transparent)]
    Findings(#[from] FindingsError),
    /// The model has no such panel.
    #[error("a run of the model `{model}` has no panel `{panel}`; it has {there}")]
    NoPanel {
        /// The panel.
        panel: &'static str,
        /// The model.
        model: &'static str,
        /// The panels it has.
        there: String,
    },
    /// What a panel needs is not in the file.
    #[error("`{}` has no {what}: {hint}", path.display())]
    NotRecorded {
        /// The file.
        path: PathBuf,
        /// What is not there.
        what: &'static str,
        /// How to record it.
        hint: String,
    },
    /// There is no such pattern.
    #[error("`{}` has no pattern {pattern}: {}", path.display(), stored(*count))]
    NoPattern {
        /// The file.
        path: PathBuf,
        /// The pattern asked for.
        pattern: usize,
        /// How many there are.
        count: usize,
    },
    /// The times asked for end before they begin.
    #[error("from {from_ms} to {to_ms} ms there is nothing to draw: `--to` is to be later than `--from`")]
    Backwards {
        /// From when.
        from_ms: f64,
        /// To when.
        to_ms: f64,
    },
    /// Nothing lies between the times asked for.
    #[error("nothing was recorded {}: the data reach from 0 to {recorded_ms} ms", stretch(*from_ms, *to_ms))]
    EmptyWindow {
        /// From when, if that was asked for.
        from_ms: Option<f64>,
        /// To when, if that was asked for.
        to_ms: Option<f64>,
        /// How far the data reach.
        recorded_ms: f64,
    },
    /// The run has sweeps, not time.
    #[error("a run of the model `{model}` goes in sweeps, not in time: leave `--from` and `--to` out")]
    NoTime {
        /// The model.
        model: &'static str,
    },
    /// Nothing could be told in such a picture.
    #[error(
        "a picture of {width_mm} x {height_mm} mm is too small for its panels; \
         make it at least {least_width_mm} x {least_height_mm} mm, or ask for fewer `--panels`"
    )]
    TooSmall {
        /// Its width.
        width_mm: f32,
        /// Its height.
        height_mm: f32,
        /// The least width of these panels.
        least_width_mm: f32,
        /// Their least height at that width, or at the picture's own where that is more.
        least_height_mm: f32,
    },
    /// No memory holds such a picture.
    #[error("a picture of {width} x {height} dots does not fit into memory; make it smaller with `--size` or `--dpi`")]
    TooLarge {
        /// Dots across.
        width: u32,
        /// Dots down.
        height: u32,
    },
}

impl From<ResultsError> for PlotError {
    fn from(error: ResultsError) -> Self {
        Self::Findings(error.into())
    }
}

fn stretch(from_ms: Option<f64>, to_ms: Option<f64>) -> String {
    match (from_ms, to_ms) {
        (Some(from_ms), Some(to_ms)) => format!("from {from_ms} to {to_ms} ms"),
        (Some(from_ms), None) => format!("from {from_ms} ms on"),
        (None, Some(to_ms)) => format!("up to {to_ms} ms"),
        (None, None) => "yet".to_owned(),
    }
}

fn stored(count: usize) -> String {
    match count {
        0 => "none are stored".to_owned(),
        _ => format!("they are numbered from 0 to {}", count - 1),
    }
}

/// The figure of a results file.
///
/// # Errors
/// If what is asked for is not in it, or it is damaged.
pub fn figure(results: &Results, options: &Options) -> Result<Figure, PlotError> {
    match findings::model(results) {
        ModelKind::Spiking => spiking::figure(results, &findings::spiking::Spiking::read(results)?, options),
        ModelKind::Hopfield => hopfield::figure(results, &findings::hopfield::Hopfield::read(results)?, options),
        ModelKind::Rate => rate::figure(results, &findings::rate::Rate::read(results)?, options),
    }
}

/// Whether a figure can be read at the size of the options, where they have one.
///
/// # Errors
/// If it is too small; the error has the least size.
pub fn check_size(figure: &Figure, options: &Options) -> Result<(), PlotError> {
    let (width_mm, Some(height_mm)) = (options.width_mm, options.height_mm) else { return Ok(()) };
    let [least_width_mm, least_height_mm] =
        layout::least_size(figure, width_mm * POINTS_A_MM).map(|points| (points / POINTS_A_MM).ceil());
    if width_mm >= least_width_mm && height_mm >= least_height_mm {
        return Ok(());
    }
    Err(PlotError::TooSmall { width_mm, height_mm, least_width_mm, least_height_mm })
}

/// A figure as a PNG file.
///
/// # Errors
/// If it is too large for memory.
pub fn png(figure: &Figure, options: &Options) -> Result<Vec<u8>, PlotError> {
    bitmap::write(&scene(figure, options), options.theme, options.dpi)
}

/// A figure as an SVG file.
#[must_use]
pub fn svg(figure: &Figure, options: &Options) -> String {
    svg::write(&scene(figure, options), svg::Target::File(options.theme))
}

/// A figure laid out at the size of the options.
#[must_use]
pub fn scene(figure: &Figure, options: &Options) -> scene::Scene {
    let height_mm = options.height_mm.unwrap_or_else(|| {
        let weights: f32 = figure.panels.iter().map(|panel| panel.weight).sum();
        // A panel of weight 1 is 32 mm high.
        26.0 + 32.0 * weights + 4.0 * figure.panels.len() as f32
    });
    lay_out(figure, options.width_mm * POINTS_A_MM, height_mm * POINTS_A_MM)
}
