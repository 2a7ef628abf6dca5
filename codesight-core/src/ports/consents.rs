//! The consent ledger: what people agreed to, and what they took back.

use std::fmt;

use async_trait::async_trait;

use crate::error::Result;
use crate::id::{SubjectId, TenantId};
use crate::rights::ConsentRecord;

/// Keeps decisions in the order in which they became known. Nothing is ever changed in it but the name of a person who
/// was erased.
#[async_trait]
pub trait ConsentLedger: fmt::Debug + fmt::Display + Send + Sync {
    /// Adds a decision, and returns all decisions of its subject, in the order in which they became known.
    ///
    /// # Behaviour
    /// - a decision that is there already is not added again; `recorded_at` and `source` make no difference
    /// - calls at once lose no decision
    async fn record(&self, record: ConsentRecord) -> Result<Vec<ConsentRecord>>;

    /// All decisions of a subject, in the order in which they became known.
    ///
    /// # Behaviour
    /// - an unknown subject, or one of another tenant, has none
    async fn history(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<ConsentRecord>>;

    /// Replaces a subject's name by `stand_in` in every decision, and returns in how many. What was agreed to, and
    /// when, stays provable; whose it was does not stay readable.
    ///
    /// # Behaviour
    /// - afterwards the history of the subject is empty, and that of the stand-in has its decisions
    /// - twice, or for an unknown subject, is fine
    async fn replace_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<u64>;
}
