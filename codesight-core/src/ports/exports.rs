//! Which files were made of which sessions, so that an erasure finds them all.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::BlobKey;
use crate::error::Result;
use crate::id::{ExportId, SessionId, TenantId};
use crate::time::Timestamp;

/// Where an export is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ExportPlace {
    /// In the blob store.
    Blob {
        /// Its key.
        key: BlobKey,
    },
    /// At a service that trains models.
    Provider {
        /// The service, by the name its [`ProviderFiles`](super::ProviderFiles) gives.
        service: String,
        /// The file's id there.
        file: String,
    },
}

/// A file made of several sessions, or of one under a name that is not the session's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// The project.
    pub tenant: TenantId,
    /// Where it is.
    pub place: ExportPlace,
    /// What for, such as `training`.
    pub purpose: String,
    /// The sessions it was made of.
    pub sessions: Vec<SessionId>,
    /// When.
    pub made_at: Timestamp,
    /// Models that were trained with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}

/// Keeps the list of exports.
#[async_trait]
pub trait ExportRegister: fmt::Debug + fmt::Display + Send + Sync {
    /// Notes an export. To be called before the first byte is written, so that no crash leaves an unknown file.
    ///
    /// # Behaviour
    /// - a known id is replaced: sessions and models are those of the last call
    async fn note_export(&self, export: Export) -> Result<()>;

    /// The exports that hold any of these sessions, by id, each once.
    ///
    /// # Behaviour
    /// - never an export of another tenant
    /// - no sessions, or unknown ones, have none
    async fn exports_of(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<Vec<Export>>;

    /// Strikes an export off the list.
    ///
    /// # Behaviour
    /// - twice, or for an unknown id, is fine
    async fn forget_export(&self, tenant: &TenantId, export: &ExportId) -> Result<()>;
}
