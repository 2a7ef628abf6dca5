//! Consent ledger, rights register, exports and the evidence of the audit log, in the catalog's file.

mod consents;
mod evidence;
mod exports;
mod register;
mod scrub;

use codesight_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A record as it is stored.
fn to_document<T: Serialize>(operation: &'static str, record: &T) -> Result<String> {
    serde_json::to_string(record)
        .map_err(|error| Error::new(ErrorKind::Unexpected, operation, "not serialisable").caused_by(error))
}

/// A stored record. serde's message is left out, for it may quote the content.
fn from_document<T: DeserializeOwned>(operation: &'static str, document: &str) -> Result<T> {
    serde_json::from_str(document).map_err(|error| {
        Error::new(ErrorKind::Corrupt, operation, "a stored record does not fit its type")
            .with("line", error.line())
            .with("column", error.column())
    })
}
