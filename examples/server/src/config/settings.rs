//! Every setting there is, and where it may stand: in a file, in the environment, or among the flags; the later wins.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{ArgMatches, Args, FromArgMatches};
use codesight_core::model::ArchiveLevel;
use codesight_core::privacy::MediaPolicy;
use serde::Deserialize;

use crate::auth::TokenGrant;
use crate::flags::FlagSettings;
use crate::master_keys::MasterKeyPlace;
use crate::oidc::OidcSettings;
use crate::pseudonyms::PseudonymSettings;
use crate::secret::Secret;
use crate::telemetry::TraceSettings;
use crate::upload_services::UploadService;
use crate::vault::VaultSettings;
use crate::vision::VisionSettings;

/// Every setting, as it may stand in the file (`data_dir = "…"`), in the environment (`CODESIGHT_DATA_DIR`) or among
/// the flags (`--data-dir`).
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where to listen [default: 127.0.0.1:8787]
    #[arg(long, env = "CODESIGHT_LISTEN", value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,

    /// Where to serve metrics and health for operators [default: nowhere]
    #[arg(long, env = "CODESIGHT_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(super) metrics_listen: Option<SocketAddr>,

    /// The certificate chain in PEM; with it the server speaks HTTPS and WSS only [default: neither]
    #[arg(long, env = "CODESIGHT_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    pub(super) tls_certificate: Option<PathBuf>,

    /// Its private key in PEM; both files are read again when they change
    #[arg(long, env = "CODESIGHT_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    pub(super) tls_key: Option<PathBuf>,

    /// People reach the server by HTTPS, through a proxy: cookies are kept to it
    #[arg(long, env = "CODESIGHT_BEHIND_TLS", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "YES", value_parser = BoolishValueParser::new())]
    pub(super) behind_tls: Option<bool>,

    /// Folder for the catalog, the keys, frames, archives and training lines [default: ./codesight-data]
    #[arg(long, env = "CODESIGHT_DATA_DIR", value_name = "FOLDER")]
    pub(super) data_dir: Option<PathBuf>,

    /// Where sessions are: sqlite, sqlite:FILE, or postgres://USER:PASSWORD@HOST/DATABASE for several nodes (with the
    /// feature cluster) [default: sqlite, in the data folder]
    #[arg(long, env = "CODESIGHT_CATALOG", value_name = "PLACE", hide_env_values = true)]
    pub(super) catalog: Option<Secret>,

    /// A file that holds the value of --catalog, so that no password stands among the flags
    #[arg(long, env = "CODESIGHT_CATALOG_FILE", value_name = "FILE", conflicts_with = "catalog")]
    pub(super) catalog_file: Option<PathBuf>,

    /// Where frames, archives and lines are: a folder, or s3://BUCKET/PREFIX (with the feature cluster)
    /// [default: objects, in the data folder]
    #[arg(long, env = "CODESIGHT_OBJECTS", value_name = "PLACE")]
    pub(super) objects: Option<String>,

    /// A setting of the object store as NAME=VALUE, such as region=eu-west-1; may be given more than once
    #[arg(
        long = "objects-option",
        env = "CODESIGHT_OBJECTS_OPTIONS",
        value_name = "NAME=VALUE",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub(super) objects_options: Vec<Secret>,

    /// A file with such settings, one a line, for those that are secret
    #[arg(long, env = "CODESIGHT_OBJECTS_OPTIONS_FILE", value_name = "FILE")]
    pub(super) objects_options_file: Option<PathBuf>,

    /// Folder of the keys, which nodes on the same database must share, or `vault:` to keep them in the vault [default: keys, in
    /// the data folder]
    #[arg(long, env = "CODESIGHT_KEYS", value_name = "FOLDER")]
    pub(super) keys: Option<PathBuf>,

    /// A master key, under which key files are written: file:PATH or env:VARIABLE, with what age-keygen makes, or
    /// vault:NAME, of what `encryption new-master-key vault:NAME` put into the vault. The first is the current one,
    /// further ones are read; `encryption rewrap` puts everything under the first [default: plain files]
    #[arg(long = "master-key", env = "CODESIGHT_MASTER_KEYS", value_name = "PLACE", value_delimiter = ',')]
    pub(super) master_keys: Vec<MasterKeyPlace>,

    #[command(flatten)]
    pub(super) vault: VaultSettings,

    /// Encrypt frames, archives and lines, each session under a key of its own
    #[arg(long, env = "CODESIGHT_ENCRYPT", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "YES", value_parser = BoolishValueParser::new())]
    pub(super) encrypt: Option<bool>,

    /// With --encrypt, read also what was stored before it was set
    #[arg(long, env = "CODESIGHT_READ_PLAIN_OBJECTS", requires = "encrypt", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "YES", value_parser = BoolishValueParser::new())]
    pub(super) read_plain_objects: Option<bool>,

    /// A token as TENANT/NAME=SECRET, which may record and review, or with its roles as TENANT/NAME:ROLE+ROLE=SECRET;
    /// may be given more than once. Keys that can be rotated and revoked are made by the command keys
    #[arg(
        long = "token",
        env = "CODESIGHT_TOKENS",
        value_name = "GRANT",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub(super) tokens: Vec<TokenGrant>,

    /// A token of a privacy officer, as TENANT/NAME=SECRET; may be given more than once
    #[arg(
        long = "officer-token",
        env = "CODESIGHT_OFFICER_TOKENS",
        value_name = "GRANT",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub(super) officer_tokens: Vec<TokenGrant>,

    /// A version of the consent text that is in use; recordings under any other are refused; may be given more than
    /// once [default: any]
    #[arg(
        long = "consent-text",
        env = "CODESIGHT_CONSENT_TEXTS",
        value_name = "VERSION",
        value_delimiter = ','
    )]
    pub(super) consent_texts: Vec<String>,

    /// A service that training files were uploaded to, as `NAME[/ACCOUNT][@URL]=KEY_FILE`: an erasure deletes
    /// there, too; may be given more than once [default: none]
    #[arg(long = "uploads-at", env = "CODESIGHT_UPLOADS_AT", value_name = "SERVICE", value_delimiter = ',')]
    pub(super) uploads_at: Vec<UploadService>,

    #[command(flatten)]
    pub(super) pseudonyms: PseudonymSettings,

    /// Pictures and videos to paint over: none, people (those the page says people can be seen in), all [default: none]
    #[arg(long, env = "CODESIGHT_MEDIA_POLICY", value_name = "POLICY", value_parser = media_policy)]
    pub(super) media_policy: Option<MediaPolicy>,

    /// An origin whose pages may open the recording socket, such as chrome-extension://ID; may be given more than once
    #[arg(
        long = "allow-origin",
        env = "CODESIGHT_ALLOW_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub(super) allow_origins: Vec<String>,

    /// A service that recognises names, as Presidio's analyzer does, such as http://127.0.0.1:5002 [default: none]
    #[arg(long, env = "CODESIGHT_RECOGNIZER", value_name = "URL")]
    pub(super) recognizer: Option<String>,

    /// Language of the texts for the recogniser [default: en]
    #[arg(long, env = "CODESIGHT_RECOGNIZER_LANGUAGE", value_name = "LANGUAGE")]
    pub(super) recognizer_language: Option<String>,

    #[command(flatten)]
    pub(super) vision: VisionSettings,

    #[command(flatten)]
    pub(super) oidc: OidcSettings,

    /// Feature flags and their variants, which only the file can hold.
    #[arg(skip)]
    pub(super) flags: FlagSettings,

    /// Jobs processed at once [default: 1]
    #[arg(long, env = "CODESIGHT_WORKERS", value_name = "NUMBER")]
    pub(super) workers: Option<usize>,

    /// How archives keep frames: full, hybrid, compact or exact; of exact ones `storage optimize` makes smaller ones when they
    /// are old [default: hybrid]
    #[arg(long, env = "CODESIGHT_ARCHIVE_LEVEL", value_name = "LEVEL", value_parser = archive_level)]
    pub(super) archive_level: Option<ArchiveLevel>,

    /// Bytes of frames, archives and lines that may be stored: recorders are warned at four fifths of it, and no session
    /// begins beyond it [default: as many as fit]
    #[arg(long, env = "CODESIGHT_STORAGE_QUOTA_BYTES", value_name = "BYTES")]
    pub(super) storage_quota_bytes: Option<u64>,

    /// Seconds without a sign of life after which another worker takes a job over [default: 60]
    #[arg(long, env = "CODESIGHT_JOB_LEASE_SECONDS", value_name = "SECONDS")]
    pub(super) job_lease_seconds: Option<NonZeroU32>,

    /// Seconds of silence after which an active session is sealed [default: 1800]
    #[arg(long, env = "CODESIGHT_SEAL_AFTER_SECONDS", value_name = "SECONDS")]
    pub(super) seal_after_seconds: Option<u64>,

    /// Connections held at once [default: 6000]
    #[arg(long, env = "CODESIGHT_MAX_CONNECTIONS", value_name = "NUMBER")]
    pub(super) max_connections: Option<usize>,

    /// Requests a second that one key may make [default: 100]
    #[arg(long, env = "CODESIGHT_REQUESTS_PER_SECOND", value_name = "NUMBER")]
    pub(super) requests_per_second: Option<NonZeroU32>,

    /// Requests a second that one address may make without a key [default: 200]
    #[arg(long, env = "CODESIGHT_STRANGER_REQUESTS_PER_SECOND", value_name = "NUMBER")]
    pub(super) stranger_requests_per_second: Option<NonZeroU32>,

    /// Interactions a second that one tenant may record; more wait at their recorders [default: as many as come]
    #[arg(long, env = "CODESIGHT_TENANT_INTERACTIONS_PER_SECOND", value_name = "NUMBER")]
    pub(super) tenant_interactions_per_second: Option<NonZeroU32>,

    /// Seconds a request's header may take to arrive [default: 10]
    #[arg(long, env = "CODESIGHT_HEADER_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub(super) header_timeout_seconds: Option<u64>,

    /// Seconds that connections and jobs get to finish at shutdown [default: 25]
    #[arg(long, env = "CODESIGHT_GRACE_SECONDS", value_name = "SECONDS")]
    pub(super) grace_seconds: Option<u64>,

    /// Bytes of one message before the client is known [default: 65536]
    #[arg(long, env = "CODESIGHT_MAX_UNAUTHENTICATED_BYTES", value_name = "BYTES")]
    pub(super) max_unauthenticated_bytes: Option<u32>,

    /// Bytes of one text message [default: 1048576]
    #[arg(long, env = "CODESIGHT_MAX_MESSAGE_BYTES", value_name = "BYTES")]
    pub(super) max_message_bytes: Option<u32>,

    /// Bytes of one frame [default: 10485760]
    #[arg(long, env = "CODESIGHT_MAX_BLOB_BYTES", value_name = "BYTES")]
    pub(super) max_blob_bytes: Option<u32>,

    /// Milliseconds until a new connection must have said hello [default: 5000]
    #[arg(long, env = "CODESIGHT_HANDSHAKE_TIMEOUT_MS", value_name = "MILLISECONDS")]
    pub(super) handshake_timeout_ms: Option<u32>,

    /// Milliseconds of silence after which a connection is closed [default: 90000]
    #[arg(long, env = "CODESIGHT_IDLE_TIMEOUT_MS", value_name = "MILLISECONDS")]
    pub(super) idle_timeout_ms: Option<u32>,

    #[command(flatten)]
    pub(super) traces: TraceSettings,

    /// Write logs as JSON lines
    #[arg(long, env = "CODESIGHT_LOG_JSON", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "YES", value_parser = BoolishValueParser::new())]
    pub(super) log_json: Option<bool>,
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
    pub(crate) fn from_file(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Takes over what the environment and the flags say.
    pub(crate) fn override_by(&mut self, told: &ArgMatches) -> Result<(), String> {
        self.update_from_arg_matches(told).map_err(|error| error.to_string())
    }
}
