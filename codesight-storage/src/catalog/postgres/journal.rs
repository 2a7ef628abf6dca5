//! Journals.

use async_trait::async_trait;
use codesight_core::ports::{JournalHead, JournalRecord, NewJob, SessionJournal, SessionRef};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::{PgConnection, PgExecutor};

use super::transaction::in_transaction;
use super::{PostgresCatalog, jobs, sessions};
use crate::catalog::append::Append;
use crate::catalog::fault::{Stop, failed};
use crate::catalog::payload::packed;
use crate::catalog::rows::{self, HeadRow, NameRow, RecordRow};

pub(super) const HEAD: &str =
    "SELECT tenant, session, epoch, through, sealed FROM journal_heads WHERE tenant = $1 AND session = $2";

const LOCKED_HEAD: &str = "SELECT tenant, session, epoch, through, sealed FROM journal_heads
    WHERE tenant = $1 AND session = $2 FOR NO KEY UPDATE";

pub(super) const READ: &str = "SELECT seq, kind, payload FROM journal
    WHERE tenant = $1 AND session = $2 AND seq > $3 ORDER BY seq LIMIT $4";

/// Active sessions that were not touched since a moment. What was touched in its ten minutes or before them stands in an index
/// of the open journals (see migration 6); of those few the moment and the session itself are looked at.
pub(super) const SILENT: &str = "SELECT head.tenant, head.session FROM journal_heads AS head
    WHERE NOT head.sealed AND head.touched_span <= $1::bigint / 600000 AND head.touched_at < $1::bigint AND EXISTS (
        SELECT FROM sessions WHERE sessions.tenant = head.tenant AND sessions.id = head.session AND sessions.status = 'active'
    )
    ORDER BY head.touched_at, head.tenant, head.session LIMIT $2";

async fn find_head(
    database: impl PgExecutor<'_>,
    statement: &'static str,
    session: &SessionRef,
) -> Result<Option<JournalHead>, sqlx::Error> {
    let row = sqlx::query_as::<_, HeadRow>(statement)
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .fetch_optional(database)
        .await?;
    Ok(row.map(|row| row.head()))
}

/// The head, locked until the transaction ends.
pub(super) async fn locked_head(
    connection: &mut PgConnection,
    operation: &'static str,
    session: &SessionRef,
) -> Result<JournalHead, Stop> {
    Ok(find_head(connection, LOCKED_HEAD, session).await?.ok_or_else(|| rows::no_session(operation))?)
}

async fn open_epoch(
    connection: &mut PgConnection,
    session: &SessionRef,
    now: Timestamp,
) -> Result<JournalHead, Stop> {
    let mut head = locked_head(&mut *connection, "journal.open_epoch", session).await?;
    if !head.sealed {
        head.epoch += 1;
        sqlx::query(
            "UPDATE journal_heads SET epoch = $1, touched_at = $2, touched_span = $2::bigint / 600000
            WHERE tenant = $3 AND session = $4",
        )
        .bind(rows::integer(head.epoch))
        .bind(now.as_millis())
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .execute(connection)
        .await?;
    }
    Ok(head)
}

async fn seal(
    connection: &mut PgConnection,
    place: &SessionRef,
    epoch: Option<u64>,
    job: &NewJob,
    now: Timestamp,
) -> Result<JournalHead, Stop> {
    const OPERATION: &str = "journal.seal";
    let mut head = locked_head(&mut *connection, OPERATION, place).await?;
    if let Some(epoch) = epoch {
        head.check_epoch(OPERATION, epoch)?;
    }
    if head.sealed {
        return Ok(head);
    }
    let session = sessions::locked(&mut *connection, OPERATION, place).await?;
    let session = head.seal(epoch, session, now)?;
    sessions::store(&mut *connection, &session).await?;
    jobs::enqueue(&mut *connection, OPERATION, job).await?;
    sqlx::query("UPDATE journal_heads SET sealed = TRUE WHERE tenant = $1 AND session = $2")
        .bind(place.tenant.as_str())
        .bind(place.session.as_str())
        .execute(connection)
        .await?;
    Ok(head)
}

async fn clear(connection: &mut PgConnection, session: &SessionRef) -> Result<(), Stop> {
    const OPERATION: &str = "journal.clear";
    if !locked_head(&mut *connection, OPERATION, session).await?.sealed {
        return Err(Error::new(ErrorKind::Conflict, OPERATION, "the journal is not sealed").into());
    }
    delete_records(connection, session).await?;
    Ok(())
}

/// Deletes a journal's records, whose head is locked.
pub(super) async fn delete_records(
    connection: &mut PgConnection,
    session: &SessionRef,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM journal WHERE tenant = $1 AND session = $2")
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl SessionJournal for PostgresCatalog {
    async fn open_epoch(&self, session: &SessionRef, now: Timestamp) -> Result<JournalHead> {
        in_transaction(&self.pool, "journal.open_epoch", (session, now), |connection, (session, now)| {
            Box::pin(open_epoch(connection, session, *now))
        })
        .await
    }

    async fn append(
        &self,
        session: &SessionRef,
        epoch: u64,
        records: Vec<JournalRecord>,
        now: Timestamp,
    ) -> Result<JournalHead> {
        let append = Append { session: session.clone(), epoch, records: packed(records), now };
        self.appends.commit(append).await
    }

    async fn head(&self, session: &SessionRef) -> Result<JournalHead> {
        const OPERATION: &str = "journal.head";
        let head = find_head(&self.pool, HEAD, session).await.map_err(failed(OPERATION))?;
        head.ok_or_else(|| rows::no_session(OPERATION))
    }

    async fn read(&self, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<JournalRecord>> {
        let rows = sqlx::query_as::<_, RecordRow>(READ)
            .bind(session.tenant.as_str())
            .bind(session.session.as_str())
            .bind(rows::integer(after))
            .bind(rows::limit(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("journal.read"))?;
        if rows.is_empty() {
            self.head(session).await?;
        }
        rows.into_iter().map(RecordRow::record).collect()
    }

    async fn seal(
        &self,
        session: &SessionRef,
        epoch: Option<u64>,
        job: NewJob,
        now: Timestamp,
    ) -> Result<JournalHead> {
        let input = (session, epoch, job, now);
        in_transaction(&self.pool, "journal.seal", input, |connection, (session, epoch, job, now)| {
            Box::pin(seal(connection, session, *epoch, job, *now))
        })
        .await
    }

    async fn clear(&self, session: &SessionRef) -> Result<()> {
        in_transaction(&self.pool, "journal.clear", session, |connection, session| {
            Box::pin(clear(connection, session))
        })
        .await
    }

    async fn silent_since(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionRef>> {
        let rows = sqlx::query_as::<_, NameRow>(SILENT)
            .bind(before.as_millis())
            .bind(rows::limit(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed("journal.silent_since"))?;
        rows.into_iter().map(NameRow::session).collect()
    }
}
