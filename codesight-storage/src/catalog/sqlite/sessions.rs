//! Sessions.

use async_trait::async_trait;
use codesight_core::id::{SessionKey, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{
    NewSession, SessionCatalog, SessionChange, SessionPage, SessionQuery, SessionRef,
};
use codesight_core::privacy::Masked;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::SqliteConnection;

use super::SqliteCatalog;
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows;
use crate::catalog::selection::selection;

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
    Ok(rows::session(document.ok_or_else(|| rows::no_session(operation))?)?)
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
    let (document, stored) = rows::new_document(session)?;
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
        rows::session(document.ok_or_else(|| rows::no_session(OPERATION))?)
    }

    async fn recording_key(&self, session: &SessionRef) -> Result<SessionKey> {
        const OPERATION: &str = "catalog.recording_key";
        let key: Option<String> = sqlx::query_scalar("SELECT key FROM sessions WHERE tenant = ? AND id = ?")
            .bind(session.tenant.as_str())
            .bind(session.session.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed(OPERATION))?;
        SessionKey::new(key.ok_or_else(|| rows::no_session(OPERATION))?)
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
        let mut sql = selection("SELECT document", "document", tenant, query, size + 1);
        let documents =
            sql.build_query_scalar().fetch_all(&self.readers).await.map_err(failed("catalog.query"))?;
        rows::page(documents, size)
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
