//! Bitmaps: paints a scene dot by dot, as a PNG file.

use tiny_skia::{
    FillRule, FilterQuality, LineCap, LineJoin, Paint as SkiaPaint, PathBuilder, Pixmap, PixmapPaint,
    PremultipliedColorU8, Rect, Stroke, Transform,
};

use super::font;
use super::scene::{Anchor, Area, Paint, Scene, Shades, Shape, Text};
use super::theme::Theme;
use super::{PlotError, png_file};

/// Dots in an inch that a point is 1/72 of.
const POINTS_AN_INCH: f32 = 72.0;

/// The scene as a PNG file of so many dots an inch.
pub(crate) fn write(scene: &Scene, theme: Theme, dpi: f32) -> Result<Vec<u8>, PlotError> {
    let scale = dpi / POINTS_AN_INCH;
    let [width, height] = [scene.width, scene.height].map(|side| (side * scale).round().max(1.0) as u32);
    let mut canvas =
        Canvas { pixels: Pixmap::new(width, height).ok_or(PlotError::TooLarge { width, height })?, scale, theme };
    scene.shapes.iter().for_each(|shape| canvas.paint(shape));
    // The ground is opaque: what was painted over it is as well.
    let bytes: Vec<u8> =
        canvas.pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok(png_file::rgb(width, height, &bytes, Some(dpi)))
}

struct Canvas {
    pixels: Pixmap,
    scale: f32,
    theme: Theme,
}

impl Canvas {
    fn paint(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect(area, paint) => self.rect(*area, *paint),
            Shape::Line { points, width, paint } => self.line(points, *width, *paint),
            Shape::Surface { points, paint } => self.surface(points, *paint),
            Shape::Marks { points, size, paint } => {
                for &[x, y] in points {
                    self.rect(Area { x: x - size[0] / 2.0, y, width: size[0], height: size[1] }, *paint);
                }
            }
            Shape::Shades(area, shades, paint) => self.shades(*area, shades, *paint),
            Shape::Text(text) => self.text(text),
            Shape::Panel(panel) => panel.shapes.iter().for_each(|shape| self.paint(shape)),
            Shape::Group(_, shapes) => shapes.iter().for_each(|shape| self.paint(shape)),
        }
    }

    fn colour(&self, paint: Paint) -> SkiaPaint<'static> {
        let [red, green, blue] = self.theme.rgb(paint.ink);
        let mut skia = SkiaPaint { anti_alias: true, ..SkiaPaint::default() };
        skia.set_color_rgba8(red, green, blue, (paint.alpha.clamp(0.0, 1.0) * 255.0).round() as u8);
        skia
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale)
    }

    fn rect(&mut self, area: Area, paint: Paint) {
        if let Some(rect) = Rect::from_xywh(area.x, area.y, area.width.max(0.0), area.height.max(0.0)) {
            self.pixels.fill_rect(rect, &self.colour(paint), self.transform(), None);
        }
    }

    fn line(&mut self, points: &[[f32; 2]], width: f32, paint: Paint) {
        let mut builder = PathBuilder::new();
        for stretch in points.split(|point| !(point[0].is_finite() && point[1].is_finite())) {
            for (at, &[x, y]) in stretch.iter().enumerate() {
                if at == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
            }
        }
        let stroke = Stroke { width, line_join: LineJoin::Round, line_cap: LineCap::Butt, ..Stroke::default() };
        if let Some(path) = builder.finish() {
            self.pixels.stroke_path(&path, &self.colour(paint), &stroke, self.transform(), None);
        }
    }

    fn surface(&mut self, points: &[[f32; 2]], paint: Paint) {
        let mut builder = PathBuilder::new();
        for (at, &[x, y]) in points.iter().enumerate() {
            if at == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
        }
        builder.close();
        if let Some(path) = builder.finish() {
            self.pixels.fill_path(&path, &self.colour(paint), FillRule::Winding, self.transform(), None);
        }
    }

    fn shades(&mut self, area: Area, shades: &Shades, paint: Paint) {
        let Some(mut image) = Pixmap::new(shades.columns as u32, shades.rows as u32) else { return };
        let [red, green, blue] = self.theme.rgb(paint.ink).map(f32::from);
        for (pixel, &value) in image.pixels_mut().iter_mut().zip(&shades.values) {
            let alpha = f32::from(value) / 255.0 * paint.alpha;
            let [red, green, blue, alpha] =
                [red * alpha, green * alpha, blue * alpha, 255.0 * alpha].map(|part| part.round() as u8);
            *pixel = PremultipliedColorU8::from_rgba(red.min(alpha), green.min(alpha), blue.min(alpha), alpha)
                .unwrap_or(PremultipliedColorU8::TRANSPARENT);
        }
        let [across, up] = [area.width / shades.columns as f32, area.height / shades.rows as f32];
        let placed = Transform::from_scale(across, up).post_translate(area.x, area.y).post_concat(self.transform());
        let quality = PixmapPaint { quality: FilterQuality::Nearest, ..PixmapPaint::default() };
        self.pixels.draw_pixmap(0, 0, image.as_ref(), &quality, placed, None);
    }

    fn text(&mut self, text: &Text) {
        let shift = font::width(&text.text, text.size, text.strong)
            * match text.anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => 0.5,
                Anchor::End => 1.0,
            };
        let mut builder = PathBuilder::new();
        for (at, unit, outline) in font::outlines(&text.text, text.size, text.strong) {
            glyph(&mut builder, &outline, |x, y| (at - shift + x * unit, -y * unit));
        }
        let Some(path) = builder.finish() else { return };
        let turned = if text.upwards { Transform::from_rotate(-90.0) } else { Transform::identity() };
        let placed = turned.post_translate(text.at[0], text.at[1]).post_concat(self.transform());
        self.pixels.fill_path(&path, &self.colour(text.paint), FillRule::Winding, placed, None);
    }
}

/// Adds the outline of a glyph: `place` turns its units, upwards, into points, downwards.
fn glyph(builder: &mut PathBuilder, outline: &ab_glyph::Outline, place: impl Fn(f32, f32) -> (f32, f32)) {
    use ab_glyph::OutlineCurve::{Cubic, Line, Quad};
    let place = |point: ab_glyph::Point| place(point.x, point.y);
    let mut last = None;
    for curve in &outline.curves {
        let (Line(start, end) | Quad(start, _, end) | Cubic(start, _, _, end)) = curve;
        if last != Some(*start) {
            let (x, y) = place(*start);
            builder.close();
            builder.move_to(x, y);
        }
        let (x, y) = place(*end);
        match curve {
            Line(..) => builder.line_to(x, y),
            Quad(_, control, _) => {
                let (x1, y1) = place(*control);
                builder.quad_to(x1, y1, x, y);
            }
            Cubic(_, first, second, _) => {
                let ((x1, y1), (x2, y2)) = (place(*first), place(*second));
                builder.cubic_to(x1, y1, x2, y2, x, y);
            }
        }
        last = Some(*end);
    }
    builder.close();
}
