//! The register of subject rights: requests, legal holds, and the tombstones of what was erased.

use std::fmt;

use async_trait::async_trait;

use super::{ApiKeyRegister, AuditEvidence, ConsentLedger, ExportRegister, Scrub};
use crate::error::Result;
use crate::id::{ContentHash, RequestId, SubjectId, TenantId};
use crate::rights::{LegalHold, RightsRequest};
use crate::time::Timestamp;

/// Keeps requests, holds and tombstones.
#[async_trait]
pub trait RightsRegister: fmt::Debug + fmt::Display + Send + Sync {
    /// Takes a request in.
    ///
    /// # Behaviour
    /// - a known id returns the stored request unchanged, whatever is in `request`
    async fn open_request(&self, request: RightsRequest) -> Result<RightsRequest>;

    /// The request.
    ///
    /// # Behaviour
    /// - an unknown request, or one of another tenant, is `NotFound`
    async fn request(&self, tenant: &TenantId, id: &RequestId) -> Result<RightsRequest>;

    /// Stores a request that was read before, and returns it with its next revision.
    ///
    /// # Behaviour
    /// - a request that was stored by somebody else in the meantime is `Conflict`, and nothing is changed
    /// - an unknown request is `NotFound`
    async fn save_request(&self, request: RightsRequest) -> Result<RightsRequest>;

    /// Up to `limit` requests of a tenant, or of all, that are not settled, by their due date.
    ///
    /// # Behaviour
    /// - a settled request is not among them
    async fn unsettled(&self, tenant: Option<&TenantId>, limit: usize) -> Result<Vec<RightsRequest>>;

    /// All requests that name a subject, by when they were received.
    ///
    /// # Behaviour
    /// - never a request of another tenant
    async fn requests_of(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<RightsRequest>>;

    /// Places a hold: nothing of the subject is deleted until it is released.
    ///
    /// # Behaviour
    /// - a second hold on the same subject leaves the first as it is
    async fn place_hold(&self, hold: LegalHold) -> Result<()>;

    /// Releases the hold on a subject; says whether there was one.
    ///
    /// # Behaviour
    /// - twice, or without a hold, is fine
    async fn release_hold(&self, tenant: &TenantId, subject: &SubjectId) -> Result<bool>;

    /// The holds of a tenant that are in force, by subject.
    async fn holds(&self, tenant: &TenantId) -> Result<Vec<LegalHold>>;

    /// Buries names for good. They are given as digests, so that the register does not hold what it forgets.
    ///
    /// # Behaviour
    /// - all or none of them are stored
    /// - what is buried stays so: twice is fine, and nothing digs it up
    async fn bury(&self, tenant: &TenantId, digests: &[ContentHash], at: Timestamp) -> Result<()>;

    /// Whether any of these names was buried in this tenant.
    ///
    /// # Behaviour
    /// - no digests, unknown ones, and those of another tenant are not
    async fn is_buried(&self, tenant: &TenantId, digests: &[ContentHash]) -> Result<bool>;

    /// Replaces a subject's name by `stand_in` in every request, and strikes its hold.
    ///
    /// # Behaviour
    /// - a hold in force is `Conflict`, and nothing is changed
    /// - it is a change of the request: who read it before cannot bring the name back by storing it
    /// - twice, or for an unknown subject, is fine
    async fn forget_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<()>;
}

/// Everything a server needs to account for what it does with personal data and who may ask it to, in one backend.
pub trait Accounts:
    ApiKeyRegister + ConsentLedger + RightsRegister + ExportRegister + AuditEvidence + Scrub
{
}

impl<T> Accounts for T where
    T: ApiKeyRegister + ConsentLedger + RightsRegister + ExportRegister + AuditEvidence + Scrub + ?Sized
{
}
