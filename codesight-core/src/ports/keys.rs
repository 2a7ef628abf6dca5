//! The key store: secrets by id, kept apart from the data they protect.

use std::fmt;

use async_trait::async_trait;

use crate::error::Result;
use crate::id::{SessionId, TenantId};

/// The name of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    /// The key that makes the pseudonyms of one session.
    pub fn pseudonyms(tenant: &TenantId, session: &SessionId) -> Self {
        Self(format!("{tenant}.{session}.pseudonyms"))
    }

    /// The key that makes the pseudonyms of a whole project, or of one data set of it, which has a name without dots. It belongs to
    /// no session, so that no erasure destroys it.
    pub fn shared_pseudonyms(tenant: &TenantId, dataset: Option<&str>) -> Self {
        match dataset {
            Some(dataset) => Self(format!("{tenant}.pseudonyms-{dataset}")),
            None => Self(format!("{tenant}.pseudonyms")),
        }
    }

    /// The key that encrypts the blobs of one session.
    pub fn encryption(tenant: &TenantId, session: &SessionId) -> Self {
        Self(format!("{tenant}.{session}.encryption"))
    }

    /// The key that encrypts a tenant's blobs that belong to no session.
    pub fn objects(tenant: &TenantId) -> Self {
        Self(format!("{tenant}.objects"))
    }

    /// The key that encrypts blobs that belong to no tenant.
    pub fn installation_objects() -> Self {
        Self(".objects".to_owned())
    }

    /// The key under which a tenant's tombstones and stand-ins are made.
    pub fn register(tenant: &TenantId) -> Self {
        Self(format!("{tenant}.register"))
    }

    /// The key that signs checkpoints of the audit log and certificates. No tenant's name is empty, so none can claim
    /// it.
    pub fn signing() -> Self {
        Self(".signing".to_owned())
    }

    /// A master key of the installation, under which other keys are written. `name` has no dots.
    pub fn master(name: &str) -> Self {
        Self(format!(".master-{name}"))
    }

    /// Every key that belongs to one session. When the session is erased, all of them are destroyed.
    pub fn of_session(tenant: &TenantId, session: &SessionId) -> Vec<Self> {
        vec![Self::pseudonyms(tenant, session), Self::encryption(tenant, session)]
    }

    /// The tenant it belongs to; none for the installation's own.
    pub fn tenant(&self) -> Option<TenantId> {
        self.0.split('.').next().and_then(|name| TenantId::new(name).ok())
    }

    /// The session it belongs to.
    pub fn session(&self) -> Option<SessionId> {
        let mut parts = self.0.split('.');
        let session = parts.nth(1)?;
        // A tenant's own key has two parts, a session's three.
        parts.next().and_then(|_| SessionId::new(session).ok())
    }

    /// The name as text: `[A-Za-z0-9.-]`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 32 secret bytes. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// Takes the bytes of a key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the one computation that needs them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(redacted)")
    }
}

/// Keeps keys.
#[async_trait]
pub trait KeyStore: fmt::Debug + fmt::Display + Send + Sync {
    /// The key of that name; `NotFound` when there is none or it was destroyed.
    async fn get(&self, id: &KeyId) -> Result<SecretKey>;

    /// Stores `candidate` unless a key of that name is there, and returns the one that is stored.
    ///
    /// # Behaviour
    /// - of two calls at once both get the same key
    /// - a destroyed name stays destroyed: `Conflict`
    async fn get_or_insert(&self, id: &KeyId, candidate: SecretKey) -> Result<SecretKey>;

    /// Destroys a key for good; an unknown or destroyed one is fine.
    async fn destroy(&self, id: &KeyId) -> Result<()>;
}
