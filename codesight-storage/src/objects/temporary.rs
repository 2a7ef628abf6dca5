//! The names of unfinished uploads, and how those of dead writers are cleaned.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::Path as FilePath;
use std::time::UNIX_EPOCH;

use codesight_core::error::Result;
use codesight_core::id::{ContentHash, SessionId, TenantId};
use codesight_core::ports::{BlobKey, SessionRef};
use codesight_core::time::Timestamp;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _};
use uuid::Uuid;

use super::convert::store_error;
use super::{ObjectBlobStore, local};

/// `@` is outside the grammar of keys: no blob can be named so, and no listing shows it.
const FOLDER: &str = "@uploads";

/// A name for an upload that no other writer uses. It begins with the digest of the session whose it is, so that what is left
/// of it is found without saying whose it is.
pub(super) fn temporary_path(key: &BlobKey) -> Path {
    let name = match key.session() {
        Some(session) => format!("{}.{}", digest(&session.tenant, &session.session), Uuid::new_v4()),
        None => Uuid::new_v4().to_string(),
    };
    Path::from_iter([FOLDER, &name])
}

fn digest(tenant: &TenantId, session: &SessionId) -> String {
    ContentHash::of(format!("{tenant}/{session}").as_bytes()).to_hex()
}

impl ObjectBlobStore {
    /// Removes what writers left unfinished of some sessions, whatever its age: for sessions into which nobody may write any
    /// more; who does finds that it failed. `is_theirs` says whether a key is of one of them. Returns how many were removed.
    ///
    /// # Errors
    /// As the store's; what was removed until then stays removed.
    pub async fn clean_unfinished(
        &self,
        tenant: &TenantId,
        sessions: &[SessionId],
        is_theirs: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<u64> {
        let digests: HashSet<String> = sessions.iter().map(|session| digest(tenant, session)).collect();
        let is_picked = |meta: &ObjectMeta| {
            let name = meta.location.filename().and_then(|name| name.split_once('.'));
            name.is_some_and(|(digest, _)| digests.contains(digest))
        };
        let mut removed = self.clean_uploads("blob.clean_unfinished", is_picked).await?;
        if let Some(root) = &self.root {
            let (root, below) = (root.to_path_buf(), root.join(tenant.as_str()));
            // A part of a large upload is staged, too.
            let uploads = root.join(FOLDER);
            let is_part = move |path: &FilePath, _: &Metadata| {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                name.split_once('.').is_some_and(|(digest, _)| digests.contains(digest))
            };
            removed += local::remove_staging_files(uploads, is_part).await?;
            let is_put = move |path: &FilePath, _: &Metadata| {
                let key = path.strip_prefix(&root).unwrap_or(path).to_string_lossy();
                // Windows separates by backslashes.
                let key = key.replace('\\', "/");
                key.rsplit_once('#').is_some_and(|(key, _)| is_theirs(key))
            };
            removed += local::remove_staging_files(below, is_put).await?;
        }
        Ok(removed)
    }

    /// Removes what writers left unfinished of a session's captured frames, whatever its age.
    ///
    /// # Errors
    /// As the store's.
    pub async fn clean_captured(&self, session: &SessionRef) -> Result<u64> {
        match &self.root {
            Some(root) => {
                let folder = root.join(BlobKey::captured_prefix(&session.tenant, &session.session));
                local::remove_staging_files(folder, |_: &FilePath, _: &Metadata| true).await
            }
            None => Ok(0),
        }
    }

    async fn clean_uploads(
        &self,
        operation: &'static str,
        is_picked: impl Fn(&ObjectMeta) -> bool,
    ) -> Result<u64> {
        let fail = |error| store_error(operation, error);
        let mut removed = 0;
        let folder = Path::from(FOLDER);
        let mut found = self.inner.list(Some(&folder));
        while let Some(meta) = found.try_next().await.map_err(fail)? {
            if is_picked(&meta) {
                match self.inner.delete(&meta.location).await {
                    Ok(()) => removed += 1,
                    Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(fail(error)),
                }
            }
        }
        Ok(removed)
    }

    /// Removes what uploads left behind when their writer died: everything unfinished that was last written before
    /// `before`. Choose a moment older than any upload can be. Returns how many were removed.
    ///
    /// Parts of a multipart upload that a provider holds before it is an object cannot be listed here; a lifecycle
    /// rule of the bucket removes those.
    ///
    /// # Errors
    /// As the store's; what was removed until then stays removed.
    pub async fn clean_temporary(&self, before: Timestamp) -> Result<u64> {
        let is_old = |meta: &ObjectMeta| meta.last_modified.timestamp_millis() < before.as_millis();
        let mut removed = self.clean_uploads("blob.clean_temporary", is_old).await?;
        if let Some(root) = &self.root {
            let before = before.as_millis();
            let is_old = move |_: &FilePath, about: &Metadata| {
                let age = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                age.map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX)) < before
            };
            removed += local::remove_staging_files(root.to_path_buf(), is_old).await?;
        }
        Ok(removed)
    }
}
