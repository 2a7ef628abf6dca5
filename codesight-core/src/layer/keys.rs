//! A layer around a key store.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::Layer;
use crate::error::Result;
use crate::ports::{KeyId, KeyStore, SecretKey};

/// A key store with a layer around each call.
pub struct LayeredKeyStore<L> {
    inner: Arc<dyn KeyStore>,
    layer: Arc<L>,
}

impl<L: Layer> LayeredKeyStore<L> {
    /// Wraps `inner`. The layer may be shared with others.
    pub fn new(inner: Arc<dyn KeyStore>, layer: Arc<L>) -> Self {
        Self { inner, layer }
    }
}

impl<L: Layer> fmt::Debug for LayeredKeyStore<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayeredKeyStore").field("inner", &self.inner).field("layer", &self.layer).finish()
    }
}

impl<L: Layer> fmt::Display for LayeredKeyStore<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.inner, self.layer)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> KeyStore for LayeredKeyStore<L> {
    async fn get(&self, id: &KeyId) -> Result<SecretKey> {
        self.layer.repeatable("keys.get", || self.inner.get(id)).await
    }

    async fn get_or_insert(&self, id: &KeyId, candidate: SecretKey) -> Result<SecretKey> {
        self.layer.repeatable("keys.get_or_insert", || self.inner.get_or_insert(id, candidate.clone())).await
    }

    async fn destroy(&self, id: &KeyId) -> Result<()> {
        self.layer.repeatable("keys.destroy", || self.inner.destroy(id)).await
    }
}
