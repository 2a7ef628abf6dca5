//! Decisions, requests and holds. The same seed gives the same, today and tomorrow.

use super::fixtures;
use crate::error::Result;
use crate::id::{CollectorId, ContentHash, RequestId, SubjectId};
use crate::rights::{
    ConsentDecision, ConsentRecord, LegalHold, Regime, RequestKind, RequestScope, RightsRequest,
};

/// What subject `seed` decided at its `number`th decision: even ones grant, odd ones take back.
///
/// # Errors
/// None in practice: the names are valid.
pub fn consent_record(seed: u64, number: u32) -> Result<ConsentRecord> {
    let at = fixtures::at(i64::from(number) * 60_000);
    Ok(ConsentRecord {
        tenant: fixtures::tenant()?,
        subject: SubjectId::new(format!("subject-{seed}"))?,
        decision: if number.is_multiple_of(2) {
            ConsentDecision::Granted
        } else {
            ConsentDecision::Withdrawn
        },
        text_version: "2026-01".to_owned(),
        purposes: vec!["training".to_owned(), "research".to_owned()],
        at,
        recorded_at: at,
        evidence_hash: Some(ContentHash::of(b"the text that was shown")),
        global_privacy_control: false,
        source: CollectorId::new("collector-1")?,
    })
}

/// Request `number` of subject `seed`, received `number` minutes after the epoch.
///
/// # Errors
/// None in practice: the names are valid.
pub fn rights_request(seed: u64, number: u32) -> Result<RightsRequest> {
    let kind = if number.is_multiple_of(2) { RequestKind::Erasure } else { RequestKind::Access };
    let scope = RequestScope::Subject { subject: SubjectId::new(format!("subject-{seed}"))? };
    let id = RequestId::new(format!("request-{seed}-{number}"))?;
    let received_at = fixtures::at(i64::from(number) * 60_000);
    Ok(RightsRequest::new(id, fixtures::tenant()?, kind, Regime::Gdpr, scope, "test", received_at))
}

/// A hold on subject `seed`.
///
/// # Errors
/// None in practice: the names are valid.
pub fn legal_hold(seed: u64) -> Result<LegalHold> {
    Ok(LegalHold {
        tenant: fixtures::tenant()?,
        subject: SubjectId::new(format!("subject-{seed}"))?,
        reference: format!("matter-{seed}"),
        placed_by: "counsel".to_owned(),
        placed_at: fixtures::at(0),
    })
}
