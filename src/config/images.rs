//! A folder of images as patterns: one an image, in the order of their names; bright pixels are active.

use std::fs;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3Default;

use super::pattern_file::{PatternFileError, PatternRow};

/// The most pixels of an image.
const PIXELS_MAX: usize = 1 << 26;
/// Brightness of white.
const WHITE: u32 = 255_000;

/// What a folder holds.
#[derive(Debug)]
pub(super) struct Images {
    pub(super) rows: Vec<PatternRow>,
    /// Width and height of all of them.
    pub(super) size: [u32; 2],
    /// The 128-bit XXH3 of their names and bytes, 32 hexadecimal digits.
    pub(super) hash: String,
}

/// Reads all .png and .jpg files of a folder; pixels at least so bright (1: white) are active.
pub(super) fn read(folder: &Path, threshold: f64) -> Result<Images, PatternFileError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(PatternFileError::Unreadable)? {
        paths.push(entry.map_err(PatternFileError::Unreadable)?.path());
    }
    paths.retain(|path| kind(path).is_some());
    paths.sort();
    let mut images = Images { rows: Vec::with_capacity(paths.len()), size: [0, 0], hash: String::new() };
    let mut hasher = Xxh3Default::new();
    for path in &paths {
        let bytes = fs::read(path).map_err(PatternFileError::Unreadable)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        hasher.update(name.as_bytes());
        hasher.update(&bytes);
        let image = decode(path, &bytes).map_err(|what| PatternFileError::Image { name: name.clone(), what })?;
        let first = images.rows.is_empty();
        if !first && images.size != image.size {
            return Err(PatternFileError::ImageSize { name, size: image.size, first: images.size });
        }
        images.size = image.size;
        let bright = |&(_, &brightness): &(usize, &u32)| f64::from(brightness) >= threshold * f64::from(WHITE);
        let members = image.brightness.iter().enumerate().filter(bright).map(|(pixel, _)| pixel as u32);
        images.rows.push(PatternRow { neurons: image.brightness.len(), members: members.collect() });
    }
    if images.rows.is_empty() {
        return Err(PatternFileError::NoImages);
    }
    images.hash = format!("{:032x}", hasher.digest128());
    Ok(images)
}

/// An image as brightness, 0 to [`WHITE`], row by row.
struct Image {
    size: [u32; 2],
    brightness: Vec<u32>,
}

type Decode = fn(&[u8]) -> Result<Image, String>;

fn kind(path: &Path) -> Option<Decode> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "png" => Some(png),
        "jpg" | "jpeg" => Some(jpeg),
        _ => None,
    }
}

fn decode(path: &Path, bytes: &[u8]) -> Result<Image, String> {
    kind(path).map_or_else(|| Err("is no image".to_owned()), |decode| decode(bytes))
}

fn png(bytes: &[u8]) -> Result<Image, String> {
    let told = |error: png::DecodingError| format!("cannot be decoded: {error}");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(told)?;
    let bytes = reader.output_buffer_size().filter(|&bytes| bytes <= 4 * PIXELS_MAX).ok_or("is too large")?;
    let mut buffer = vec![0; bytes];
    let frame = reader.next_frame(&mut buffer).map_err(told)?;
    let brightness = match frame.color_type.samples() {
        1 => buffer.iter().map(|&gray| 1000 * u32::from(gray)).collect(),
        2 => buffer.chunks_exact(2).map(|pixel| 1000 * u32::from(pixel[0]) * u32::from(pixel[1]) / 255).collect(),
        3 => buffer.chunks_exact(3).map(luma).collect(),
        _ => buffer.chunks_exact(4).map(|pixel| luma(pixel) * u32::from(pixel[3]) / 255).collect(),
    };
    Ok(Image { size: [frame.width, frame.height], brightness })
}

/// The luma of ITU-R BT.601, in thousandths of a step.
fn luma(pixel: &[u8]) -> u32 {
    299 * u32::from(pixel[0]) + 587 * u32::from(pixel[1]) + 114 * u32::from(pixel[2])
}

fn jpeg(bytes: &[u8]) -> Result<Image, String> {
    use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let gray = decoder.decode().map_err(|error| format!("cannot be decoded: {error}"))?;
    let info = decoder.info().ok_or("has no size")?;
    let brightness = gray.iter().map(|&gray| 1000 * u32::from(gray)).collect();
    Ok(Image { size: [info.width.into(), info.height.into()], brightness })
}
