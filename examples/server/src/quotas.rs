//! How much each may ask for, so that one tenant's flood is its own: requests by key, strangers' requests by address,
//! requests under way and places recorded by tenant.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use codesight_core::id::{ApiKeyId, TenantId};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// Requests that may be made at once after a pause, in seconds of the steady rate.
pub(crate) const BURST_SECONDS: u32 = 3;
/// Requests of one tenant that are under way at once: more wait in nobody's memory.
const MOST_UNDER_WAY: usize = 128;
/// Places that a tenant may send at once after a pause, in seconds of its steady rate. No batch is larger than the least.
const LEAST_BURST_OF_PLACES: u32 = 512;

/// The quotas of the configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QuotaSettings {
    /// Requests a second of one key.
    pub(crate) requests: NonZeroU32,
    /// Requests a second of one address without a key.
    pub(crate) stranger_requests: NonZeroU32,
    /// Places a second of one tenant; as many as come, when there is none.
    pub(crate) places: Option<NonZeroU32>,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    Key(ApiKeyId),
    Address(IpAddr),
}

/// Where an asker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Requests in a burst.
    pub(crate) burst: u32,
    /// How many of them are left.
    pub(crate) left: u32,
    /// How long to wait, when there was none.
    pub(crate) wait: Option<Duration>,
}

impl Standing {
    /// Seconds until the whole burst may be made again.
    pub(crate) fn full_in_seconds(self) -> u32 {
        let used = self.burst.saturating_sub(self.left);
        used.saturating_mul(BURST_SECONDS).div_ceil(self.burst.max(1))
    }
}

/// The quotas, and what was used of them.
#[derive(Debug)]
pub(crate) struct Quotas {
    keys: Limiter<Asker>,
    strangers: Limiter<Asker>,
    places: Option<Limiter<TenantId>>,
    under_way: Arc<Mutex<HashMap<TenantId, usize>>>,
    clock: DefaultClock,
}

impl Quotas {
    pub(crate) fn new(settings: QuotaSettings) -> Self {
        let burst = |rate: NonZeroU32| rate.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
        let requests = |rate| limiter(Quota::per_second(rate).allow_burst(burst(rate)));
        let places = settings.places.map(|rate| {
            let least = NonZeroU32::MIN.saturating_add(LEAST_BURST_OF_PLACES - 1);
            limiter(Quota::per_second(rate).allow_burst(rate.max(least)))
        });
        Self {
            keys: requests(settings.requests),
            strangers: requests(settings.stranger_requests),
            places,
            under_way: Arc::default(),
            clock: DefaultClock::default(),
        }
    }

    /// Takes one request of the asker's.
    pub(crate) fn request(&self, asker: &Asker) -> Standing {
        let limiter = match asker {
            Asker::Key(_) => &self.keys,
            Asker::Address(_) => &self.strangers,
        };
        match limiter.check_key(asker) {
            Ok(state) => Standing {
                burst: state.quota().burst_size().get(),
                left: state.remaining_burst_capacity(),
                wait: None,
            },
            Err(refused) => Standing {
                burst: refused.quota().burst_size().get(),
                left: 0,
                wait: Some(refused.wait_time_from(self.clock.now())),
            },
        }
    }

    /// Begins a request of a tenant; none when too many are under way.
    pub(crate) fn begin(&self, tenant: &TenantId) -> Option<UnderWay> {
        let mut counts = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(tenant.clone()).or_default();
        if *count >= MOST_UNDER_WAY {
            return None;
        }
        *count += 1;
        Some(UnderWay { tenant: tenant.clone(), counts: Arc::clone(&self.under_way) })
    }

    /// Waits until the tenant may have this many places stored, which is told in `is_waiting` meanwhile; says whether it had
    /// to wait. Nothing more is read from who waits: the flood stays at its source.
    pub(crate) async fn places(&self, tenant: &TenantId, count: usize, is_waiting: &AtomicBool) -> bool {
        let Some(places) = &self.places else { return false };
        let Some(count) = u32::try_from(count).ok().and_then(NonZeroU32::new) else { return false };
        let mut waited = false;
        // An append may be larger than the burst: it is taken in parts.
        let mut left = count.get();
        while let Some(part) = NonZeroU32::new(left.min(LEAST_BURST_OF_PLACES)) {
            if !matches!(places.check_key_n(tenant, part), Ok(Ok(_))) {
                waited = true;
                is_waiting.store(true, Ordering::Relaxed);
                let _ = places.until_key_n_ready(tenant, part).await;
            }
            left -= part.get();
        }
        is_waiting.store(false, Ordering::Relaxed);
        waited
    }

    /// Forgets askers that were not heard of for a while.
    pub(crate) fn clean(&self) {
        self.keys.retain_recent();
        self.strangers.retain_recent();
        if let Some(places) = &self.places {
            places.retain_recent();
        }
    }
}

fn limiter<K: std::hash::Hash + Eq + Clone>(quota: Quota) -> Limiter<K> {
    RateLimiter::hashmap(quota).with_middleware()
}

/// A request of a tenant, until it is answered.
#[derive(Debug)]
pub(crate) struct UnderWay {
    tenant: TenantId,
    counts: Arc<Mutex<HashMap<TenantId, usize>>>,
}

impl Drop for UnderWay {
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

    fn quotas(requests: u32, places: Option<u32>) -> Quotas {
        let number = |number| NonZeroU32::new(number).expect("not zero");
        Quotas::new(QuotaSettings {
            requests: number(requests),
            stranger_requests: number(1),
            places: places.map(number),
        })
    }

    fn tenant(name: &str) -> TenantId {
        name.parse().expect("a name")
    }

    #[test]
    fn who_asks_too_often_is_told_how_long_to_wait_and_nobody_else_is() {
        let quotas = quotas(2, None);
        let (one, other) = ("one".parse().expect("a name"), "other".parse().expect("a name"));
        let (one, other) = (Asker::Key(one), Asker::Key(other));
        let left: Vec<u32> = (0..6).map(|_| quotas.request(&one).left).collect();
        assert_eq!(left, [5, 4, 3, 2, 1, 0]);
        let refused = quotas.request(&one);
        assert!(refused.wait.is_some_and(|wait| wait <= Duration::from_millis(500)), "{refused:?}");
        assert_eq!(quotas.request(&other).wait, None);
    }

    #[test]
    fn one_tenant_cannot_have_all_requests_under_way() {
        let quotas = quotas(1, None);
        let mut held: Vec<_> = (0..MOST_UNDER_WAY).map(|_| quotas.begin(&tenant("one"))).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(quotas.begin(&tenant("one")).is_none());
        assert!(quotas.begin(&tenant("other")).is_some());
        held.pop();
        assert!(quotas.begin(&tenant("one")).is_some(), "one was answered");
    }

    #[tokio::test]
    async fn a_flood_waits_and_the_others_do_not() {
        let quotas = quotas(1, Some(100));
        let (flood, is_waiting) = (tenant("flood"), AtomicBool::new(false));
        let is_told = || is_waiting.load(Ordering::Relaxed);
        assert!(!quotas.places(&flood, 500, &is_waiting).await, "a burst");
        assert!(!quotas.places(&tenant("other"), 100, &is_waiting).await && !is_told());
        let waits = tokio::time::timeout(Duration::from_millis(50), quotas.places(&flood, 512, &is_waiting));
        assert!(waits.await.is_err() && is_told(), "the flood did not wait");
        assert!(
            !quotas.places(&tenant("other"), 100, &AtomicBool::new(false)).await,
            "another tenant waited"
        );
        // A few places come within a moment, and reading goes on.
        assert!(quotas.places(&flood, 60, &is_waiting).await && !is_told());
    }
}
