//! Checkpoints: signed statements of where the audit log stood. Without them, whoever can write the log could write a
//! whole new chain, or cut off its end.

use serde::{Deserialize, Serialize};

use super::signature::{PublicKey, Signer};
use crate::error::{Error, ErrorKind, Result};
use crate::id::ContentHash;
use crate::ports::AuditEntry;
use crate::time::Timestamp;

const TYPE: &str = "codesight-audit-checkpoint+jws";

/// Where the log stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckpointStatement {
    /// The last entry's position…
    pub position: u64,
    /// … and its hash, which holds every entry before it fast.
    pub hash: ContentHash,
    /// When that was.
    pub at: Timestamp,
}

/// A signed [`CheckpointStatement`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditCheckpoint {
    /// The position it is about.
    pub position: u64,
    /// The compact JWS.
    pub signed: String,
}

impl AuditCheckpoint {
    /// Signs where the log stands after `entry`.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub fn sign(entry: &AuditEntry, at: Timestamp, signer: &Signer) -> Result<Self> {
        let statement = CheckpointStatement { position: entry.position, hash: entry.hash, at };
        Ok(Self { position: entry.position, signed: signer.sign(TYPE, &statement)? })
    }

    /// Checks the signature and gives the statement.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when it is not signed by this key, or about another position.
    pub fn open(&self, key: &PublicKey) -> Result<CheckpointStatement> {
        let statement: CheckpointStatement = key.open(TYPE, &self.signed)?;
        if statement.position != self.position {
            return Err(Error::new(
                ErrorKind::Corrupt,
                "audit.checkpoint",
                "the statement is about another position",
            ));
        }
        Ok(statement)
    }
}
