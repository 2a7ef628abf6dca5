//! Rows as models and back, the same for every database.

use bytes::Bytes;
use codesight_core::id::{ContentHash, JobId, SessionId, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{
    AuditEntry, AuditEvent, Job, JobCounts, JobKind, JournalHead, JournalKind, JournalRecord, SessionPage,
    SessionRef,
};
use codesight_core::privacy::Masked;
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};

use super::payload::unpack;

/// A count as databases keep it. What is too large for it is larger than anything stored, and stays so.
pub(super) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A page size as databases keep it.
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
    /// Tenant and session.
    pub(super) fn name(&self) -> (&str, &str) {
        (&self.tenant, &self.session)
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

/// An unknown session, or one of another tenant, which is the same to the caller.
pub(super) fn no_session(operation: &'static str) -> Error {
    Error::not_found(operation, "no such session")
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

/// The document of a session that is to be created. It is read back before it is kept: a session that could not be
/// read again would be lost.
pub(super) fn new_document(session: &Masked<UnifiedSession>) -> Result<(String, Masked<UnifiedSession>)> {
    let document = document(session)?;
    let stored = self::session(document.clone()).map_err(|error| {
        Error::invalid("catalog.create", "the session cannot be written as JSON").caused_by(error)
    })?;
    Ok((document, stored))
}

/// The page that one document more than it holds was read for: the one more tells whether there is another page.
pub(super) fn page(documents: Vec<String>, size: usize) -> Result<SessionPage> {
    let more = documents.len() > size;
    let sessions = documents.into_iter().take(size).map(session).collect::<Result<Vec<_>>>()?;
    let next = sessions.last().filter(|_| more).map(|last| (last.start_time, last.id.clone()));
    Ok(SessionPage { sessions, next })
}

/// A leased job.
#[derive(sqlx::FromRow)]
pub(super) struct JobRow {
    id: String,
    kind: String,
    tenant: String,
    session: String,
    attempts: i64,
    due_at: i64,
}

impl JobRow {
    pub(super) fn job(self) -> Result<Job> {
        Ok(Job {
            id: JobId::new(self.id)?,
            kind: JobKind::from_name(&self.kind).ok_or_else(|| unknown_word("jobs.lease"))?,
            session: SessionRef {
                tenant: TenantId::new(self.tenant)?,
                session: SessionId::new(self.session)?,
            },
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            leased_until: Timestamp::from_millis(self.due_at),
        })
    }
}

/// How full the queue is: waiting, leased, dead.
pub(super) fn job_counts((waiting, leased, dead): (i64, i64, i64)) -> JobCounts {
    JobCounts { waiting: count(waiting), leased: count(leased), dead: count(dead) }
}

/// The worker does not hold the job, or not any more.
pub(super) fn not_held(operation: &'static str) -> Error {
    Error::new(ErrorKind::Conflict, operation, "the worker does not hold the job")
}

/// An entry of the audit log.
#[derive(sqlx::FromRow)]
pub(super) struct EntryRow {
    position: i64,
    hash: Vec<u8>,
    event: String,
}

impl EntryRow {
    pub(super) fn entry(self) -> Result<AuditEntry> {
        let damaged = || Error::new(ErrorKind::Corrupt, "audit.read", "a stored entry is damaged");
        let hash = self.hash.try_into().map_err(|_| damaged().with("position", self.position))?;
        let event =
            serde_json::from_str(&self.event).map_err(|_| damaged().with("position", self.position))?;
        Ok(AuditEntry { position: count(self.position), event, hash: ContentHash::from_digest(hash) })
    }
}

/// An event of the audit log as it is stored.
pub(super) fn audit_event(event: &AuditEvent) -> Result<String> {
    serde_json::to_string(event).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "audit.append", "not serialisable").caused_by(error)
    })
}

/// The same error again, for everybody it hits.
#[cfg(feature = "postgres")]
pub(super) fn repeated(error: &Error) -> Error {
    let again = Error::new(error.kind(), error.operation(), error.message()).retry_when(error.retry());
    error.context().iter().fold(again, |again, (key, value)| again.with(key, value))
}
