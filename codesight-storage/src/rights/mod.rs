//! What a person may ask for, carried out over the ports: find, hand out, erase; and what is deleted because its time is
//! over.

mod delete;
mod eraser;
mod export;
mod find;
mod log_retention;
mod requests;
mod retention;

use std::fmt;
use std::sync::Arc;

use codesight_core::Result;
use codesight_core::id::TenantId;
use codesight_core::ports::{
    Accounts, AuditLog, BlobStore, Catalog, KeyId, KeyStore, ProviderFiles, SecretKey,
};
use codesight_core::rights::{Signer, TenantDigests};
use codesight_core::time::Clock;

use crate::ObjectBlobStore;

pub use export::{ExportSummary, export_subject};
pub use find::{FoundSession, SubjectReport};
pub use requests::NewRequest;
pub use retention::{RetentionOutcome, RetentionReport};

/// Everything that may hold something of a person.
#[derive(Clone)]
pub struct RightsBackends {
    /// Sessions, journals and jobs.
    pub catalog: Arc<dyn Catalog>,
    /// Frames, audio, archives, training lines and exports.
    pub blobs: Arc<dyn BlobStore>,
    /// The store below the blobs, where what writers left unfinished when they died is found; none where that cannot be.
    pub uploads: Option<ObjectBlobStore>,
    /// Keys.
    pub keys: Arc<dyn KeyStore>,
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// Consents, requests, holds, tombstones and the list of exports.
    pub accounts: Arc<dyn Accounts>,
    /// Services that files were uploaded to. What is at a service that is not among them stays pending.
    pub providers: Vec<Arc<dyn ProviderFiles>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Makes a random key.
    pub random_key: fn() -> Result<SecretKey>,
}

impl fmt::Debug for RightsBackends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RightsBackends")
            .field("catalog", &self.catalog)
            .field("blobs", &self.blobs)
            .field("providers", &self.providers)
            .finish_non_exhaustive()
    }
}

impl RightsBackends {
    /// The digests of a tenant, under its register key, which is made on first use.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn digests(&self, tenant: &TenantId) -> Result<TenantDigests> {
        let key = self.keys.get_or_insert(&KeyId::register(tenant), (self.random_key)()?).await?;
        Ok(TenantDigests::new(key))
    }

    /// What signs certificates and checkpoints. Its key is made on first use.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn signer(&self) -> Result<Signer> {
        let seed = self.keys.get_or_insert(&KeyId::signing(), (self.random_key)()?).await?;
        Ok(Signer::new(&seed))
    }
}
