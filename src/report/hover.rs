//! What the script of the page tells of a place in a figure: the numbers behind it, as JSON.

use serde_json::{Value, json};

use crate::plot::figure::{Content, Figure, Panel, Section, Series};
use crate::plot::scene::{Area, Ink, Scene, Shape};
use crate::plot::{section_areas, theme};

/// The numbers of a figure as it was laid out; safe within a page.
pub(super) fn data(figure: &Figure, scene: &Scene) -> String {
    let areas = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Panel(panel) => Some(panel.area),
        _ => None,
    });
    let panels: Vec<Value> = figure
        .panels
        .iter()
        .filter(|panel| !matches!(panel.content, Content::Pictures(_)))
        .zip(areas)
        .map(|(panel, area)| of_panel(panel, area, figure))
        .collect();
    let document = json!({
        "name": figure.across.name,
        "unit": figure.across.unit,
        "panels": panels,
        "bands": figure.bands.iter().map(|band| json!({
            "label": band.label,
            "from": band.window.start_ms / figure.across.scale,
            "to": band.window.stop_ms / figure.across.scale,
        })).collect::<Vec<_>>(),
    });
    // A text in it might end the script.
    document.to_string().replace('<', "\\u003c")
}

fn of_panel(panel: &Panel, area: Area, figure: &Figure) -> Value {
    let content = match &panel.content {
        Content::Lines(series) => json!({ "series": lines(series, figure.across.scale) }),
        Content::Pictures(_) => Value::Null,
        Content::Raster(sections) => json!({ "sections": rows(sections, area) }),
    };
    json!({ "panel": panel.name, "label": panel.label, "content": content })
}

/// Lines that have names of their own, first what lies on top; of those that share one, the largest.
fn lines(series: &[Series], scale: f64) -> Vec<Value> {
    let (alike, own): (Vec<&Series>, Vec<&Series>) =
        series.iter().partition(|one| one.name.is_none() || one.down_to.is_some() || shares(one, series));
    let mut told: Vec<Value> = own
        .iter()
        .rev()
        .map(|one| line(one.name.as_deref().unwrap_or_default(), one.ink, &one.across, &one.values, scale))
        .collect();
    if let Some(first) = alike.first() {
        let largest: Vec<f64> = (0..first.across.len())
            .map(|at| alike.iter().filter_map(|one| one.values.get(at).copied()).fold(f64::NAN, f64::max))
            .collect();
        let name = alike.iter().find_map(|one| one.name.as_ref()).map_or("others", |name| name);
        told.push(line(&format!("largest of {name}"), first.ink, &first.across, &largest, scale));
    }
    told
}

/// Whether a line gives its name to others without one.
fn shares(one: &Series, series: &[Series]) -> bool {
    series.iter().any(|other| other.name.is_none() && other.ink == one.ink)
}

fn line(name: &str, ink: Ink, across: &[f64], values: &[f64], scale: f64) -> Value {
    let rounded = |value: f64| (value * 1e4).round() / 1e4;
    json!({
        "name": name,
        "ink": theme::property(ink),
        "x": across.iter().map(|&x| rounded(x / scale)).collect::<Vec<_>>(),
        "y": values.iter().map(|&y| rounded(y)).collect::<Vec<_>>(),
    })
}

fn rows(sections: &[Section], area: Area) -> Vec<Value> {
    let place = |(section, own): (&Section, Area)| {
        json!({
            "name": section.name,
            "ink": theme::property(section.ink),
            "top": own.y,
            "bottom": own.bottom(),
            "neurons": section.neurons,
        })
    };
    sections.iter().zip(section_areas(sections, area)).map(place).collect()
}
