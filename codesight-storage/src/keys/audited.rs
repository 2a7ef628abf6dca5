//! A key store whose every use is in the audit log.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::TenantId;
use codesight_core::ports::{AuditAction, AuditEvent, AuditLog, KeyId, KeyStore, SecretKey};
use codesight_core::time::Clock;

/// The tenant of entries about keys that belong to none.
pub const INSTALLATION: &str = "installation";

/// Writes an entry before a key is handed out or destroyed. What cannot be logged is not done.
pub struct AuditedKeyStore {
    inner: Arc<dyn KeyStore>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    actor: &'static str,
}

impl AuditedKeyStore {
    /// Wraps `inner`; the entries name `actor`.
    pub fn new(
        inner: Arc<dyn KeyStore>,
        audit: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
        actor: &'static str,
    ) -> Self {
        Self { inner, audit, clock, actor }
    }

    async fn log(&self, action: AuditAction, id: &KeyId) -> Result<()> {
        let event = AuditEvent {
            at: self.clock.now(),
            // A key that belongs to no tenant is the installation's own.
            tenant: match id.tenant() {
                Some(tenant) => tenant,
                None => TenantId::new(INSTALLATION)?,
            },
            actor: self.actor.to_owned(),
            action,
            session: id.session(),
            subject: None,
            detail: Some(id.to_string()),
        };
        self.audit.append(event).await.map(|_| ())
    }
}

impl fmt::Debug for AuditedKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AuditedKeyStore").field(&self.inner).finish()
    }
}

impl fmt::Display for AuditedKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, audited", self.inner)
    }
}

#[async_trait]
impl KeyStore for AuditedKeyStore {
    async fn get(&self, id: &KeyId) -> Result<SecretKey> {
        let key = self.inner.get(id).await?;
        self.log(AuditAction::KeyUsed, id).await?;
        Ok(key)
    }

    async fn get_or_insert(&self, id: &KeyId, candidate: SecretKey) -> Result<SecretKey> {
        let key = self.inner.get_or_insert(id, candidate).await?;
        self.log(AuditAction::KeyUsed, id).await?;
        Ok(key)
    }

    async fn destroy(&self, id: &KeyId) -> Result<()> {
        self.log(AuditAction::KeyDestroyed, id).await?;
        self.inner.destroy(id).await
    }
}
