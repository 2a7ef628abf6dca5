//! Blob stores by URL.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::ports::{BlobKey, BlobStore, PutOutcome};
use codesight_core::{Error, Result};
use codesight_storage::ObjectBlobStore;
use codesight_storage::archive::RandomAccess;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::errors::exception;
use crate::runtime::{Owned, wait};

/// Most keys asked for at a time.
const PAGE: usize = 1_000;

/// A folder or a bucket. Settings are given, none is read from the environment.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Blobs {
    store: Owned<Arc<ObjectBlobStore>>,
}

impl Blobs {
    pub(crate) fn store(&self, operation: &'static str) -> PyResult<Arc<dyn BlobStore>> {
        Ok(Arc::clone(self.store.get(operation)?) as Arc<dyn BlobStore>)
    }

    /// The same store, where what writers left unfinished is found.
    pub(crate) fn uploads(&self, operation: &'static str) -> PyResult<ObjectBlobStore> {
        Ok(self.store.get(operation)?.as_ref().clone())
    }
}

#[pymethods]
impl Blobs {
    #[new]
    fn open(url: &str, options: Vec<(String, String)>) -> PyResult<Self> {
        let store = ObjectBlobStore::from_url(url, &options).map_err(exception)?;
        Ok(Self { store: Owned::new(Arc::new(store)) })
    }

    /// Keys under `prefix`, in order, each with its size in bytes.
    fn list(&self, py: Python<'_>, prefix: &str, after: Option<&str>) -> PyResult<Vec<(String, u64)>> {
        let store = self.store("python.list")?;
        let after = after.map(BlobKey::new).transpose().map_err(exception)?;
        let page = wait(py, store.list(prefix, after.as_ref(), PAGE))?;
        Ok(page.into_iter().map(|blob| (blob.key.to_string(), blob.size)).collect())
    }

    /// All bytes of a blob.
    fn get<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyBytes>> {
        let store = self.store("python.get")?;
        let key = BlobKey::new(key).map_err(exception)?;
        let bytes = wait(py, store.get(&key))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Stores a blob unless one of that name is there; says whether it is new.
    fn put(&self, py: Python<'_>, key: &str, bytes: PyBackedBytes) -> PyResult<bool> {
        let store = self.store("python.put")?;
        let key = BlobKey::new(key).map_err(exception)?;
        Ok(wait(py, store.put(&key, Bytes::from_owner(bytes)))? == PutOutcome::Created)
    }

    /// Deletes a blob; a missing one is fine.
    fn delete(&self, py: Python<'_>, key: &str) -> PyResult<()> {
        let store = self.store("python.delete")?;
        let key = BlobKey::new(key).map_err(exception)?;
        wait(py, store.delete(&key))
    }
}

/// A blob as an archive reader takes it; owns its store.
pub(crate) struct BlobSource {
    blobs: Arc<dyn BlobStore>,
    key: BlobKey,
    size: u64,
}

/// Archives up to this size are fetched whole: one request instead of one for each file.
const FETCH_WHOLE: u64 = 32 << 20;

/// The bytes of an archive in a store.
pub(crate) async fn source(blobs: Arc<dyn BlobStore>, key: BlobKey) -> Result<Box<dyn RandomAccess>> {
    let size = blobs.head(&key).await?.size;
    if size <= FETCH_WHOLE {
        return Ok(Box::new(blobs.get(&key).await?));
    }
    Ok(Box::new(BlobSource { blobs, key, size }))
}

#[async_trait]
impl RandomAccess for BlobSource {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        if range.end > self.size {
            return Err(Error::invalid("archive.read", "the range reaches past the end"));
        }
        self.blobs.get_range(&self.key, range).await
    }
}
