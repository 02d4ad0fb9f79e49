//! npz: arrays under the names they have in the results file, as numpy's `load` reads them.
//!
//! The format of an array is that of numpy's NEP 1, version 1.0: magic, a header in Python's own words, then the bytes. An
//! npz is a zip of such files; nothing is compressed, so that arrays are as quick to read as they are to write.

mod hopfield;
mod rate;
mod spiking;

use std::fs::File;
use std::io::{BufWriter, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{ExportError, Progress};
use crate::findings::{self, ModelKind};
use crate::results::{Patterns, Results};

/// Writes all of a run.
pub(super) fn write(results: &Results, file: File, progress: Progress<'_>) -> Result<(), ExportError> {
    let mut npz = Npz { zip: ZipWriter::new(BufWriter::with_capacity(1 << 16, file)), place: String::new() };
    npz.attributes(results)?;
    npz.patterns(results)?;
    match findings::model(results) {
        ModelKind::Spiking => spiking::write(results, &mut npz, progress)?,
        ModelKind::Hopfield => hopfield::write(results, &mut npz)?,
        ModelKind::Rate => rate::write(results, &mut npz)?,
    }
    npz.zip.finish()?.into_inner().map_err(|error| error.into_error())?.flush()?;
    Ok(())
}

impl From<zip::result::ZipError> for ExportError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Write(error.to_string())
    }
}

/// A number as numpy names and stores it.
trait Element: Copy {
    const DESCRIPTION: &'static str;
    fn bytes(self) -> impl AsRef<[u8]>;
}

macro_rules! element {
    ($type:ty, $description:literal) => {
        impl Element for $type {
            const DESCRIPTION: &'static str = $description;
            fn bytes(self) -> impl AsRef<[u8]> {
                self.to_le_bytes()
            }
        }
    };
}
element!(f64, "<f8");
element!(f32, "<f4");
element!(u64, "<u8");
element!(i64, "<i8");
element!(u32, "<u4");
element!(u8, "|u1");

struct Npz {
    zip: ZipWriter<BufWriter<File>>,
    /// What stands before all names: the trial, where there are several.
    place: String,
}

impl Npz {
    /// Begins an array; its values follow.
    fn start(&mut self, name: &str, description: &str, shape: &[usize]) -> Result<(), ExportError> {
        // The size is not known to the zip before it is written: room is kept for more than 4 GB.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        self.zip.start_file(format!("{}{name}.npy", self.place), options)?;
        self.zip.write_all(&header(description, shape))?;
        Ok(())
    }

    fn values<T: Element>(&mut self, values: impl IntoIterator<Item = T>) -> Result<(), ExportError> {
        for value in values {
            self.zip.write_all(value.bytes().as_ref())?;
        }
        Ok(())
    }

    fn array<T: Element>(
        &mut self,
        name: &str,
        shape: &[usize],
        values: impl IntoIterator<Item = T>,
    ) -> Result<(), ExportError> {
        self.start(name, T::DESCRIPTION, shape)?;
        self.values(values)
    }

    /// An array of texts: numpy keeps each in as many 32-bit characters as the longest has.
    fn texts(&mut self, name: &str, shape: &[usize], texts: &[&str]) -> Result<(), ExportError> {
        let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
        self.start(name, &format!("<U{longest}"), shape)?;
        for text in texts {
            let characters = text.chars().map(u32::from).chain(std::iter::repeat(0)).take(longest);
            self.values(characters)?;
        }
        Ok(())
    }

    fn attributes(&mut self, results: &Results) -> Result<(), ExportError> {
        let attributes = results.attributes();
        self.texts("config", &[], &[&attributes.config])?;
        self.texts("attractor_version", &[], &[&attributes.attractor_version])?;
        self.texts("run_hash", &[], &[attributes.run_hash.as_deref().unwrap_or_default()])?;
        self.array("complete", &[], [u64::from(attributes.complete)])
    }

    fn patterns(&mut self, results: &Results) -> Result<(), ExportError> {
        if let Some(patterns) = results.patterns()? {
            self.members("patterns", &patterns)?;
        }
        for population in results.further_populations()? {
            if let Some(patterns) = results.further_patterns(&population)? {
                self.members(&format!("patterns/{population}"), &patterns)?;
            }
        }
        Ok(())
    }

    fn members(&mut self, place: &str, patterns: &Patterns) -> Result<(), ExportError> {
        let all: Vec<&[u32]> = (0..patterns.count()).map(|pattern| patterns.members(pattern)).collect();
        let ends = all.iter().scan(0u64, |end, members| {
            *end += members.len() as u64;
            Some(*end)
        });
        let offsets: Vec<u64> = std::iter::once(0).chain(ends).collect();
        self.array(
            &format!("{place}/members"),
            &[offsets[all.len()] as usize],
            all.iter().flat_map(|members| members.iter().copied()),
        )?;
        self.array(&format!("{place}/offsets"), &[offsets.len()], offsets)?;
        self.texts(&format!("{place}/population"), &[], &[&patterns.population])
    }
}

/// Magic, version and the description of an array, as long as a multiple of 64 bytes.
fn header(description: &str, shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|size| format!("{size},")).collect();
    let mut text = format!("{{'descr': '{description}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let length = (10 + text.len() + 1).next_multiple_of(64);
    text.extend(std::iter::repeat_n(' ', length - 10 - text.len() - 1));
    text.push('\n');
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend((text.len() as u16).to_le_bytes());
    header.extend(text.into_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_numpys() {
        for (shape, expected) in [(&[][..], "()"), (&[7], "(7,)"), (&[3, 4], "(3,4,)")] {
            let header = header("<f8", shape);
            assert!(header.len().is_multiple_of(64) && header.starts_with(b"\x93NUMPY\x01\x00"));
            assert_eq!(usize::from(u16::from_le_bytes([header[8], header[9]])), header.len() - 10);
            let text = String::from_utf8(header[10..].to_vec()).unwrap();
            assert!(text.contains(&format!("'shape': {expected}")) && text.ends_with('\n'), "{text}");
        }
    }
}
