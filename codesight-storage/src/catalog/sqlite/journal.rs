//! Journals.

use async_trait::async_trait;
use codesight_core::ports::{JournalHead, JournalRecord, NewJob, SessionJournal, SessionRef};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{SqliteCatalog, jobs, sessions};
use crate::catalog::fault::{Stop, failed};
use crate::catalog::payload::packed;
use crate::catalog::rows::{self, HeadRow, NameRow, RecordRow};

/// Active sessions that were not touched since a moment. There are few active ones among many, and an index of their
/// own; left to itself, SQLite reads them all.
pub(super) const SILENT: &str =
    "SELECT head.tenant, head.session FROM sessions INDEXED BY sessions_active CROSS JOIN journal_heads AS head
    ON head.tenant = sessions.tenant AND head.session = sessions.id
    WHERE sessions.status = 'active' AND head.touched_at < ?
    ORDER BY head.touched_at, head.tenant, head.session LIMIT ?";

async fn find_head<'c>(
    database: impl SqliteExecutor<'c>,
    session: &SessionRef,
) -> Result<Option<JournalHead>, sqlx::Error> {
    let row = sqlx::query_as::<_, HeadRow>(
        "SELECT tenant, session, epoch, through, sealed FROM journal_heads WHERE tenant = ? AND session = ?",
    )
    .bind(session.tenant.as_str())
    .bind(session.session.as_str())
    .fetch_optional(database)
    .await?;
    Ok(row.map(|row| row.head()))
}

/// The head, read inside a writing transaction.
async fn stored_head(
    connection: &mut SqliteConnection,
    operation: &'static str,
    session: &SessionRef,
) -> Result<JournalHead, Stop> {
    Ok(find_head(connection, session).await?.ok_or_else(|| rows::no_session(operation))?)
}

async fn open_epoch(
    connection: &mut SqliteConnection,
    session: &SessionRef,
    now: Timestamp,
) -> Result<JournalHead, Stop> {
    let mut head = stored_head(&mut *connection, "journal.open_epoch", session).await?;
    if !head.sealed {
        head.epoch += 1;
        sqlx::query("UPDATE journal_heads SET epoch = ?, touched_at = ? WHERE tenant = ? AND session = ?")
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
    connection: &mut SqliteConnection,
    place: &SessionRef,
    epoch: Option<u64>,
    job: &NewJob,
    now: Timestamp,
) -> Result<JournalHead, Stop> {
    const OPERATION: &str = "journal.seal";
    let mut head = stored_head(&mut *connection, OPERATION, place).await?;
    if let Some(epoch) = epoch {
        head.check_epoch(OPERATION, epoch)?;
    }
    if head.sealed {
        return Ok(head);
    }
    let session = sessions::stored(&mut *connection, OPERATION, place).await?;
    let session = head.seal(epoch, session, now)?;
    sessions::store(&mut *connection, &session).await?;
    jobs::enqueue(&mut *connection, OPERATION, job).await?;
    sqlx::query("UPDATE journal_heads SET sealed = 1 WHERE tenant = ? AND session = ?")
        .bind(place.tenant.as_str())
        .bind(place.session.as_str())
        .execute(connection)
        .await?;
    Ok(head)
}

async fn clear(connection: &mut SqliteConnection, session: &SessionRef) -> Result<(), Stop> {
    const OPERATION: &str = "journal.clear";
    if !stored_head(&mut *connection, OPERATION, session).await?.sealed {
        return Err(Error::new(ErrorKind::Conflict, OPERATION, "the journal is not sealed").into());
    }
    sqlx::query("DELETE FROM journal WHERE tenant = ? AND session = ?")
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl SessionJournal for SqliteCatalog {
    async fn open_epoch(&self, session: &SessionRef, now: Timestamp) -> Result<JournalHead> {
        let session = session.clone();
        self.writer
            .change("journal.open_epoch", move |connection| {
                Box::pin(async move { open_epoch(connection, &session, now).await })
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
        self.writer.append(session, epoch, packed(records), now).await
    }

    async fn head(&self, session: &SessionRef) -> Result<JournalHead> {
        const OPERATION: &str = "journal.head";
        let head = find_head(&self.readers, session).await.map_err(failed(OPERATION))?;
        head.ok_or_else(|| rows::no_session(OPERATION))
    }

    async fn read(&self, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<JournalRecord>> {
        let rows = sqlx::query_as::<_, RecordRow>(
            "SELECT seq, kind, payload FROM journal
            WHERE tenant = ? AND session = ? AND seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.readers)
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
        let session = session.clone();
        self.writer
            .change("journal.seal", move |connection| {
                Box::pin(async move { seal(connection, &session, epoch, &job, now).await })
            })
            .await
    }

    async fn clear(&self, session: &SessionRef) -> Result<()> {
        let session = session.clone();
        self.writer
            .change("journal.clear", move |connection| {
                Box::pin(async move { clear(connection, &session).await })
            })
            .await
    }

    async fn silent_since(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionRef>> {
        let rows = sqlx::query_as::<_, NameRow>(SILENT)
            .bind(before.as_millis())
            .bind(rows::limit(limit))
            .fetch_all(&self.readers)
            .await
            .map_err(failed("journal.silent_since"))?;
        rows.into_iter().map(NameRow::session).collect()
    }
}
