//! Where the bytes of an archive come from.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::ports::{BlobKey, BlobStore};

use super::Refusal;

/// Bytes that can be read from any place.
#[async_trait]
pub trait RandomAccess: Send + Sync {
    /// How many there are.
    fn size(&self) -> u64;

    /// The bytes of `range`, all of them.
    ///
    /// # Errors
    /// A range past the end is an error, and so is whatever the storage below says.
    async fn read(&self, range: Range<u64>) -> Result<Bytes>;
}

#[async_trait]
impl RandomAccess for Bytes {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let place = |at: u64| usize::try_from(at).ok().filter(|at| *at <= self.len());
        match (place(range.start), place(range.end)) {
            (Some(start), Some(end)) if start <= end => Ok(self.slice(start..end)),
            _ => Err(Refusal::BadPlacement.error()),
        }
    }
}

/// A blob of a store.
pub(crate) struct BlobAccess<'a> {
    blobs: &'a dyn BlobStore,
    key: BlobKey,
    size: u64,
}

impl<'a> BlobAccess<'a> {
    pub(crate) async fn open(blobs: &'a dyn BlobStore, key: BlobKey) -> Result<Self> {
        let size = blobs.head(&key).await?.size;
        Ok(Self::of_size(blobs, key, size))
    }

    /// Where the size is known already.
    pub(crate) fn of_size(blobs: &'a dyn BlobStore, key: BlobKey, size: u64) -> Self {
        Self { blobs, key, size }
    }
}

/// A blob of a store as a source, damaged or not.
///
/// # Errors
/// `NotFound` when there is no such blob, and what the store says.
pub async fn blob_source(blobs: &dyn BlobStore, key: BlobKey) -> Result<Box<dyn RandomAccess + '_>> {
    Ok(Box::new(BlobAccess::open(blobs, key).await?))
}

#[async_trait]
impl RandomAccess for BlobAccess<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        self.blobs.get_range(&self.key, range).await
    }
}

/// A file. Clones share it.
#[derive(Clone)]
pub(super) struct FileAccess {
    file: Arc<Mutex<File>>,
    size: u64,
}

impl FileAccess {
    pub(super) fn new(file: File) -> Result<Self> {
        let size = file.metadata().map_err(|error| file_error("archive.read", error))?.len();
        Ok(Self { file: Arc::new(Mutex::new(file)), size })
    }
}

/// A file of this machine as a source, damaged or not.
///
/// # Errors
/// `NotFound` when there is no such file, and what the disk says.
pub async fn file_source(path: &Path) -> Result<Box<dyn RandomAccess>> {
    let path = path.to_owned();
    blocking(move || {
        let file = File::open(path).map_err(|error| file_error("archive.open", error))?;
        Ok(Box::new(FileAccess::new(file)?) as Box<dyn RandomAccess>)
    })
    .await
}

#[async_trait]
impl RandomAccess for FileAccess {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let file = Arc::clone(&self.file);
        blocking(move || {
            let length = range.end.checked_sub(range.start).and_then(|length| usize::try_from(length).ok());
            let mut bytes = vec![0; length.ok_or_else(|| Refusal::BadPlacement.error())?];
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(range.start))
                .and_then(|_| file.read_exact(&mut bytes))
                .map_err(|error| file_error("archive.read", error))?;
            Ok(bytes.into())
        })
        .await
    }
}

/// Runs work that waits for a disk or uses the processor where it holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "archive.task", "the task ended early").caused_by(error)
    })?
}

/// A disk that is full, away or broken.
pub(super) fn file_error(operation: &'static str, error: std::io::Error) -> Error {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => ErrorKind::NotFound,
        std::io::ErrorKind::PermissionDenied => ErrorKind::Forbidden,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, operation, "the file system did not do as it was told").caused_by(error)
}
