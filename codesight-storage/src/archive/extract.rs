//! An archive as a folder in which every frame is a picture of its own.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use codesight_core::error::Result;

use super::ArchiveReader;
use super::layout::MANIFEST;
use super::source::{blocking, file_error};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extracted {
    /// Files of the archive.
    pub files: usize,
    /// Frames that were composed.
    pub composed: usize,
}

/// Writes every file of the archive below `folder`, and every composed frame under the path that the index gives it, so
/// that training lines which name their images by path find them. Each file is checked before it is written.
///
/// # Errors
/// - [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when a file is there already or the disk takes no
///   more
/// - as [`ArchiveReader::read_entry`]
pub async fn extract(reader: &ArchiveReader<'_>, folder: &Path) -> Result<Extracted> {
    let mut done = Extracted::default();
    let manifest = reader.read_manifest().await?;
    write(folder.join(MANIFEST), manifest).await?;
    for file in &reader.manifest().files {
        // Every path was checked to be plain when the archive was opened.
        write(folder.join(&file.path), reader.read_entry(&file.path).await?).await?;
        done.files += 1;
    }
    for entry in reader.frame_index().await?.frames.iter().filter(|entry| !entry.is_whole()) {
        let path = folder.join(&entry.file);
        // Frames of the same pixels share a path.
        if !path.exists() {
            write(path, reader.read_frame(&entry.hash).await?.bytes).await?;
            done.composed += 1;
        }
    }
    Ok(done)
}

async fn write(path: PathBuf, bytes: Bytes) -> Result<()> {
    blocking(move || {
        let write = || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            OpenOptions::new().write(true).create_new(true).open(&path)?.write_all(&bytes)
        };
        write().map_err(|error| file_error("archive.extract", error))
    })
    .await
}
