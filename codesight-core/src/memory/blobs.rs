//! Blobs in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Bound, Range};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};

use super::lock;
use crate::error::{Error, Result};
use crate::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};

/// By the key's text, so that a prefix can be a bound.
type Blobs = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// Blobs in memory.
#[derive(Default)]
pub struct MemoryBlobStore(Blobs);

impl MemoryBlobStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn find(&self, operation: &'static str, key: &BlobKey) -> Result<Bytes> {
        lock(&self.0).get(key.as_str()).cloned().ok_or_else(|| Error::not_found(operation, "no such blob"))
    }
}

fn put(blobs: &Blobs, key: &BlobKey, bytes: Bytes) -> PutOutcome {
    let mut blobs = lock(blobs);
    if blobs.contains_key(key.as_str()) {
        return PutOutcome::AlreadyThere;
    }
    blobs.insert(key.as_str().to_owned(), bytes);
    PutOutcome::Created
}

impl fmt::Debug for MemoryBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBlobStore").field("blobs", &lock(&self.0).len()).finish()
    }
}

impl fmt::Display for MemoryBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory blobs")
    }
}

#[async_trait]
impl BlobStore for MemoryBlobStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        Ok(put(&self.0, key, bytes))
    }

    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        let blobs = Arc::clone(&self.0);
        Ok(Box::new(MemoryUpload { blobs, key: key.clone(), bytes: BytesMut::new() }))
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        self.find("blob.get", key)
    }

    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        let bytes = self.find("blob.get_range", key)?;
        let bound = |position: u64| usize::try_from(position).ok().filter(|bound| *bound <= bytes.len());
        match (bound(range.start), bound(range.end)) {
            (Some(start), Some(end)) if start <= end => Ok(bytes.slice(start..end)),
            _ => Err(Error::invalid("blob.get_range", "the range is not within the blob")
                .with("start", range.start)
                .with("end", range.end)
                .with("size", bytes.len())),
        }
    }

    async fn head(&self, key: &BlobKey) -> Result<BlobInfo> {
        let bytes = self.find("blob.head", key)?;
        Ok(BlobInfo { key: key.clone(), size: bytes.len() as u64 })
    }

    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>> {
        if !prefix.is_empty() && !prefix.ends_with('/') {
            return Err(Error::invalid("blob.list", "a prefix ends in / or is empty"));
        }
        let from = match after {
            Some(after) if after.as_str() >= prefix => Bound::Excluded(after.as_str()),
            _ => Bound::Included(prefix),
        };
        lock(&self.0)
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(|(key, bytes)| Ok(BlobInfo { key: BlobKey::new(key.as_str())?, size: bytes.len() as u64 }))
            .collect()
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        lock(&self.0).remove(key.as_str());
        Ok(())
    }
}

struct MemoryUpload {
    blobs: Blobs,
    key: BlobKey,
    bytes: BytesMut,
}

#[async_trait]
impl BlobUpload for MemoryUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<PutOutcome> {
        Ok(put(&self.blobs, &self.key, self.bytes.freeze()))
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
