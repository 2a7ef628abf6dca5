//! The names of unfinished uploads, and how those of dead writers are cleaned.

use codesight_core::error::Result;
use codesight_core::time::Timestamp;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use uuid::Uuid;

use super::convert::store_error;
use super::{ObjectBlobStore, local};

/// `@` is outside the grammar of keys: no blob can be named so, and no listing shows it.
const FOLDER: &str = "@uploads";

/// A name for an upload that no other writer uses.
pub(super) fn temporary_path() -> Path {
    Path::from_iter([FOLDER, &Uuid::new_v4().to_string()])
}

impl ObjectBlobStore {
    /// Removes what uploads left behind when their writer died: everything unfinished that was last written before
    /// `before`. Choose a moment older than any upload can be. Returns how many were removed.
    ///
    /// Parts of a multipart upload that a provider holds before it is an object cannot be listed here; a lifecycle
    /// rule of the bucket removes those.
    ///
    /// # Errors
    /// As the store's; what was removed until then stays removed.
    pub async fn clean_temporary(&self, before: Timestamp) -> Result<u64> {
        let fail = |error| store_error("blob.clean_temporary", error);
        let mut removed = 0;
        let folder = Path::from(FOLDER);
        let mut found = self.inner.list(Some(&folder));
        while let Some(meta) = found.try_next().await.map_err(fail)? {
            if meta.last_modified.timestamp_millis() < before.as_millis() {
                match self.inner.delete(&meta.location).await {
                    Ok(()) => removed += 1,
                    Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(fail(error)),
                }
            }
        }
        if let Some(root) = &self.root {
            removed += local::remove_staging_files(root.to_path_buf(), before.as_millis()).await?;
        }
        Ok(removed)
    }
}
