//! Rows as models and back.

use super::payload::unpack;
use bytes::Bytes;
use codesight_core::id::{SessionId, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{JournalHead, JournalKind, JournalRecord, SessionRef};
use codesight_core::privacy::Masked;
use codesight_core::{Error, ErrorKind, Result};

/// A count as SQLite keeps it. What is too large for it is larger than anything stored, and stays so.
pub(super) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A page size as SQLite keeps it.
pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A stored count. Nothing writes a negative one.
pub(super) fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// A head and whose it is.
#[derive(sqlx::FromRow)]
pub(super) struct HeadRow {
    tenant: String,
    session: String,
    epoch: i64,
    through: i64,
    sealed: bool,
}

impl HeadRow {
    pub(super) fn is_of(&self, session: &SessionRef) -> bool {
        self.session == session.session.as_str() && self.tenant == session.tenant.as_str()
    }

    pub(super) fn head(&self) -> JournalHead {
        JournalHead { epoch: count(self.epoch), through: count(self.through), sealed: self.sealed }
    }
}

/// A stored record.
#[derive(sqlx::FromRow)]
pub(super) struct RecordRow {
    seq: i64,
    kind: String,
    payload: Vec<u8>,
}

impl RecordRow {
    pub(super) fn record(self) -> Result<JournalRecord> {
        let kind = JournalKind::from_name(&self.kind).ok_or_else(|| unknown_word("journal.read"))?;
        Ok(JournalRecord { seq: count(self.seq), kind, payload: Masked::from_store(unpack(self.payload)?) })
    }
}

/// Names a session.
#[derive(sqlx::FromRow)]
pub(super) struct NameRow {
    tenant: String,
    session: String,
}

impl NameRow {
    pub(super) fn session(self) -> Result<SessionRef> {
        Ok(SessionRef { tenant: TenantId::new(self.tenant)?, session: SessionId::new(self.session)? })
    }
}

/// A word in a column that this version does not know.
pub(super) fn unknown_word(operation: &'static str) -> Error {
    Error::new(ErrorKind::Corrupt, operation, "a stored word is not known")
}

/// The stored document of a session.
pub(super) fn session(document: String) -> Result<Masked<UnifiedSession>> {
    Masked::from_store(Bytes::from(document)).parse()
}

/// The document of a session, as it is stored.
pub(super) fn document(session: &Masked<UnifiedSession>) -> Result<String> {
    String::from_utf8(session.to_json()?.into_inner().into())
        .map_err(|_| Error::new(ErrorKind::Unexpected, "catalog.document", "JSON is not text"))
}
