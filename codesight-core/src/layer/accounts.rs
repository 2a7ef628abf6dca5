//! A layer around accounts: API keys, consents, rights, exports, the evidence of the audit log, and scrubbing.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::Layer;
use crate::error::Result;
use crate::id::{ApiKeyId, ContentHash, ExportId, RequestId, SessionId, SubjectId, TenantId};
use crate::ports::{
    Accounts, ApiKey, ApiKeyRegister, AuditEvidence, AuditLine, ConsentLedger, Export, ExportRegister,
    RightsRegister, Scrub,
};
use crate::rights::{AuditCheckpoint, AuditTruncation, ConsentRecord, LegalHold, RightsRequest};
use crate::time::Timestamp;

/// Accounts with a layer around each call.
pub struct LayeredAccounts<L> {
    inner: Arc<dyn Accounts>,
    layer: Arc<L>,
}

impl<L: Layer> LayeredAccounts<L> {
    /// Wraps `inner`. The layer may be shared with others.
    pub fn new(inner: Arc<dyn Accounts>, layer: Arc<L>) -> Self {
        Self { inner, layer }
    }
}

impl<L: Layer> fmt::Debug for LayeredAccounts<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayeredAccounts").field("inner", &self.inner).field("layer", &self.layer).finish()
    }
}

impl<L: Layer> fmt::Display for LayeredAccounts<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.inner, self.layer)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> ApiKeyRegister for LayeredAccounts<L> {
    async fn add_api_key(&self, key: ApiKey) -> Result<()> {
        self.layer.repeatable("api_keys.add", || self.inner.add_api_key(key.clone())).await
    }

    async fn api_key(&self, tenant: &TenantId, id: &ApiKeyId) -> Result<ApiKey> {
        self.layer.repeatable("api_keys.get", || self.inner.api_key(tenant, id)).await
    }

    async fn api_key_of(&self, digest: &ContentHash) -> Result<ApiKey> {
        self.layer.repeatable("api_keys.of", || self.inner.api_key_of(digest)).await
    }

    async fn api_keys(
        &self,
        tenant: &TenantId,
        after: Option<&ApiKeyId>,
        limit: usize,
    ) -> Result<Vec<ApiKey>> {
        self.layer.repeatable("api_keys.list", || self.inner.api_keys(tenant, after, limit)).await
    }

    async fn end_api_key(&self, tenant: &TenantId, id: &ApiKeyId, at: Timestamp) -> Result<ApiKey> {
        self.layer.repeatable("api_keys.end", || self.inner.end_api_key(tenant, id, at)).await
    }

    async fn api_key_changes(&self, after: u64, limit: usize) -> Result<Vec<(u64, ApiKey)>> {
        self.layer.repeatable("api_keys.changes", || self.inner.api_key_changes(after, limit)).await
    }

    async fn drop_sign_ins(&self, before: Timestamp) -> Result<u64> {
        self.layer.repeatable("api_keys.drop_sign_ins", || self.inner.drop_sign_ins(before)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> ConsentLedger for LayeredAccounts<L> {
    async fn record(&self, record: ConsentRecord) -> Result<Vec<ConsentRecord>> {
        self.layer.repeatable("consents.record", || self.inner.record(record.clone())).await
    }

    async fn history(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<ConsentRecord>> {
        self.layer.repeatable("consents.history", || self.inner.history(tenant, subject)).await
    }

    async fn replace_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<u64> {
        self.layer
            .repeatable("consents.replace_subject", || self.inner.replace_subject(tenant, subject, stand_in))
            .await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> RightsRegister for LayeredAccounts<L> {
    async fn open_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        self.layer.repeatable("rights.open_request", || self.inner.open_request(request.clone())).await
    }

    async fn request(&self, tenant: &TenantId, id: &RequestId) -> Result<RightsRequest> {
        self.layer.repeatable("rights.request", || self.inner.request(tenant, id)).await
    }

    async fn save_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        self.layer.repeatable("rights.save_request", || self.inner.save_request(request.clone())).await
    }

    async fn unsettled(&self, tenant: Option<&TenantId>, limit: usize) -> Result<Vec<RightsRequest>> {
        self.layer.repeatable("rights.unsettled", || self.inner.unsettled(tenant, limit)).await
    }

    async fn requests_of(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<RightsRequest>> {
        self.layer.repeatable("rights.requests_of", || self.inner.requests_of(tenant, subject)).await
    }

    async fn place_hold(&self, hold: LegalHold) -> Result<()> {
        self.layer.repeatable("rights.place_hold", || self.inner.place_hold(hold.clone())).await
    }

    async fn release_hold(&self, tenant: &TenantId, subject: &SubjectId) -> Result<bool> {
        self.layer.repeatable("rights.release_hold", || self.inner.release_hold(tenant, subject)).await
    }

    async fn holds(&self, tenant: &TenantId) -> Result<Vec<LegalHold>> {
        self.layer.repeatable("rights.holds", || self.inner.holds(tenant)).await
    }

    async fn bury(&self, tenant: &TenantId, digests: &[ContentHash], at: Timestamp) -> Result<()> {
        self.layer.repeatable("rights.bury", || self.inner.bury(tenant, digests, at)).await
    }

    async fn is_buried(&self, tenant: &TenantId, digests: &[ContentHash]) -> Result<bool> {
        self.layer.repeatable("rights.is_buried", || self.inner.is_buried(tenant, digests)).await
    }

    async fn forget_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<()> {
        self.layer
            .repeatable("rights.forget_subject", || self.inner.forget_subject(tenant, subject, stand_in))
            .await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> ExportRegister for LayeredAccounts<L> {
    async fn note_export(&self, export: Export) -> Result<()> {
        self.layer.repeatable("exports.note", || self.inner.note_export(export.clone())).await
    }

    async fn exports_of(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<Vec<Export>> {
        self.layer.repeatable("exports.of", || self.inner.exports_of(tenant, sessions)).await
    }

    async fn forget_export(&self, tenant: &TenantId, export: &ExportId) -> Result<()> {
        self.layer.repeatable("exports.forget", || self.inner.forget_export(tenant, export)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> AuditEvidence for LayeredAccounts<L> {
    async fn lines(&self, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        self.layer.repeatable("audit.lines", || self.inner.lines(after, limit)).await
    }

    async fn keep_checkpoint(&self, checkpoint: AuditCheckpoint) -> Result<()> {
        self.layer
            .repeatable("audit.keep_checkpoint", || self.inner.keep_checkpoint(checkpoint.clone()))
            .await
    }

    async fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<AuditCheckpoint>> {
        self.layer.repeatable("audit.checkpoints", || self.inner.checkpoints(after, limit)).await
    }

    async fn truncate(&self, truncation: AuditTruncation) -> Result<u64> {
        self.layer.repeatable("audit.truncate", || self.inner.truncate(truncation.clone())).await
    }

    async fn truncation(&self) -> Result<Option<AuditTruncation>> {
        self.layer.repeatable("audit.truncation", || self.inner.truncation()).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> Scrub for LayeredAccounts<L> {
    async fn scrub(&self) -> Result<()> {
        self.layer.repeatable("catalog.scrub", || self.inner.scrub()).await
    }
}
