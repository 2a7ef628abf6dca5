//! Verifying the audit log: every entry's hash over its stored bytes, and every checkpoint.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::checkpoint::AuditCheckpoint;
use super::signature::PublicKey;
use super::truncation::AuditTruncation;
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
    /// The statement of what was given up from the log's beginning was not signed by this key, or was changed.
    TruncationForged,
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
            Self::TruncationForged => "truncation-forged",
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
            AuditFaultKind::TruncationForged => {
                "was given up by a statement that was not signed with this key"
            }
            AuditFaultKind::ChainReplaced => "is not the one that was signed: the log was written anew",
        };
        write!(f, "entry {} {what} ({})", self.position, self.kind.code())
    }
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerification {
    /// The last entry that was given up because its time was over; 0 if none was.
    pub truncated_through: u64,
    /// Entries that are there.
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
        let seen = AuditVerification {
            truncated_through: 0,
            entries: 0,
            checkpoints: 0,
            signed_through: 0,
            last_hash: None,
        };
        Self { checkpoints: BTreeMap::new(), seen }
    }

    /// Begins after what was given up, where that was stated and signed.
    ///
    /// # Errors
    /// A statement that is not good, or that is not about the entry that was signed at its place.
    pub fn after(mut self, truncation: &AuditTruncation, key: &PublicKey) -> Result<Self, AuditFault> {
        let fault = |kind| AuditFault { position: truncation.through, kind };
        let statement = truncation.open(key).map_err(|_| fault(AuditFaultKind::TruncationForged))?;
        // Checkpoints of what went say nothing any more, but for the one at its end.
        let later = self.checkpoints.split_off(&statement.through);
        if later.get(&statement.through).is_some_and(|signed| *signed != statement.hash) {
            return Err(fault(AuditFaultKind::ChainReplaced));
        }
        self.checkpoints = later;
        self.seen.truncated_through = statement.through;
        self.seen.signed_through = statement.through;
        self.seen.last_hash = Some(statement.hash);
        Ok(self)
    }

    /// The position of the last entry so far.
    fn position(&self) -> u64 {
        self.seen.truncated_through + self.seen.entries
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn push(&mut self, line: &AuditLine) -> Result<(), AuditFault> {
        let position = self.position() + 1;
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
        self.seen.entries += 1;
        self.seen.last_hash = Some(hash);
        Ok(())
    }

    /// Ends after the last entry.
    ///
    /// # Errors
    /// A checkpoint of an entry that is not there: the end was cut off.
    pub fn finish(self) -> Result<AuditVerification, AuditFault> {
        let next = self.position() + 1;
        match self.checkpoints.range(next..).next() {
            Some(_) => Err(AuditFault { position: next, kind: AuditFaultKind::EntryMissing }),
            None => Ok(self.seen),
        }
    }
}
