//! A layer around a blob store.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::Layer;
use crate::error::Result;
use crate::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};

/// A blob store with a layer around each call. The steps of an upload are calls like any other, made once each.
pub struct LayeredBlobStore<L> {
    inner: Arc<dyn BlobStore>,
    layer: Arc<L>,
}

impl<L: Layer> LayeredBlobStore<L> {
    /// Wraps `inner`. The layer may be shared with others.
    pub fn new(inner: Arc<dyn BlobStore>, layer: Arc<L>) -> Self {
        Self { inner, layer }
    }
}

impl<L: Layer> fmt::Debug for LayeredBlobStore<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayeredBlobStore").field("inner", &self.inner).field("layer", &self.layer).finish()
    }
}

impl<L: Layer> fmt::Display for LayeredBlobStore<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.inner, self.layer)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> BlobStore for LayeredBlobStore<L> {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        self.layer.repeatable("blob.put", || self.inner.put(key, bytes.clone())).await
    }

    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        let inner = self.layer.repeatable("blob.upload", || self.inner.upload(key)).await?;
        Ok(Box::new(LayeredUpload { inner, layer: Arc::clone(&self.layer) }))
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        self.layer.repeatable("blob.get", || self.inner.get(key)).await
    }

    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        self.layer.repeatable("blob.get_range", || self.inner.get_range(key, range.clone())).await
    }

    async fn head(&self, key: &BlobKey) -> Result<BlobInfo> {
        self.layer.repeatable("blob.head", || self.inner.head(key)).await
    }

    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>> {
        self.layer.repeatable("blob.list", || self.inner.list(prefix, after, limit)).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        self.layer.repeatable("blob.delete", || self.inner.delete(key)).await
    }
}

struct LayeredUpload<L> {
    inner: Box<dyn BlobUpload>,
    layer: Arc<L>,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> BlobUpload for LayeredUpload<L> {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.layer.once("blob.upload.write", self.inner.write(bytes)).await
    }

    async fn finish(self: Box<Self>) -> Result<PutOutcome> {
        let Self { inner, layer } = *self;
        layer.once("blob.upload.finish", inner.finish()).await
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        let Self { inner, layer } = *self;
        layer.once("blob.upload.abort", inner.abort()).await
    }
}
