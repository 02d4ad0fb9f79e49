//! A scene: what is painted where, in points from the top left. Writers turn it into SVG and PNG.

/// Points in a millimetre: a point is 1/72 inch.
pub(crate) const POINTS_A_MM: f32 = 72.0 / 25.4;

/// All that is painted, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Width, points.
    pub width: f32,
    /// Height, points.
    pub height: f32,
    /// What is painted, first to last.
    pub shapes: Vec<Shape>,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Left edge, points.
    pub x: f32,
    /// Upper edge, points.
    pub y: f32,
    /// Width, points.
    pub width: f32,
    /// Height, points.
    pub height: f32,
}

impl Area {
    /// Its right edge.
    #[must_use]
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Its lower edge.
    #[must_use]
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }
}

/// What a colour stands for; a theme says what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The ground.
    Paper,
    /// Words and axes.
    Text,
    /// Words that matter less.
    Muted,
    /// The frame of a panel.
    Spine,
    /// Lines of a grid.
    Grid,
    /// Patterns and neurons that are not told apart.
    Other,
    /// The n-th of the patterns in colour.
    Pattern(usize),
    /// The n-th population that holds no patterns.
    Population(usize),
}

/// A colour and how much of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// Which.
    pub ink: Ink,
    /// From 0, nothing, to 1.
    pub alpha: f32,
}

impl From<Ink> for Paint {
    fn from(ink: Ink) -> Self {
        Self { ink, alpha: 1.0 }
    }
}

impl Ink {
    /// The ink, thinned.
    #[must_use]
    pub fn alpha(self, alpha: f32) -> Paint {
        Paint { ink: self, alpha }
    }
}

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its beginning.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// Where its base line is held.
    pub at: [f32; 2],
    /// Where it is held.
    pub anchor: Anchor,
    /// Size, points.
    pub size: f32,
    /// Whether it is of the heavier kind.
    pub strong: bool,
    /// Its colour.
    pub paint: Paint,
    /// Whether it runs upwards.
    pub upwards: bool,
}

/// A picture of one colour: how much of it each cell has, row by row from the top left.
#[derive(Clone, Debug, PartialEq)]
pub struct Shades {
    /// Cells a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// 0 to 255, `[row][column]`.
    pub values: Vec<u8>,
}

/// Something painted.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A filled rectangle.
    Rect(Area, Paint),
    /// A line through points; a point that is not finite breaks it.
    Line {
        /// The points.
        points: Vec<[f32; 2]>,
        /// Thickness, points.
        width: f32,
        /// Its colour.
        paint: Paint,
    },
    /// The surface between a line there and a line back.
    Surface {
        /// Its outline.
        points: Vec<[f32; 2]>,
        /// Its colour.
        paint: Paint,
    },
    /// Upright marks of one size, each held at its upper end.
    Marks {
        /// Where.
        points: Vec<[f32; 2]>,
        /// Thickness and height, points.
        size: [f32; 2],
        /// Their colour.
        paint: Paint,
    },
    /// A picture of one colour over an area.
    Shades(Area, Shades, Paint),
    /// A line of text.
    Text(Text),
    /// What belongs to the data of a panel: drawn on its area.
    Panel(PanelShapes),
    /// Shapes that belong together, under a name by which a page finds them.
    Group(&'static str, Vec<Shape>),
}

/// The data of a panel, drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelShapes {
    /// Name of the panel.
    pub name: &'static str,
    /// Where it lies.
    pub area: Area,
    /// What the left and the right edge stand for.
    pub across: [f64; 2],
    /// What the lower and the upper edge stand for; `None` where rows are neurons.
    pub up: Option<[f64; 2]>,
    /// What is painted.
    pub shapes: Vec<Shape>,
}
