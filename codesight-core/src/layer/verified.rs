//! A blob store that believes nothing it has not read back.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result, Retry};
use crate::id::ContentHash;
use crate::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};
use std::ops::Range;

/// Bytes read back at a time.
const PIECE: u64 = 4 << 20;

/// Reads every new blob back and compares it with what was written, before it says that the blob is there. One that
/// is not as it was written is deleted, so that it can be written again, and reported as [`ErrorKind::Corrupt`].
///
/// A blob that was there already is left as it is and not compared: it may rightly hold something else.
pub struct VerifiedBlobStore {
    inner: Arc<dyn BlobStore>,
}

impl VerifiedBlobStore {
    /// Wraps `inner`.
    pub fn new(inner: Arc<dyn BlobStore>) -> Self {
        Self { inner }
    }
}

impl fmt::Debug for VerifiedBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedBlobStore").field("inner", &self.inner).finish()
    }
}

impl fmt::Display for VerifiedBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, read back", self.inner)
    }
}

/// What was written: how much, and its hash.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Written {
    size: u64,
    hash: ContentHash,
}

/// Compares what a new blob holds with what was written.
async fn read_back(store: &dyn BlobStore, key: &BlobKey, written: Written) -> Result<()> {
    let found = match found(store, key).await {
        // Said to be there, and is not.
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        found => Some(found?),
    };
    if found == Some(written) {
        return Ok(());
    }
    // Nobody was told that it is there, and under this name it would stand in the way of the next try.
    store.delete(key).await?;
    let error =
        Error::new(ErrorKind::Corrupt, "blob.read_back", "the store holds something else than was written");
    let error = error.with("key", key).with("written", written.size).retry_when(Retry::Later);
    Err(match found {
        Some(found) => error.with("found", found.size),
        None => error,
    })
}

async fn found(store: &dyn BlobStore, key: &BlobKey) -> Result<Written> {
    let size = store.head(key).await?.size;
    let (mut hasher, mut at) = (Sha256::new(), 0);
    while at < size {
        let next = size.min(at + PIECE);
        hasher.update(store.get_range(key, at..next).await?);
        at = next;
    }
    Ok(Written { size, hash: ContentHash::from_digest(hasher.finalize().into()) })
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl BlobStore for VerifiedBlobStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        let written = Written { size: bytes.len() as u64, hash: ContentHash::of(&bytes) };
        let outcome = self.inner.put(key, bytes).await?;
        if outcome == PutOutcome::Created {
            read_back(&*self.inner, key, written).await?;
        }
        Ok(outcome)
    }

    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        Ok(Box::new(VerifiedUpload {
            upload: self.inner.upload(key).await?,
            store: Arc::clone(&self.inner),
            key: key.clone(),
            size: 0,
            hasher: Sha256::new(),
        }))
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        self.inner.get(key).await
    }

    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        self.inner.get_range(key, range).await
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

struct VerifiedUpload {
    upload: Box<dyn BlobUpload>,
    store: Arc<dyn BlobStore>,
    key: BlobKey,
    size: u64,
    hasher: Sha256,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl BlobUpload for VerifiedUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.size += bytes.len() as u64;
        self.hasher.update(&bytes);
        self.upload.write(bytes).await
    }

    async fn finish(self: Box<Self>) -> Result<PutOutcome> {
        let Self { upload, store, key, size, hasher } = *self;
        let outcome = upload.finish().await?;
        if outcome == PutOutcome::Created {
            let hash = ContentHash::from_digest(hasher.finalize().into());
            read_back(&*store, &key, Written { size, hash }).await?;
        }
        Ok(outcome)
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        self.upload.abort().await
    }
}
