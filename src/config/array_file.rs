//! Files of numbers: NumPy's .npy, as single-precision values.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ndarray::{ArrayViewD, Axis};
use ndarray_npy::{ViewElement, ViewNpyError, ViewNpyExt};
use xxhash_rust::xxh3::xxh3_128;

use crate::memory::available_bytes;

/// A header longer than this is no array's: some small numbers and a type take some 60 characters.
const HEADER_BYTES_MAX: usize = 1024;
/// Bytes of the largest number that is read, a double.
const NUMBER_BYTES_MAX: u64 = 8;

/// Numbers from a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ArrayFile {
    /// Its absolute path.
    pub(crate) absolute: String,
    /// The 128-bit XXH3 of its bytes, 32 hexadecimal digits.
    pub(crate) hash: String,
    /// All values, row by row.
    pub(crate) values: Arc<Vec<f32>>,
}

/// Why a file has no numbers.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArrayFileError {
    #[error("cannot be read: {0}")]
    Unreadable(std::io::Error),
    #[error("is not a file")]
    NotAFile,
    #[error("has a path that is not Unicode, which a configuration cannot hold")]
    NotUnicode,
    #[error("is no .npy file")]
    UnknownKind,
    #[error("is not a .npy file of numbers: {0}")]
    Npy(String),
    #[error("has the shape {found}, and {due} is due")]
    Shape { found: String, due: String },
    #[error("takes about {:.1} GB of memory, and {:.1} GB are free", *needed as f64 / 1e9, *available as f64 / 1e9)]
    TooLarge { needed: u64, available: u64 },
    #[error("has {value} at {place}, which single precision cannot hold")]
    Value { value: f64, place: String },
}

impl ArrayFileError {
    /// What would do.
    pub(super) fn advice(&self) -> String {
        match self {
            Self::Unreadable(_) | Self::NotAFile | Self::NotUnicode => {
                "paths are relative to the folder of the configuration".into()
            }
            Self::UnknownKind | Self::Npy(_) => "save an array of f4, f8, i1, i2, i4 or u1 with numpy.save".into(),
            Self::Shape { due, .. } => format!("save an array of shape {due}"),
            Self::TooLarge { .. } => "save fewer numbers: stored weights take N² of them".into(),
            Self::Value { .. } => "save finite numbers below 3.4e38".into(),
        }
    }
}

/// Reads an array of the shape `due`.
pub(super) fn read(path: &Path, due: &[usize]) -> Result<ArrayFile, ArrayFileError> {
    let absolute = std::path::absolute(path).map_err(ArrayFileError::Unreadable)?;
    let absolute = absolute.into_os_string().into_string().map_err(|_| ArrayFileError::NotUnicode)?;
    let metadata = fs::metadata(path).map_err(ArrayFileError::Unreadable)?;
    if !metadata.is_file() {
        return Err(ArrayFileError::NotAFile);
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    if !extension.is_some_and(|extension| extension.eq_ignore_ascii_case("npy")) {
        return Err(ArrayFileError::UnknownKind);
    }
    let count = due.iter().fold(1u64, |count, &length| count.saturating_mul(length as u64));
    if metadata.len() > count.saturating_mul(NUMBER_BYTES_MAX).saturating_add(HEADER_BYTES_MAX as u64) {
        let found = format!("of more than {count} numbers");
        return Err(ArrayFileError::Shape { found, due: shape(due) });
    }
    // The file as it is, and its values in single precision.
    let needed = metadata.len().saturating_add(count.saturating_mul(size_of::<f32>() as u64));
    if let Some(available) = available_bytes().filter(|&available| available < needed) {
        return Err(ArrayFileError::TooLarge { needed, available });
    }
    let bytes = fs::read(path).map_err(ArrayFileError::Unreadable)?;
    check_header(&bytes)?;
    let values = view::<f32>(&bytes, due, f64::from)
        .or_else(|| view::<f64>(&bytes, due, |value| value))
        .or_else(|| view::<i8>(&bytes, due, f64::from))
        .or_else(|| view::<i16>(&bytes, due, f64::from))
        .or_else(|| view::<i32>(&bytes, due, f64::from))
        .or_else(|| view::<u8>(&bytes, due, f64::from));
    let values = values.unwrap_or_else(|| Err(ArrayFileError::Npy("its numbers are of another type".into())))?;
    Ok(ArrayFile { absolute, hash: format!("{:032x}", xxh3_128(&bytes)), values: Arc::new(values) })
}

/// The reader of headers recurses, and an array without elements can have a shape that overflows.
fn check_header(bytes: &[u8]) -> Result<(), ArrayFileError> {
    let end = match bytes.get(6) {
        Some(1) => bytes.get(8..10).map(|field| 10 + usize::from(u16::from_le_bytes([field[0], field[1]]))),
        _ => bytes
            .get(8..12)
            .map(|field| 12usize.saturating_add(u32::from_le_bytes([field[0], field[1], field[2], field[3]]) as usize)),
    };
    match end {
        Some(end) if end <= HEADER_BYTES_MAX && end < bytes.len() => Ok(()),
        Some(end) if end == bytes.len() => Err(ArrayFileError::Npy("it holds no numbers".into())),
        _ => Err(ArrayFileError::Npy("its header is not one".into())),
    }
}

/// The values of an array of `T`, row by row; `None` if it is of another type.
fn view<T: ViewElement + Copy>(
    bytes: &[u8],
    due: &[usize],
    number: fn(T) -> f64,
) -> Option<Result<Vec<f32>, ArrayFileError>> {
    let array = match ArrayViewD::<T>::view_npy(bytes) {
        Ok(array) => array,
        Err(ViewNpyError::WrongDescriptor(_)) => return None,
        Err(error) => return Some(Err(ArrayFileError::Npy(error.to_string()))),
    };
    if array.shape() != due {
        return Some(Err(ArrayFileError::Shape { found: shape(array.shape()), due: shape(due) }));
    }
    // In the order of rows, whatever the order in the file.
    let mut values = Vec::with_capacity(array.len());
    for (row, numbers) in array.axis_iter(Axis(0)).enumerate() {
        for (column, &value) in numbers.iter().enumerate() {
            let value = number(value);
            if !(value as f32).is_finite() {
                let place = if due.len() == 1 { format!("[{row}]") } else { format!("[{row}, {column}]") };
                return Some(Err(ArrayFileError::Value { value, place }));
            }
            values.push(value as f32);
        }
    }
    Some(Ok(values))
}

/// [3, 3]
fn shape(lengths: &[usize]) -> String {
    format!("{lengths:?}")
}
