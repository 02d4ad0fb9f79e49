//! PNG files from dots.

/// Dots with red, green and blue, row by row; with their number an inch where that is known.
pub(crate) fn rgb(width: u32, height: u32, bytes: &[u8], dpi: Option<f32>) -> Vec<u8> {
    write(width, height, bytes, png::ColorType::Rgb, dpi)
}

/// Dots with red, green, blue and how much of it, row by row.
pub(crate) fn rgba(width: u32, height: u32, bytes: &[u8]) -> Vec<u8> {
    write(width, height, bytes, png::ColorType::Rgba, None)
}

#[expect(
    clippy::expect_used,
    reason = "a vector takes every byte, and the sizes are those of the callers' own pictures"
)]
fn write(width: u32, height: u32, bytes: &[u8], colours: png::ColorType, dpi: Option<f32>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colours);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    if let Some(dpi) = dpi {
        let dots = (dpi / 0.0254).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: dots, yppu: dots, unit: png::Unit::Meter }));
    }
    let mut writer = encoder.write_header().expect("a header into memory");
    writer.write_image_data(bytes).expect("dots into memory");
    writer.finish().expect("the end of a picture in memory");
    file
}
