//! Which key encrypts which blob.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::TenantId;
use codesight_core::ports::{BlobKey, KeyId, KeyStore, SecretKey};
use codesight_core::time::{Clock, Timestamp};

use super::{AgeKey, EncryptionRefusal};

/// How long a key is remembered, so that the log of its uses has an entry a minute and not one a frame. A key that was
/// destroyed elsewhere is forgotten here after that time.
const REMEMBERED: Duration = Duration::from_secs(60);
/// Keys remembered at once.
const MOST_REMEMBERED: usize = 1_024;

/// The keys of a key store by the blobs they encrypt.
pub(super) struct SessionKeys {
    store: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    random_key: fn() -> Result<SecretKey>,
    remembered: Mutex<HashMap<KeyId, (AgeKey, Timestamp)>>,
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionKeys").field(&self.store).finish()
    }
}

impl SessionKeys {
    pub(super) fn new(
        store: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
        random_key: fn() -> Result<SecretKey>,
    ) -> Self {
        Self { store, clock, random_key, remembered: Mutex::default() }
    }

    /// The key of a blob that is to be written; made on first use.
    pub(super) async fn to_write(&self, blob: &BlobKey) -> Result<AgeKey> {
        let id = key_of(blob);
        if let Some(key) = self.recall(&id) {
            return Ok(key);
        }
        let key = AgeKey::new(&self.store.get_or_insert(&id, (self.random_key)()?).await?)?;
        self.remember(id, &key);
        Ok(key)
    }

    /// The key of a blob that is there.
    pub(super) async fn to_read(&self, blob: &BlobKey) -> Result<AgeKey> {
        let id = key_of(blob);
        if let Some(key) = self.recall(&id) {
            return Ok(key);
        }
        let found = self.store.get(&id).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing(error, blob),
            _ => error,
        })?;
        let key = AgeKey::new(&found)?;
        self.remember(id, &key);
        Ok(key)
    }

    fn recall(&self, id: &KeyId) -> Option<AgeKey> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, since) = remembered.get(id)?;
        self.is_fresh(*since).then(|| key.clone())
    }

    fn remember(&self, id: KeyId, key: &AgeKey) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.retain(|_, (_, since)| self.is_fresh(*since));
        }
        if remembered.len() < MOST_REMEMBERED {
            remembered.insert(id, (key.clone(), self.clock.now()));
        }
    }

    fn is_fresh(&self, since: Timestamp) -> bool {
        let age = self.clock.now().as_millis().saturating_sub(since.as_millis());
        // A clock that went backwards makes nothing young again.
        u64::try_from(age).is_ok_and(|age| u128::from(age) < REMEMBERED.as_millis())
    }
}

fn missing(error: Error, blob: &BlobKey) -> Error {
    EncryptionRefusal::KeyMissing.error("blob.decrypt").with("blob", blob).caused_by(error)
}

/// The session's own key for what is a session's, the tenant's for everything else of a tenant.
fn key_of(blob: &BlobKey) -> KeyId {
    if let Some(session) = blob.session() {
        return KeyId::encryption(&session.tenant, &session.session);
    }
    let tenant = blob.as_str().split_once('/').and_then(|(name, _)| TenantId::new(name).ok());
    match tenant {
        Some(tenant) => KeyId::objects(&tenant),
        None => KeyId::installation_objects(),
    }
}
