//! Reviews of sessions: decisions that are added and never changed.

use std::fmt;

use async_trait::async_trait;

use super::SessionRef;
use crate::error::Result;
use crate::id::TenantId;
use crate::review::Review;

/// Keeps what reviewers decided. Reviews go with their session when it is deleted.
#[async_trait]
pub trait ReviewLedger: fmt::Debug + fmt::Display + Send + Sync {
    /// Adds a decision and returns it as stored.
    ///
    /// # Behaviour
    /// - a known id returns the stored decision unchanged, whatever is in `review`
    /// - an unknown session, or one of another tenant, is `NotFound`, and nothing is stored
    async fn add_review(&self, review: Review) -> Result<Review>;

    /// The decisions about a session, in the order in which they were added.
    ///
    /// # Behaviour
    /// - an unknown session, or one of another tenant, has none
    /// - a deleted session has none, also when its id is used again
    async fn reviews_of(&self, session: &SessionRef) -> Result<Vec<Review>>;

    /// Up to `limit` decisions of a tenant that were added after the one at position `after`, with their positions.
    ///
    /// # Behaviour
    /// - in the order in which they were added; going on after the last position visits each once
    /// - never a decision of another tenant
    async fn reviews(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<(u64, Review)>>;
}
