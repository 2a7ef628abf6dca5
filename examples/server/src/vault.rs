//! The vault that keys may be in.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use codesight_core::Result;
use codesight_core::ports::KeyStore;
use serde::Deserialize;

/// Where it is, and what opens it.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VaultSettings {
    /// A vault (HashiCorp Vault, OpenBao) as http(s)://HOST/MOUNT/FOLDER, where MOUNT is a key-value engine of version 2
    #[arg(id = "vault-address", long = "vault", env = "CODESIGHT_VAULT", value_name = "URL")]
    address: Option<String>,

    /// The file of the vault's token, which may be replaced at any moment, as Vault's agent does
    #[arg(
        id = "vault-token-file",
        long = "vault-token-file",
        env = "CODESIGHT_VAULT_TOKEN_FILE",
        value_name = "FILE"
    )]
    token_file: Option<PathBuf>,

    /// The namespace in the vault [default: none]
    #[arg(
        id = "vault-namespace",
        long = "vault-namespace",
        env = "CODESIGHT_VAULT_NAMESPACE",
        value_name = "NAME"
    )]
    namespace: Option<String>,

    /// The certificate of the authority that signed the vault's, in PEM [default: what the system trusts]
    #[arg(
        id = "vault-ca-file",
        long = "vault-ca-file",
        env = "CODESIGHT_VAULT_CA_FILE",
        value_name = "FILE"
    )]
    ca_file: Option<PathBuf>,
}

impl VaultSettings {
    /// The keys in it.
    #[cfg(feature = "vault")]
    pub(crate) fn open(&self) -> Result<Arc<dyn KeyStore>> {
        use codesight_core::{Error, ErrorKind};
        use codesight_storage::{VaultKeyStore, VaultOptions, VaultToken};

        let (Some(address), Some(token)) = (&self.address, &self.token_file) else {
            return Err(Error::invalid("server.open", "a vault needs --vault and --vault-token-file"));
        };
        let mut options = VaultOptions::new(address, VaultToken::File(token.clone()))?;
        if let Some(namespace) = &self.namespace {
            options = options.namespace(namespace);
        }
        if let Some(file) = &self.ca_file {
            let pem = std::fs::read(file).map_err(|error| {
                Error::new(ErrorKind::NotFound, "server.open", "the vault's authority cannot be read")
                    .with("place", file.display())
                    .caused_by(error)
            })?;
            options = options.authority(pem);
        }
        Ok(Arc::new(VaultKeyStore::open(options)?))
    }

    /// There is none in this build.
    #[cfg(not(feature = "vault"))]
    #[expect(clippy::unused_self, reason = "the same call with the feature")]
    pub(crate) fn open(&self) -> Result<Arc<dyn KeyStore>> {
        Err(codesight_core::Error::invalid(
            "server.open",
            "this build has no vault: build with --features vault",
        ))
    }
}
