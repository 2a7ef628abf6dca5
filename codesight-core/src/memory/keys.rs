//! Keys in memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;

use super::lock;
use crate::error::{Error, ErrorKind, Result};
use crate::ports::{KeyId, KeyStore, SecretKey};

/// Keys in memory. A destroyed name stays as `None`, so that it cannot be used again; that holds for names that
/// never had a key, too.
#[derive(Default)]
pub struct MemoryKeyStore(Mutex<HashMap<KeyId, Option<SecretKey>>>);

impl MemoryKeyStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for MemoryKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryKeyStore").field("names", &lock(&self.0).len()).finish()
    }
}

impl fmt::Display for MemoryKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory keys")
    }
}

#[async_trait]
impl KeyStore for MemoryKeyStore {
    async fn get(&self, id: &KeyId) -> Result<SecretKey> {
        let key = lock(&self.0).get(id).cloned().flatten();
        key.ok_or_else(|| Error::not_found("keys.get", "no such key"))
    }

    async fn get_or_insert(&self, id: &KeyId, candidate: SecretKey) -> Result<SecretKey> {
        let key = lock(&self.0).entry(id.clone()).or_insert(Some(candidate)).clone();
        key.ok_or_else(|| Error::new(ErrorKind::Conflict, "keys.get_or_insert", "the key was destroyed"))
    }

    async fn destroy(&self, id: &KeyId) -> Result<()> {
        lock(&self.0).insert(id.clone(), None);
        Ok(())
    }
}
