//! The audit log: who did what to whose data, append-only and chained by hashes.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::id::{ContentHash, SessionId, SubjectId, TenantId};
use crate::time::Timestamp;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuditAction {
    /// A session was opened for recording.
    SessionStarted,
    /// A session was sealed.
    SessionSealed,
    /// An archive was written and verified.
    SessionArchived,
    /// Interactions, frames or an archive were read.
    SessionRead,
    /// Training lines were exported.
    TrainingExported,
    /// A session was deleted.
    SessionDeleted,
    /// A person's consent was recorded.
    ConsentGranted,
    /// A person took consent back, wholly or for some purposes.
    ConsentWithdrawn,
    /// A recording was refused, because the person has not agreed or has taken it back.
    RecordingRefused,
    /// An export was refused, because the person did not agree to its purpose.
    ExportRefused,
    /// Everything of a person was looked up.
    SubjectRead,
    /// Everything of a person was handed out.
    SubjectExported,
    /// A person made a request.
    RequestReceived,
    /// A request got more time.
    RequestExtended,
    /// A session was erased for good.
    SessionErased,
    /// A person was erased for good.
    SubjectErased,
    /// A legal hold was placed.
    HoldPlaced,
    /// A legal hold was released.
    HoldReleased,
    /// A key was read or made.
    KeyUsed,
    /// A key was destroyed.
    KeyDestroyed,
    /// What was kept for long enough was deleted.
    RetentionApplied,
    /// The log itself was read.
    AuditRead,
    /// An API key was issued.
    ApiKeyIssued,
    /// An API key was given an end: revoked, or followed by another.
    ApiKeyEnded,
    /// A person signed in.
    SignedIn,
    /// An action this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// In which project.
    pub tenant: TenantId,
    /// Who: a collector, a key id, a worker. Never a name or an address.
    pub actor: String,
    /// What.
    pub action: AuditAction,
    /// To which session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// To which person: the [stand-in](crate::rights::TenantDigests::stand_in), never the subject's own name, for the
    /// log cannot forget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectId>,
    /// Which part, purpose, key or request, in a word or an id of ours. Never content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// An event in its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Position, from 1, without holes.
    pub position: u64,
    /// The event.
    pub event: AuditEvent,
    /// SHA-256 over the hash before, the position and the event.
    pub hash: ContentHash,
}

impl AuditEntry {
    /// The entry that follows `previous` (none for the first).
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] when the event cannot be written as JSON.
    pub fn follow(previous: Option<&AuditEntry>, event: AuditEvent) -> Result<Self> {
        let position = previous.map_or(1, |entry| entry.position + 1);
        let hash = Self::hash(previous.map(|entry| &entry.hash), position, &event)?;
        Ok(Self { position, event, hash })
    }

    /// Checks that `entries` follow one another and `previous`; the error names the first position that does not.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`].
    pub fn verify(previous: Option<&AuditEntry>, entries: &[AuditEntry]) -> Result<()> {
        let mut last = previous;
        for entry in entries {
            let expected = Self::follow(last, entry.event.clone())?;
            if &expected != entry {
                return Err(Error::new(ErrorKind::Corrupt, "audit.verify", "the chain is broken")
                    .with("position", expected.position));
            }
            last = Some(entry);
        }
        Ok(())
    }

    fn hash(previous: Option<&ContentHash>, position: u64, event: &AuditEvent) -> Result<ContentHash> {
        let event = serde_json::to_vec(event).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "audit.hash", "not serialisable").caused_by(error)
        })?;
        Ok(Self::hash_of(previous, position, &event))
    }

    /// The hash of the entry at `position` whose event is written as `event`, after the entry with the hash
    /// `previous`.
    pub fn hash_of(previous: Option<&ContentHash>, position: u64, event: &[u8]) -> ContentHash {
        let mut bytes = Vec::with_capacity(event.len() + 40);
        bytes.extend_from_slice(previous.map_or([0; 32].as_slice(), |hash| hash.as_bytes()));
        bytes.extend_from_slice(&position.to_be_bytes());
        bytes.extend_from_slice(event);
        ContentHash::of(&bytes)
    }
}

/// Keeps the chain.
#[async_trait]
pub trait AuditLog: fmt::Debug + fmt::Display + Send + Sync {
    /// Appends an event and returns its entry once it is durable.
    ///
    /// # Behaviour
    /// - appends at once get positions without holes or doubles
    async fn append(&self, event: AuditEvent) -> Result<AuditEntry>;

    /// Up to `limit` entries after `position`, in order.
    async fn read(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>>;
}
