//! Files of numbers: NumPy's .npy, as values of single or double precision.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ndarray::{ArrayViewD, Axis};
use ndarray_npy::{ViewElement, ViewNpyError, ViewNpyExt};
use xxhash_rust::xxh3::xxh3_128;

use super::echo::Echo;
use super::kinds::{Kind, Name};
use super::patterns::HASH;
use super::problem::Problem;
use super::section::Section;
use super::tree::quoted;
use crate::memory::available_bytes;

const FILE: Name = Name { what: "the name of a file", example: "weights.npy" };

/// A header longer than this is no array's: some small numbers and a type take some 60 characters.
const HEADER_BYTES_MAX: usize = 1024;
/// Bytes of the largest number that is read, a double.
const NUMBER_BYTES_MAX: u64 = 8;

/// What numbers of a file are read as.
pub(crate) trait Real: Copy {
    /// Its name.
    const PRECISION: &'static str;
    /// The nearest one; `None` where there is none that is finite.
    fn of(value: f64) -> Option<Self>;
}

impl Real for f32 {
    const PRECISION: &'static str = "single precision";

    fn of(value: f64) -> Option<Self> {
        Some(value as Self).filter(|value| value.is_finite())
    }
}

impl Real for f64 {
    const PRECISION: &'static str = "double precision";

    fn of(value: f64) -> Option<Self> {
        Some(value).filter(|value| value.is_finite())
    }
}

/// Numbers from a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ArrayFile<V = f32> {
    /// Its absolute path.
    pub(crate) absolute: String,
    /// The 128-bit XXH3 of its bytes, 32 hexadecimal digits.
    pub(crate) hash: String,
    /// All values, row by row.
    pub(crate) values: Arc<Vec<V>>,
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
    #[error("has {value} at {place}, which {}", if value.is_finite() { format!("{precision} cannot hold") } else { "is not finite".into() })]
    Value { value: f64, place: String, precision: &'static str },
}

impl ArrayFileError {
    /// What would do.
    pub(super) fn advice(&self) -> String {
        match self {
            Self::Unreadable(_) | Self::NotAFile | Self::NotUnicode => {
                "paths are relative to the folder of the configuration".into()
            }
            Self::UnknownKind | Self::Npy(_) => "save an array of f4, f8, i1, i2, i4, i8 or u1 with numpy.save".into(),
            Self::Shape { due, .. } => format!("save an array of shape {due}"),
            Self::TooLarge { .. } => "save fewer numbers: a matrix takes the square of its size".into(),
            Self::Value { precision, .. } if precision.starts_with("single") => {
                "save finite numbers below 3.4e38".into()
            }
            Self::Value { .. } => "save finite numbers".into(),
        }
    }
}

/// The array whose name and hash are at `keys`; the echo has its absolute path and its hash.
pub(super) fn array<V: Real>(
    section: &mut Section<'_, '_>,
    directory: &Path,
    [key, hash_key]: [&'static str; 2],
    due: Option<&[usize]>,
) -> Option<ArrayFile<V>> {
    let (path, hash_path) = (section.path_of(key), section.path_of(hash_key));
    let expected = section.node(hash_key).map(|node| HASH.read(node, &hash_path));
    let expected = expected.and_then(|read| section.report(read));
    let node = section.node(key)?;
    let name = section.report(FILE.read(node, &path))?;
    let file = read(&directory.join(&name), due?).map_err(|error| {
        let message = format!("the file {} {error}", quoted(&name));
        Problem::value(path, message, error.advice())
    });
    let file: ArrayFile<V> = section.report(file)?;
    if let Some(expected) = expected.filter(|expected| *expected != file.hash) {
        let message = format!("the file {} has changed: its hash was {}", quoted(&name), quoted(&expected));
        let problem = Problem::value(hash_path, message, format!("it is \"{}\" now", file.hash));
        section.problem(problem.help(format!("restore the file, or leave {hash_key} out to take it as it is")));
    }
    section.put(key, Echo::Text(file.absolute.clone()));
    section.put(hash_key, Echo::Text(file.hash.clone()));
    Some(file)
}

/// Reads an array of the shape `due`.
fn read<V: Real>(path: &Path, due: &[usize]) -> Result<ArrayFile<V>, ArrayFileError> {
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
    // The file as it is, and its values.
    let needed = metadata.len().saturating_add(count.saturating_mul(size_of::<V>() as u64));
    if let Some(available) = available_bytes().filter(|&available| available < needed) {
        return Err(ArrayFileError::TooLarge { needed, available });
    }
    let bytes = fs::read(path).map_err(ArrayFileError::Unreadable)?;
    check_header(&bytes)?;
    let values = view::<f32, V>(&bytes, due, f64::from)
        .or_else(|| view::<f64, V>(&bytes, due, |value| value))
        .or_else(|| view::<i8, V>(&bytes, due, f64::from))
        .or_else(|| view::<i16, V>(&bytes, due, f64::from))
        .or_else(|| view::<i32, V>(&bytes, due, f64::from))
        .or_else(|| view::<i64, V>(&bytes, due, |value| value as f64))
        .or_else(|| view::<u8, V>(&bytes, due, f64::from));
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
fn view<T: ViewElement + Copy, V: Real>(
    bytes: &[u8],
    due: &[usize],
    number: fn(T) -> f64,
) -> Option<Result<Vec<V>, ArrayFileError>> {
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
            let Some(real) = V::of(value) else {
                let place = if due.len() == 1 { format!("[{row}]") } else { format!("[{row}, {column}]") };
                return Some(Err(ArrayFileError::Value { value, place, precision: V::PRECISION }));
            };
            values.push(real);
        }
    }
    Some(Ok(values))
}

/// [3, 3]
fn shape(lengths: &[usize]) -> String {
    format!("{lengths:?}")
}
