//! The audit log in the catalog's schema.

use std::fmt;

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{AuditEntry, AuditEvent, AuditLog};
use sqlx::{Connection, PgConnection, PgPool};

use super::PostgresCatalog;
use super::group::Groups;
use crate::catalog::fault::{Fault, Stop, failed};
use crate::catalog::rows::{self, EntryRow};

const OPERATION: &str = "audit.append";

/// The audit log of a [`PostgresCatalog`], one chain for all nodes. The database refuses to change or delete an entry;
/// whoever owns the table can still replace it, which only a copy of the last hash elsewhere can show.
#[derive(Clone)]
pub struct PostgresAuditLog(PostgresCatalog);

impl PostgresAuditLog {
    pub(super) fn new(catalog: PostgresCatalog) -> Self {
        Self(catalog)
    }
}

impl fmt::Debug for PostgresAuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresAuditLog").field(&self.0).finish()
    }
}

impl fmt::Display for PostgresAuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit log of {}", self.0)
    }
}

/// Commits events.
pub(super) struct AuditGroups(PgPool);

impl AuditGroups {
    pub(super) fn new(pool: PgPool) -> Self {
        Self(pool)
    }

    async fn play(&self, events: &[AuditEvent]) -> Result<Vec<Result<AuditEntry>>, Stop> {
        let mut connection = self.0.acquire().await?;
        let mut transaction = connection.begin().await?;
        let entries = append(&mut transaction, events).await?;
        transaction.commit().await?;
        Ok(entries.into_iter().map(Ok).collect())
    }
}

#[async_trait]
impl Groups for AuditGroups {
    type Item = AuditEvent;
    type Answer = AuditEntry;

    fn operation(&self) -> &'static str {
        OPERATION
    }

    fn bytes(&self, _: &AuditEvent) -> usize {
        size_of::<AuditEvent>()
    }

    async fn commit(&self, events: &[AuditEvent]) -> Result<Vec<Result<AuditEntry>>, Fault> {
        match self.play(events).await {
            Ok(entries) => Ok(entries),
            Err(Stop::Failed(error)) => Err(error.into()),
            // The last entry is damaged: nobody can follow it.
            Err(Stop::Refused(error)) => {
                let refused = || rows::repeated(&error);
                Ok(events.iter().map(|_| Err(refused())).collect())
            }
        }
    }
}

/// Appends events after the last one. The lock makes the nodes take turns; it ends with the transaction.
async fn append(connection: &mut PgConnection, events: &[AuditEvent]) -> Result<Vec<AuditEntry>, Stop> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('audit log of ' || current_schema(), 0))")
        .execute(&mut *connection)
        .await?;
    let last = sqlx::query_as::<_, EntryRow>(
        "SELECT position, hash, event FROM audit ORDER BY position DESC LIMIT 1",
    )
    .fetch_optional(&mut *connection)
    .await?;
    let mut last = last.map(EntryRow::entry).transpose()?;
    let (mut entries, mut documents) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
    for event in events {
        let entry = AuditEntry::follow(last.as_ref(), event.clone())?;
        documents.push(rows::audit_event(event)?);
        last = Some(entry.clone());
        entries.push(entry);
    }
    sqlx::query("INSERT INTO audit (position, hash, event) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[])")
        .bind(entries.iter().map(|entry| rows::integer(entry.position)).collect::<Vec<_>>())
        .bind(entries.iter().map(|entry| &entry.hash.as_bytes()[..]).collect::<Vec<_>>())
        .bind(documents)
        .execute(connection)
        .await?;
    Ok(entries)
}

#[async_trait]
impl AuditLog for PostgresAuditLog {
    async fn append(&self, event: AuditEvent) -> Result<AuditEntry> {
        self.0.audit.commit(event).await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>> {
        let entries = sqlx::query_as::<_, EntryRow>(
            "SELECT position, hash, event FROM audit WHERE position > $1 ORDER BY position LIMIT $2",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.0.pool)
        .await
        .map_err(failed("audit.read"))?;
        entries.into_iter().map(EntryRow::entry).collect()
    }
}
