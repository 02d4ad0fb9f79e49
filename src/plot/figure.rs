//! A figure: panels over one axis of time, as data. The layout places it; the report takes its numbers.

use super::scene::{Ink, Shades};
use crate::analysis::Window;

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it shows: the name of the run.
    pub title: String,
    /// What the run is, in short.
    pub subtitle: String,
    /// What was left out or sampled.
    pub notes: Vec<String>,
    /// What all panels have across.
    pub across: Across,
    /// Stretches that are shaded through all panels.
    pub bands: Vec<Band>,
    /// From top to bottom.
    pub panels: Vec<Panel>,
}

/// The axis that panels share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Across {
    /// What it is called.
    pub name: &'static str,
    /// Its unit; `None` for counts.
    pub unit: Option<&'static str>,
    /// What one of its units is in those of the data: 1000 for seconds over milliseconds.
    pub scale: f64,
    /// From where to where, in units of the data.
    pub window: Window,
}

impl Across {
    /// Sweeps.
    #[must_use]
    pub fn sweeps(window: Window) -> Self {
        Self { name: "sweep", unit: None, scale: 1.0, window }
    }

    /// Time, in s where it is long.
    #[must_use]
    pub fn time(window: Window) -> Self {
        let long = window.stop_ms - window.start_ms > 2000.0;
        let (unit, scale) = if long { ("s", 1000.0) } else { ("ms", 1.0) };
        Self { name: "time", unit: Some(unit), scale, window }
    }
}

/// A shaded stretch.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// When.
    pub window: Window,
    /// What it is.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
}

/// A panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it has upwards, with the unit.
    pub label: String,
    /// Its share of the height.
    pub weight: f32,
    /// What it shows.
    pub content: Content,
}

/// What a panel shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Values over time.
    Lines(Vec<Series>),
    /// Spikes, neuron over neuron.
    Raster(Vec<Section>),
    /// States as pictures, side by side; they share no axis with the other panels.
    Pictures(Vec<Picture>),
}

/// A state as a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it is.
    pub title: String,
    /// Dots: full where a neuron is on.
    pub shades: Shades,
    /// Colour.
    pub ink: Ink,
}

/// Values over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What they are; none where the legend has them with others.
    pub name: Option<String>,
    /// Colour.
    pub ink: Ink,
    /// Thickness, points.
    pub width: f32,
    /// How much of the colour.
    pub alpha: f32,
    /// When, in units of the data.
    pub across: Vec<f64>,
    /// Values.
    pub values: Vec<f64>,
    /// Where these are the upper ends of a surface: the lower ones.
    pub down_to: Option<Vec<f64>>,
}

/// Neurons of one kind in a raster.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// What they are.
    pub name: String,
    /// How many of how many are shown.
    pub note: String,
    /// Colour.
    pub ink: Ink,
    /// Its share of the panel.
    pub weight: f32,
    /// Number of rows.
    pub rows: usize,
    /// The neuron of each row; where a row holds several, the first of them.
    pub neurons: Vec<u32>,
    /// The spikes.
    pub spikes: RasterSpikes,
}

/// Spikes in a raster.
#[derive(Clone, Debug, PartialEq)]
pub enum RasterSpikes {
    /// One by one: time and row, from the top.
    Marks(Vec<(f64, u32)>),
    /// So many that only their density can be shown.
    Density(Shades),
}
