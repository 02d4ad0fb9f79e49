//! Legends: beside lines, beside the sections of a raster, above bands.

use super::contents::section_areas;
use super::{TICK, line, words};
use crate::plot::axis::Scale;
use crate::plot::figure::{Band, Section, Series};
use crate::plot::font;
use crate::plot::scene::{Anchor, Area, Ink, Scene, Shape, Text};

/// From one entry to the next, points.
const LEADING: f32 = TICK + 3.5;
/// A sample of a line, points.
const SAMPLE: f32 = 10.0;

/// Entries for the series that have a name, to the right of a panel: what lies on top comes first.
pub(super) fn series(series: &[Series], area: Area, room: f32, scene: &mut Scene) {
    let named: Vec<(&Series, &String)> =
        series.iter().rev().filter_map(|one| Some((one, one.name.as_ref()?))).collect();
    let fit = ((area.height / LEADING) as usize).max(1);
    let shown = if named.len() > fit { fit - 1 } else { named.len() };
    let x = area.right() + 6.0;
    let mut y = area.y + TICK * 0.8;
    for (one, name) in &named[..shown] {
        let middle = y - TICK * 0.32;
        if one.down_to.is_some() {
            let area = Area { x, y: middle - 3.0, width: SAMPLE, height: 6.0 };
            scene.shapes.push(Shape::Rect(area, one.ink.alpha(one.alpha)));
        } else {
            let width = one.width.max(1.0);
            scene.shapes.push(Shape::Line {
                points: vec![[x, middle], [x + SAMPLE, middle]],
                width,
                paint: one.ink.into(),
            });
        }
        entry(name, [x + SAMPLE + 4.0, y], room - SAMPLE - 4.0, scene);
        y += LEADING;
    }
    if shown < named.len() {
        entry(&format!("and {} more", named.len() - shown), [x, y], room, scene);
    }
}

fn entry(name: &str, at: [f32; 2], room: f32, scene: &mut Scene) {
    scene.shapes.push(words(font::fitted(name, TICK, false, room), at, Anchor::Start, TICK, Ink::Text));
}

/// Names to the left of a raster, how much is shown to its right, and lines between sections.
pub(super) fn sections(sections: &[Section], area: Area, room: f32, scene: &mut Scene) {
    for (at, (section, own)) in sections.iter().zip(section_areas(sections, area)).enumerate() {
        let y = own.y + own.height / 2.0 + TICK * 0.35;
        let name = font::fitted(&section.name, TICK, true, room - 8.0);
        let ink = if section.ink == Ink::Other { Ink::Muted } else { section.ink };
        scene.shapes.push(Shape::Text(Text {
            text: name,
            at: [area.x - 5.0, y],
            anchor: Anchor::End,
            size: TICK,
            strong: true,
            paint: ink.into(),
            upwards: false,
        }));
        scene.shapes.push(words(section.note.clone(), [area.right() + 6.0, y], Anchor::Start, TICK, Ink::Muted));
        if at > 0 {
            let y = own.y - super::contents::SECTION_GAP / 2.0;
            scene.shapes.push(line(vec![[area.x, y], [area.right(), y]], super::HAIR, Ink::Grid));
        }
    }
}

/// The names of bands, above the first panel, each as far as it fits.
pub(super) fn bands(bands: &[Band], across: &Scale, y: f32, area: Area) -> Vec<Shape> {
    let mut labels = Vec::new();
    let mut taken: Vec<[f32; 2]> = Vec::new();
    for band in bands {
        let [left, right] =
            [band.window.start_ms, band.window.stop_ms].map(|edge| across.place(edge).clamp(area.x, area.right()));
        // Where there is no room for all of it, its end says most: a number.
        let short = band.label.rsplit(' ').next().unwrap_or_default();
        for label in [&band.label[..], short] {
            let half = font::width(label, TICK, true) / 2.0;
            let middle = f32::midpoint(left, right).clamp(area.x + half, (area.right() - half).max(area.x + half));
            let own = [middle - half - 3.0, middle + half + 3.0];
            if left >= right || taken.iter().any(|other| own[0] < other[1] && other[0] < own[1]) {
                continue;
            }
            taken.push(own);
            labels.push(Shape::Text(Text {
                text: label.to_owned(),
                at: [middle, y],
                anchor: Anchor::Middle,
                size: TICK,
                strong: true,
                paint: band.ink.into(),
                upwards: false,
            }));
            break;
        }
    }
    labels
}
