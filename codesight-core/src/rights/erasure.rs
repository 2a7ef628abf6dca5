//! How far an erasure is. Written down before each step, so that whoever comes after a crash knows where to go on.

use serde::{Deserialize, Serialize};

use crate::id::SessionId;

/// The steps of an erasure, in order. Each can be done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErasureStep {
    /// Taken in; nothing was done yet.
    Received,
    /// The names are buried: nothing new of them comes in any more.
    Buried,
    /// Everything there is was found and listed.
    Listed,
    /// Everything on the list was deleted.
    Deleted,
    /// The person's name is gone from the ledger and the register.
    Forgotten,
    /// The bytes that deletion leaves behind are gone.
    Scrubbed,
    /// Looked for once more, found nothing, and certified.
    Certified,
}

/// A file at a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderFile {
    /// The service's name.
    pub service: String,
    /// The file's id there.
    pub file: String,
}

/// What was found of a person or session before it was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErasureInventory {
    /// The sessions.
    pub sessions: Vec<SessionId>,
    /// Interactions and gaps in their journals.
    pub journal_places: u64,
    /// Captured frames, audio, archives and training lines.
    pub blobs: u64,
    /// Bytes of those.
    pub blob_bytes: u64,
    /// Exports they were part of. The whole export goes: what was made of several people is made anew without one.
    pub exports: u64,
    /// Keys.
    pub keys: u64,
    /// Of those, the keys that encrypted what was stored of a session. They were destroyed first, which makes every copy
    /// of those bytes unreadable, wherever one may be kept; 0 where nothing was encrypted.
    pub encryption_keys: u64,
    /// Files at services.
    pub provider_files: Vec<ProviderFile>,
    /// Models that were trained with any of it. A model cannot forget; who runs it decides whether it is trained anew.
    pub models: Vec<String>,
    /// Decisions in the consent ledger that are kept under the stand-in.
    pub consent_records: u64,
}

/// How far an erasure is, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasureProgress {
    /// The last step that is done.
    pub done: ErasureStep,
    /// What was found; empty before [`ErasureStep::Listed`].
    pub inventory: ErasureInventory,
    /// Files at services that could not be deleted yet: no access to the service, or it did not answer.
    pub pending: Vec<ProviderFile>,
}

impl Default for ErasureProgress {
    fn default() -> Self {
        Self { done: ErasureStep::Received, inventory: ErasureInventory::default(), pending: Vec::new() }
    }
}
