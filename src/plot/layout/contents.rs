//! What a panel shows, placed: lines, surfaces and spikes.

use crate::plot::axis::{self, Scale};
use crate::plot::figure::{Content, Picture, RasterSpikes, Section, Series};
use crate::plot::font;
use crate::plot::scene::{Anchor, Area, Ink, Scene, Shape};

use super::{TICK, words};

/// Between two sections of a raster, points.
pub(super) const SECTION_GAP: f32 = 3.0;
/// A mark of a spike is so thick, where they are many and where they are few, points.
const MARK_WIDTH: [f32; 2] = [0.55, 1.1];
/// It is at least so many times as high.
const MARK_HEIGHT: f32 = 1.4;
/// Marks cover about so much of a section before they become thinner.
const COVER: f32 = 0.1;

/// The range of what is drawn; `None` where rows are neurons.
pub(super) fn range(content: &Content) -> Option<[f64; 2]> {
    let Content::Lines(series) = content else { return None };
    let values = series.iter().flat_map(|one| one.values.iter().chain(one.down_to.iter().flatten()));
    Some(axis::range(values.copied()))
}

/// What is drawn on the area.
pub(super) fn shapes(content: &Content, across: &Scale, up: Option<&Scale>, area: Area) -> Vec<Shape> {
    match (content, up) {
        (Content::Lines(series), Some(up)) => series.iter().flat_map(|one| of_series(one, across, up)).collect(),
        (Content::Raster(all), _) => {
            let placed = section_areas(all, area);
            let width = mark_width(all, area);
            all.iter().zip(placed).map(|(section, area)| of_section(section, across, area, width)).collect()
        }
        (Content::Lines(_), None) | (Content::Pictures(_), _) => Vec::new(),
    }
}

/// Width and height of the mark of a value that has no neighbour to be joined to, points.
const ALONE: f32 = 3.5;

fn of_series(series: &Series, across: &Scale, up: &Scale) -> Vec<Shape> {
    let points = |values: &[f64]| -> Vec<[f32; 2]> {
        let place = |(&x, &y): (&f64, &f64)| [across.place(x), up.place(y)];
        series.across.iter().zip(values).map(place).collect()
    };
    let paint = series.ink.alpha(series.alpha);
    match &series.down_to {
        None => {
            let points = points(&series.values);
            let marks = alone(&points);
            let mut shapes = vec![Shape::Line { points, width: series.width, paint }];
            if !marks.is_empty() {
                shapes.push(Shape::Marks { points: marks, size: [ALONE, ALONE], paint });
            }
            shapes
        }
        // A surface over one moment is a stroke.
        Some(low) if series.values.len() == 1 => {
            vec![Shape::Line { points: [points(&series.values), points(low)].concat(), width: ALONE, paint }]
        }
        Some(low) => {
            let finite = |point: &[f32; 2]| point[1].is_finite();
            let mut outline: Vec<[f32; 2]> = points(&series.values).into_iter().filter(finite).collect();
            outline.extend(points(low).into_iter().rev().filter(finite));
            vec![Shape::Surface { points: outline, paint }]
        }
    }
}

/// Where marks stand for the points that no line reaches: those without a finite neighbour.
fn alone(points: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let finite = |at: usize| points.get(at).is_some_and(|point| point[1].is_finite());
    let alone = |&at: &usize| finite(at) && !finite(at + 1) && !(at > 0 && finite(at - 1));
    (0..points.len()).filter(alone).map(|at| [points[at][0], points[at][1] - ALONE / 2.0]).collect()
}

/// Between two pictures, points.
const PICTURE_GAP: f32 = 10.0;

/// Pictures side by side, each with its title below and a thin frame.
pub(super) fn pictures(name: &'static str, pictures: &[Picture], area: Area, scene: &mut Scene) {
    let count = pictures.len().max(1) as f32;
    let title = TICK + 5.0;
    let room = (area.width + PICTURE_GAP) / count - PICTURE_GAP;
    let ratio = pictures.first().map_or(1.0, |one| one.shades.rows as f32 / one.shades.columns.max(1) as f32);
    let height = (area.height - title).min(room * ratio).max(1.0);
    let width = height / ratio;
    let mut shapes = Vec::new();
    for (at, picture) in pictures.iter().enumerate() {
        let own = Area { x: area.x + at as f32 * (width + PICTURE_GAP), y: area.y, width, height };
        shapes.push(Shape::Shades(own, picture.shades.clone(), picture.ink.into()));
        let (right, bottom) = (own.right(), own.bottom());
        let corners = vec![[own.x, own.y], [right, own.y], [right, bottom], [own.x, bottom], [own.x, own.y]];
        shapes.push(Shape::Line { points: corners, width: 0.5, paint: Ink::Spine.into() });
        let text = font::fitted(&picture.title, TICK, false, width + PICTURE_GAP - 2.0);
        shapes.push(words(text, [own.x + width / 2.0, bottom + TICK + 2.5], Anchor::Middle, TICK, Ink::Muted));
    }
    scene.shapes.push(Shape::Group(name, shapes));
}

/// Where each section of a raster lies within its panel.
#[must_use]
pub fn section_areas(sections: &[Section], area: Area) -> Vec<Area> {
    let all: f32 = sections.iter().map(|section| section.weight).sum();
    let room = (area.height - SECTION_GAP * sections.len().saturating_sub(1) as f32).max(1.0);
    let mut y = area.y;
    let place = |section: &Section| {
        let own = Area { y, height: room * section.weight / all, ..area };
        y = own.bottom() + SECTION_GAP;
        own
    };
    sections.iter().map(place).collect()
}

/// The thickness of all marks of a raster: the fewer there are, the thicker.
fn mark_width(sections: &[Section], area: Area) -> f32 {
    let marks = |section: &Section| match &section.spikes {
        RasterSpikes::Marks(marks) => marks.len(),
        RasterSpikes::Density(_) => 0,
    };
    let rows: usize = sections.iter().map(|section| section.rows).sum();
    let marks: usize = sections.iter().map(marks).sum();
    (COVER * area.width * rows as f32 / marks.max(1) as f32).clamp(MARK_WIDTH[0], MARK_WIDTH[1])
}

fn of_section(section: &Section, across: &Scale, area: Area, width: f32) -> Shape {
    match &section.spikes {
        RasterSpikes::Density(shades) => Shape::Shades(area, shades.clone(), section.ink.into()),
        RasterSpikes::Marks(spikes) => {
            let row_height = area.height / section.rows.max(1) as f32;
            let size = [width, (MARK_HEIGHT * width).max(row_height)];
            let place = |&(time, row): &(f64, u32)| {
                let middle = area.y + (row as f32 + 0.5) * row_height;
                [across.place(time), middle - size[1] / 2.0]
            };
            Shape::Marks { points: spikes.iter().map(place).collect(), size, paint: section.ink.alpha(0.9) }
        }
    }
}
