//! Sessions.

use async_trait::async_trait;
use codesight_core::id::{SessionKey, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{
    NewSession, SessionCatalog, SessionChange, SessionPage, SessionQuery, SessionRef,
};
use codesight_core::privacy::Masked;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::transaction::in_transaction;
use super::{PostgresCatalog, journal};
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows;
use crate::catalog::selection::selection;

pub(super) const GET: &str = "SELECT document FROM sessions WHERE tenant = $1 AND id = $2";

/// The session as it is stored, locked until the transaction ends.
pub(super) async fn locked(
    connection: &mut PgConnection,
    operation: &'static str,
    session: &SessionRef,
) -> Result<Masked<UnifiedSession>, Stop> {
    let document =
        sqlx::query_scalar("SELECT document FROM sessions WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE")
            .bind(session.tenant.as_str())
            .bind(session.session.as_str())
            .fetch_optional(connection)
            .await?;
    Ok(rows::session(document.ok_or_else(|| rows::no_session(operation))?)?)
}

/// Stores a session in place of what is there.
pub(super) async fn store(
    connection: &mut PgConnection,
    session: &Masked<UnifiedSession>,
) -> Result<(), Stop> {
    sqlx::query(
        "UPDATE sessions SET status = $1, start_time = $2, quality = $3, document = $4, subject = $5
        WHERE tenant = $6 AND id = $7",
    )
    .bind(session.status.as_str())
    .bind(session.start_time.as_millis())
    .bind(session.quality_score)
    .bind(rows::document(session)?)
    .bind(session.consent.subject.as_str())
    .bind(session.tenant.as_str())
    .bind(session.id.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

async fn find_by_key(
    connection: &mut PgConnection,
    new: &NewSession,
) -> Result<Option<Masked<UnifiedSession>>, Stop> {
    let NewSession { key, session } = new;
    let known: Option<String> =
        sqlx::query_scalar("SELECT document FROM sessions WHERE tenant = $1 AND collector = $2 AND key = $3")
            .bind(session.tenant.as_str())
            .bind(session.collector.as_str())
            .bind(key.as_str())
            .fetch_optional(connection)
            .await?;
    Ok(known.map(rows::session).transpose()?)
}

async fn insert(connection: &mut PgConnection, new: &NewSession) -> Result<Masked<UnifiedSession>, Stop> {
    if let Some(known) = find_by_key(&mut *connection, new).await? {
        return Ok(known);
    }
    let NewSession { key, session } = new;
    let (document, stored) = rows::new_document(session)?;
    // Waits for whoever inserts the same key or id at this moment.
    let inserted = sqlx::query(
        "INSERT INTO sessions (tenant, id, collector, key, status, start_time, quality, document, subject)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(session.tenant.as_str())
    .bind(session.id.as_str())
    .bind(session.collector.as_str())
    .bind(key.as_str())
    .bind(session.status.as_str())
    .bind(session.start_time.as_millis())
    .bind(session.quality_score)
    .bind(document)
    .bind(session.consent.subject.as_str())
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        let known = find_by_key(&mut *connection, new).await?;
        let taken = || Error::new(ErrorKind::AlreadyExists, "catalog.create", "the id is taken");
        return known.ok_or_else(|| taken().into());
    }
    sqlx::query(
        "INSERT INTO journal_heads (tenant, session, epoch, through, sealed, touched_at, touched_span)
        VALUES ($1, $2, 0, 0, FALSE, $3, $3::bigint / 600000)",
    )
    .bind(session.tenant.as_str())
    .bind(session.id.as_str())
    .bind(session.start_time.as_millis())
    .execute(connection)
    .await?;
    Ok(stored)
}

async fn update(
    connection: &mut PgConnection,
    place: &SessionRef,
    change: &SessionChange,
) -> Result<Masked<UnifiedSession>, Stop> {
    let mut session = locked(connection, "catalog.update", place).await?;
    session.apply(change)?;
    store(connection, &session).await?;
    Ok(session)
}

async fn delete(connection: &mut PgConnection, session: &SessionRef) -> Result<(), Stop> {
    match journal::locked_head(connection, "catalog.delete", session).await {
        Err(Stop::Refused(_)) => return Ok(()),
        head => head?,
    };
    journal::delete_records(connection, session).await?;
    // The head and the jobs go with it.
    sqlx::query("DELETE FROM sessions WHERE tenant = $1 AND id = $2")
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// The documents of a page: the page itself is found in an index alone, and only then are its sessions looked up.
pub(super) fn page_of(tenant: &TenantId, query: &SessionQuery, limit: usize) -> QueryBuilder<Postgres> {
    let start = "SELECT document FROM (SELECT tenant, id, start_time";
    let mut sql = selection(start, "document::jsonb", tenant, query, limit);
    sql.push(
        ") AS page JOIN sessions USING (tenant, id, start_time)
        ORDER BY page.start_time DESC, page.id DESC",
    );
    sql
}

#[async_trait]
impl SessionCatalog for PostgresCatalog {
    async fn create(&self, new: NewSession) -> Result<Masked<UnifiedSession>> {
        in_transaction(&self.pool, "catalog.create", new, |connection, new| Box::pin(insert(connection, new)))
            .await
    }

    async fn get(&self, session: &SessionRef) -> Result<Masked<UnifiedSession>> {
        const OPERATION: &str = "catalog.get";
        let document = sqlx::query_scalar(GET)
            .bind(session.tenant.as_str())
            .bind(session.session.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(OPERATION))?;
        rows::session(document.ok_or_else(|| rows::no_session(OPERATION))?)
    }

    async fn recording_key(&self, session: &SessionRef) -> Result<SessionKey> {
        const OPERATION: &str = "catalog.recording_key";
        let key: Option<String> =
            sqlx::query_scalar("SELECT key FROM sessions WHERE tenant = $1 AND id = $2")
                .bind(session.tenant.as_str())
                .bind(session.session.as_str())
                .fetch_optional(&self.pool)
                .await
                .map_err(failed(OPERATION))?;
        SessionKey::new(key.ok_or_else(|| rows::no_session(OPERATION))?)
    }

    async fn update(&self, session: &SessionRef, change: SessionChange) -> Result<Masked<UnifiedSession>> {
        let input = (session, change);
        in_transaction(&self.pool, "catalog.update", input, |connection, (session, change)| {
            Box::pin(update(connection, session, change))
        })
        .await
    }

    async fn query(&self, tenant: &TenantId, query: &SessionQuery) -> Result<SessionPage> {
        let size = query.page_size();
        let mut sql = page_of(tenant, query, size + 1);
        // Planned for these values: the plan for any value has to assume that a page is a tenth of the table.
        let page = sql.build_query_scalar().persistent(false);
        let documents = page.fetch_all(&self.pool).await.map_err(failed("catalog.query"))?;
        rows::page(documents, size)
    }

    async fn delete(&self, session: &SessionRef) -> Result<()> {
        in_transaction(&self.pool, "catalog.delete", session, |connection, session| {
            Box::pin(delete(connection, session))
        })
        .await
    }
}
