//! Starting and ending the server.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use codesight_core::Result;
use codesight_core::privacy::{EntityRecognizer, PatternDetector};
use codesight_core::time::Clock;
use codesight_core::{Error, ErrorKind};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::KeyRing;
use crate::app::App;
use crate::auth::Origins;
use crate::backends::Backends;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::flags::Flags;
use crate::hub::Hub;
use crate::listener::{self, ListenerLimits};
use crate::metrics::{self, Metrics};
use crate::oidc::Provider;
use crate::presidio::Presidio;
use crate::quotas::Quotas;
use crate::storage_guard::{self, StorageGuard};
use crate::tls::Certificate;
use crate::vision::Vision;
use crate::{access, others, repair, rest, rights, upload_services, worker};

/// Those who ask for metrics and health are few.
const METRICS_CONNECTIONS: usize = 64;

/// A server that runs until it is told to stop.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    listener: TaskTracker,
    grace: std::time::Duration,
}

impl Server {
    /// Opens the backends, listens and starts the workers.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        let app = open(config).await?;
        let listener = listen(config.listen).await?;
        let address = listener.local_addr().map_err(|error| {
            Error::new(ErrorKind::Unexpected, "server.listen", "the address is unknown").caused_by(error)
        })?;
        for _ in 0..config.workers {
            app.tasks.spawn(worker::work(app.clone()));
        }
        app.tasks.spawn(access::follow(app.clone()));
        app.tasks.spawn(others::follow(app.clone(), app.others.clone()));
        app.tasks.spawn(worker::seal_silent_sessions(app.clone(), config.seal_after));
        app.tasks.spawn(rights::keep_promises(app.clone()));
        app.tasks.spawn(repair::at_start(app.clone()));
        app.tasks.spawn(storage_guard::watch(app.clone()));
        let limits =
            ListenerLimits { max_connections: config.max_connections, header_timeout: config.header_timeout };
        let accepting = TaskTracker::new();
        let router = rest::router(app.clone());
        let tls = match &config.tls {
            None => None,
            Some(files) => {
                let certificate = Certificate::read(files.clone())?;
                app.tasks.spawn(Arc::clone(&certificate).follow(app.shutdown.clone()));
                Some(certificate.acceptor()?)
            }
        };
        accepting.spawn(listener::serve(listener, router, limits, tls, app.clone()));
        if let Some(address) = config.metrics_listen {
            let listener = listen(address).await?;
            let limits = ListenerLimits { max_connections: METRICS_CONNECTIONS, ..limits };
            accepting.spawn(listener::serve(
                listener,
                metrics::serve(app.clone()),
                limits,
                None,
                app.clone(),
            ));
            tracing::info!(metrics = %address, "metrics");
        }
        accepting.close();
        tracing::info!(address = %address, "listening");
        Ok(Self { app, address, listener: accepting, grace: config.grace })
    }

    /// Stops taking work, lets what is under way become durable and be acknowledged, and returns. What takes longer
    /// than the grace period is left: its session resumes, its job's lease runs out.
    pub(crate) async fn stop(self) {
        self.app.shutdown.cancel();
        self.app.tasks.close();
        let all = async {
            self.listener.wait().await;
            self.app.tasks.wait().await;
        };
        if tokio::time::timeout(self.grace, all).await.is_err() {
            tracing::warn!("not everything ended in time");
        }
        self.app.close().await;
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(ErrorKind::Unavailable, "server.listen", "the address cannot be listened on")
            .with("address", address)
            .caused_by(error)
    })
}

/// Opens the backends, and neither listens nor works.
pub(crate) async fn open(config: &Config) -> Result<App> {
    let folder = &config.data_dir;
    let scratch = folder.join("scratch");
    for folder in [folder, &scratch] {
        create_folder(folder).await?;
    }
    let backends = Backends::open(&config.backends, folder).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let access = KeyRing::new(&config.keys(), Arc::clone(&backends.accounts), Arc::clone(&clock));
    access.catch_up().await?;
    Ok(App {
        audit: backends.audit,
        accounts: backends.accounts,
        catalog: backends.catalog,
        keys: backends.keys,
        blobs: backends.blobs,
        uploads: backends.uploads,
        providers: upload_services::open(&config.uploads_at, &clock)?,
        digests: Arc::default(),
        consent_texts: Arc::new(config.consent_texts.clone()),
        signed_through: Arc::default(),
        detector: Arc::new(PatternDetector::default()),
        recognizer: recognizer(config)?,
        vision: Vision::open(&config.vision)?.map(Arc::new),
        clock,
        access: Arc::new(access),
        flags: Arc::new(Flags::new(&config.flags)),
        builds: Arc::default(),
        provider: Provider::open(&config.oidc)?.map(Arc::new),
        monitors: Arc::default(),
        quotas: Arc::new(Quotas::new(config.quotas)),
        answers: Arc::default(),
        is_secure: config.tls.is_some() || config.behind_tls,
        origins: Arc::new(Origins::new(config.allow_origins.clone())),
        hub: Arc::new(Hub::new(backends.others.clone())),
        viewers: Arc::default(),
        others: backends.others,
        metrics: Arc::new(Metrics::default()),
        pseudonyms: Arc::new(config.pseudonyms.clone()),
        media_policy: config.media_policy,
        limits: config.limits,
        scratch,
        job_queued: Arc::new(Notify::new()),
        job_lease: config.job_lease,
        archive_level: config.archive_level,
        storage: Arc::new(StorageGuard::new(config.storage_quota_bytes)),
        tasks: TaskTracker::new(),
        shutdown: CancellationToken::new(),
        closing: backends.closing,
    })
}

/// The recogniser of the settings.
fn recognizer(config: &Config) -> Result<Option<Arc<dyn EntityRecognizer>>> {
    let Some(uri) = &config.recognizer else { return Ok(None) };
    Ok(Some(Arc::new(Presidio::new(uri, &config.recognizer_language)?)))
}

async fn create_folder(folder: &Path) -> Result<()> {
    tokio::fs::create_dir_all(folder).await.map_err(|error| {
        Error::new(ErrorKind::Unavailable, "server.open", "the data folder cannot be made")
            .with("folder", folder.display())
            .caused_by(error)
    })
}
