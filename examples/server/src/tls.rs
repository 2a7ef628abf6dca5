//! TLS: the certificate and its key, read again when the files change, so that a renewal needs no restart.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use codesight_core::{Error, ErrorKind, Result};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Where the certificate chain and its private key are, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// The certificate in use. The one before stays in use while the files cannot be read or do not belong together.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// `Invalid` when a file is missing, is not PEM, or the key does not belong to the certificate.
    pub(crate) fn read(files: TlsFiles) -> Result<Arc<Self>> {
        let current = RwLock::new(Arc::new(load(&files)?));
        Ok(Arc::new(Self { files, current }))
    }

    /// What TLS connections are accepted with.
    pub(crate) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(refuse("the protocol versions do not fit the cipher suites"))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        // WebSockets are upgraded from HTTP/1.1.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again whenever one of them has changed, until the shutdown.
    pub(crate) async fn follow(self: Arc<Self>, shutdown: CancellationToken) {
        let mut seen = self.changed_at();
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = shutdown.cancelled() => return,
            }
            let now = self.changed_at();
            if now == seen {
                continue;
            }
            match load(&self.files) {
                Ok(key) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                    seen = now;
                    tracing::info!("the certificate was read again");
                }
                // Half written, most likely: the next look finds the whole.
                Err(error) => {
                    tracing::warn!(error = %error, "the new certificate cannot be used; the old one stays");
                }
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.files.certificate, &self.files.key]
            .map(|file| std::fs::metadata(file).and_then(|data| data.modified()).ok())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn load(files: &TlsFiles) -> Result<CertifiedKey> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(refuse_file("the certificate cannot be read", &files.certificate))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(refuse_file("the private key cannot be read", &files.key))?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
        .map_err(refuse("the certificate and the key do not belong together"))
}

fn refuse(message: &'static str) -> impl FnOnce(rustls::Error) -> Error {
    move |error| Error::new(ErrorKind::Invalid, "server.tls", message).caused_by(error)
}

fn refuse_file<'a, E: std::error::Error + Send + Sync + 'static>(
    message: &'static str,
    file: &'a std::path::Path,
) -> impl FnOnce(E) -> Error + 'a {
    move |error| {
        Error::new(ErrorKind::Invalid, "server.tls", message).with("file", file.display()).caused_by(error)
    }
}
