//! Reviews in memory.

use async_trait::async_trait;

use super::MemoryCatalog;
use crate::error::Result;
use crate::id::TenantId;
use crate::ports::{ReviewLedger, SessionRef};
use crate::review::Review;

#[async_trait]
impl ReviewLedger for MemoryCatalog {
    async fn add_review(&self, review: Review) -> Result<Review> {
        let mut state = self.state();
        let session = SessionRef { tenant: review.tenant.clone(), session: review.session.clone() };
        state.session("reviews.add", &session)?;
        let known =
            state.reviews.values().find(|stored| stored.tenant == review.tenant && stored.id == review.id);
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let position = state.reviewed + 1;
        state.reviewed = position;
        state.reviews.insert(position, review.clone());
        Ok(review)
    }

    async fn reviews_of(&self, session: &SessionRef) -> Result<Vec<Review>> {
        let state = self.state();
        let about = |review: &&Review| review.tenant == session.tenant && review.session == session.session;
        Ok(state.reviews.values().filter(about).cloned().collect())
    }

    async fn reviews(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<(u64, Review)>> {
        let state = self.state();
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        let of_tenant = state.reviews.range(first..).filter(|(_, review)| &review.tenant == tenant);
        Ok(of_tenant.take(limit).map(|(position, review)| (*position, review.clone())).collect())
    }
}
