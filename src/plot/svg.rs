//! SVG: writes a scene as text, for other programs or as a part of a page.

use std::fmt::Write;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::font;
use super::png_file;
use super::scene::{Anchor, Area, Ink, Paint, PanelShapes, Scene, Shades, Shape, Text};
use super::theme::{Theme, property};

/// For whom an SVG is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of its own, in a theme.
    File(Theme),
    /// A part of a page, whose style sheet says what inks look like; lines keep their thickness when it zooms.
    Page,
}

/// Pixels of a page that a point takes, about.
const PIXELS_A_POINT: f32 = 1.5;

/// The scene as SVG.
#[must_use]
pub fn write(scene: &Scene, target: Target) -> String {
    let (width, height) = (number(scene.width), number(scene.height));
    let mut svg = Svg { text: String::new(), target };
    match target {
        Target::File(_) => svg.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}pt\" height=\"{height}pt\" viewBox=\"0 0 {width} {height}\" font-family=\"{}\">\n",
            font::FAMILY
        )),
        Target::Page => svg.add(format_args!(
            "<svg class=\"figure\" viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{}\">\n",
            font::FAMILY
        )),
    }
    scene.shapes.iter().for_each(|shape| svg.shape(shape));
    svg.text += "</svg>\n";
    svg.text
}

struct Svg {
    text: String,
    target: Target,
}

impl Svg {
    fn add(&mut self, what: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(what);
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect(area, paint) => {
                let (place, fill) = (place(*area), self.paint("fill", *paint));
                self.add(format_args!("<rect {place} {fill}/>\n"));
            }
            Shape::Line { points, width, paint } => self.line(points, *width, *paint),
            Shape::Surface { points, paint } => {
                let fill = self.paint("fill", *paint);
                let path = path(points);
                self.add(format_args!("<path d=\"{path}Z\" {fill}/>\n"));
            }
            Shape::Marks { points, size, paint } => self.marks(points, *size, *paint),
            Shape::Shades(area, shades, paint) => self.shades(*area, shades, *paint),
            Shape::Text(text) => self.words(text),
            Shape::Panel(panel) => self.panel(panel),
            Shape::Group(name, shapes) => {
                self.add(format_args!("<g class=\"{name}\">\n"));
                shapes.iter().for_each(|shape| self.shape(shape));
                self.text += "</g>\n";
            }
        }
    }

    fn line(&mut self, points: &[[f32; 2]], width: f32, paint: Paint) {
        let (path, stroke, width) = (path(points), self.paint("stroke", paint), self.thickness(width));
        let kept = self.kept();
        self.add(format_args!(
            "<path d=\"{path}\" fill=\"none\" {stroke} stroke-width=\"{width}\" stroke-linejoin=\"round\"{kept}/>\n"
        ));
    }

    fn marks(&mut self, points: &[[f32; 2]], size: [f32; 2], paint: Paint) {
        let mut path = String::with_capacity(points.len() * 14);
        for &[x, y] in points {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {}v{}", number(x), number(y), number(size[1]));
        }
        let (stroke, width, kept) = (self.paint("stroke", paint), self.thickness(size[0]), self.kept());
        self.add(format_args!("<path d=\"{path}\" {stroke} stroke-width=\"{width}\"{kept}/>\n"));
    }

    /// The thickness of a line; what keeps it on a page is in pixels, of which a point has about so many there.
    fn thickness(&self, width: f32) -> String {
        number(if self.target == Target::Page { PIXELS_A_POINT * width } else { width })
    }

    /// On a page a line keeps its thickness when its panel is stretched.
    fn kept(&self) -> &'static str {
        if self.target == Target::Page { " vector-effect=\"non-scaling-stroke\"" } else { "" }
    }

    fn shades(&mut self, area: Area, shades: &Shades, paint: Paint) {
        // A page does not know its theme yet: the colours of the light one are seen on both grounds.
        let theme = if let Target::File(theme) = self.target { theme } else { Theme::Light };
        let [red, green, blue] = theme.rgb(paint.ink);
        let dot = |&value: &u8| [red, green, blue, (f32::from(value) * paint.alpha) as u8];
        let bytes: Vec<u8> = shades.values.iter().flat_map(dot).collect();
        let file = BASE64_STANDARD.encode(png_file::rgba(shades.columns as u32, shades.rows as u32, &bytes));
        let place = place(area);
        self.add(format_args!(
            "<image {place} preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{file}\"/>\n"
        ));
    }

    fn words(&mut self, text: &Text) {
        let (x, y) = (number(text.at[0]), number(text.at[1]));
        let anchor = match text.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let turned = if text.upwards { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
        let weight = if text.strong { " font-weight=\"500\"" } else { "" };
        let (fill, size) = (self.paint("fill", text.paint), number(text.size));
        let said = escaped(&text.text);
        self.add(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{anchor}{weight}{turned} {fill}>{said}</text>\n"
        ));
    }

    fn panel(&mut self, panel: &PanelShapes) {
        let Area { x, y, width, height } = panel.area;
        let [x, y, width, height] = [x, y, width, height].map(number);
        let up = panel.up.map_or(String::new(), |[low, high]| format!(" data-low=\"{low}\" data-high=\"{high}\""));
        let [from, to] = panel.across;
        // A viewport of its own: what reaches beyond the area is cut off.
        self.add(format_args!(
            "<svg class=\"panel\" data-panel=\"{}\" data-from=\"{from}\" data-to=\"{to}\"{up} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" viewBox=\"{x} {y} {width} {height}\">\n<g class=\"data\">\n",
            panel.name
        ));
        panel.shapes.iter().for_each(|shape| self.shape(shape));
        self.text += "</g>\n</svg>\n";
    }

    fn paint(&self, attribute: &str, Paint { ink, alpha }: Paint) -> String {
        let opacity = if alpha < 1.0 { format!(" {attribute}-opacity=\"{}\"", number(alpha)) } else { String::new() };
        match self.target {
            Target::File(theme) => format!("{attribute}=\"{}\"{opacity}", theme.css(ink)),
            Target::Page => format!("style=\"{attribute}:var({})\"{opacity}", property(ink)),
        }
    }
}

/// The definitions of all inks in a theme, for a style sheet.
#[must_use]
pub fn properties(theme: Theme) -> String {
    super::theme::inks().map(|ink: Ink| format!("{}:{};", property(ink), theme.css(ink))).collect()
}

fn place(Area { x, y, width, height }: Area) -> String {
    let [x, y, width, height] = [x, y, width.max(0.0), height.max(0.0)].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

fn path(points: &[[f32; 2]]) -> String {
    let mut path = String::with_capacity(points.len() * 12);
    let mut started = false;
    for &[x, y] in points {
        if !(x.is_finite() && y.is_finite()) {
            started = false;
            continue;
        }
        // Writing to a String cannot fail.
        let _ = write!(path, "{}{} {}", if started { 'L' } else { 'M' }, number(x), number(y));
        started = true;
    }
    path
}

/// A coordinate with two decimals, without zeros at the end.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A text as XML and HTML hold it.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            // XML has no place for these, not even escaped.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_texts_harmless() {
        assert_eq!([1.0, 0.125, -0.001, 12.3456].map(number), ["1", "0.12", "0", "12.35"]);
        assert_eq!(escaped("<b a=\"1\">&\u{1}"), "&lt;b a=&quot;1&quot;&gt;&amp;\u{fffd}");
    }

    #[test]
    fn a_line_breaks_where_there_is_no_value() {
        assert_eq!(path(&[[0.0, 1.0], [1.0, 1.0], [2.0, f32::NAN], [3.0, 1.0], [4.0, 2.0]]), "M0 1L1 1M3 1L4 2");
    }
}
