//! The certificate of an erasure.

use serde::{Deserialize, Serialize};

use super::erasure::{ErasureInventory, ProviderFile};
use super::signature::{PublicKey, Signer};
use crate::error::Result;
use crate::id::{ContentHash, RequestId, SubjectId, TenantId};
use crate::time::Timestamp;

const TYPE: &str = "codesight-erasure+jws";

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateScope {
    /// Everything of a person.
    Subject,
    /// One session of theirs.
    Session,
}

/// Says what was erased, when, and where the audit log stands, for the person it is about and for an authority. Holds
/// nothing of what was erased: the person's stand-in, the random ids of sessions, and counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasureCertificate {
    /// Of this form.
    pub version: u32,
    /// The request.
    pub request: RequestId,
    /// The project.
    pub tenant: TenantId,
    /// The person, by the name that is kept.
    pub stand_in: SubjectId,
    /// How much of them.
    pub scope: CertificateScope,
    /// When it was asked for.
    pub received_at: Timestamp,
    /// When it was done.
    pub erased_at: Timestamp,
    /// What was found and erased.
    pub inventory: ErasureInventory,
    /// Files at services that are still to be deleted. Another certificate follows when they are.
    pub pending: Vec<ProviderFile>,
    /// What was left when it was looked for once more; 0, or there would be no certificate.
    pub left: u64,
    /// The last entry of the audit log before the certificate: its position…
    pub audit_position: u64,
    /// … and its hash, which holds the whole log before it fast.
    pub audit_hash: ContentHash,
}

impl ErasureCertificate {
    /// Version of the form written here.
    pub const VERSION: u32 = 1;

    /// Signs it: a compact JWS, which [`open`](Self::open) and any JOSE library check.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub fn sign(&self, signer: &Signer) -> Result<String> {
        signer.sign(TYPE, self)
    }

    /// Checks a signed certificate and gives what it says.
    ///
    /// # Errors
    /// As [`PublicKey::open`].
    pub fn open(signed: &str, key: &PublicKey) -> Result<Self> {
        key.open(TYPE, signed)
    }
}
