//! Accountability: who agreed to what, what a person can ask for, what was erased, and the proof of it.
//!
//! Everything here is data and rules; what is kept is behind [`ports`](crate::ports), and what is deleted is deleted by
//! the crates that hold it. The rules are a technical reading of GDPR and CCPA, not legal advice.

mod certificate;
mod checkpoint;
mod consent;
mod deadline;
mod digests;
mod erasure;
mod request;
mod retention;
mod signature;
mod truncation;
mod verification;

pub use certificate::{CertificateScope, ErasureCertificate};
pub use checkpoint::{AuditCheckpoint, CheckpointStatement};
pub use consent::{ConsentDecision, ConsentRecord, ConsentState, purpose};
pub use deadline::{Deadline, add_business_days, add_calendar_days, add_months};
pub use digests::TenantDigests;
pub use erasure::{ErasureInventory, ErasureProgress, ErasureStep, ProviderFile};
pub use request::{LegalHold, Regime, RequestKind, RequestScope, RequestStatus, RightsRequest};
pub use retention::{
    RetentionAction, RetentionClass, RetentionItem, RetentionPlan, RetentionPolicy, RetentionRule, Verdict,
};
pub use signature::{PublicKey, Signer};
pub use truncation::{AuditTruncation, TruncationPlan, TruncationStatement};
pub use verification::{AuditFault, AuditFaultKind, AuditVerification, ChainVerifier};
