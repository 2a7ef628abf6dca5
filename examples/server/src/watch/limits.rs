//! How many may look on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use codesight_core::id::TenantId;

/// Viewers of one tenant at once.
pub(crate) const MOST_VIEWERS_OF_TENANT: usize = 256;

/// The viewers there are, by tenant.
#[derive(Debug, Default)]
pub(crate) struct Viewers(Arc<Mutex<HashMap<TenantId, usize>>>);

impl Viewers {
    /// One more; none when the tenant has too many.
    pub(super) fn admit(&self, tenant: &TenantId) -> Option<Counted> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(tenant.clone()).or_default();
        if *count >= MOST_VIEWERS_OF_TENANT {
            return None;
        }
        *count += 1;
        Some(Counted { tenant: tenant.clone(), counts: Arc::clone(&self.0) })
    }
}

/// A viewer, until it goes.
#[derive(Debug)]
pub(super) struct Counted {
    tenant: TenantId,
    counts: Arc<Mutex<HashMap<TenantId, usize>>>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_so_many_viewers_and_no_more_and_others_have_their_own() {
        let viewers = Viewers::default();
        let (one, other) = ("one".parse().expect("a name"), "other".parse().expect("a name"));
        let mut all: Vec<_> = (0..MOST_VIEWERS_OF_TENANT).map(|_| viewers.admit(&one)).collect();
        assert!(all.iter().all(Option::is_some));
        assert!(viewers.admit(&one).is_none());
        assert!(viewers.admit(&other).is_some());
        all.pop();
        assert!(viewers.admit(&one).is_some(), "one has gone");
    }
}
