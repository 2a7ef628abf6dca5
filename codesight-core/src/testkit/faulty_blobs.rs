//! A blob store that fails on purpose.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::Faults;
use crate::error::Result;
use crate::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};

/// Passes calls on, except those that its [`Faults`] let fail. The steps of an upload are calls like any other.
#[derive(Debug)]
pub struct FaultyBlobStore {
    inner: Arc<dyn BlobStore>,
    faults: Arc<Faults>,
}

impl FaultyBlobStore {
    /// Wraps `inner`.
    pub fn new(inner: Arc<dyn BlobStore>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

impl fmt::Display for FaultyBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with faults", self.inner)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl BlobStore for FaultyBlobStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        self.faults.around(self.inner.put(key, bytes)).await
    }

    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        let inner = self.faults.around(self.inner.upload(key)).await?;
        Ok(Box::new(FaultyUpload { inner, faults: Arc::clone(&self.faults) }))
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        self.faults.around(self.inner.get(key)).await
    }

    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        self.faults.around(self.inner.get_range(key, range)).await
    }

    async fn head(&self, key: &BlobKey) -> Result<BlobInfo> {
        self.faults.around(self.inner.head(key)).await
    }

    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>> {
        self.faults.around(self.inner.list(prefix, after, limit)).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        self.faults.around(self.inner.delete(key)).await
    }
}

struct FaultyUpload {
    inner: Box<dyn BlobUpload>,
    faults: Arc<Faults>,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl BlobUpload for FaultyUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.faults.around(self.inner.write(bytes)).await
    }

    async fn finish(self: Box<Self>) -> Result<PutOutcome> {
        self.faults.around(self.inner.finish()).await
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        self.faults.around(self.inner.abort()).await
    }
}
