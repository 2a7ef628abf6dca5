//! Deleting everything of some sessions. Every call can be repeated.

use std::collections::HashSet;

use codesight_core::error::ErrorKind;
use codesight_core::id::{SessionId, TenantId};
use codesight_core::ports::{BlobKey, ExportPlace, KeyId, SessionRef};
use codesight_core::rights::ProviderFile;
use codesight_core::{Error, Result};

use super::RightsBackends;

/// The service of a file of which only the catalog knows.
pub(super) const UNNAMED_SERVICE: &str = "unnamed";

/// Finds sessions in the keys of blobs.
pub(super) struct SessionNames<'a>(HashSet<&'a str>, &'a [SessionId]);

impl<'a> SessionNames<'a> {
    pub(super) fn new(sessions: &'a [SessionId]) -> Self {
        Self(sessions.iter().map(SessionId::as_str).collect(), sessions)
    }

    /// The session that a key names: as a whole segment, or as what stands before the first `.` or `_` of one.
    pub(super) fn named_in(&self, key: &BlobKey) -> Option<&'a SessionId> {
        self.named_in_text(key.as_str())
    }

    fn named_in_text(&self, key: &str) -> Option<&'a SessionId> {
        let name = key
            .split('/')
            .filter_map(|segment| segment.split(['.', '_']).next())
            .find(|name| self.0.contains(name))?;
        self.1.iter().find(|session| session.as_str() == name)
    }
}

impl RightsBackends {
    /// Deletes sessions with all that is theirs: journal, jobs, blobs, keys and entry in the catalog.
    pub(super) async fn delete_sessions(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<()> {
        for session in sessions {
            let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
            // Whoever still writes is shut out first.
            let fenced = self.catalog.open_epoch(&place, self.clock.now()).await;
            if let Err(error) = fenced
                && error.kind() != ErrorKind::NotFound
            {
                return Err(error);
            }
            for key in KeyId::of_session(tenant, session) {
                self.keys.destroy(&key).await?;
            }
            self.catalog.delete(&place).await?;
        }
        // Last, so that what a worker stored before it found its session gone is found, too.
        for (_, blob) in self.blobs_of(tenant, sessions).await? {
            self.blobs.delete(&blob.key).await?;
        }
        // What was being written when its writer was killed has no name that a listing shows.
        if let Some(uploads) = &self.uploads {
            let names = sessions.to_vec();
            let is_theirs = move |key: &str| SessionNames::new(&names).named_in_text(key).is_some();
            uploads.clean_unfinished(tenant, sessions, is_theirs).await?;
        }
        Ok(())
    }

    /// Deletes whatever came in late of a session that was erased. One that is still in the catalog is left to its
    /// erasure, which a legal hold may have stopped.
    ///
    /// # Errors
    /// What a backend says.
    pub async fn sweep_session(&self, session: &SessionRef) -> Result<()> {
        match self.catalog.get(session).await {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.delete_sessions(&session.tenant, std::slice::from_ref(&session.session)).await
    }

    /// Deletes every export that holds any of the sessions, and gives back the files at services that could not be
    /// deleted now.
    pub(super) async fn delete_exports(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<()> {
        for export in self.accounts.exports_of(tenant, sessions).await? {
            if let ExportPlace::Blob { key } = &export.place {
                self.blobs.delete(key).await?;
            }
            // A file at a service is in the inventory of the erasure, so that its export need not be kept for it.
            self.accounts.forget_export(tenant, &export.id).await?;
        }
        Ok(())
    }

    /// Deletes files at services; returns those that are left: nobody can reach the service, or it did not answer.
    pub(super) async fn delete_provider_files(&self, files: &[ProviderFile]) -> Vec<ProviderFile> {
        let mut left = Vec::new();
        for file in files {
            let provider = match self.providers.as_slice() {
                // The catalog names files and not their service. With one service there is no doubt.
                [only] if file.service == UNNAMED_SERVICE => Some(only),
                all => all.iter().find(|provider| provider.service() == file.service),
            };
            let deleted = match provider {
                Some(provider) => provider.delete_file(&file.file).await.is_ok(),
                None => false,
            };
            if !deleted {
                left.push(file.clone());
            }
        }
        left
    }

    /// How many things of these sessions are there.
    pub(super) async fn count_left(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<u64> {
        let mut left = self.blobs_of(tenant, sessions).await?.len();
        left += self.accounts.exports_of(tenant, sessions).await?.len();
        for session in sessions {
            let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
            left += self.keys_of(&place).await?.len();
            left += match self.catalog.get(&place).await {
                Ok(_) => 1,
                Err(error) if error.kind() == ErrorKind::NotFound => 0,
                Err(error) => return Err(error),
            };
        }
        u64::try_from(left)
            .map_err(|_| Error::new(ErrorKind::Unexpected, "rights.count", "more than can be counted"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_in_a_key_as_a_whole_name_only() {
        let session = |name| SessionId::new(name).expect("a name");
        let sessions = [session("s-1"), session("s-22")];
        let names = SessionNames::new(&sessions);
        let found = |key: &str| names.named_in(&BlobKey::new(key).expect("a key")).map(ToString::to_string);
        assert_eq!(found("shop/captured/s-1/abcdef").as_deref(), Some("s-1"));
        assert_eq!(found("shop/archives/s-22.zip").as_deref(), Some("s-22"));
        assert_eq!(found("shop/archives/s-1_cold.zip").as_deref(), Some("s-1"));
        for other in ["shop/archives/s-10.zip", "shop/archives/s-2.zip", "shop/x-s-1/y", "shop/S-1/y"] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
