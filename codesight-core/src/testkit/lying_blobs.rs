//! A blob store that says that all is well when it is not.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};

use crate::error::Result;
use crate::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};

/// What it lies about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Stores the first half of a blob and says that it is whole.
    Torn,
    /// Stores nothing and says that it did.
    Forgotten,
    /// Stores a blob with one bit changed.
    Changed,
    /// Stores well, and changes one bit of what is read.
    Misread,
}

/// Passes calls on, except that it lies about the blobs.
#[derive(Debug)]
pub struct LyingBlobStore {
    inner: Arc<dyn BlobStore>,
    lie: Lie,
}

impl LyingBlobStore {
    /// Wraps `inner`.
    pub fn new(inner: Arc<dyn BlobStore>, lie: Lie) -> Self {
        Self { inner, lie }
    }

    fn read(&self, bytes: Bytes) -> Bytes {
        if self.lie == Lie::Misread { changed(bytes) } else { bytes }
    }
}

impl fmt::Display for LyingBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with lies", self.inner)
    }
}

/// The bytes with one bit of the middle changed.
fn changed(bytes: Bytes) -> Bytes {
    let mut bytes = BytesMut::from(bytes);
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    bytes.freeze()
}

async fn store(inner: &dyn BlobStore, lie: Lie, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
    match lie {
        Lie::Torn => inner.put(key, bytes.slice(..bytes.len() / 2)).await,
        Lie::Forgotten => Ok(PutOutcome::Created),
        Lie::Changed => inner.put(key, changed(bytes)).await,
        Lie::Misread => inner.put(key, bytes).await,
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl BlobStore for LyingBlobStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        store(&*self.inner, self.lie, key, bytes).await
    }

    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        let inner = Arc::clone(&self.inner);
        Ok(Box::new(LyingUpload { inner, lie: self.lie, key: key.clone(), bytes: BytesMut::new() }))
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        Ok(self.read(self.inner.get(key).await?))
    }

    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        Ok(self.read(self.inner.get_range(key, range).await?))
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

struct LyingUpload {
    inner: Arc<dyn BlobStore>,
    lie: Lie,
    key: BlobKey,
    bytes: BytesMut,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl BlobUpload for LyingUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<PutOutcome> {
        let Self { inner, lie, key, bytes } = *self;
        store(&*inner, lie, &key, bytes.freeze()).await
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
