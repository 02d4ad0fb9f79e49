//! The font of pictures: a part of Roboto that travels with the program, so that a picture looks the same everywhere.

use std::sync::LazyLock;

use ab_glyph::{Font as _, FontRef, Outline, PxScale, ScaleFont as _};

/// The names under which other programs look for the font of an SVG.
pub(crate) const FAMILY: &str = "Roboto, 'Helvetica Neue', Arial, sans-serif";

static REGULAR: LazyLock<FontRef<'static>> =
    LazyLock::new(|| font(include_bytes!("../../assets/fonts/Roboto-Regular.ttf")));
static MEDIUM: LazyLock<FontRef<'static>> =
    LazyLock::new(|| font(include_bytes!("../../assets/fonts/Roboto-Medium.ttf")));

#[expect(clippy::expect_used, reason = "the font is part of the program; a test reads it")]
fn font(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the font that is part of the program")
}

fn of(strong: bool) -> &'static FontRef<'static> {
    if strong { &MEDIUM } else { &REGULAR }
}

/// A size in points (the height of an em) as the font library counts it, from the highest to the lowest stroke.
fn scale(font: &FontRef<'_>, size: f32) -> PxScale {
    PxScale::from(size * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0))
}

/// The width of a line of text, points.
pub(crate) fn width(text: &str, size: f32, strong: bool) -> f32 {
    let font = of(strong);
    let scaled = font.as_scaled(scale(font, size));
    let mut width = 0.0;
    let mut last = None;
    for glyph in text.chars().map(|c| font.glyph_id(c)) {
        width += scaled.h_advance(glyph) + last.map_or(0.0, |last| scaled.kern(last, glyph));
        last = Some(glyph);
    }
    width
}

/// The outlines of a line of text: each with its place along the base line, points, and what its units are in points.
pub(crate) fn outlines(text: &str, size: f32, strong: bool) -> Vec<(f32, f32, Outline)> {
    let font = of(strong);
    let scaled = font.as_scaled(scale(font, size));
    let unit = size / font.units_per_em().unwrap_or(1000.0);
    let mut at = 0.0;
    let mut last = None;
    let mut outlines = Vec::new();
    for glyph in text.chars().map(|c| font.glyph_id(c)) {
        at += last.map_or(0.0, |last| scaled.kern(last, glyph));
        outlines.extend(font.outline(glyph).map(|outline| (at, unit, outline)));
        at += scaled.h_advance(glyph);
        last = Some(glyph);
    }
    outlines
}

/// A text cut to a width, with an ellipsis where something is missing.
pub(crate) fn fitted(text: &str, size: f32, strong: bool, width_max: f32) -> String {
    if width(text, size, strong) <= width_max {
        return text.to_owned();
    }
    let mut kept: String = text.to_owned();
    while kept.pop().is_some() {
        let shown = format!("{}…", kept.trim_end());
        if width(&shown, size, strong) <= width_max {
            return shown;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_have_what_labels_need() {
        for strong in [false, true] {
            for c in "Azµχμ−·…²≥–0123456789()".chars() {
                assert_ne!(of(strong).glyph_id(c).0, 0, "{c}");
            }
            assert!(width("mm", 8.0, strong) > 2.0 * width("i", 8.0, strong));
            assert_eq!(width("", 8.0, strong), 0.0);
            // A digit is a little over half an em wide.
            assert!((0.5..0.62).contains(&(width("0", 10.0, strong) / 10.0)));
        }
    }

    #[test]
    fn a_text_too_long_ends_in_an_ellipsis() {
        let text = "a population with a long name";
        let short = fitted(text, 8.0, false, 60.0);
        assert!(short.ends_with('…') && width(&short, 8.0, false) <= 60.0, "{short}");
        assert_eq!(fitted(text, 8.0, false, 1000.0), text);
        assert_eq!(fitted(text, 8.0, false, 0.0), "");
    }
}
