//! Giving up the beginning of the audit log once its time is over, so that what is left still proves itself: a signed statement
//! takes the place of what went. Who deletes entries without the signing key cannot make one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::retention::RetentionRule;
use super::signature::{PublicKey, Signer};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{ContentHash, TenantId};
use crate::time::Timestamp;

const TYPE: &str = "codesight-audit-truncation+jws";

/// What is not in the log any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TruncationStatement {
    /// The last entry that went…
    pub through: u64,
    /// … and its hash, from which the first that stayed follows.
    pub hash: ContentHash,
    /// When that entry was written.
    pub newest: Timestamp,
    /// The projects that had entries among those that went: they exist, though nothing may be left that names them.
    pub tenants: BTreeSet<TenantId>,
    /// The rule it was done by.
    pub rule: RetentionRule,
    /// When it was done.
    pub at: Timestamp,
}

/// A signed [`TruncationStatement`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditTruncation {
    /// The last entry that went.
    pub through: u64,
    /// The projects of the statement, for who has no need of proof.
    pub tenants: BTreeSet<TenantId>,
    /// The compact JWS.
    pub signed: String,
}

impl AuditTruncation {
    /// Signs what is about to go.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub fn sign(statement: &TruncationStatement, signer: &Signer) -> Result<Self> {
        let signed = signer.sign(TYPE, statement)?;
        Ok(Self { through: statement.through, tenants: statement.tenants.clone(), signed })
    }

    /// Checks the signature and gives the statement.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when it is not signed by this key, or about something else.
    pub fn open(&self, key: &PublicKey) -> Result<TruncationStatement> {
        let statement: TruncationStatement = key.open(TYPE, &self.signed)?;
        if (statement.through, &statement.tenants) != (self.through, &self.tenants) {
            let message = "the statement is about something else";
            return Err(Error::new(ErrorKind::Corrupt, "audit.truncation", message));
        }
        Ok(statement)
    }
}

/// How much of the log is to go: a line of a [`RetentionPlan`](super::RetentionPlan).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TruncationPlan {
    /// The last entry to go, which a checkpoint vouches for…
    pub through: u64,
    /// … and its hash.
    pub hash: ContentHash,
    /// When it was written.
    pub newest: Timestamp,
    /// How many entries go.
    pub entries: u64,
    /// The projects they are about, and those that went before.
    pub tenants: BTreeSet<TenantId>,
}
