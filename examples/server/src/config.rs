//! The configuration: a file, then the environment, then flags; the later wins.

mod settings;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use codesight_core::model::ArchiveLevel;
use codesight_core::ports::{ApiKey, Role};
use codesight_core::privacy::MediaPolicy;
use codesight_core::wire::WireLimits;
use codesight_storage::encryption::PlainBlobs;

pub(crate) use self::settings::{Settings, archive_level};
use crate::auth::TokenGrant;
use crate::backends::BackendSettings;
use crate::flags::FlagSettings;
use crate::oidc::OidcSettings;
use crate::pseudonyms::PseudonymSettings;
use crate::quotas::QuotaSettings;
use crate::secret::Secret;
use crate::telemetry::TraceSettings;
use crate::tls::TlsFiles;
use crate::upload_services::UploadService;
use crate::vision::VisionSettings;

const REQUESTS: NonZeroU32 = NonZeroU32::new(100).unwrap();
const JOB_LEASE: NonZeroU32 = NonZeroU32::new(60).unwrap();
const STRANGER_REQUESTS: NonZeroU32 = NonZeroU32::new(200).unwrap();

impl Settings {
    /// Reads what stands in files of its own, and fills in the defaults.
    ///
    /// # Errors
    /// Names the file that cannot be read, never what is in it; or what is missing.
    pub(crate) fn into_config(self) -> Result<Config, String> {
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            return Err("tls_certificate and tls_key belong together".to_owned());
        }
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
            behind_tls: self.behind_tls.unwrap_or_default(),
            data_dir: self.data_dir.unwrap_or_else(|| PathBuf::from("./codesight-data")),
            backends: BackendSettings {
                catalog: self.catalog.unwrap_or_else(|| Secret::new("sqlite")),
                objects: self.objects,
                objects_options: self.objects_options,
                keys: self.keys,
                master_keys: self.master_keys,
                vault: self.vault,
                encryption: self.encrypt.unwrap_or_default().then_some(
                    match self.read_plain_objects.unwrap_or_default() {
                        true => PlainBlobs::Read,
                        false => PlainBlobs::Refuse,
                    },
                ),
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
            log_json: self.log_json.unwrap_or_default(),
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
    use clap::Args as _;

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

    /// The settings of a file, under these flags.
    fn layered(file: &str, flags: &[&str]) -> Config {
        let command = Settings::augment_args(clap::Command::new("serve").no_binary_name(true));
        let told = command.try_get_matches_from(flags).expect("good flags");
        let mut settings: Settings = toml::from_str(file).expect("a good file");
        settings.override_by(&told).expect("good flags");
        settings.into_config().expect("no files")
    }

    #[test]
    fn a_flag_wins_over_the_file_and_what_no_flag_says_is_the_files() {
        let file = r#"
            workers = 3
            listen = "0.0.0.0:80"
            behind_tls = true
            encrypt = true
            allow_origins = ["https://one.example", "https://two.example"]
            consent_texts = ["1"]
            oidc = { issuer = "https://id.example", client_id = "file" }
            flags = { one = { variants = { a = 1 } } }
        "#;
        let config = layered(
            file,
            &["--workers", "5", "--consent-text", "2", "--encrypt=false", "--oidc-client-id", "flag"],
        );
        assert_eq!((config.workers, config.listen.port(), config.behind_tls), (5, 80, true));
        assert_eq!((config.consent_texts, config.allow_origins.len()), (vec!["2".to_owned()], 2));
        assert!(config.backends.encryption.is_none(), "the flag said no");
        let told = format!("{:?} {:?}", config.oidc, config.flags);
        for word in ["id.example", "\"flag\"", "variants"] {
            assert!(told.contains(word), "{word} in {told}");
        }
        assert!(layered("", &["--encrypt"]).backends.encryption.is_some());
        assert!(!layered("behind_tls = false", &[]).behind_tls);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let half: Settings = toml::from_str("tls_certificate = \"chain.pem\"").expect("a good file");
        assert!(half.into_config().expect_err("no key").contains("tls_key"), "served without TLS");
        let error = toml::from_str::<Settings>("wrokers = 3").expect_err("misspelt");
        assert!(error.to_string().contains("wrokers"), "{error}");
    }
}
