//! What reviewers' decisions come to, session by session.

use std::collections::BTreeMap;

use codesight_core::Result;
use codesight_core::id::{SessionId, TenantId};
use codesight_core::review::Standing;

use crate::app::App;

/// Decisions read at a time.
const PAGE: usize = 1_000;

impl App {
    /// What the decisions about each session of a tenant come to.
    pub(crate) async fn standings(&self, tenant: &TenantId) -> Result<BTreeMap<SessionId, Standing>> {
        let (mut standings, mut after) = (BTreeMap::<SessionId, Standing>::new(), 0);
        loop {
            let page = self.catalog.reviews(tenant, after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(standings) };
            after = *last;
            for (_, review) in page {
                standings.entry(review.session.clone()).or_default().add(&review);
            }
        }
    }
}
