//! Which vault, and how to be let in.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use codesight_core::error::{Error, ErrorKind, Result};
use url::Url;

/// The longest token.
const LONGEST_TOKEN: usize = 8 << 10;

/// Where keys are, and how to get at them.
#[derive(Debug, Clone)]
pub struct VaultOptions {
    pub(super) address: Url,
    pub(super) mount: String,
    pub(super) folder: String,
    pub(super) namespace: Option<String>,
    pub(super) token: VaultToken,
    pub(super) timeout: Duration,
    pub(super) authority: Option<Vec<u8>>,
}

/// What opens the vault.
#[derive(Clone)]
pub enum VaultToken {
    /// This one, until it runs out.
    Fixed(String),
    /// What is in a file, which is read again whenever the vault refuses: Vault's own agent keeps such a file current.
    File(PathBuf),
}

impl VaultOptions {
    /// Keys below `MOUNT/FOLDER` of `http(s)://HOST/MOUNT/FOLDER`, where `MOUNT` is one path segment that names a key-value
    /// engine of version 2 and `FOLDER` any number of them.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for an address that is not of that form; it is not repeated, since it may hold a password.
    pub fn new(address: &str, token: VaultToken) -> Result<Self> {
        let refused = || {
            Error::invalid("keys.open", "the address of a vault is http(s)://HOST/MOUNT/FOLDER")
                .with("code", "vault-address")
        };
        let mut address = Url::parse(address).map_err(|_| refused())?;
        let is_plain = matches!(address.scheme(), "http" | "https")
            && address.username().is_empty()
            && address.password().is_none()
            && address.query().is_none()
            && address.fragment().is_none();
        let path = address.path().trim_matches('/').to_owned();
        let (mount, folder) = path.split_once('/').ok_or_else(refused)?;
        let plain = |name: &str| {
            let segments = name.split('/');
            segments.into_iter().all(|segment| {
                !segment.is_empty()
                    && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            })
        };
        if !is_plain || !plain(mount) || !plain(folder) {
            return Err(refused());
        }
        let (mount, folder) = (mount.to_owned(), folder.to_owned());
        address.set_path("");
        let timeout = Duration::from_secs(10);
        Ok(Self { address, mount, folder, namespace: None, token, timeout, authority: None })
    }

    /// The namespace, where the vault has them.
    #[must_use]
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = Some(name.into());
        self
    }

    /// How long one request may take; ten seconds when nobody says so.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The certificate of the authority that signed the vault's, in PEM, beside those that the system trusts.
    #[must_use]
    pub fn authority(mut self, pem: Vec<u8>) -> Self {
        self.authority = Some(pem);
        self
    }
}

impl fmt::Display for VaultOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}/{}", self.address, self.mount, self.folder)
    }
}

impl VaultToken {
    /// The token as it is now.
    pub(super) async fn current(&self, operation: &'static str) -> Result<String> {
        let text = match self {
            Self::Fixed(text) => text.clone(),
            Self::File(path) => tokio::fs::read_to_string(path).await.map_err(|error| {
                Error::new(ErrorKind::Unavailable, operation, "the file of the vault's token cannot be read")
                    .with("code", "vault-token-missing")
                    .caused_by(error)
            })?,
        };
        let text = text.trim();
        let is_token = !text.is_empty()
            && text.len() <= LONGEST_TOKEN
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_token {
            return Ok(text.to_owned());
        }
        Err(Error::new(ErrorKind::Unavailable, operation, "there is no token for the vault")
            .with("code", "vault-token-missing"))
    }
}

impl fmt::Debug for VaultToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(_) => f.write_str("Fixed(redacted)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}
