//! Keys in a vault: HashiCorp Vault or OpenBao, by the interface both have.
//!
//! Keys are secrets of the key-value engine, version 2, and not wrapped by the transit engine. Its check-and-set gives the one
//! promise that a key store needs and a wrapper does not have, that of two nodes at once both get the same key; a key is
//! destroyed in one place, where transit would leave wrapped copies in files and their backups; and a key is asked for once
//! a session, so that nothing is gained from keeping it out of this process's memory while it is used here anyway.
//!
//! A destroyed name keeps a version that says so, and the versions before it are destroyed for good: `metadata` of the
//! path is never deleted, because then the name could be used again.

mod client;
mod options;

use std::fmt;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::ports::{KeyId, KeyStore, SecretKey};
use serde::Deserialize;
use serde_json::{Value, json};

use self::client::{Client, Reply, refused, unreadable};
pub use self::options::{VaultOptions, VaultToken};

/// Versions that one call destroys.
const MOST_VERSIONS: u64 = 1_000;

/// Keeps keys as secrets of a vault.
#[derive(Clone)]
pub struct VaultKeyStore {
    client: Client,
}

/// What a name stands for.
enum Content {
    Missing,
    Destroyed,
    Key(SecretKey),
}

#[derive(Deserialize)]
struct Read {
    data: ReadData,
}

#[derive(Deserialize)]
struct ReadData {
    /// None of a version that was deleted or destroyed.
    data: Option<Secret>,
}

#[derive(Deserialize)]
struct Secret {
    /// 32 bytes in Base64.
    key: Option<String>,
    /// There on a name that was destroyed.
    destroyed: Option<Value>,
}

#[derive(Deserialize)]
struct Written {
    data: Version,
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

impl VaultKeyStore {
    /// Prepares the connection; nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for options that cannot be used, [`ErrorKind::Unavailable`] when TLS cannot be set up.
    pub fn open(options: VaultOptions) -> Result<Self> {
        Ok(Self { client: Client::new(options)? })
    }

    async fn read(&self, operation: &'static str, id: &KeyId) -> Result<Content> {
        let reply = self.client.get(operation, "data", id).await?;
        match reply.status {
            200 => {}
            // Without a body that tells of a version there never was one.
            404 if reply.json::<Read>(operation).is_err() => return Ok(Content::Missing),
            404 => return Ok(Content::Destroyed),
            _ => return Err(refused(operation, &reply)),
        }
        let Some(secret) = reply.json::<Read>(operation)?.data.data else { return Ok(Content::Destroyed) };
        if secret.destroyed.is_some() {
            return Ok(Content::Destroyed);
        }
        let bytes = secret.key.and_then(|text| STANDARD.decode(text.trim()).ok());
        match bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
            Some(key) => Ok(Content::Key(SecretKey::from_bytes(key))),
            None => {
                Err(Error::new(ErrorKind::Corrupt, operation, "the secret is no key of 32 bytes in Base64")
                    .with("code", "vault-secret-unreadable"))
            }
        }
    }
}

/// Whether a write was refused because a version is there. Vault says so in words only, with the status of every bad request,
/// so that the name is read again in any case.
fn may_be_taken(reply: &Reply) -> bool {
    reply.status == 400
}

#[async_trait]
impl KeyStore for VaultKeyStore {
    async fn get(&self, id: &KeyId) -> Result<SecretKey> {
        const OPERATION: &str = "keys.get";
        match self.read(OPERATION, id).await? {
            Content::Key(key) => Ok(key),
            Content::Missing | Content::Destroyed => Err(Error::not_found(OPERATION, "no such key")),
        }
    }

    async fn get_or_insert(&self, id: &KeyId, candidate: SecretKey) -> Result<SecretKey> {
        const OPERATION: &str = "keys.get_or_insert";
        let destroyed = || Error::new(ErrorKind::Conflict, OPERATION, "the key was destroyed");
        match self.read(OPERATION, id).await? {
            Content::Key(key) => return Ok(key),
            Content::Destroyed => return Err(destroyed()),
            Content::Missing => {}
        }
        let body = json!({ "options": { "cas": 0 }, "data": { "key": STANDARD.encode(candidate.expose()) } });
        let reply = self.client.post(OPERATION, "data", id, &body).await?;
        if !reply.is_success() && !may_be_taken(&reply) {
            return Err(refused(OPERATION, &reply));
        }
        // What is there counts, also after an answer that says it was written.
        match self.read(OPERATION, id).await? {
            Content::Key(key) => Ok(key),
            Content::Destroyed => Err(destroyed()),
            Content::Missing => Err(refused(OPERATION, &reply)),
        }
    }

    async fn destroy(&self, id: &KeyId) -> Result<()> {
        const OPERATION: &str = "keys.destroy";
        // First the version that says so: from then on nobody gets the key, and nobody inserts one.
        let reply =
            self.client.post(OPERATION, "data", id, &json!({ "data": { "destroyed": true } })).await?;
        if !reply.is_success() {
            return Err(refused(OPERATION, &reply));
        }
        let last = reply.json::<Written>(OPERATION)?.data.version;
        // The vault keeps so many at most, so that older ones are gone.
        let older: Vec<u64> = (last.saturating_sub(MOST_VERSIONS).max(1)..last).collect();
        if older.is_empty() {
            return Ok(());
        }
        let reply = self.client.put(OPERATION, "destroy", id, &json!({ "versions": older })).await?;
        if reply.is_success() { Ok(()) } else { Err(refused(OPERATION, &reply)) }
    }
}

impl fmt::Debug for VaultKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VaultKeyStore").field(&self.client.options()).finish()
    }
}

impl fmt::Display for VaultKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keys in the vault at {}", self.client.options())
    }
}

impl Reply {
    fn json<T: serde::de::DeserializeOwned>(&self, operation: &'static str) -> Result<T> {
        // What serde says of a text may quote it.
        serde_json::from_slice(&self.body).map_err(|_| unreadable(operation))
    }
}
