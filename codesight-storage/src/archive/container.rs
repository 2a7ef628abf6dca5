//! The ZIP being written, and what the manifest will say about each file in it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::ContentHash;
use codesight_core::model::{FileManifest, FileRole};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::layout::MANIFEST;
use super::source::file_error;
use super::{ArchiveLimits, Method};

const OPERATION: &str = "archive.write";
/// Bytes of a local header without its name; there are no extra fields.
const LOCAL_HEADER: u64 = 30;
/// What directory and end record may still need when the last file is written.
const DIRECTORY_RESERVE: u64 = 246 * 65_535 + 22;
/// The DEFLATE level of text.
pub(super) const TEXT_LEVEL: i64 = 9;

/// A ZIP in a file without a name.
///
/// It is a file, not a stream to the store, for two reasons: local headers can be completed once a file's size is
/// known, which strict readers ask for, and the whole can be verified before anything of it is published.
pub(super) struct Container {
    zip: ZipWriter<Tracked>,
    position: Arc<AtomicU64>,
    limits: ArchiveLimits,
    open: Option<OpenFile>,
    files: Vec<FileManifest>,
    checksums: BTreeMap<String, ContentHash>,
    total: u64,
}

struct OpenFile {
    path: String,
    /// None for the manifest, which does not list itself.
    role: Option<FileRole>,
    data_start: u64,
    size: u64,
    hasher: Sha256,
}

impl Container {
    pub(super) fn create(scratch: &Path, limits: ArchiveLimits) -> Result<Self> {
        let file = tempfile::tempfile_in(scratch).map_err(|error| file_error(OPERATION, error))?;
        let position = Arc::new(AtomicU64::new(0));
        let tracked =
            Tracked { inner: BufWriter::with_capacity(1 << 20, file), position: Arc::clone(&position) };
        Ok(Self {
            zip: ZipWriter::new(tracked),
            position,
            limits,
            open: None,
            files: Vec::new(),
            checksums: BTreeMap::new(),
            total: 0,
        })
    }

    /// Ends the open file and begins another.
    pub(super) fn begin(&mut self, path: &str, role: FileRole, method: Method) -> Result<()> {
        self.start(path, Some(role), method)
    }

    /// Adds bytes to the open file.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(open) = &mut self.open else {
            return Err(Error::new(ErrorKind::Unexpected, OPERATION, "no file is open"));
        };
        open.size += bytes.len() as u64;
        self.total += bytes.len() as u64;
        let ahead = self.position.load(Ordering::Relaxed).saturating_add(DIRECTORY_RESERVE);
        if open.size > self.limits.max_entry_bytes
            || self.total > self.limits.max_total_bytes
            || ahead > self.limits.max_archive_bytes
        {
            return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "the archive passes a limit")
                .with("path", &open.path)
                .with("bytes", self.total));
        }
        open.hasher.update(bytes);
        self.zip.write_all(bytes).map_err(|error| file_error(OPERATION, error))
    }

    /// Whether a file of this path was begun.
    pub(super) fn has(&self, path: &str) -> bool {
        self.is_open(path) || self.checksums.contains_key(path)
    }

    /// Whether the file of this path is the one being written.
    pub(super) fn is_open(&self, path: &str) -> bool {
        self.open.as_ref().is_some_and(|open| open.path == path)
    }

    /// Writes the manifest, for which `compose` gets the files and checksums, and gives back the file and what
    /// `compose` made.
    pub(super) fn finish<T>(
        mut self,
        compose: impl FnOnce(Vec<FileManifest>, BTreeMap<String, ContentHash>) -> Result<(T, Vec<u8>)>,
    ) -> Result<(T, File)> {
        self.start(MANIFEST, None, Method::Deflate)?;
        let (files, checksums) = (std::mem::take(&mut self.files), std::mem::take(&mut self.checksums));
        let (made, manifest) = compose(files, checksums)?;
        self.write(&manifest)?;
        let tracked = self.zip.finish().map_err(zip_error)?;
        let file = tracked.inner.into_inner().map_err(|error| file_error(OPERATION, error.into_error()))?;
        Ok((made, file))
    }

    fn start(&mut self, path: &str, role: Option<FileRole>, method: Method) -> Result<()> {
        if self.has(path) {
            return Err(
                Error::new(ErrorKind::Invalid, OPERATION, "this file was written before").with("path", path)
            );
        }
        if self.files.len() as u64 + 1 >= self.limits.max_entries {
            return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "too many files for an archive"));
        }
        let options = SimpleFileOptions::default()
            // The same input gives the same bytes, whenever and wherever it is written.
            .last_modified_time(DateTime::default())
            .system(System::Unix)
            .unix_permissions(0o644);
        let options = match method {
            Method::Stored => options.compression_method(CompressionMethod::Stored),
            Method::Deflate => {
                options.compression_method(CompressionMethod::Deflated).compression_level(Some(TEXT_LEVEL))
            }
        };
        // This completes the file before.
        self.zip.start_file(path, options).map_err(zip_error)?;
        let data_start = self.position.load(Ordering::Relaxed);
        self.close(data_start - LOCAL_HEADER - path.len() as u64);
        let (path, hasher) = (path.to_owned(), Sha256::new());
        self.open = Some(OpenFile { path, role, data_start, size: 0, hasher });
        Ok(())
    }

    fn close(&mut self, end: u64) {
        if let Some(OpenFile { path, role: Some(role), data_start, size, hasher }) = self.open.take() {
            self.checksums.insert(path.clone(), ContentHash::from_digest(hasher.finalize().into()));
            self.files.push(FileManifest { path, role, size, compressed_size: end - data_start });
        }
    }
}

fn zip_error(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => file_error(OPERATION, error),
        error => Error::new(ErrorKind::Unexpected, OPERATION, "the ZIP cannot be written").caused_by(error),
    }
}

/// A file that tells how far it was written, which crate `zip` keeps to itself.
struct Tracked {
    inner: BufWriter<File>,
    position: Arc<AtomicU64>,
}

impl Write for Tracked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.position.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Seek for Tracked {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.inner.seek(to)?;
        self.position.store(place, Ordering::Relaxed);
        Ok(place)
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        // Unlike a seek, this keeps the buffer.
        Ok(self.position.load(Ordering::Relaxed))
    }
}
