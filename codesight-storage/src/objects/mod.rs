//! [`ObjectBlobStore`]: the blob store over local files, memory and the object stores of the large providers.

mod convert;
mod listing;
mod local;
#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
mod remote;
mod store;
mod temporary;
mod upload;

use std::fmt;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use codesight_core::error::{Error, Result};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;

/// A [`BlobStore`](codesight_core::ports::BlobStore) over one object store.
///
/// Cloning is cheap: clones share the same store.
#[derive(Clone)]
pub struct ObjectBlobStore {
    inner: Arc<dyn ObjectStore>,
    /// The folder of a local store: some promises need calls that object stores do not have.
    root: Option<Arc<PathBuf>>,
    /// Whether the store lists by key; a folder lists in the order of its file system.
    lists_in_order: bool,
}

impl ObjectBlobStore {
    /// Blobs as files below `root`, which is made when it is missing. A blob that was put survives a power cut: its
    /// bytes, its name and every new folder on the way to it are synced first.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when the folder cannot be made or opened.
    pub fn local(root: impl AsRef<FilePath>) -> Result<Self> {
        let open = || {
            std::fs::create_dir_all(root.as_ref())?;
            let root = root.as_ref().canonicalize()?;
            local::sync_folder(&root)?;
            Ok(root)
        };
        let root = open().map_err(|error: std::io::Error| convert::io_error("blob.open", error))?;
        let store = LocalFileSystem::new_with_prefix(&root)
            .map_err(|error| convert::store_error("blob.open", error))?
            .with_fsync(true);
        Ok(Self { inner: Arc::new(store), root: Some(Arc::new(root)), lists_in_order: false })
    }

    /// Blobs in memory, gone with the last clone. For tests and trials.
    pub fn memory() -> Self {
        Self { inner: Arc::new(InMemory::new()), root: None, lists_in_order: true }
    }

    /// Blobs where `url` says: `file:///folder`, `memory:///`, and with the features of those names
    /// `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`.
    ///
    /// `options` are the settings of the provider by the names `object_store` gives them, such as
    /// `aws_access_key_id` or `endpoint`. None is read from the environment.
    ///
    /// # Errors
    /// - [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for what is not a URL, and for an option the
    ///   provider does not have (named in the context)
    /// - [`ErrorKind::Unsupported`](codesight_core::ErrorKind::Unsupported) for a scheme this build does not speak
    pub fn from_url(url: &str, options: &[(String, String)]) -> Result<Self> {
        let url = url::Url::parse(url)
            .map_err(|error| Error::invalid("blob.open", "not a URL").caused_by(error))?;
        match url.scheme() {
            "file" => {
                convert::no_options(options)?;
                let folder = url
                    .to_file_path()
                    .map_err(|()| Error::invalid("blob.open", "the URL names no folder of this machine"))?;
                Self::local(folder)
            }
            "memory" => {
                convert::no_options(options)?;
                Ok(Self::memory())
            }
            #[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
            _ => remote::open(&url, options),
            #[cfg(not(any(feature = "s3", feature = "gcs", feature = "azure")))]
            other => Err(convert::unknown_scheme(other)),
        }
    }
}

impl fmt::Display for ObjectBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

impl fmt::Debug for ObjectBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The inner Debug may show settings; its Display is made to be shown.
        write!(f, "ObjectBlobStore({})", self.inner)
    }
}
