//! What every part of the server shares.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use codesight_core::Result;
use codesight_core::id::{SessionId, TenantId};
use codesight_core::model::ArchiveLevel;
use codesight_core::ports::{
    Accounts, AuditAction, AuditEvent, AuditLog, BlobStore, Catalog, KeyStore, ProviderFiles, SecretKey,
    SessionRef,
};
use codesight_core::privacy::{EntityRecognizer, Masker, MediaPolicy, PiiDetector, SecondLook};
use codesight_core::rights::TenantDigests;
use codesight_core::time::Clock;
use codesight_core::wire::WireLimits;
use codesight_core::{Error, ErrorKind};
use codesight_storage::ObjectBlobStore;
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::KeyRing;
use crate::auth::Origins;
use crate::datasets::Builds;
use crate::flags::Flags;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::monitors::Monitors;
use crate::oidc::Provider;
use crate::others::Others;
use crate::pseudonyms::PseudonymSettings;
use crate::quotas::Quotas;
use crate::rest::Answers;
use crate::storage_guard::StorageGuard;
use crate::vision::Vision;
use crate::watch::Viewers;

/// The backends and the state of the process. Cloned freely: everything in it is shared.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) catalog: Arc<dyn Catalog>,
    pub(crate) blobs: Arc<dyn BlobStore>,
    /// The store below the blobs, for the unfinished uploads that only it can clean.
    pub(crate) uploads: ObjectBlobStore,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) audit: Arc<dyn AuditLog>,
    /// Consents, requests, holds, tombstones, exports and the evidence of the audit log.
    pub(crate) accounts: Arc<dyn Accounts>,
    /// Services that files were uploaded to.
    pub(crate) providers: Vec<Arc<dyn ProviderFiles>>,
    pub(crate) digests: Arc<Mutex<HashMap<TenantId, TenantDigests>>>,
    /// Versions of the consent text that are in use; any, when none is named.
    pub(crate) consent_texts: Arc<Vec<String>>,
    /// The last position of the audit log that is known to be signed.
    pub(crate) signed_through: Arc<AtomicU64>,
    pub(crate) detector: Arc<dyn PiiDetector>,
    /// Looks for names in what was masked, before it is archived.
    pub(crate) recognizer: Option<Arc<dyn EntityRecognizer>>,
    /// Looks at frames before they are archived.
    pub(crate) vision: Option<Arc<Vision>>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Who may use the interface, as whom, and what for.
    pub(crate) access: Arc<KeyRing>,
    pub(crate) flags: Arc<Flags>,
    /// Datasets that are being made.
    pub(crate) builds: Arc<Builds>,
    /// Where people sign in who have no key.
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) monitors: Arc<Monitors>,
    pub(crate) quotas: Arc<Quotas>,
    /// Answers to requests that may be sent again.
    pub(crate) answers: Arc<Answers>,
    /// Whether people reach the server by HTTPS, so that cookies can be kept to it.
    pub(crate) is_secure: bool,
    pub(crate) origins: Arc<Origins>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) viewers: Arc<Viewers>,
    /// The other nodes on the same database.
    pub(crate) others: Others,
    pub(crate) metrics: Arc<Metrics>,
    /// What stands in for what was masked.
    pub(crate) pseudonyms: Arc<PseudonymSettings>,
    /// Which pictures and videos are painted over.
    pub(crate) media_policy: MediaPolicy,
    pub(crate) limits: WireLimits,
    /// Where unfinished archives are written.
    pub(crate) scratch: std::path::PathBuf,
    /// Wakes the workers when a job was queued here.
    pub(crate) job_queued: Arc<Notify>,
    /// How long a job is a worker's without a sign of life.
    pub(crate) job_lease: std::time::Duration,
    /// How archives keep frames.
    pub(crate) archive_level: ArchiveLevel,
    /// How much may be stored.
    pub(crate) storage: Arc<StorageGuard>,
    /// Connections and jobs under way.
    pub(crate) tasks: TaskTracker,
    /// Set once, when the process is to end.
    pub(crate) shutdown: CancellationToken,
    pub(crate) closing: Closing,
}

/// Closes the files that are open, so that what is in their logs is in them.
#[derive(Clone)]
pub(crate) struct Closing(Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>);

impl Closing {
    /// Closes with `close`.
    pub(crate) fn new(close: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        Self(Arc::new(close))
    }
}

impl std::fmt::Debug for Closing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Closing")
    }
}

impl App {
    /// Closes the backends. Nothing can be done with them afterwards.
    pub(crate) async fn close(&self) {
        (self.closing.0)().await;
    }

    /// The masker of a session.
    pub(crate) async fn masker(&self, session: &SessionRef) -> Result<Masker> {
        Ok(Masker::new(Arc::clone(&self.detector), self.pseudonymizer(session).await?))
    }

    /// The second look at a session, if there is a recogniser.
    pub(crate) async fn second_look(&self, session: &SessionRef) -> Result<Option<SecondLook>> {
        let Some(recognizer) = &self.recognizer else { return Ok(None) };
        Ok(Some(SecondLook::new(Arc::clone(recognizer), self.pseudonymizer(session).await?)))
    }

    /// Writes into the audit log.
    pub(crate) async fn record(
        &self,
        tenant: &TenantId,
        actor: &str,
        action: AuditAction,
        session: &SessionId,
    ) -> Result<()> {
        let event = AuditEvent {
            at: self.clock.now(),
            tenant: tenant.clone(),
            actor: actor.to_owned(),
            action,
            session: Some(session.clone()),
            subject: None,
            detail: None,
        };
        self.audit.append(event).await.map(|_| ())
    }
}

/// A key nobody could guess.
pub(crate) fn random_key() -> Result<SecretKey> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Unexpected, "server.key", "no random numbers"))?;
    Ok(SecretKey::from_bytes(bytes))
}

/// A new id: a version 7 UUID, so that ids sort by time.
pub(crate) fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
