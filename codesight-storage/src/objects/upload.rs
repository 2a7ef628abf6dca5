//! A blob written piece by piece, seen by nobody until it is finished.
//!
//! Up to one part is held in memory and published with a single conditional put. What is larger goes to a temporary
//! name in parts, and the finished object is copied to its key only if nothing is there: object stores have no
//! conditional multipart upload in common.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use codesight_core::error::Result;
use codesight_core::ports::{BlobKey, BlobStore, BlobUpload, PutOutcome};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt as _};

use super::ObjectBlobStore;
use super::convert::store_error;
use super::store::path_of;
use super::temporary::temporary_path;

/// Bytes of a part. Providers ask for at least 5 MiB, some of them for parts of equal size.
const PART_SIZE: usize = 8 << 20;

pub(super) struct PendingUpload {
    store: ObjectBlobStore,
    key: BlobKey,
    buffer: BytesMut,
    parts: Option<(Path, Box<dyn MultipartUpload>)>,
}

impl PendingUpload {
    pub(super) fn new(store: ObjectBlobStore, key: BlobKey) -> Self {
        Self { store, key, buffer: BytesMut::new(), parts: None }
    }

    async fn send(&mut self, part: Bytes) -> Result<()> {
        let fail = |error| store_error("blob.upload", error).with("key", &self.key);
        let (_, upload) = match &mut self.parts {
            Some(parts) => parts,
            empty => {
                let path = temporary_path(&self.key);
                let upload = self.store.inner.put_multipart(&path).await.map_err(fail)?;
                empty.insert((path, upload))
            }
        };
        upload.put_part(part.into()).await.map_err(fail)
    }
}

/// Gives the finished temporary object its name.
async fn publish(store: &ObjectBlobStore, key: &BlobKey, path: &Path) -> Result<PutOutcome> {
    let copied = store.inner.copy_if_not_exists(path, &path_of(key)).await;
    // Should this fail, `clean_temporary` removes it later; the blob itself is not affected.
    let _ = store.inner.delete(path).await;
    match copied {
        Ok(()) => Ok(PutOutcome::Created),
        Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
            store.found(key).await
        }
        Err(error) => Err(store_error("blob.upload", error).with("key", key)),
    }
}

#[async_trait]
impl BlobUpload for PendingUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        // A piece may be far larger than a part, so it is taken in part by part.
        let mut rest = bytes;
        while !rest.is_empty() {
            let take = rest.len().min(PART_SIZE - self.buffer.len());
            self.buffer.extend_from_slice(&rest.split_to(take));
            if self.buffer.len() == PART_SIZE {
                let part = self.buffer.split().freeze();
                self.send(part).await?;
            }
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<PutOutcome> {
        let last = self.buffer.split().freeze();
        if self.parts.is_some() && !last.is_empty() {
            self.send(last.clone()).await?;
        }
        let Self { store, key, parts, .. } = *self;
        let Some((path, mut upload)) = parts else {
            return store.put(&key, last).await;
        };
        upload.complete().await.map_err(|error| store_error("blob.upload", error).with("key", &key))?;
        drop(upload);
        publish(&store, &key, &path).await
    }

    async fn abort(mut self: Box<Self>) -> Result<()> {
        match self.parts.take() {
            None => Ok(()),
            Some((_, mut upload)) => {
                upload.abort().await.map_err(|error| store_error("blob.upload", error).with("key", &self.key))
            }
        }
    }
}
