//! A blob store that encrypts whatever it stores.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::error::{Error, Result};
use codesight_core::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, KeyStore, PutOutcome, SecretKey};
use codesight_core::time::Clock;

use super::AgeKey;
use super::open::{Sealed, open};
use super::seal::seal;
use super::session_keys::SessionKeys;
use super::upload::EncryptedUpload;
use crate::archive::{BlobAccess, RandomAccess as _, blocking};

/// Blobs whose layout is remembered, so that the next range of an archive costs one request and not four.
const MOST_REMEMBERED: usize = 64;

/// What to do with a blob that is not encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlainBlobs {
    /// Refuse it. Whoever can write to the store cannot pass off bytes of their own as ours.
    #[default]
    Refuse,
    /// Read it: while a store that was filled without encryption is being encrypted.
    Read,
}

/// Encrypts each blob as an age file under the key of the session it belongs to, and decrypts what it reads: whole, or
/// only the chunks of a range. With the key, `age --decrypt` does the same.
///
/// Destroying a session's key makes every copy of its blobs unreadable, backups and versions in the store included.
///
/// [`list`](BlobStore::list) tells the bytes that the store holds and needs no keys; [`head`](BlobStore::head) tells the
/// bytes that can be read. A blob whose key is gone is refused as [`EncryptionRefusal::KeyMissing`](super::EncryptionRefusal::KeyMissing).
pub struct EncryptedBlobStore {
    inner: Arc<dyn BlobStore>,
    keys: SessionKeys,
    plain: PlainBlobs,
    known: Mutex<HashMap<BlobKey, Layout>>,
}

/// How a blob is stored.
#[derive(Clone)]
enum Layout {
    Plain { size: u64 },
    Sealed { sealed: Sealed, stored: u64 },
}

impl EncryptedBlobStore {
    /// Wraps `inner`. Keys come from `keys`; new ones are made by `random_key`.
    pub fn new(
        inner: Arc<dyn BlobStore>,
        keys: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
        random_key: fn() -> Result<SecretKey>,
    ) -> Self {
        Self {
            inner,
            keys: SessionKeys::new(keys, clock, random_key),
            plain: PlainBlobs::default(),
            known: Mutex::default(),
        }
    }

    /// Says what to do with blobs that are not encrypted.
    #[must_use]
    pub fn with_plain(mut self, plain: PlainBlobs) -> Self {
        self.plain = plain;
        self
    }

    fn recall(&self, key: &BlobKey) -> Option<Layout> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn remember(&self, key: &BlobKey, layout: &Layout) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(key.clone(), layout.clone());
    }

    fn forget(&self, key: &BlobKey) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Looks at a blob: its two ends, with the key.
    async fn layout(&self, key: &BlobKey) -> Result<Layout> {
        let source = BlobAccess::open(&*self.inner, key.clone()).await?;
        let stored = source.size();
        let layout = if self.plain == PlainBlobs::Read && !super::is_encrypted(&source).await? {
            Layout::Plain { size: stored }
        } else {
            let sealed = Sealed::read(&source, &self.keys.to_read(key).await?).await;
            Layout::Sealed { sealed: sealed.map_err(|error| error.with("key", key))?, stored }
        };
        self.remember(key, &layout);
        Ok(layout)
    }

    async fn range_of(&self, layout: &Layout, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        let size = layout.size();
        if range.start > range.end || range.end > size {
            return Err(Error::invalid("blob.get_range", "the range reaches past the end")
                .with("key", key)
                .with("start", range.start)
                .with("end", range.end)
                .with("size", size));
        }
        match layout {
            Layout::Plain { .. } => self.inner.get_range(key, range).await,
            Layout::Sealed { sealed, stored } => {
                let source = BlobAccess::of_size(&*self.inner, key.clone(), *stored);
                let read = sealed.read_range(&source, &self.keys.to_read(key).await?, range).await;
                read.map_err(|error| error.with("key", key))
            }
        }
    }
}

impl Layout {
    fn size(&self) -> u64 {
        match self {
            Self::Plain { size } => *size,
            Self::Sealed { sealed, .. } => sealed.size,
        }
    }
}

impl fmt::Debug for EncryptedBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedBlobStore")
            .field("inner", &self.inner)
            .field("keys", &self.keys)
            .field("plain", &self.plain)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for EncryptedBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, encrypted", self.inner)
    }
}

async fn sealed(key: AgeKey, bytes: Bytes) -> Result<Bytes> {
    blocking(move || seal(&key, &bytes).map(Bytes::from)).await
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl BlobStore for EncryptedBlobStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        let sealed = sealed(self.keys.to_write(key).await?, bytes).await?;
        self.forget(key);
        self.inner.put(key, sealed).await
    }

    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        let encryption = self.keys.to_write(key).await?;
        let inner = self.inner.upload(key).await?;
        self.forget(key);
        Ok(Box::new(EncryptedUpload::new(inner, &encryption)?))
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        let stored = self.inner.get(key).await?;
        if self.plain == PlainBlobs::Read && !stored.starts_with(super::open::MAGIC) {
            return Ok(stored);
        }
        let encryption = self.keys.to_read(key).await?;
        let opened = blocking(move || open(&encryption, &stored).map(Bytes::from)).await;
        opened.map_err(|error| error.with("key", key))
    }

    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        if let Some(layout) = self.recall(key) {
            if let Ok(bytes) = self.range_of(&layout, key, range.clone()).await {
                return Ok(bytes);
            }
            // Another blob may have that name by now, written by another node.
            self.forget(key);
        }
        let layout = self.layout(key).await?;
        self.range_of(&layout, key, range).await
    }

    async fn head(&self, key: &BlobKey) -> Result<BlobInfo> {
        Ok(BlobInfo { key: key.clone(), size: self.layout(key).await?.size() })
    }

    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>> {
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        self.forget(key);
        self.inner.delete(key).await
    }
}
