//! The port.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions};

use super::convert::store_error;
use super::upload::PendingUpload;
use super::{ObjectBlobStore, local};

impl ObjectBlobStore {
    /// Says that a blob is there, once that is durable.
    pub(super) async fn found(&self, key: &BlobKey) -> Result<PutOutcome> {
        if let Some(root) = &self.root {
            local::sync_found(root.to_path_buf(), key.clone()).await?;
        }
        Ok(PutOutcome::AlreadyThere)
    }
}

/// The grammar of keys is a part of the grammar of object paths, so the text is the path.
pub(super) fn path_of(key: &BlobKey) -> Path {
    Path::from(key.as_str())
}

#[async_trait]
impl BlobStore for ObjectBlobStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        let options = PutOptions::from(PutMode::Create);
        match self.inner.put_opts(&path_of(key), bytes.into(), options).await {
            Ok(_) => Ok(PutOutcome::Created),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                self.found(key).await
            }
            Err(error) => Err(store_error("blob.put", error).with("key", key)),
        }
    }

    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        Ok(Box::new(PendingUpload::new(self.clone(), key.clone())))
    }

    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        let fail = |error| store_error("blob.get", error).with("key", key);
        self.inner.get(&path_of(key)).await.map_err(fail)?.bytes().await.map_err(fail)
    }

    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        let outside = |size: u64| {
            Error::invalid("blob.get_range", "the range reaches past the end")
                .with("key", key)
                .with("start", range.start)
                .with("end", range.end)
                .with("size", size)
        };
        // Stores answer ranges past the end in many ways: some cut them, some refuse, none takes an empty one.
        if range.start >= range.end {
            let size = self.head(key).await?.size;
            let within = range.start == range.end && range.end <= size;
            return if within { Ok(Bytes::new()) } else { Err(outside(size)) };
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
        let answer = match self.inner.get_opts(&path_of(key), options).await {
            Ok(answer) => answer,
            Err(error @ object_store::Error::NotFound { .. }) => {
                return Err(store_error("blob.get_range", error).with("key", key));
            }
            Err(error) => {
                let size = self.head(key).await?.size;
                return Err(if range.end > size {
                    outside(size)
                } else {
                    store_error("blob.get_range", error).with("key", key)
                });
            }
        };
        if answer.range != range {
            return Err(outside(answer.meta.size));
        }
        answer.bytes().await.map_err(|error| store_error("blob.get_range", error).with("key", key))
    }

    async fn head(&self, key: &BlobKey) -> Result<BlobInfo> {
        match self.inner.head(&path_of(key)).await {
            Ok(meta) => Ok(BlobInfo { key: key.clone(), size: meta.size }),
            Err(error) => Err(store_error("blob.head", error).with("key", key)),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>> {
        super::listing::list(self, prefix, after, limit).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        match self.inner.delete(&path_of(key)).await {
            Ok(()) => {}
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(store_error("blob.delete", error).with("key", key)),
        }
        match &self.root {
            None => Ok(()),
            Some(root) => match local::sync_removed(root.to_path_buf(), key.clone()).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                synced => synced,
            },
        }
    }
}
