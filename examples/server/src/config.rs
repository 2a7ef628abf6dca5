//! The configuration: a file, then the environment, then flags; the later wins.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use codesight_core::model::ArchiveLevel;
use codesight_core::ports::{ApiKey, Role};
use codesight_core::privacy::MediaPolicy;
use codesight_core::wire::WireLimits;
use codesight_storage::encryption::PlainBlobs;
use serde::Deserialize;

use crate::auth::TokenGrant;
use crate::backends::BackendSettings;
use crate::flags::FlagSettings;
use crate::master_keys::MasterKeyPlace;
use crate::oidc::OidcSettings;
use crate::pseudonyms::PseudonymSettings;
use crate::quotas::QuotaSettings;
use crate::secret::Secret;
use crate::telemetry::TraceSettings;
use crate::tls::TlsFiles;
use crate::upload_services::UploadService;
use crate::vault::VaultSettings;
use crate::vision::VisionSettings;

const REQUESTS: NonZeroU32 = NonZeroU32::new(100).unwrap();
const JOB_LEASE: NonZeroU32 = NonZeroU32::new(60).unwrap();
const STRANGER_REQUESTS: NonZeroU32 = NonZeroU32::new(200).unwrap();

/// Every setting, as it may stand in the file (`data_dir = "…"`), in the environment (`CODESIGHT_DATA_DIR`) or among
/// the flags (`--data-dir`).
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where to listen [default: 127.0.0.1:8787]
    #[arg(long, env = "CODESIGHT_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// Where to serve metrics and health for operators [default: nowhere]
    #[arg(long, env = "CODESIGHT_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,

    /// The certificate chain in PEM; with it the server speaks HTTPS and WSS only [default: neither]
    #[arg(long, env = "CODESIGHT_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,

    /// Its private key in PEM; both files are read again when they change
    #[arg(long, env = "CODESIGHT_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,

    /// People reach the server by HTTPS, through a proxy: cookies are kept to it
    #[arg(long, env = "CODESIGHT_BEHIND_TLS")]
    behind_tls: bool,

    /// Folder for the catalog, the keys, frames, archives and training lines [default: ./codesight-data]
    #[arg(long, env = "CODESIGHT_DATA_DIR", value_name = "FOLDER")]
    data_dir: Option<PathBuf>,

    /// Where sessions are: sqlite, sqlite:FILE, or postgres://USER:PASSWORD@HOST/DATABASE for several nodes (with the
    /// feature cluster) [default: sqlite, in the data folder]
    #[arg(long, env = "CODESIGHT_CATALOG", value_name = "PLACE", hide_env_values = true)]
    catalog: Option<Secret>,

    /// A file that holds the value of --catalog, so that no password stands among the flags
    #[arg(long, env = "CODESIGHT_CATALOG_FILE", value_name = "FILE", conflicts_with = "catalog")]
    catalog_file: Option<PathBuf>,

    /// Where frames, archives and lines are: a folder, or s3://BUCKET/PREFIX (with the feature cluster)
    /// [default: objects, in the data folder]
    #[arg(long, env = "CODESIGHT_OBJECTS", value_name = "PLACE")]
    objects: Option<String>,

    /// A setting of the object store as NAME=VALUE, such as region=eu-west-1; may be given more than once
    #[arg(
        long = "objects-option",
        env = "CODESIGHT_OBJECTS_OPTIONS",
        value_name = "NAME=VALUE",
        value_delimiter = ',',
        hide_env_values = true
    )]
    objects_options: Vec<Secret>,

    /// A file with such settings, one a line, for those that are secret
    #[arg(long, env = "CODESIGHT_OBJECTS_OPTIONS_FILE", value_name = "FILE")]
    objects_options_file: Option<PathBuf>,

    /// Folder of the keys, which nodes on the same database must share, or `vault:` to keep them in the vault [default: keys, in
    /// the data folder]
    #[arg(long, env = "CODESIGHT_KEYS", value_name = "FOLDER")]
    keys: Option<PathBuf>,

    /// A master key, under which key files are written: file:PATH or env:VARIABLE, with what age-keygen makes, or
    /// vault:NAME, of what `encryption new-master-key vault:NAME` put into the vault. The first is the current one, further ones are read; `encryption rewrap` puts everything under the first [default: plain
    /// files]
    #[arg(long = "master-key", env = "CODESIGHT_MASTER_KEYS", value_name = "PLACE", value_delimiter = ',')]
    master_keys: Vec<MasterKeyPlace>,

    #[command(flatten)]
    vault: VaultSettings,

    /// Encrypt frames, archives and lines, each session under a key of its own
    #[arg(long, env = "CODESIGHT_ENCRYPT")]
    encrypt: bool,

    /// With --encrypt, read also what was stored before it was set
    #[arg(long, env = "CODESIGHT_READ_PLAIN_OBJECTS", requires = "encrypt")]
    read_plain_objects: bool,

    /// A token as TENANT/NAME=SECRET, which may record and review, or with its roles as TENANT/NAME:ROLE+ROLE=SECRET;
    /// may be given more than once. Keys that can be rotated and revoked are made by the command keys
    #[arg(
        long = "token",
        env = "CODESIGHT_TOKENS",
        value_name = "GRANT",
        value_delimiter = ',',
        hide_env_values = true
    )]
    tokens: Vec<TokenGrant>,

    /// A token of a privacy officer, as TENANT/NAME=SECRET; may be given more than once
    #[arg(
        long = "officer-token",
        env = "CODESIGHT_OFFICER_TOKENS",
        value_name = "GRANT",
        value_delimiter = ',',
        hide_env_values = true
    )]
    officer_tokens: Vec<TokenGrant>,

    /// A version of the consent text that is in use; recordings under any other are refused; may be given more than
    /// once [default: any]
    #[arg(
        long = "consent-text",
        env = "CODESIGHT_CONSENT_TEXTS",
        value_name = "VERSION",
        value_delimiter = ','
    )]
    consent_texts: Vec<String>,

    /// A service that training files were uploaded to, as `NAME[/ACCOUNT][@URL]=KEY_FILE`: an erasure deletes
    /// there, too; may be given more than once [default: none]
    #[arg(long = "uploads-at", env = "CODESIGHT_UPLOADS_AT", value_name = "SERVICE", value_delimiter = ',')]
    uploads_at: Vec<UploadService>,

    #[command(flatten)]
    pseudonyms: PseudonymSettings,

    /// Pictures and videos to paint over: none, people (those the page says people can be seen in), all [default: none]
    #[arg(long, env = "CODESIGHT_MEDIA_POLICY", value_name = "POLICY", value_parser = media_policy)]
    media_policy: Option<MediaPolicy>,

    /// An origin whose pages may open the recording socket, such as chrome-extension://ID; may be given more than once
    #[arg(
        long = "allow-origin",
        env = "CODESIGHT_ALLOW_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    allow_origins: Vec<String>,

    /// A service that recognises names, as Presidio's analyzer does, such as http://127.0.0.1:5002 [default: none]
    #[arg(long, env = "CODESIGHT_RECOGNIZER", value_name = "URL")]
    recognizer: Option<String>,

    /// Language of the texts for the recogniser [default: en]
    #[arg(long, env = "CODESIGHT_RECOGNIZER_LANGUAGE", value_name = "LANGUAGE")]
    recognizer_language: Option<String>,

    #[command(flatten)]
    vision: VisionSettings,

    #[command(flatten)]
    oidc: OidcSettings,

    /// Feature flags and their variants, which only the file can hold.
    #[arg(skip)]
    flags: FlagSettings,

    /// Jobs processed at once [default: 1]
    #[arg(long, env = "CODESIGHT_WORKERS", value_name = "NUMBER")]
    workers: Option<usize>,

    /// How archives keep frames: full, hybrid, compact or exact; of exact ones `storage optimize` makes smaller ones when they
    /// are old [default: hybrid]
    #[arg(long, env = "CODESIGHT_ARCHIVE_LEVEL", value_name = "LEVEL", value_parser = archive_level)]
    archive_level: Option<ArchiveLevel>,

    /// Bytes of frames, archives and lines that may be stored: recorders are warned at four fifths of it, and no session
    /// begins beyond it [default: as many as fit]
    #[arg(long, env = "CODESIGHT_STORAGE_QUOTA_BYTES", value_name = "BYTES")]
    storage_quota_bytes: Option<u64>,

    /// Seconds without a sign of life after which another worker takes a job over [default: 60]
    #[arg(long, env = "CODESIGHT_JOB_LEASE_SECONDS", value_name = "SECONDS")]
    job_lease_seconds: Option<NonZeroU32>,

    /// Seconds of silence after which an active session is sealed [default: 1800]
    #[arg(long, env = "CODESIGHT_SEAL_AFTER_SECONDS", value_name = "SECONDS")]
    seal_after_seconds: Option<u64>,

    /// Connections held at once [default: 6000]
    #[arg(long, env = "CODESIGHT_MAX_CONNECTIONS", value_name = "NUMBER")]
    max_connections: Option<usize>,

    /// Requests a second that one key may make [default: 100]
    #[arg(long, env = "CODESIGHT_REQUESTS_PER_SECOND", value_name = "NUMBER")]
    requests_per_second: Option<NonZeroU32>,

    /// Requests a second that one address may make without a key [default: 200]
    #[arg(long, env = "CODESIGHT_STRANGER_REQUESTS_PER_SECOND", value_name = "NUMBER")]
    stranger_requests_per_second: Option<NonZeroU32>,

    /// Interactions a second that one tenant may record; more wait at their recorders [default: as many as come]
    #[arg(long, env = "CODESIGHT_TENANT_INTERACTIONS_PER_SECOND", value_name = "NUMBER")]
    tenant_interactions_per_second: Option<NonZeroU32>,

    /// Seconds a request's header may take to arrive [default: 10]
    #[arg(long, env = "CODESIGHT_HEADER_TIMEOUT_SECONDS", value_name = "SECONDS")]
    header_timeout_seconds: Option<u64>,

    /// Seconds that connections and jobs get to finish at shutdown [default: 25]
    #[arg(long, env = "CODESIGHT_GRACE_SECONDS", value_name = "SECONDS")]
    grace_seconds: Option<u64>,

    /// Bytes of one message before the client is known [default: 65536]
    #[arg(long, env = "CODESIGHT_MAX_UNAUTHENTICATED_BYTES", value_name = "BYTES")]
    max_unauthenticated_bytes: Option<u32>,

    /// Bytes of one text message [default: 1048576]
    #[arg(long, env = "CODESIGHT_MAX_MESSAGE_BYTES", value_name = "BYTES")]
    max_message_bytes: Option<u32>,

    /// Bytes of one frame [default: 10485760]
    #[arg(long, env = "CODESIGHT_MAX_BLOB_BYTES", value_name = "BYTES")]
    max_blob_bytes: Option<u32>,

    /// Milliseconds until a new connection must have said hello [default: 5000]
    #[arg(long, env = "CODESIGHT_HANDSHAKE_TIMEOUT_MS", value_name = "MILLISECONDS")]
    handshake_timeout_ms: Option<u32>,

    /// Milliseconds of silence after which a connection is closed [default: 90000]
    #[arg(long, env = "CODESIGHT_IDLE_TIMEOUT_MS", value_name = "MILLISECONDS")]
    idle_timeout_ms: Option<u32>,

    #[command(flatten)]
    traces: TraceSettings,

    /// Write logs as JSON lines
    #[arg(long, env = "CODESIGHT_LOG_JSON")]
    log_json: bool,
}

/// The level of that name.
pub(crate) fn archive_level(word: &str) -> Result<ArchiveLevel, String> {
    serde_json::from_value(word.into()).map_err(|_| "full, hybrid, compact or exact".to_owned())
}

fn media_policy(word: &str) -> Result<MediaPolicy, String> {
    match word {
        "none" => Ok(MediaPolicy::None),
        "people" => Ok(MediaPolicy::People),
        "all" => Ok(MediaPolicy::All),
        _ => Err("one of none, people, all".to_owned()),
    }
}

impl Settings {
    /// Settings that say where the data is, and nothing else.
    pub(crate) fn of_data(
        data_dir: Option<PathBuf>,
        catalog: Option<Secret>,
        keys: Option<PathBuf>,
        master_keys: Vec<MasterKeyPlace>,
    ) -> Self {
        Self { data_dir, catalog, keys, master_keys, ..Self::default() }
    }

    /// Reads settings from a TOML file; the error names line and column.
    pub(crate) fn from_file(path: &std::path::Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// These settings, and `other` where these say nothing.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            tls_certificate: self.tls_certificate.or(other.tls_certificate),
            tls_key: self.tls_key.or(other.tls_key),
            behind_tls: self.behind_tls || other.behind_tls,
            data_dir: self.data_dir.or(other.data_dir),
            catalog: self.catalog.or(other.catalog),
            catalog_file: self.catalog_file.or(other.catalog_file),
            objects: self.objects.or(other.objects),
            objects_options: if self.objects_options.is_empty() {
                other.objects_options
            } else {
                self.objects_options
            },
            objects_options_file: self.objects_options_file.or(other.objects_options_file),
            keys: self.keys.or(other.keys),
            vault: self.vault.or(other.vault),
            master_keys: if self.master_keys.is_empty() { other.master_keys } else { self.master_keys },
            encrypt: self.encrypt || other.encrypt,
            read_plain_objects: self.read_plain_objects || other.read_plain_objects,
            tokens: if self.tokens.is_empty() { other.tokens } else { self.tokens },
            officer_tokens: if self.officer_tokens.is_empty() {
                other.officer_tokens
            } else {
                self.officer_tokens
            },
            consent_texts: if self.consent_texts.is_empty() {
                other.consent_texts
            } else {
                self.consent_texts
            },
            uploads_at: if self.uploads_at.is_empty() { other.uploads_at } else { self.uploads_at },
            pseudonyms: self.pseudonyms.or(other.pseudonyms),
            media_policy: self.media_policy.or(other.media_policy),
            allow_origins: if self.allow_origins.is_empty() {
                other.allow_origins
            } else {
                self.allow_origins
            },
            recognizer: self.recognizer.or(other.recognizer),
            recognizer_language: self.recognizer_language.or(other.recognizer_language),
            vision: self.vision.or(other.vision),
            oidc: self.oidc.or(other.oidc),
            flags: other.flags,
            workers: self.workers.or(other.workers),
            storage_quota_bytes: self.storage_quota_bytes.or(other.storage_quota_bytes),
            archive_level: self.archive_level.or(other.archive_level),
            job_lease_seconds: self.job_lease_seconds.or(other.job_lease_seconds),
            seal_after_seconds: self.seal_after_seconds.or(other.seal_after_seconds),
            max_connections: self.max_connections.or(other.max_connections),
            requests_per_second: self.requests_per_second.or(other.requests_per_second),
            stranger_requests_per_second: self
                .stranger_requests_per_second
                .or(other.stranger_requests_per_second),
            tenant_interactions_per_second: self
                .tenant_interactions_per_second
                .or(other.tenant_interactions_per_second),
            header_timeout_seconds: self.header_timeout_seconds.or(other.header_timeout_seconds),
            grace_seconds: self.grace_seconds.or(other.grace_seconds),
            max_unauthenticated_bytes: self.max_unauthenticated_bytes.or(other.max_unauthenticated_bytes),
            max_message_bytes: self.max_message_bytes.or(other.max_message_bytes),
            max_blob_bytes: self.max_blob_bytes.or(other.max_blob_bytes),
            handshake_timeout_ms: self.handshake_timeout_ms.or(other.handshake_timeout_ms),
            idle_timeout_ms: self.idle_timeout_ms.or(other.idle_timeout_ms),
            traces: self.traces.or(other.traces),
            log_json: self.log_json || other.log_json,
        }
    }

    /// Reads what stands in files of its own, and fills in the defaults.
    ///
    /// # Errors
    /// Names the file that cannot be read, never what is in it.
    pub(crate) fn into_config(self) -> Result<Config, String> {
        Ok(self.with_files()?.with_defaults())
    }

    fn with_files(mut self) -> Result<Self, String> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
        };
        if let (None, Some(file)) = (&self.catalog, &self.catalog_file) {
            self.catalog = Some(Secret::new(read(file)?.trim()));
        }
        if let Some(file) = &self.objects_options_file {
            let text = read(file)?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            self.objects_options.extend(lines.map(Secret::new));
        }
        Ok(self)
    }

    fn with_defaults(self) -> Config {
        let defaults = WireLimits::default();
        Config {
            listen: self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8787))),
            metrics_listen: self.metrics_listen,
            tls: self
                .tls_certificate
                .zip(self.tls_key)
                .map(|(certificate, key)| TlsFiles { certificate, key }),
            behind_tls: self.behind_tls,
            data_dir: self.data_dir.unwrap_or_else(|| PathBuf::from("./codesight-data")),
            backends: BackendSettings {
                catalog: self.catalog.unwrap_or_else(|| Secret::new("sqlite")),
                objects: self.objects,
                objects_options: self.objects_options,
                keys: self.keys,
                master_keys: self.master_keys,
                vault: self.vault,
                encryption: self.encrypt.then_some(match self.read_plain_objects {
                    true => PlainBlobs::Read,
                    false => PlainBlobs::Refuse,
                }),
            },
            tokens: self.tokens,
            officer_tokens: self.officer_tokens,
            consent_texts: self.consent_texts,
            uploads_at: self.uploads_at,
            pseudonyms: self.pseudonyms,
            media_policy: self.media_policy.unwrap_or_default(),
            allow_origins: self.allow_origins,
            recognizer: self.recognizer,
            recognizer_language: self.recognizer_language.unwrap_or_else(|| "en".to_owned()),
            vision: self.vision,
            oidc: self.oidc,
            flags: self.flags,
            workers: self.workers.unwrap_or(1),
            archive_level: self.archive_level.unwrap_or_default(),
            storage_quota_bytes: self.storage_quota_bytes,
            job_lease: Duration::from_secs(self.job_lease_seconds.unwrap_or(JOB_LEASE).get().into()),
            seal_after: Duration::from_secs(self.seal_after_seconds.unwrap_or(1800)),
            max_connections: self.max_connections.unwrap_or(6000),
            quotas: QuotaSettings {
                requests: self.requests_per_second.unwrap_or(REQUESTS),
                stranger_requests: self.stranger_requests_per_second.unwrap_or(STRANGER_REQUESTS),
                places: self.tenant_interactions_per_second,
            },
            header_timeout: Duration::from_secs(self.header_timeout_seconds.unwrap_or(10)),
            grace: Duration::from_secs(self.grace_seconds.unwrap_or(25)),
            traces: self.traces,
            log_json: self.log_json,
            limits: WireLimits {
                max_unauthenticated_bytes: self
                    .max_unauthenticated_bytes
                    .unwrap_or(defaults.max_unauthenticated_bytes),
                max_message_bytes: self.max_message_bytes.unwrap_or(defaults.max_message_bytes),
                max_blob_bytes: self.max_blob_bytes.unwrap_or(defaults.max_blob_bytes),
                handshake_timeout_ms: self.handshake_timeout_ms.unwrap_or(defaults.handshake_timeout_ms),
                idle_timeout_ms: self.idle_timeout_ms.unwrap_or(defaults.idle_timeout_ms),
                ..defaults
            },
        }
    }
}

/// The settings with every default filled in.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) behind_tls: bool,
    pub(crate) data_dir: PathBuf,
    pub(crate) backends: BackendSettings,
    pub(crate) tokens: Vec<TokenGrant>,
    pub(crate) officer_tokens: Vec<TokenGrant>,
    pub(crate) consent_texts: Vec<String>,
    pub(crate) uploads_at: Vec<UploadService>,
    pub(crate) pseudonyms: PseudonymSettings,
    pub(crate) media_policy: MediaPolicy,
    pub(crate) allow_origins: Vec<String>,
    pub(crate) recognizer: Option<String>,
    pub(crate) recognizer_language: String,
    pub(crate) vision: VisionSettings,
    pub(crate) oidc: OidcSettings,
    pub(crate) flags: FlagSettings,
    pub(crate) workers: usize,
    pub(crate) archive_level: ArchiveLevel,
    pub(crate) storage_quota_bytes: Option<u64>,
    pub(crate) job_lease: Duration,
    pub(crate) seal_after: Duration,
    pub(crate) max_connections: usize,
    pub(crate) quotas: QuotaSettings,
    pub(crate) header_timeout: Duration,
    pub(crate) grace: Duration,
    pub(crate) limits: WireLimits,
    pub(crate) traces: TraceSettings,
    pub(crate) log_json: bool,
}

impl Config {
    /// The tokens of the configuration as keys.
    pub(crate) fn keys(&self) -> Vec<ApiKey> {
        let officers = self.officer_tokens.iter().cloned().map(|token| token.only(Role::PrivacyOfficer));
        self.tokens.iter().cloned().chain(officers).map(TokenGrant::into_key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_password_is_never_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let (catalog, options) = (folder.path().join("catalog"), folder.path().join("options"));
        std::fs::write(&catalog, "postgres://robot:TOPSECRET@db/x\n").expect("written");
        std::fs::write(&options, "# keys\nsecret_access_key=TOPSECRET\n").expect("written");
        let settings = Settings {
            catalog_file: Some(catalog),
            objects_options_file: Some(options),
            objects_options: vec!["region=eu".parse().expect("any text")],
            ..Settings::default()
        };
        let config = settings.into_config().expect("readable");
        assert_eq!(config.backends.catalog.expose(), "postgres://robot:TOPSECRET@db/x");
        let options: Vec<_> = config.backends.objects_options.iter().map(Secret::expose).collect();
        assert_eq!(options, ["region=eu", "secret_access_key=TOPSECRET"]);
        assert!(!format!("{config:?}").contains("TOPSECRET"));
    }

    #[test]
    fn a_flag_wins_over_the_file_and_a_misspelt_key_is_named() {
        let file: Settings = toml::from_str("workers = 3\nlisten = \"0.0.0.0:80\"").expect("good file");
        let flags = Settings { workers: Some(5), ..Settings::default() };
        let config = flags.or(file).into_config().expect("no files");
        assert_eq!((config.workers, config.listen.port()), (5, 80));
        let error = toml::from_str::<Settings>("wrokers = 3").expect_err("misspelt");
        assert!(error.to_string().contains("wrokers"), "{error}");
    }
}
