//! Weights as written: a matrix in the configuration, or the name of a .npy file that has one.

use std::fs;
use std::path::Path;

use ndarray::ArrayView2;
use ndarray_npy::{ViewElement, ViewNpyError, ViewNpyExt};
use xxhash_rust::xxh3::xxh3_128;

use crate::config::echo::Echo;
use crate::config::kinds::{Kind, Name, Number, Range};
use crate::config::problem::Problem;
use crate::config::section::Section;
use crate::config::tree::{Node, Value, quoted};
use crate::units::Decimal;

/// A matrix of weights.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    /// `[target][source]`.
    pub(crate) rows: Vec<Vec<Decimal>>,
    /// They are in a file, where every place is the same.
    pub(crate) in_file: bool,
}

const FILE: Name = Name { what: "the name of a .npy file", example: "weights.npy" };
const HASH: Name = Name { what: "the hash of a file", example: "0123456789abcdef0123456789abcdef" };
const WEIGHT: Number = Number { range: Range::Any, example: "0.5" };

pub(super) fn read(section: &mut Section<'_, '_>, directory: &Path) -> Option<Weights> {
    if !section.is_list("weights") {
        return file(section, directory);
    }
    section.misplaced("weights_hash", "weights in a file");
    section.required("weights", &Matrix).map(|rows| Weights { rows, in_file: false })
}

/// A matrix written out.
struct Matrix;

impl Kind for Matrix {
    type Value = Vec<Vec<Decimal>>;

    fn read(&self, node: &Node, path: &str) -> Result<Self::Value, Problem> {
        let wrong = |node: &Node, path: &str| {
            let message = format!("`{path}` is a list of lists of numbers, not {}", node.describe());
            Problem::value(path, message, "write it as [[0, 1], [1, 0]], a row for each target")
        };
        let Value::List(rows) = &node.value else { return Err(wrong(node, path)) };
        let row = |(at, row): (usize, &Node)| {
            let path = format!("{path}.{at}");
            let Value::List(items) = &row.value else { return Err(wrong(row, &path)) };
            items.iter().enumerate().map(|(at, item)| WEIGHT.read(item, &format!("{path}.{at}"))).collect()
        };
        rows.iter().enumerate().map(row).collect()
    }

    fn echo(&self, value: &Self::Value) -> Echo {
        let row = |row: &Vec<Decimal>| Echo::List(row.iter().copied().map(Echo::Number).collect());
        Echo::List(value.iter().map(row).collect())
    }

    fn example(&self) -> String {
        "[[0, 1], [1, 0]]".into()
    }
}

/// Reads the file; the echo has its absolute path and its hash.
fn file(section: &mut Section<'_, '_>, directory: &Path) -> Option<Weights> {
    let expected = section.node("weights_hash").map(|node| HASH.read(node, "network.weights_hash"));
    let expected = expected.and_then(|read| section.report(read));
    let node = section.node("weights")?;
    let name = section.report(FILE.read(node, "network.weights"))?;
    let path = directory.join(&name);
    let problem = |what: String| {
        let message = format!("the weights file {} {what}", quoted(&name));
        Problem::value("network.weights", message, "save an array [target, source] of numbers as .npy")
    };
    let bytes = section.report(fs::read(&path).map_err(|error| problem(format!("cannot be read: {error}"))))?;
    let absolute = std::path::absolute(&path).ok().and_then(|path| path.into_os_string().into_string().ok());
    let absolute = section.report(absolute.ok_or_else(|| problem("has a path that is not Unicode".into())))?;
    let rows = section.report(npy(&bytes).map_err(problem))?;
    let hash = format!("{:032x}", xxh3_128(&bytes));
    if let Some(expected) = expected.filter(|expected| *expected != hash) {
        let message = format!("the weights file {} has changed: its hash was {}", quoted(&name), quoted(&expected));
        let problem = Problem::value("network.weights_hash", message, format!("it is \"{hash}\" now"));
        section.problem(problem.help("restore the file, or leave weights_hash out to take it as it is"));
    }
    section.put("weights", Echo::Text(absolute));
    section.put("weights_hash", Echo::Text(hash));
    Some(Weights { rows, in_file: true })
}

/// What was read as an array of one type; `None`: it is of another.
type Read = Option<Result<Vec<Vec<Decimal>>, String>>;

/// An array [target, source] of whole numbers or floats, a float being the shortest decimal that means it.
fn npy(bytes: &[u8]) -> Result<Vec<Vec<Decimal>>, String> {
    crate::config::pattern_file::check_header(bytes)
        .map_err(|what| format!("is not a .npy file of numbers: {what}"))?;
    let read: Read = whole::<i8>(bytes).or_else(|| whole::<i16>(bytes)).or_else(|| whole::<i32>(bytes));
    let read = read.or_else(|| whole::<i64>(bytes)).or_else(|| whole::<u8>(bytes)).or_else(|| whole::<u16>(bytes));
    let read = read.or_else(|| whole::<u32>(bytes)).or_else(|| whole::<u64>(bytes));
    let read = read.or_else(|| view::<f64>(bytes, |value| Decimal::parse(&format!("{value:e}"))));
    let read = read.or_else(|| view::<f32>(bytes, |value| Decimal::parse(&format!("{value:e}"))));
    read.unwrap_or_else(|| {
        Err("has numbers of another type than integers of 8 to 64 bits (i1 to i8, u1 to u8) and floats (f4, f8)".into())
    })
}

fn whole<T: ViewElement + Copy + Into<i128>>(bytes: &[u8]) -> Read {
    view::<T>(bytes, |value| Some(Decimal::new(value.into(), 0)))
}

fn view<T: ViewElement + Copy>(bytes: &[u8], number: fn(T) -> Option<Decimal>) -> Read {
    let array = match ArrayView2::<T>::view_npy(bytes) {
        Ok(array) => array,
        Err(ViewNpyError::WrongDescriptor(_)) => return None,
        Err(ViewNpyError::WrongNdim(_, dimensions)) => {
            return Some(Err(format!("has {dimensions} dimensions, and [target, source] is due")));
        }
        Err(error) => return Some(Err(format!("is no .npy file that can be read: {error}"))),
    };
    let row = |(target, row): (usize, ndarray::ArrayView1<'_, T>)| {
        let weight = |(source, &value): (usize, &T)| {
            number(value).ok_or_else(|| format!("has no number of at most thirty digits at [{target}, {source}]"))
        };
        row.iter().enumerate().map(weight).collect::<Result<Vec<_>, _>>()
    };
    Some(array.outer_iter().enumerate().map(row).collect())
}
