//! Verifying the audit log: every entry's hash over its stored bytes, and every checkpoint.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::checkpoint::AuditCheckpoint;
use super::signature::PublicKey;
use crate::id::ContentHash;
use crate::ports::{AuditEntry, AuditLine};

/// What is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFaultKind {
    /// The entry, or one before it, is not what was written: its hash does not follow.
    EntryChanged,
    /// There is no entry at this position, though there is a later one or a checkpoint of it.
    EntryMissing,
    /// The checkpoint was not signed by this key, or was changed.
    CheckpointForged,
    /// The entry follows from those before it, but is not the one that was signed: the chain was written anew.
    ChainReplaced,
}

impl AuditFaultKind {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::EntryChanged => "entry-changed",
            Self::EntryMissing => "entry-missing",
            Self::CheckpointForged => "checkpoint-forged",
            Self::ChainReplaced => "chain-replaced",
        }
    }
}

/// The first thing that is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditFault {
    /// The position it was found at.
    pub position: u64,
    /// What it is.
    pub kind: AuditFaultKind,
}

impl fmt::Display for AuditFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            AuditFaultKind::EntryChanged => "is not what was written",
            AuditFaultKind::EntryMissing => "is missing",
            AuditFaultKind::CheckpointForged => "has a checkpoint that was not signed with this key",
            AuditFaultKind::ChainReplaced => "is not the one that was signed: the log was written anew",
        };
        write!(f, "entry {} {what} ({})", self.position, self.kind.code())
    }
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerification {
    /// Entries.
    pub entries: u64,
    /// Checkpoints among them.
    pub checkpoints: u64,
    /// The last position a checkpoint vouches for. What comes after it could have been cut off unnoticed.
    pub signed_through: u64,
    /// The last entry's hash.
    pub last_hash: Option<ContentHash>,
}

/// Verifies entry by entry, so that a log of any length costs no memory.
#[derive(Debug)]
pub struct ChainVerifier {
    checkpoints: BTreeMap<u64, ContentHash>,
    seen: AuditVerification,
}

impl ChainVerifier {
    /// Begins at the first entry.
    ///
    /// # Errors
    /// The first checkpoint that is not good.
    pub fn new(checkpoints: &[AuditCheckpoint], key: &PublicKey) -> Result<Self, AuditFault> {
        let mut expected = BTreeMap::new();
        for checkpoint in checkpoints {
            let statement = checkpoint.open(key).map_err(|_| AuditFault {
                position: checkpoint.position,
                kind: AuditFaultKind::CheckpointForged,
            })?;
            expected.insert(statement.position, statement.hash);
        }
        Ok(Self { checkpoints: expected, ..Self::unsigned() })
    }

    /// Begins at the first entry of a log that was never signed.
    pub fn unsigned() -> Self {
        let seen = AuditVerification { entries: 0, checkpoints: 0, signed_through: 0, last_hash: None };
        Self { checkpoints: BTreeMap::new(), seen }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn push(&mut self, line: &AuditLine) -> Result<(), AuditFault> {
        let position = self.seen.entries + 1;
        let fault = |kind| Err(AuditFault { position, kind });
        if line.position != position {
            return fault(AuditFaultKind::EntryMissing);
        }
        let hash = AuditEntry::hash_of(self.seen.last_hash.as_ref(), position, &line.event);
        if line.content_hash() != Some(hash) {
            return fault(AuditFaultKind::EntryChanged);
        }
        match self.checkpoints.get(&position) {
            Some(signed) if *signed != hash => return fault(AuditFaultKind::ChainReplaced),
            Some(_) => {
                self.seen.checkpoints += 1;
                self.seen.signed_through = position;
            }
            None => {}
        }
        self.seen.entries = position;
        self.seen.last_hash = Some(hash);
        Ok(())
    }

    /// Ends after the last entry.
    ///
    /// # Errors
    /// A checkpoint of an entry that is not there: the end was cut off.
    pub fn finish(self) -> Result<AuditVerification, AuditFault> {
        match self.checkpoints.range(self.seen.entries + 1..).next() {
            Some(_) => {
                Err(AuditFault { position: self.seen.entries + 1, kind: AuditFaultKind::EntryMissing })
            }
            None => Ok(self.seen),
        }
    }
}
