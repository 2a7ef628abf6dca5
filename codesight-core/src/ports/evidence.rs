//! What proves that the audit log is whole: its entries byte for byte, and signed checkpoints.

use std::fmt;

use async_trait::async_trait;

use crate::error::Result;
use crate::id::ContentHash;
use crate::rights::{AuditCheckpoint, AuditTruncation};

/// An entry as it is stored, not taken apart: verifying compares bytes, and a newer version's fields are no damage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Position, from 1, without holes.
    pub position: u64,
    /// The stored hash, as many bytes as there are.
    pub hash: Vec<u8>,
    /// The stored event: JSON, unless somebody changed it.
    pub event: Vec<u8>,
}

impl AuditLine {
    /// The stored hash; `None` when it is not one any more.
    pub fn content_hash(&self) -> Option<ContentHash> {
        self.hash.as_slice().try_into().ok().map(ContentHash::from_digest)
    }
}

/// Shows the log as it is stored, and keeps its checkpoints.
#[async_trait]
pub trait AuditEvidence: fmt::Debug + fmt::Display + Send + Sync {
    /// Up to `limit` entries after `position`, by position, byte for byte as stored.
    ///
    /// # Behaviour
    /// - each line holds the position, the hash and the event's JSON of the entry that was appended
    async fn lines(&self, after: u64, limit: usize) -> Result<Vec<AuditLine>>;

    /// Keeps a checkpoint.
    ///
    /// # Behaviour
    /// - a second checkpoint of the same position is left out
    async fn keep_checkpoint(&self, checkpoint: AuditCheckpoint) -> Result<()>;

    /// Up to `limit` checkpoints of positions after `position`, by position.
    ///
    /// # Behaviour
    /// - after the last, and where none was kept, the answer is empty
    async fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<AuditCheckpoint>>;

    /// Keeps the statement and deletes the entries it is about, and the checkpoints before its place, at once; returns how many
    /// entries went.
    ///
    /// # Behaviour
    /// - what comes after is as it was, and the next entry follows the last
    /// - twice, or one that is about less than one before, deletes nothing
    /// - one about the last entry, or about none that is there, is refused as invalid: a log is never empty again
    async fn truncate(&self, truncation: AuditTruncation) -> Result<u64>;

    /// The statement of what went last.
    ///
    /// # Behaviour
    /// - none of a log that is whole
    async fn truncation(&self) -> Result<Option<AuditTruncation>>;
}
