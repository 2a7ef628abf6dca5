//! Stores that fail, and stores that lie.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::error::{Error, ErrorKind, Result, Retry};
use codesight_core::model::{ArchiveLevel, QualityReport};
use codesight_core::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};
use codesight_storage::{ArchiveWriter, ObjectBlobStore};

use crate::support::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    Reading,
    Writing,
    Finishing,
    /// Says it stored everything and leaves the last write out.
    Tearing,
    /// Gives back one changed byte.
    Rotting,
}

#[derive(Debug)]
struct FaultyStore {
    inner: ObjectBlobStore,
    fault: Fault,
}

fn away() -> Error {
    Error::new(ErrorKind::Unavailable, "test", "away")
}

impl std::fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("faulty")
    }
}

struct FaultyUpload {
    inner: Box<dyn BlobUpload>,
    held: Option<Bytes>,
    fault: Fault,
}

#[async_trait]
impl BlobUpload for FaultyUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        match self.fault {
            Fault::Writing => Err(away()),
            Fault::Tearing => match self.held.replace(bytes) {
                Some(before) => self.inner.write(before).await,
                None => Ok(()),
            },
            _ => self.inner.write(bytes).await,
        }
    }
    async fn finish(self: Box<Self>) -> Result<PutOutcome> {
        if self.fault == Fault::Finishing { Err(away()) } else { self.inner.finish().await }
    }
    async fn abort(self: Box<Self>) -> Result<()> {
        self.inner.abort().await
    }
}

#[async_trait]
impl BlobStore for FaultyStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        self.inner.put(key, bytes).await
    }
    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        let inner = self.inner.upload(key).await?;
        Ok(Box::new(FaultyUpload { inner, held: None, fault: self.fault }))
    }
    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        if self.fault == Fault::Reading { Err(away()) } else { self.inner.get(key).await }
    }
    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        let bytes = self.inner.get_range(key, range.clone()).await?;
        if self.fault == Fault::Rotting && range.contains(&100) {
            let mut rotten = bytes.to_vec();
            rotten[(100 - range.start) as usize] ^= 1;
            return Ok(rotten.into());
        }
        Ok(bytes)
    }
    async fn head(&self, key: &BlobKey) -> Result<BlobInfo> {
        self.inner.head(key).await
    }
    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>> {
        self.inner.list(prefix, after, limit).await
    }
    async fn delete(&self, key: &BlobKey) -> Result<()> {
        self.inner.delete(key).await
    }
}

#[tokio::test]
async fn no_fault_of_a_store_ends_in_an_archive_that_is_not_there() {
    let expected = [
        (Fault::Reading, ErrorKind::Unavailable),
        (Fault::Writing, ErrorKind::Unavailable),
        (Fault::Finishing, ErrorKind::Unavailable),
        (Fault::Tearing, ErrorKind::Corrupt),
        (Fault::Rotting, ErrorKind::Corrupt),
    ];
    for (fault, kind) in expected {
        let scratch = tempfile::tempdir().expect("folder");
        let store = FaultyStore { inner: ObjectBlobStore::memory(), fault };
        let hash = capture(&store, &png(64, 40, &picture(64, 40, 1))).await;
        let mut writer =
            ArchiveWriter::create(settings(ArchiveLevel::Full, &scratch), session()).await.expect("scratch");
        let outcome = match writer.add_frames(&store, [frame(1, hash, 64, 40)]).await {
            Err(error) => Err(error),
            Ok(_) => writer.finish(&store, &QualityReport::default()).await,
        };
        let error = outcome.expect_err("a fault");
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        assert_eq!(error.retry() == Retry::Later, kind == ErrorKind::Unavailable);
        assert_eq!(
            std::fs::read_dir(scratch.path()).expect("folder").count(),
            0,
            "{fault:?} leaves files behind"
        );
    }
}

#[tokio::test]
async fn a_scratch_folder_that_is_not_there_is_an_error_at_once() {
    let scratch = tempfile::tempdir().expect("folder");
    let mut settings = settings(ArchiveLevel::Full, &scratch);
    settings.scratch = scratch.path().join("missing");
    assert!(ArchiveWriter::create(settings, session()).await.is_err());
}
