//! Themes: what inks look like on a light and on a dark ground.

use super::scene::Ink;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on white, as for print.
    #[default]
    Light,
    /// Light on dark, as for slides.
    Dark,
}

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// Colours of patterns; they stay apart for eyes that tell red from green badly.
const PATTERNS: [[Rgb; 8]; 2] = [
    [
        [0x0B, 0x6F, 0xB8],
        [0xD9, 0x54, 0x1A],
        [0x0E, 0x86, 0x62],
        [0xB0, 0x3D, 0x8C],
        [0xA8, 0x7B, 0x00],
        [0x1F, 0x9B, 0xB5],
        [0x6B, 0x4A, 0xC0],
        [0xBE, 0x1E, 0x56],
    ],
    [
        [0x5A, 0xB0, 0xF2],
        [0xFF, 0x8C, 0x52],
        [0x45, 0xC9, 0x9C],
        [0xE3, 0x80, 0xC6],
        [0xE2, 0xBD, 0x4F],
        [0x62, 0xCF, 0xE0],
        [0xAE, 0x90, 0xF2],
        [0xFF, 0x75, 0xA0],
    ],
];

/// Colours of populations without patterns.
const POPULATIONS: [[Rgb; 3]; 2] = [
    [[0x7A, 0x6A, 0x9E], [0x8C, 0x6D, 0x4F], [0x5D, 0x7F, 0x6B]],
    [[0xA9, 0x9A, 0xCC], [0xC0, 0xA0, 0x80], [0x8F, 0xB3, 0x9E]],
];

impl Theme {
    /// The colour of an ink.
    #[must_use]
    pub fn rgb(self, ink: Ink) -> Rgb {
        let own = self as usize;
        let [light, dark]: [Rgb; 2] = match ink {
            Ink::Paper => [[0xFF, 0xFF, 0xFF], [0x14, 0x17, 0x1C]],
            Ink::Text => [[0x1B, 0x1F, 0x24], [0xE8, 0xEB, 0xEF]],
            Ink::Muted => [[0x5F, 0x68, 0x73], [0x9C, 0xA6, 0xB3]],
            Ink::Spine => [[0x8B, 0x93, 0x9D], [0x5E, 0x68, 0x76]],
            Ink::Grid => [[0xE9, 0xEC, 0xEF], [0x27, 0x2C, 0x35]],
            Ink::Other => [[0x8D, 0x96, 0xA1], [0x87, 0x91, 0x9F]],
            Ink::Pattern(number) => return PATTERNS[own][number % PATTERNS[own].len()],
            Ink::Population(number) => return POPULATIONS[own][number % POPULATIONS[own].len()],
        };
        [light, dark][own]
    }

    /// A colour as style sheets write it.
    #[must_use]
    pub fn css(self, ink: Ink) -> String {
        let [red, green, blue] = self.rgb(ink);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The name under which a page defines an ink as a property of its style sheet.
#[must_use]
pub fn property(ink: Ink) -> String {
    match ink {
        Ink::Paper => "--paper".into(),
        Ink::Text => "--text".into(),
        Ink::Muted => "--muted".into(),
        Ink::Spine => "--spine".into(),
        Ink::Grid => "--grid".into(),
        Ink::Other => "--other".into(),
        Ink::Pattern(number) => format!("--pattern-{}", number % PATTERNS[0].len()),
        Ink::Population(number) => format!("--population-{}", number % POPULATIONS[0].len()),
    }
}

/// All inks, each once.
pub fn inks() -> impl Iterator<Item = Ink> {
    let patterns = (0..PATTERNS[0].len()).map(Ink::Pattern);
    let populations = (0..POPULATIONS[0].len()).map(Ink::Population);
    [Ink::Paper, Ink::Text, Ink::Muted, Ink::Spine, Ink::Grid, Ink::Other]
        .into_iter()
        .chain(patterns)
        .chain(populations)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast: Web Content Accessibility Guidelines 2.2.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let luminance = |rgb: Rgb| {
            let linear = rgb.map(|value| {
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_and_lines_stand_out_from_the_ground() {
        for theme in [Theme::Light, Theme::Dark] {
            let paper = theme.rgb(Ink::Paper);
            for ink in inks().filter(|ink| !matches!(ink, Ink::Paper | Ink::Grid)) {
                let least = if matches!(ink, Ink::Text | Ink::Muted) { 4.5 } else { 2.9 };
                let found = contrast(theme.rgb(ink), paper);
                assert!(found >= least, "{theme:?} {ink:?}: {found:.2}");
            }
        }
    }
}
