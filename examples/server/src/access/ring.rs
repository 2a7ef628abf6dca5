//! The keys that are known to this process: those of the configuration, and those of the catalog, whose changes are
//! read every second. A key that ends anywhere ends here within that second, also for connections that are open.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use codesight_core::Result;
use codesight_core::id::{ApiKeyId, ContentHash, TenantId};
use codesight_core::ports::{Accounts, ApiKey};
use codesight_core::time::Clock;
use tokio::sync::Semaphore;

use super::secret::digest;
use crate::app::App;

/// How often changes are asked for. A key must end everywhere within five seconds.
const LOOK: Duration = Duration::from_secs(1);
const PAGE: usize = 500;
/// Secrets that are not known here may have been made elsewhere within the last second: so many are looked up at once,
/// so that strangers who guess do not keep the catalog busy.
const LOOKUPS: usize = 4;
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);
/// Sign-ins are forgotten so long after their end.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const LOOKS_A_CLEANING: u32 = 600;

#[derive(Default)]
struct Known {
    by_digest: HashMap<ContentHash, Arc<ApiKey>>,
    by_id: HashMap<ApiKeyId, Arc<ApiKey>>,
}

impl Known {
    fn insert(&mut self, key: &ApiKey) {
        let key = Arc::new(key.clone());
        self.by_digest.insert(key.digest, Arc::clone(&key));
        self.by_id.insert(key.id.clone(), key);
    }

    fn remove(&mut self, id: &ApiKeyId) {
        if let Some(key) = self.by_id.remove(id) {
            self.by_digest.remove(&key.digest);
        }
    }
}

/// The keys, each by the digest of its secret.
pub(crate) struct KeyRing {
    known: RwLock<Known>,
    accounts: Arc<dyn Accounts>,
    clock: Arc<dyn Clock>,
    /// The last change that was read.
    seen: AtomicU64,
    lookups: Semaphore,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// The keys of the configuration, to which [`catch_up`](Self::catch_up) adds those of the catalog.
    pub(crate) fn new(configured: &[ApiKey], accounts: Arc<dyn Accounts>, clock: Arc<dyn Clock>) -> Self {
        let mut known = Known::default();
        configured.iter().for_each(|key| known.insert(key));
        Self {
            known: RwLock::new(known),
            accounts,
            clock,
            seen: AtomicU64::new(0),
            lookups: Semaphore::new(LOOKUPS),
        }
    }

    /// Reads what changed since the last call.
    pub(crate) async fn catch_up(&self) -> Result<()> {
        loop {
            let changes = self.accounts.api_key_changes(self.seen.load(Ordering::Acquire), PAGE).await?;
            let Some((last, _)) = changes.last() else { return Ok(()) };
            self.seen.store(*last, Ordering::Release);
            changes.iter().for_each(|(_, key)| self.learn(key));
        }
    }

    /// Takes a key in as it is now.
    pub(crate) fn learn(&self, key: &ApiKey) {
        self.write(|known| known.insert(key));
    }

    /// Puts the keys of a changed configuration in place of those of the one before.
    pub(crate) fn configure(&self, before: &[ApiKey], after: &[ApiKey]) {
        self.write(|known| {
            before.iter().for_each(|key| known.remove(&key.id));
            after.iter().for_each(|key| known.insert(key));
        });
    }

    /// Whether there is no key that anybody could use.
    pub(crate) fn is_empty(&self) -> bool {
        let now = self.clock.now();
        !self.read(|known| known.by_id.values().any(|key| key.is_good_at(now)))
    }

    /// The tenants that have keys, ended ones too.
    pub(crate) fn tenants(&self) -> BTreeSet<TenantId> {
        self.read(|known| known.by_id.values().map(|key| key.tenant.clone()).collect())
    }

    /// The key whose secret this is, if it is good. The secret is never compared: its digest is looked up, so that time
    /// tells nothing about it.
    pub(crate) async fn identify(&self, secret: &str) -> Option<Arc<ApiKey>> {
        let digest = digest(secret);
        let find = || self.read(|known| known.by_digest.get(&digest).cloned());
        let key = match find() {
            Some(key) => key,
            None => {
                let _turn = self.lookups.acquire().await.ok()?;
                let looked_up = tokio::time::timeout(LOOKUP_TIMEOUT, self.accounts.api_key_of(&digest)).await;
                self.learn(&looked_up.ok()?.ok()?);
                find()?
            }
        };
        self.is_good(&key.id).then_some(key)
    }

    /// Whether the key is good now, and the one that was signed in with, too.
    pub(crate) fn is_good(&self, id: &ApiKeyId) -> bool {
        let now = self.clock.now();
        self.read(|known| {
            let is_good = |id| known.by_id.get(id).is_some_and(|key: &Arc<ApiKey>| key.is_good_at(now));
            let parent = known.by_id.get(id).and_then(|key| key.parent.as_ref());
            is_good(id) && parent.is_none_or(is_good)
        })
    }

    /// Forgets sign-ins that ended long ago, here and in the catalog.
    async fn clean(&self) -> Result<()> {
        let now = self.clock.now();
        let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        let before = codesight_core::time::Timestamp::from_millis(now.as_millis().saturating_sub(kept));
        self.accounts.drop_sign_ins(before).await?;
        self.write(|known| {
            known.by_digest.retain(|_, key| key.is_good_at(before));
            known.by_id.retain(|_, key| key.is_good_at(before));
        });
        Ok(())
    }

    fn read<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Follows the changes until the shutdown.
pub(crate) async fn follow(app: App) {
    let mut looks: u32 = 0;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = app.shutdown.cancelled() => return,
        }
        looks = looks.wrapping_add(1);
        let done = match app.access.catch_up().await {
            Ok(()) if looks.is_multiple_of(LOOKS_A_CLEANING) => {
                app.quotas.clean();
                app.access.clean().await
            }
            done => done,
        };
        if let Err(error) = done {
            tracing::warn!(error = %error, "changes of keys could not be read");
        }
    }
}
