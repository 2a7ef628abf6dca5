//! Sessions.

use async_trait::async_trait;
use codesight_core::id::{SessionKey, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{
    NewSession, SessionCatalog, SessionChange, SessionPage, SessionQuery, SessionRef,
};
use codesight_core::privacy::Masked;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{SqliteCatalog, rows};
use crate::catalog::fault::{Stop, failed};

fn unknown(operation: &'static str) -> Error {
    Error::not_found(operation, "no such session")
}

/// The session as it is stored, read inside a writing transaction.
pub(super) async fn stored(
    connection: &mut SqliteConnection,
    operation: &'static str,
    session: &SessionRef,
) -> Result<Masked<UnifiedSession>, Stop> {
    let document = sqlx::query_scalar("SELECT document FROM sessions WHERE tenant = ? AND id = ?")
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(rows::session(document.ok_or_else(|| unknown(operation))?)?)
}

/// Stores a session in place of what is there.
pub(super) async fn store(
    connection: &mut SqliteConnection,
    session: &Masked<UnifiedSession>,
) -> Result<(), Stop> {
    sqlx::query("UPDATE sessions SET status = ?, start_time = ?, quality = ?, document = ? WHERE tenant = ? AND id = ?")
        .bind(session.status.as_str())
        .bind(session.start_time.as_millis())
        .bind(session.quality_score)
        .bind(rows::document(session)?)
        .bind(session.tenant.as_str())
        .bind(session.id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert(connection: &mut SqliteConnection, new: &NewSession) -> Result<Masked<UnifiedSession>, Stop> {
    let NewSession { key, session } = new;
    let known =
        sqlx::query_scalar("SELECT document FROM sessions WHERE tenant = ? AND collector = ? AND key = ?")
            .bind(session.tenant.as_str())
            .bind(session.collector.as_str())
            .bind(key.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    if let Some(document) = known {
        return Ok(rows::session(document)?);
    }
    let document = rows::document(session)?;
    // Read back before it is kept: a session that could not be read again would be lost.
    let stored = rows::session(document.clone()).map_err(|error| {
        Error::invalid("catalog.create", "the session cannot be written as JSON").caused_by(error)
    })?;
    let inserted = sqlx::query(
        "INSERT INTO sessions (tenant, id, collector, key, status, start_time, quality, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO NOTHING",
    )
    .bind(session.tenant.as_str())
    .bind(session.id.as_str())
    .bind(session.collector.as_str())
    .bind(key.as_str())
    .bind(session.status.as_str())
    .bind(session.start_time.as_millis())
    .bind(session.quality_score)
    .bind(document)
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(Error::new(ErrorKind::AlreadyExists, "catalog.create", "the id is taken").into());
    }
    sqlx::query(
        "INSERT INTO journal_heads (tenant, session, epoch, through, sealed, touched_at) VALUES (?, ?, 0, 0, 0, ?)",
    )
    .bind(session.tenant.as_str())
    .bind(session.id.as_str())
    .bind(session.start_time.as_millis())
    .execute(connection)
    .await?;
    Ok(stored)
}

/// The statement that answers a query with at most `limit` rows; `start` says what is asked of them.
pub(super) fn selection(
    start: &str,
    tenant: &TenantId,
    query: &SessionQuery,
    limit: usize,
) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(start);
    sql.push(" FROM sessions WHERE tenant = ").push_bind(tenant.as_str());
    if let Some(status) = query.status {
        sql.push(" AND status = ").push_bind(status.as_str());
    }
    if let Some(collector) = &query.collector {
        sql.push(" AND collector = ").push_bind(collector.as_str());
    }
    if let Some(subject) = &query.subject {
        sql.push(" AND subject = ").push_bind(subject.as_str());
    }
    if let Some(from) = query.started_from {
        sql.push(" AND start_time >= ").push_bind(from.as_millis());
    }
    if let Some(before) = query.started_before {
        sql.push(" AND start_time < ").push_bind(before.as_millis());
    }
    if let Some(least) = query.min_quality {
        sql.push(" AND quality >= ").push_bind(least);
    }
    if let Some((start_time, id)) = &query.after {
        sql.push(" AND (start_time, id) < (").push_bind(start_time.as_millis());
        sql.push(", ").push_bind(id.as_str()).push(")");
    }
    sql.push(" ORDER BY start_time DESC, id DESC LIMIT ").push_bind(rows::limit(limit));
    sql
}

#[async_trait]
impl SessionCatalog for SqliteCatalog {
    async fn create(&self, new: NewSession) -> Result<Masked<UnifiedSession>> {
        self.writer
            .change("catalog.create", move |connection| {
                Box::pin(async move { insert(connection, &new).await })
            })
            .await
    }

    async fn get(&self, session: &SessionRef) -> Result<Masked<UnifiedSession>> {
        const OPERATION: &str = "catalog.get";
        let document = sqlx::query_scalar("SELECT document FROM sessions WHERE tenant = ? AND id = ?")
            .bind(session.tenant.as_str())
            .bind(session.session.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed(OPERATION))?;
        rows::session(document.ok_or_else(|| unknown(OPERATION))?)
    }

    async fn recording_key(&self, session: &SessionRef) -> Result<SessionKey> {
        const OPERATION: &str = "catalog.recording_key";
        let key: Option<String> = sqlx::query_scalar("SELECT key FROM sessions WHERE tenant = ? AND id = ?")
            .bind(session.tenant.as_str())
            .bind(session.session.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed(OPERATION))?;
        SessionKey::new(key.ok_or_else(|| unknown(OPERATION))?)
    }

    async fn update(&self, session: &SessionRef, change: SessionChange) -> Result<Masked<UnifiedSession>> {
        const OPERATION: &str = "catalog.update";
        let place = session.clone();
        self.writer
            .change(OPERATION, move |connection| {
                Box::pin(async move {
                    let mut session = stored(connection, OPERATION, &place).await?;
                    session.apply(&change)?;
                    store(connection, &session).await?;
                    Ok(session)
                })
            })
            .await
    }

    async fn query(&self, tenant: &TenantId, query: &SessionQuery) -> Result<SessionPage> {
        let size = query.page_size();
        // One more than the page holds tells whether there is another.
        let mut sql = selection("SELECT document", tenant, query, size + 1);
        let documents: Vec<String> =
            sql.build_query_scalar().fetch_all(&self.readers).await.map_err(failed("catalog.query"))?;
        let more = documents.len() > size;
        let sessions = documents.into_iter().take(size).map(rows::session).collect::<Result<Vec<_>>>()?;
        let next = sessions.last().filter(|_| more).map(|last| (last.start_time, last.id.clone()));
        Ok(SessionPage { sessions, next })
    }

    async fn delete(&self, session: &SessionRef) -> Result<()> {
        let place = session.clone();
        self.writer
            .change("catalog.delete", move |connection| {
                Box::pin(async move {
                    // The journal and the jobs go with it.
                    sqlx::query("DELETE FROM sessions WHERE tenant = ? AND id = ?")
                        .bind(place.tenant.as_str())
                        .bind(place.session.as_str())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
