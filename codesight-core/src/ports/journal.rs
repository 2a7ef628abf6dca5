//! The journal: a session's places in order, durable before they are acknowledged.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use super::NewJob;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{SessionId, TenantId};
use crate::model::{SessionStatus, UnifiedSession};
use crate::privacy::Masked;
use crate::time::Timestamp;

/// A session within its tenant. Every read and write names both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionRef {
    /// The project.
    pub tenant: TenantId,
    /// The session.
    pub session: SessionId,
}

impl fmt::Display for SessionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.session)
    }
}

/// What a place of the sequence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JournalKind {
    /// An [`InteractionData`](crate::model::InteractionData).
    Interaction,
    /// A [`CaptureGap`](crate::model::CaptureGap).
    Gap,
    /// A [`Finding`](crate::model::Finding): what came could not be used, and why.
    Finding,
}

impl JournalKind {
    /// The word used in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interaction => "interaction",
            Self::Gap => "gap",
            Self::Finding => "finding",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Interaction, Self::Gap, Self::Finding].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One place of the sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalRecord {
    /// Position, from 1, without holes.
    pub seq: u64,
    /// What it holds.
    pub kind: JournalKind,
    /// Masked JSON.
    pub payload: Masked<Bytes>,
}

/// Where a journal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalHead {
    /// The writer that may append; every older one is fenced off. 0 before the first.
    pub epoch: u64,
    /// The last durable position; 0 when empty. Never falls, not even when the journal is cleared.
    pub through: u64,
    /// Whether no more may be appended.
    pub sealed: bool,
}

impl JournalHead {
    /// Checks an append and returns how many of its records, from the first, are stored already and left out.
    /// Backends call this inside their transaction.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] for a sealed journal or another epoch, [`ErrorKind::Invalid`] for a hole.
    pub fn admit(&self, epoch: u64, records: &[JournalRecord]) -> Result<usize> {
        const OPERATION: &str = "journal.append";
        if self.sealed {
            return Err(Error::new(ErrorKind::Conflict, OPERATION, "the journal is sealed"));
        }
        self.check_epoch(OPERATION, epoch)?;
        let Some(first) = records.first() else { return Ok(0) };
        if !records.windows(2).all(|pair| pair[0].seq.checked_add(1) == Some(pair[1].seq)) {
            return Err(Error::invalid(OPERATION, "the records do not follow one another"));
        }
        if first.seq == 0 || first.seq > self.through + 1 {
            return Err(Error::invalid(OPERATION, "the first record leaves a hole")
                .with("first", first.seq)
                .with("through", self.through));
        }
        let known = usize::try_from(self.through + 1 - first.seq).unwrap_or(usize::MAX);
        Ok(known.min(records.len()))
    }

    /// Seals the journal and ends its session: status, end time, duration and count. Backends call this inside
    /// their transaction, for a journal that is not sealed.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] for another epoch, or a session that may not become `processing`; nothing is
    /// changed then.
    pub fn seal(
        &mut self,
        epoch: Option<u64>,
        session: Masked<UnifiedSession>,
        now: Timestamp,
    ) -> Result<Masked<UnifiedSession>> {
        const OPERATION: &str = "journal.seal";
        if let Some(epoch) = epoch {
            self.check_epoch(OPERATION, epoch)?;
        }
        if !session.status.may_become(SessionStatus::Processing) {
            return Err(Error::new(ErrorKind::Conflict, OPERATION, "the session is past processing")
                .with("status", session.status.as_str()));
        }
        self.sealed = true;
        let mut session = session.into_inner();
        session.status = SessionStatus::Processing;
        session.end_time = Some(now);
        // A clock that was set back must not make a session of negative length.
        session.duration = Some(now.millis_since(session.start_time).max(0) as f64);
        session.interaction_count = self.through;
        Ok(Masked::from_store(session))
    }

    /// # Errors
    /// [`ErrorKind::Conflict`] unless `epoch` is the current one.
    pub fn check_epoch(&self, operation: &'static str, epoch: u64) -> Result<()> {
        if epoch == self.epoch {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Conflict, operation, "another writer holds the session")
            .with("epoch", epoch)
            .with("current", self.epoch))
    }
}

/// Appends and reads the places of sessions.
#[async_trait]
pub trait SessionJournal: fmt::Debug + fmt::Display + Send + Sync {
    /// Makes the caller the only writer of the session.
    ///
    /// # Behaviour
    /// - raises the epoch by one and returns the head with it
    /// - an unknown session is `NotFound`
    /// - a sealed journal is returned as it is: same epoch, `sealed` set
    async fn open_epoch(&self, session: &SessionRef, now: Timestamp) -> Result<JournalHead>;

    /// Appends records and returns the head once they are durable.
    ///
    /// # Behaviour
    /// - all or none of the records are stored
    /// - records at or before `through` are taken as stored already and left out
    /// - a first new record that is not `through + 1`, or records that do not follow one another, are `Invalid`
    /// - an `epoch` that is not the current one is `Conflict`, and nothing is stored
    /// - a sealed journal is `Conflict`
    /// - an unknown session is `NotFound`
    /// - no records at all is fine and returns the head
    async fn append(
        &self,
        session: &SessionRef,
        epoch: u64,
        records: Vec<JournalRecord>,
        now: Timestamp,
    ) -> Result<JournalHead>;

    /// Where the journal stands; `NotFound` for an unknown session.
    async fn head(&self, session: &SessionRef) -> Result<JournalHead>;

    /// Up to `limit` records after position `after`, in order.
    ///
    /// # Behaviour
    /// - an unknown session, or one of another tenant, is `NotFound`
    /// - after the last record, and after a clear, the answer is empty
    async fn read(&self, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<JournalRecord>>;

    /// Ends the recording and queues `job`, both or neither.
    ///
    /// # Behaviour
    /// - sets `sealed`, the session's status to `processing`, its end time and its interaction count
    /// - sealing twice changes nothing and queues nothing
    /// - an `epoch` that is given and not the current one is `Conflict`
    /// - an unknown session is `NotFound`
    async fn seal(
        &self,
        session: &SessionRef,
        epoch: Option<u64>,
        job: NewJob,
        now: Timestamp,
    ) -> Result<JournalHead>;

    /// Deletes the records of a sealed journal.
    ///
    /// # Behaviour
    /// - the head stays as it was
    /// - a journal that is not sealed is `Conflict`: what is not archived is not deleted
    /// - twice, or for a session without records, is fine
    async fn clear(&self, session: &SessionRef) -> Result<()>;

    /// Up to `limit` active sessions in which nothing was opened or appended since `before`, oldest first.
    async fn silent_since(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionRef>>;
}
