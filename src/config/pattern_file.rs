//! Files of patterns: NumPy's .npy and plain text.

use std::fs;
use std::path::Path;

use ndarray::ArrayView2;
use ndarray_npy::{ViewElement, ViewNpyError, ViewNpyExt};
use xxhash_rust::xxh3::xxh3_128;

/// A header longer than this is no pattern file's: two small numbers and a type take some 60 characters.
const HEADER_BYTES_MAX: usize = 1024;

const NO_HEADER: &str = "its header is not one";

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternRow {
    /// For how many neurons it says whether they are active.
    pub(crate) neurons: usize,
    /// The active ones, ascending.
    pub(crate) members: Vec<u32>,
}

/// What a file holds.
#[derive(Debug)]
pub(super) struct PatternFile {
    /// Its absolute path.
    pub(super) absolute: String,
    /// The 128-bit XXH3 of its bytes, 32 hexadecimal digits.
    pub(super) hash: String,
    pub(super) rows: Vec<PatternRow>,
    /// Width and height, where the patterns are images.
    pub(super) image_size: Option<[u32; 2]>,
}

/// Why a file has no patterns.
#[derive(Debug, thiserror::Error)]
pub(super) enum PatternFileError {
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
    #[error("is a folder, and a state is a file")]
    Folder,
    #[error("is a folder without a .png or .jpg image")]
    NoImages,
    #[error("has an image `{name}` that {what}")]
    Image { name: String, what: String },
    #[error("has an image `{name}` of {} x {} pixels after one of {} x {}", size[0], size[1], first[0], first[1])]
    ImageSize { name: String, size: [u32; 2], first: [u32; 2] },
    #[error("is not a file")]
    NotAFile,
    #[error("has a path that is not Unicode, which a configuration cannot hold")]
    NotUnicode,
    #[error("is neither .npy nor .txt")]
    UnknownKind,
    #[error("is not a .npy file of 8-bit numbers: {0}")]
    Npy(String),
    #[error("has the shape {0}, and [patterns, neurons] is due")]
    Dimensions(String),
    #[error("has something else than 0 and 1, or - and +, in line {0}")]
    Line(usize),
    #[error("has both 0 and - for inactive neurons, in line {0}")]
    Mixed(usize),
    #[error("has {value} for neuron {neuron} in row {row}, where 0 and 1, or -1 and 1, are due")]
    Value { value: i8, neuron: usize, row: usize },
}

impl PatternFileError {
    /// What would do.
    pub(super) fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::NotAFile | Self::NotUnicode => {
                "paths are relative to the folder of the configuration"
            }
            Self::Folder => "write the name of a .npy or .txt file",
            Self::UnknownKind => "write the name of a .npy or .txt file, or of a folder of images",
            Self::NoImages | Self::Image { .. } | Self::ImageSize { .. } => {
                "put .png or .jpg images of one size into it"
            }
            Self::Npy(_) | Self::Dimensions(_) | Self::Value { .. } => {
                "save an array [patterns, neurons] of u8, i8 or bool"
            }
            Self::Line(_) | Self::Mixed(_) => "a line is a pattern: 0110, 0 1 1 0, -++- or -1 1 1 -1",
        }
    }
}

/// Reads a .npy or .txt file; with a threshold of brightness also a folder of images.
pub(super) fn read(path: &Path, threshold: Option<f64>) -> Result<PatternFile, PatternFileError> {
    let absolute = std::path::absolute(path).map_err(PatternFileError::Unreadable)?;
    let absolute = absolute.into_os_string().into_string().map_err(|_| PatternFileError::NotUnicode)?;
    let metadata = fs::metadata(path).map_err(PatternFileError::Unreadable)?;
    if metadata.is_dir() {
        let images = super::images::read(path, threshold.ok_or(PatternFileError::Folder)?)?;
        return Ok(PatternFile { absolute, hash: images.hash, rows: images.rows, image_size: Some(images.size) });
    }
    if !metadata.is_file() {
        return Err(PatternFileError::NotAFile);
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    let parse: fn(&[u8]) -> Result<Vec<PatternRow>, PatternFileError> = match extension.as_deref() {
        Some("npy") => npy,
        Some("txt") => txt,
        _ => return Err(PatternFileError::UnknownKind),
    };
    let bytes = fs::read(path).map_err(PatternFileError::Unreadable)?;
    let hash = format!("{:032x}", xxh3_128(&bytes));
    Ok(PatternFile { absolute, hash, rows: parse(&bytes)?, image_size: None })
}

/// Whether a .npy file can be given to its reader: the reader of headers recurses, and an array without elements can
/// have a shape that overflows.
pub(super) fn check_header(bytes: &[u8]) -> Result<(), String> {
    let header = match bytes.get(6) {
        Some(1) => bytes.get(8..10).map(|field| 10 + usize::from(u16::from_le_bytes([field[0], field[1]]))),
        _ => bytes
            .get(8..12)
            .map(|field| 12usize.saturating_add(u32::from_le_bytes([field[0], field[1], field[2], field[3]]) as usize)),
    };
    match header {
        Some(end) if end <= HEADER_BYTES_MAX && end < bytes.len() => Ok(()),
        Some(end) if end == bytes.len() => Err("it holds no numbers".into()),
        _ => Err(NO_HEADER.into()),
    }
}

/// An array [P, N] of u8, i8 or bool.
fn npy(bytes: &[u8]) -> Result<Vec<PatternRow>, PatternFileError> {
    check_header(bytes).map_err(PatternFileError::Npy)?;
    view::<u8>(bytes, |value| i8::try_from(value).unwrap_or(i8::MAX))
        .or_else(|| view::<i8>(bytes, |value| value))
        .or_else(|| view::<bool>(bytes, i8::from))
        .unwrap_or_else(|| Err(PatternFileError::Npy("its numbers are of another type".into())))
}

/// The rows of an array of `T`; `None` if it is of another type.
fn view<T: ViewElement + Copy>(bytes: &[u8], number: fn(T) -> i8) -> Option<Result<Vec<PatternRow>, PatternFileError>> {
    let array = match ArrayView2::<T>::view_npy(bytes) {
        Ok(array) => array,
        Err(ViewNpyError::WrongDescriptor(_)) => return None,
        Err(ViewNpyError::WrongNdim(_, dimensions)) => {
            return Some(Err(PatternFileError::Dimensions(format!("of {dimensions} dimensions"))));
        }
        Err(ViewNpyError::ParseHeader(_)) => return Some(Err(PatternFileError::Npy(NO_HEADER.into()))),
        Err(error) => return Some(Err(PatternFileError::Npy(error.to_string()))),
    };
    let mut off = None;
    let rows = array.outer_iter().enumerate().map(|(at, row)| {
        let mut members = Vec::new();
        for (neuron, &value) in row.iter().enumerate() {
            match number(value) {
                1 => members.push(neuron as u32),
                value @ (0 | -1) if *off.get_or_insert(value) == value => {}
                value => return Err(PatternFileError::Value { value, neuron, row: at }),
            }
        }
        Ok(PatternRow { neurons: row.len(), members })
    });
    Some(rows.collect())
}

/// A line a pattern; empty lines and lines that start with # are not.
fn txt(bytes: &[u8]) -> Result<Vec<PatternRow>, PatternFileError> {
    let text = String::from_utf8_lossy(bytes);
    let mut off = None;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let states = states(line).ok_or_else(|| PatternFileError::Line(number + 1))?;
        let mut members = Vec::new();
        for (neuron, &state) in states.iter().enumerate() {
            if state == 1 {
                members.push(neuron as u32);
            } else if *off.get_or_insert(state) != state {
                return Err(PatternFileError::Mixed(number + 1));
            }
        }
        rows.push(PatternRow { neurons: states.len(), members });
    }
    Ok(rows)
}

/// The states of a line: of numbers with blanks or commas between them, or of single characters.
fn states(line: &str) -> Option<Vec<i8>> {
    let tokens = || line.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty());
    let number = |token: &str| match token {
        "1" | "+1" | "+" => Some(1),
        "0" => Some(0),
        "-1" | "-" => Some(-1),
        _ => None,
    };
    let character = |character: char| number(character.encode_utf8(&mut [0; 4]));
    let numbers: Option<Vec<i8>> = tokens().map(number).collect();
    numbers.or_else(|| tokens().flat_map(str::chars).map(character).collect())
}
