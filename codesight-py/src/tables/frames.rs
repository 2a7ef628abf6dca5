//! The frames of an archive as columns.

use arrow_array::BooleanArray;
use arrow_array::builder::{LargeBinaryBuilder, StringBuilder, UInt32Builder};
use arrow_schema::DataType;
use codesight_core::Result;
use codesight_storage::ArchiveReader;

use super::{Columns, repeat};
use crate::arrow::ArrowTable;

/// One row for each captured frame: session_id, hash, file, width, height, blank, painted; and image, the encoded bytes,
/// when asked. Captured frames that show the same share one file.
pub(crate) async fn frames(reader: &ArchiveReader<'_>, images: bool) -> Result<ArrowTable> {
    let index = reader.frame_index().await?;
    let (mut hashes, mut files) = (StringBuilder::new(), StringBuilder::new());
    let (mut widths, mut heights, mut painted) =
        (UInt32Builder::new(), UInt32Builder::new(), UInt32Builder::new());
    let mut encoded = LargeBinaryBuilder::new();
    for frame in &index.frames {
        hashes.append_value(frame.hash.to_hex());
        files.append_value(&frame.file);
        widths.append_value(frame.width);
        heights.append_value(frame.height);
        painted.append_value(u32::try_from(frame.painted.len()).unwrap_or(u32::MAX));
        if images {
            encoded.append_value(&reader.read_frame(&frame.hash).await?.bytes);
        }
    }
    let mut columns = Columns::default();
    let session = reader.manifest().session_id.as_str();
    columns.add("session_id", DataType::Utf8, repeat(session, index.frames.len()));
    columns.add("hash", DataType::Utf8, hashes.finish());
    columns.add("file", DataType::Utf8, files.finish());
    columns.add("width", DataType::UInt32, widths.finish());
    columns.add("height", DataType::UInt32, heights.finish());
    let blank: BooleanArray = index.frames.iter().map(|frame| Some(frame.blank)).collect();
    columns.add("blank", DataType::Boolean, blank);
    columns.add("painted", DataType::UInt32, painted.finish());
    if images {
        columns.add("image", DataType::LargeBinary, encoded.finish());
    }
    columns.table()
}
