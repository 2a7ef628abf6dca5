//! API keys, consents, rights, exports and checkpoints as they are stored, the same for every database.

use codesight_core::id::SubjectId;
use codesight_core::ports::{ApiKey, ApiKeyKind, AuditLine};
use codesight_core::rights::{AuditCheckpoint, ConsentRecord, RightsRequest};
use codesight_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::rows;

/// What stands in the document of a decision in place of the subject, so that a change of the name changes one column.
const NOBODY: &str = "-";

/// A record as it is stored.
pub(super) fn to_document<T: Serialize>(operation: &'static str, record: &T) -> Result<String> {
    serde_json::to_string(record)
        .map_err(|error| Error::new(ErrorKind::Unexpected, operation, "not serialisable").caused_by(error))
}

/// A stored record. serde's message is left out, for it may quote the content.
pub(super) fn from_document<T: DeserializeOwned>(operation: &'static str, document: &str) -> Result<T> {
    serde_json::from_str(document).map_err(|error| {
        Error::new(ErrorKind::Corrupt, operation, "a stored record does not fit its type")
            .with("line", error.line())
            .with("column", error.column())
    })
}

/// Stored records.
pub(super) fn from_documents<T: DeserializeOwned>(
    operation: &'static str,
    documents: &[String],
) -> Result<Vec<T>> {
    documents.iter().map(|document| from_document(operation, document)).collect()
}

/// A decision as it is stored: without its subject.
pub(super) fn consent_document(record: &ConsentRecord) -> Result<String> {
    to_document("consents.record", &ConsentRecord { subject: SubjectId::new(NOBODY)?, ..record.clone() })
}

/// The stored decisions of a subject.
pub(super) fn consent_history(documents: &[String], subject: &SubjectId) -> Result<Vec<ConsentRecord>> {
    let stored: Vec<ConsentRecord> = from_documents("consents.history", documents)?;
    Ok(stored.into_iter().map(|stored| ConsentRecord { subject: subject.clone(), ..stored }).collect())
}

/// The kind of a key in its column.
pub(super) fn api_key_kind(kind: ApiKeyKind) -> &'static str {
    match kind {
        ApiKeyKind::Issued => "issued",
        ApiKeyKind::SignIn => "sign-in",
    }
}

/// Stored keys with the numbers of their changes.
pub(super) fn api_key_changes(
    operation: &'static str,
    stored: Vec<(i64, String)>,
) -> Result<Vec<(u64, ApiKey)>> {
    stored
        .into_iter()
        .map(|(change, document)| Ok((rows::count(change), from_document(operation, &document)?)))
        .collect()
}

/// An unknown key, or one of another tenant.
pub(super) fn no_api_key(operation: &'static str) -> Error {
    Error::not_found(operation, "no such key")
}

/// An unknown request, or one of another tenant.
pub(super) fn no_request(operation: &'static str) -> Error {
    Error::not_found(operation, "no such request")
}

/// Why a request was not stored whose stored revision is not the one before its own.
pub(super) fn not_saved(operation: &'static str, is_known: bool) -> Error {
    if is_known {
        Error::new(ErrorKind::Conflict, operation, "somebody else stored the request")
    } else {
        no_request(operation)
    }
}

/// The stored requests of a subject, with its name replaced and their next revision.
pub(super) fn forgotten(
    operation: &'static str,
    documents: &[String],
    subject: &SubjectId,
    stand_in: &SubjectId,
) -> Result<Vec<RightsRequest>> {
    let mut requests: Vec<RightsRequest> = from_documents(operation, documents)?;
    for request in &mut requests {
        request.scope.replace_subject(subject, stand_in);
        request.revision += 1;
    }
    Ok(requests)
}

/// A hold keeps a subject from being forgotten.
pub(super) fn is_held(operation: &'static str) -> Error {
    Error::new(ErrorKind::Conflict, operation, "a legal hold is in force")
}

/// Lines of the audit log.
pub(super) fn audit_lines(stored: Vec<(i64, Vec<u8>, Vec<u8>)>) -> Vec<AuditLine> {
    let line = |(position, hash, event)| AuditLine { position: rows::count(position), hash, event };
    stored.into_iter().map(line).collect()
}

/// Checkpoints of the audit log.
pub(super) fn checkpoints(stored: Vec<(i64, String)>) -> Vec<AuditCheckpoint> {
    let checkpoint = |(position, signed)| AuditCheckpoint { position: rows::count(position), signed };
    stored.into_iter().map(checkpoint).collect()
}

/// Refuses to give up what is not there, and to give up everything.
pub(super) fn check_truncation(first: i64, last: i64, through: i64) -> Result<()> {
    if (first..last).contains(&through) {
        return Ok(());
    }
    Err(Error::invalid("audit.truncate", "the log would be empty, or is not as long"))
}
