//! Layout: places a figure's title, panels, axes, legends and notes in a scene.

mod contents;
mod legend;

pub use contents::section_areas;

use super::axis::{self, Scale};
use super::figure::{Across, Band, Content, Figure, Panel};
use super::font;
use super::scene::{Anchor, Area, Ink, PanelShapes, Scene, Shape, Text};

/// Sizes of text, points.
const TITLE: f32 = 10.5;
const SUBTITLE: f32 = 7.5;
const LABEL: f32 = 8.0;
pub(super) const TICK: f32 = 7.0;
/// Space around everything.
const MARGIN: f32 = 9.0;
/// What lies left of the panels: the label, and the numbers or the names of sections.
const LEFT: f32 = 62.0;
/// What lies right of them: legends.
const RIGHT: f32 = 84.0;
/// What lies below the last: numbers and the name of the axis.
const BELOW: f32 = 27.0;
/// Between two panels.
const GAP: f32 = 11.0;
/// A tick, outwards.
const TICK_LENGTH: f32 = 2.5;
/// Frames and grids.
const HAIR: f32 = 0.5;

/// A panel in which something can be told is at least so wide and so high.
const LEAST_PANEL: [f32; 2] = [54.0, 20.0];

/// The least width and height, points, at which the panels of a figure can be read: the height at `width`, or at the least
/// width where that is more.
pub(super) fn least_size(figure: &Figure, width: f32) -> [f32; 2] {
    let least_width = LEFT + LEAST_PANEL[0] + RIGHT;
    let width = width.max(least_width);
    let top = heading(figure, &mut Scene { width, height: 0.0, shapes: Vec::new() });
    let all: f32 = figure.panels.iter().map(|panel| panel.weight).sum();
    let lightest = figure.panels.iter().map(|panel| panel.weight).fold(all, f32::min);
    let panels = LEAST_PANEL[1] * all / lightest + GAP * figure.panels.len().saturating_sub(1) as f32;
    [least_width, top + panels + BELOW + below(&notes(figure, width))]
}

/// What lies below the panels and their axis: notes and the margin.
fn below(notes: &[String]) -> f32 {
    MARGIN + notes.len() as f32 * (TICK + 2.5) + if notes.is_empty() { 0.0 } else { 3.0 }
}

/// Places a figure on a sheet of so many points.
#[must_use]
pub fn lay_out(figure: &Figure, width: f32, height: f32) -> Scene {
    let mut scene = Scene { width, height, shapes: Vec::new() };
    scene.shapes.push(Shape::Rect(Area { x: 0.0, y: 0.0, width, height }, Ink::Paper.into()));
    let top = heading(figure, &mut scene);
    let notes = notes(figure, width);
    let bottom = height - below(&notes);
    let frame =
        Area { x: LEFT, y: top, width: (width - LEFT - RIGHT).max(20.0), height: (bottom - top - BELOW).max(20.0) };
    let areas = areas(figure, frame);
    for (at, area) in areas.into_iter().enumerate() {
        draw_panel(figure, at, area, &mut scene);
    }
    for (line, note) in notes.into_iter().enumerate() {
        let y = bottom + (line + 1) as f32 * (TICK + 2.5);
        scene.shapes.push(words(note, [MARGIN, y], Anchor::Start, TICK, Ink::Muted));
    }
    scene
}

/// Title and subtitle; where the panels may begin.
fn heading(figure: &Figure, scene: &mut Scene) -> f32 {
    let labels = if figure.bands.is_empty() { 8.0 } else { 18.0 };
    if figure.title.is_empty() {
        return labels;
    }
    let room = scene.width - 2.0 * MARGIN;
    let mut y = MARGIN + TITLE * 0.8;
    let title = font::fitted(&figure.title, TITLE, true, room);
    let mut text = text(title, [MARGIN, y], Anchor::Start, TITLE, Ink::Text);
    text.strong = true;
    scene.shapes.push(Shape::Text(text));
    y += SUBTITLE + 4.0;
    scene.shapes.push(words(
        font::fitted(&figure.subtitle, SUBTITLE, false, room),
        [MARGIN, y],
        Anchor::Start,
        SUBTITLE,
        Ink::Muted,
    ));
    // The names of the bands stand between.
    y + labels
}

/// The notes, broken into lines.
fn notes(figure: &Figure, width: f32) -> Vec<String> {
    let room = width - 2.0 * MARGIN;
    let mut lines = Vec::new();
    for note in &figure.notes {
        let mut line = String::new();
        for word in note.split(' ') {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if font::width(&longer, TICK, false) > room && !line.is_empty() {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            } else {
                line = longer;
            }
        }
        lines.push(line);
    }
    lines
}

/// Where each panel lies.
fn areas(figure: &Figure, frame: Area) -> Vec<Area> {
    let all: f32 = figure.panels.iter().map(|panel| panel.weight).sum();
    let room = (frame.height - GAP * figure.panels.len().saturating_sub(1) as f32).max(1.0);
    let mut y = frame.y;
    let place = |panel: &Panel| {
        let area = Area { y, height: room * panel.weight / all, ..frame };
        y += area.height + GAP;
        area
    };
    figure.panels.iter().map(place).collect()
}

/// Draws the panel of a number.
fn draw_panel(figure: &Figure, at: usize, area: Area, scene: &mut Scene) {
    let panel = &figure.panels[at];
    if let Content::Pictures(pictures) = &panel.content {
        return contents::pictures(panel.name, pictures, area, scene);
    }
    let pictures = |panel: &Panel| matches!(panel.content, Content::Pictures(_));
    let last = figure.panels[at + 1..].iter().all(pictures);
    let across =
        Scale { from: (figure.across.window.start_ms, area.x), to: (figure.across.window.stop_ms, area.right()) };
    let range = contents::range(&panel.content);
    let mut inside = bands(&figure.bands, &across, area);
    let up = range.map(|[low, high]| Scale { from: (low, area.bottom()), to: (high, area.y) });
    if let Some(up) = &up {
        grid(up, area, &mut inside, scene);
    }
    inside.extend(contents::shapes(&panel.content, &across, up.as_ref(), area));
    let window = figure.across.window;
    scene.shapes.push(Shape::Panel(PanelShapes {
        name: panel.name,
        area,
        across: [window.start_ms, window.stop_ms].map(|edge| edge / figure.across.scale),
        up: range,
        shapes: inside,
    }));
    spines(area, up.is_some(), scene);
    axis_across(&figure.across, &across, area, last, scene);
    if at == 0 {
        let labels = legend::bands(&figure.bands, &across, area.y - 4.0, area);
        scene.shapes.push(Shape::Group("band-labels", labels));
    }
    match &panel.content {
        Content::Raster(sections) => legend::sections(sections, area, LEFT - MARGIN - 8.0, scene),
        Content::Lines(series) => legend::series(series, area, RIGHT - MARGIN - 6.0, scene),
        Content::Pictures(_) => {}
    }
    let mut label = text(
        font::fitted(&panel.label, LABEL, false, area.height),
        [MARGIN + LABEL * 0.8, area.y + area.height / 2.0],
        Anchor::Middle,
        LABEL,
        Ink::Text,
    );
    label.upwards = true;
    scene.shapes.push(Shape::Text(label));
}

fn bands(bands: &[Band], across: &Scale, area: Area) -> Vec<Shape> {
    let place = |band: &Band| {
        let [left, right] =
            [band.window.start_ms, band.window.stop_ms].map(|edge| across.place(edge).clamp(area.x, area.right()));
        Shape::Rect(Area { x: left, width: right - left, ..area }, band.ink.alpha(0.13))
    };
    bands.iter().map(place).collect()
}

/// Lines across at the ticks of the axis upwards, and their numbers.
fn grid(up: &Scale, area: Area, inside: &mut Vec<Shape>, scene: &mut Scene) {
    let wanted = (area.height / 19.0).clamp(2.0, 6.0) as usize;
    let (ticks, step) = axis::ticks(up.from.0, up.to.0, wanted);
    for tick in ticks {
        let y = up.place(tick);
        if tick != 0.0 || up.from.0 < 0.0 {
            inside.push(line(vec![[area.x, y], [area.right(), y]], HAIR, Ink::Grid));
        }
        scene.shapes.push(line(vec![[area.x - TICK_LENGTH, y], [area.x, y]], HAIR, Ink::Spine));
        let at = [area.x - TICK_LENGTH - 2.0, y + TICK * 0.35];
        scene.shapes.push(words(axis::label(tick, step), at, Anchor::End, TICK, Ink::Muted));
    }
}

fn spines(area: Area, left: bool, scene: &mut Scene) {
    let corner = [area.x, area.bottom()];
    let mut points = vec![corner, [area.right(), area.bottom()]];
    if left {
        points.insert(0, [area.x, area.y]);
    }
    scene.shapes.push(line(points, HAIR, Ink::Spine));
}

fn axis_across(axis: &Across, across: &Scale, area: Area, last: bool, scene: &mut Scene) {
    let edges = [axis.window.start_ms, axis.window.stop_ms].map(|edge| edge / axis.scale);
    let mut wanted = (area.width / 48.0).clamp(2.0, 12.0) as usize;
    if axis.unit.is_none() {
        // There is nothing between two counts.
        wanted = wanted.min((edges[1] - edges[0]).max(1.0) as usize);
    }
    let (ticks, step) = axis::ticks(edges[0], edges[1], wanted);
    let y = area.bottom();
    let mut shapes = Vec::new();
    for tick in ticks {
        let x = across.place(tick * axis.scale);
        shapes.push(line(vec![[x, y], [x, y + TICK_LENGTH]], HAIR, Ink::Spine));
        if last {
            let at = [x, y + TICK_LENGTH + TICK + 1.5];
            shapes.push(words(axis::label(tick, step), at, Anchor::Middle, TICK, Ink::Muted));
        }
    }
    scene.shapes.push(Shape::Group("ticks", shapes));
    if last {
        let name = axis.unit.map_or(axis.name.to_owned(), |unit| format!("{} ({unit})", axis.name));
        let at = [area.x + area.width / 2.0, y + TICK_LENGTH + TICK + LABEL + 6.0];
        scene.shapes.push(words(name, at, Anchor::Middle, LABEL, Ink::Text));
    }
}

fn line(points: Vec<[f32; 2]>, width: f32, ink: Ink) -> Shape {
    Shape::Line { points, width, paint: ink.into() }
}

fn text(text: String, at: [f32; 2], anchor: Anchor, size: f32, ink: Ink) -> Text {
    Text { text, at, anchor, size, strong: false, paint: ink.into(), upwards: false }
}

fn words(said: String, at: [f32; 2], anchor: Anchor, size: f32, ink: Ink) -> Shape {
    Shape::Text(text(said, at, anchor, size, ink))
}
