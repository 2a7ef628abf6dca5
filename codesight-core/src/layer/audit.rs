//! A layer around an audit log.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::Layer;
use crate::error::Result;
use crate::ports::{AuditEntry, AuditEvent, AuditLog};

/// An audit log with a layer around each call. An append is made once: made again after its answer was lost, it would
/// say that the same thing happened twice.
pub struct LayeredAuditLog<L> {
    inner: Arc<dyn AuditLog>,
    layer: Arc<L>,
}

impl<L: Layer> LayeredAuditLog<L> {
    /// Wraps `inner`. The layer may be shared with others.
    pub fn new(inner: Arc<dyn AuditLog>, layer: Arc<L>) -> Self {
        Self { inner, layer }
    }
}

impl<L: Layer> fmt::Debug for LayeredAuditLog<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayeredAuditLog").field("inner", &self.inner).field("layer", &self.layer).finish()
    }
}

impl<L: Layer> fmt::Display for LayeredAuditLog<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.inner, self.layer)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> AuditLog for LayeredAuditLog<L> {
    async fn append(&self, event: AuditEvent) -> Result<AuditEntry> {
        self.layer.once("audit.append", self.inner.append(event)).await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>> {
        self.layer.repeatable("audit.read", || self.inner.read(after, limit)).await
    }
}
