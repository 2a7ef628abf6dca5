//! Where sessions, blobs and keys are kept, as the settings say.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use codesight_core::ports::{Accounts, AuditLog, BlobStore, Catalog, KeyStore};
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::encryption::PlainBlobs;
use codesight_storage::keys::AuditedKeyStore;
use codesight_storage::{EncryptedBlobStore, FileKeyStore, ObjectBlobStore, SqliteCatalog, SqliteOptions};

use crate::app::{Closing, random_key};
use crate::clock::SystemClock;
use crate::master_keys::{self, MasterKeyPlace};
use crate::others::Others;
use crate::secret::Secret;
use crate::vault::VaultSettings;

/// Which backends to use. What may hold a password is not shown.
#[derive(Debug, Clone)]
pub(crate) struct BackendSettings {
    /// `sqlite`, `sqlite:FILE` or `postgres://…`.
    pub(crate) catalog: Secret,
    /// A folder, or a URL such as `s3://bucket/prefix`.
    pub(crate) objects: Option<String>,
    /// Settings of the object store, as `NAME=VALUE`.
    pub(crate) objects_options: Vec<Secret>,
    /// The folder of the keys, or `vault:`.
    pub(crate) keys: Option<PathBuf>,
    /// Where master keys are, the current one first; without any, key files are plain.
    pub(crate) master_keys: Vec<MasterKeyPlace>,
    /// The vault that keys may be in.
    pub(crate) vault: VaultSettings,
    /// Whether blobs are encrypted, and what to do with those that are not.
    pub(crate) encryption: Option<PlainBlobs>,
}

impl BackendSettings {
    /// The keys, under the master keys there are, or in the vault.
    pub(crate) async fn open_keys(&self, folder: &Path) -> Result<OpenKeys> {
        if self.keys.as_deref() == Some(Path::new(IN_VAULT)) {
            if !self.master_keys.is_empty() {
                let message = "keys in a vault are not written under a master key of ours";
                return Err(Error::invalid("server.open", message));
            }
            return Ok(OpenKeys::InVault(self.vault.open()?));
        }
        let keys = FileKeyStore::open(self.keys.clone().unwrap_or_else(|| folder.join("keys")))?;
        Ok(OpenKeys::Files(match master_keys::read(&self.master_keys, &self.vault).await? {
            Some(masters) => keys.wrapped_by(masters),
            None => keys,
        }))
    }
}

/// What stands in the place of a folder when keys are in the vault.
const IN_VAULT: &str = "vault:";

/// Where the keys are.
pub(crate) enum OpenKeys {
    Files(FileKeyStore),
    InVault(Arc<dyn KeyStore>),
}

impl OpenKeys {
    pub(crate) fn into_store(self) -> Arc<dyn KeyStore> {
        match self {
            Self::Files(keys) => Arc::new(keys),
            Self::InVault(keys) => keys,
        }
    }
}

/// The backends of a server.
pub(crate) struct Backends {
    pub(crate) catalog: Arc<dyn Catalog>,
    pub(crate) audit: Arc<dyn AuditLog>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) closing: Closing,
    pub(crate) blobs: Arc<dyn BlobStore>,
    /// The store below, for what only it can clean.
    pub(crate) uploads: ObjectBlobStore,
    /// Every use of a key is in the audit log.
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) others: Others,
}

impl Backends {
    /// Opens them; what the settings leave open is in `folder`.
    pub(crate) async fn open(settings: &BackendSettings, folder: &Path) -> Result<Self> {
        let OpenCatalog { catalog, audit, accounts, closing, others } =
            open_catalog(settings.catalog.expose(), folder).await?;
        let keys = settings.open_keys(folder).await?.into_store();
        let keys: Arc<dyn KeyStore> =
            Arc::new(AuditedKeyStore::new(keys, Arc::clone(&audit), Arc::new(SystemClock), "server"));
        let uploads = open_objects(settings, folder)?;
        let mut blobs: Arc<dyn BlobStore> = Arc::new(uploads.clone());
        if let Some(plain) = settings.encryption {
            let clock = Arc::new(SystemClock);
            let encrypted = EncryptedBlobStore::new(blobs, Arc::clone(&keys), clock, random_key);
            blobs = Arc::new(encrypted.with_plain(plain));
        }
        Ok(Self { catalog, audit, accounts, closing, blobs, uploads, keys, others })
    }
}

/// What one database is.
struct OpenCatalog {
    catalog: Arc<dyn Catalog>,
    audit: Arc<dyn AuditLog>,
    accounts: Arc<dyn Accounts>,
    closing: Closing,
    others: Others,
}

async fn open_catalog(name: &str, folder: &Path) -> Result<OpenCatalog> {
    let file = match name.split_once(':') {
        None if name == "sqlite" => folder.join("catalog.sqlite"),
        Some(("sqlite", file)) if !file.is_empty() => file.into(),
        Some(("postgres" | "postgresql", _)) => return open_postgres(name).await,
        // The setting is not repeated: it may hold a password.
        _ => return Err(Error::invalid("server.open", "the catalog is sqlite, sqlite:FILE or postgres://…")),
    };
    let catalog = SqliteCatalog::open(SqliteOptions::new(file)).await?;
    let closed = catalog.clone();
    Ok(OpenCatalog {
        audit: Arc::new(catalog.audit_log()),
        accounts: Arc::new(catalog.clone()),
        catalog: Arc::new(catalog),
        closing: Closing::new(move || {
            let catalog = closed.clone();
            Box::pin(async move { catalog.close().await })
        }),
        others: Others::none(),
    })
}

#[cfg(feature = "cluster")]
async fn open_postgres(url: &str) -> Result<OpenCatalog> {
    use codesight_storage::{PostgresCatalog, PostgresEvents, PostgresOptions};
    let options = PostgresOptions::from_url(url)?;
    let catalog = PostgresCatalog::open(options.clone()).await?;
    let others = Others::on(PostgresEvents::start(options));
    let closed = catalog.clone();
    Ok(OpenCatalog {
        audit: Arc::new(catalog.audit_log()),
        accounts: Arc::new(catalog.clone()),
        catalog: Arc::new(catalog),
        closing: Closing::new(move || {
            let catalog = closed.clone();
            Box::pin(async move { catalog.close().await })
        }),
        others,
    })
}

#[cfg(not(feature = "cluster"))]
async fn open_postgres(_: &str) -> Result<OpenCatalog> {
    let message = "this program was built without PostgreSQL; build it with --features cluster";
    Err(Error::new(ErrorKind::Unsupported, "server.open", message))
}

fn open_objects(settings: &BackendSettings, folder: &Path) -> Result<ObjectBlobStore> {
    let Some(place) = &settings.objects else { return ObjectBlobStore::local(folder.join("objects")) };
    if !place.contains("://") {
        return ObjectBlobStore::local(place);
    }
    let option = |option: &Secret| {
        let (name, value) = option.expose().split_once('=').ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "server.open", "an option of the object store is NAME=VALUE")
        })?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    let options = settings.objects_options.iter().map(option).collect::<Result<Vec<_>>>()?;
    ObjectBlobStore::from_url(place, &options)
}
