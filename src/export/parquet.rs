//! Parquet: a row group a slice of rows, compressed with Snappy, which every reader has.

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::ExportError;
use super::table::{Rows, Sink, Values};

/// A file of one table; it knows its columns once it has seen rows.
pub(super) struct Parquet {
    file: Option<File>,
    writer: Option<SerializedFileWriter<BufWriter<File>>>,
}

impl Parquet {
    pub(super) fn new(file: File) -> Self {
        Self { file: Some(file), writer: None }
    }

    pub(super) fn finish(mut self) -> Result<(), ExportError> {
        if let Some(writer) = self.writer.take() {
            writer.close()?;
        }
        Ok(())
    }

    fn start(&mut self, rows: &Rows) -> Result<(), ExportError> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let schema = Arc::new(parse_message_type(&schema(rows))?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("attractor version {}", env!("CARGO_PKG_VERSION")))
            .build();
        self.writer = Some(SerializedFileWriter::new(BufWriter::new(file), schema, Arc::new(properties))?);
        Ok(())
    }
}

impl From<ParquetError> for ExportError {
    fn from(error: ParquetError) -> Self {
        Self::Write(error.to_string())
    }
}

impl Sink for Parquet {
    fn rows(&mut self, rows: &Rows) -> Result<(), ExportError> {
        self.start(rows)?;
        let empty = rows.first().is_none_or(|(_, values)| values.len() == 0);
        let Some(writer) = self.writer.as_mut().filter(|_| !empty) else { return Ok(()) };
        let mut group = writer.next_row_group()?;
        for (_, values) in rows {
            if let Some(mut column) = group.next_column()? {
                write(&mut column, values)?;
                column.close()?;
            }
        }
        group.close()?;
        Ok(())
    }
}

/// The columns as Parquet's language for schemas has them.
fn schema(rows: &Rows) -> String {
    let column = |(name, values): &(&str, Values)| match values {
        Values::Real(_) => format!("required double {name};"),
        Values::Single(_) => format!("required float {name};"),
        Values::Count(_) => format!("required int64 {name} (INTEGER(64,false));"),
        Values::Maybe(_) => format!("optional int64 {name} (INTEGER(64,false));"),
        Values::Word(..) => format!("required binary {name} (STRING);"),
    };
    format!("message rows {{ {} }}", rows.iter().map(column).collect::<Vec<_>>().join(" "))
}

fn write(column: &mut SerializedColumnWriter<'_>, values: &Values) -> Result<(), ParquetError> {
    match values {
        Values::Real(values) => column.typed::<DoubleType>().write_batch(values, None, None)?,
        Values::Single(values) => column.typed::<FloatType>().write_batch(values, None, None)?,
        Values::Count(values) => {
            let values: Vec<i64> = values.iter().map(|&value| value as i64).collect();
            column.typed::<Int64Type>().write_batch(&values, None, None)?
        }
        Values::Maybe(values) => {
            let there: Vec<i64> = values.iter().flatten().map(|&value| value as i64).collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            column.typed::<Int64Type>().write_batch(&there, Some(&levels), None)?
        }
        Values::Word(words, values) => {
            let words: Vec<ByteArray> = words.iter().map(|word| ByteArray::from(word.as_str())).collect();
            let values: Vec<ByteArray> = values.iter().map(|&word| words[word as usize].clone()).collect();
            column.typed::<ByteArrayType>().write_batch(&values, None, None)?
        }
    };
    Ok(())
}
