//! Accounts that fail on purpose.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::Faults;
use crate::error::Result;
use crate::id::{ContentHash, ExportId, RequestId, SessionId, SubjectId, TenantId};
use crate::ports::{
    Accounts, AuditEvidence, AuditLine, ConsentLedger, Export, ExportRegister, RightsRegister, Scrub,
};
use crate::rights::{AuditCheckpoint, ConsentRecord, LegalHold, RightsRequest};
use crate::time::Timestamp;

/// Passes calls on, except those that its [`Faults`] let fail.
#[derive(Debug)]
pub struct FaultyAccounts {
    inner: Arc<dyn Accounts>,
    faults: Arc<Faults>,
}

impl FaultyAccounts {
    /// Wraps `inner`.
    pub fn new(inner: Arc<dyn Accounts>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

impl fmt::Display for FaultyAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with faults", self.inner)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl ConsentLedger for FaultyAccounts {
    async fn record(&self, record: ConsentRecord) -> Result<Vec<ConsentRecord>> {
        self.faults.around(self.inner.record(record)).await
    }

    async fn history(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<ConsentRecord>> {
        self.faults.around(self.inner.history(tenant, subject)).await
    }

    async fn replace_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<u64> {
        self.faults.around(self.inner.replace_subject(tenant, subject, stand_in)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl RightsRegister for FaultyAccounts {
    async fn open_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        self.faults.around(self.inner.open_request(request)).await
    }

    async fn request(&self, tenant: &TenantId, id: &RequestId) -> Result<RightsRequest> {
        self.faults.around(self.inner.request(tenant, id)).await
    }

    async fn save_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        self.faults.around(self.inner.save_request(request)).await
    }

    async fn unsettled(&self, tenant: Option<&TenantId>, limit: usize) -> Result<Vec<RightsRequest>> {
        self.faults.around(self.inner.unsettled(tenant, limit)).await
    }

    async fn requests_of(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<RightsRequest>> {
        self.faults.around(self.inner.requests_of(tenant, subject)).await
    }

    async fn place_hold(&self, hold: LegalHold) -> Result<()> {
        self.faults.around(self.inner.place_hold(hold)).await
    }

    async fn release_hold(&self, tenant: &TenantId, subject: &SubjectId) -> Result<bool> {
        self.faults.around(self.inner.release_hold(tenant, subject)).await
    }

    async fn holds(&self, tenant: &TenantId) -> Result<Vec<LegalHold>> {
        self.faults.around(self.inner.holds(tenant)).await
    }

    async fn bury(&self, tenant: &TenantId, digests: &[ContentHash], at: Timestamp) -> Result<()> {
        self.faults.around(self.inner.bury(tenant, digests, at)).await
    }

    async fn is_buried(&self, tenant: &TenantId, digests: &[ContentHash]) -> Result<bool> {
        self.faults.around(self.inner.is_buried(tenant, digests)).await
    }

    async fn forget_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<()> {
        self.faults.around(self.inner.forget_subject(tenant, subject, stand_in)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl ExportRegister for FaultyAccounts {
    async fn note_export(&self, export: Export) -> Result<()> {
        self.faults.around(self.inner.note_export(export)).await
    }

    async fn exports_of(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<Vec<Export>> {
        self.faults.around(self.inner.exports_of(tenant, sessions)).await
    }

    async fn forget_export(&self, tenant: &TenantId, export: &ExportId) -> Result<()> {
        self.faults.around(self.inner.forget_export(tenant, export)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl AuditEvidence for FaultyAccounts {
    async fn lines(&self, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        self.faults.around(self.inner.lines(after, limit)).await
    }

    async fn keep_checkpoint(&self, checkpoint: AuditCheckpoint) -> Result<()> {
        self.faults.around(self.inner.keep_checkpoint(checkpoint)).await
    }

    async fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<AuditCheckpoint>> {
        self.faults.around(self.inner.checkpoints(after, limit)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Scrub for FaultyAccounts {
    async fn scrub(&self) -> Result<()> {
        self.faults.around(self.inner.scrub()).await
    }
}
