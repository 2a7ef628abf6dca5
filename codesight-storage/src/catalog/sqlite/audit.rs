//! The audit log in the catalog's file.

use std::fmt;

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{AuditEntry, AuditEvent, AuditLog};
use sqlx::SqliteConnection;

use super::SqliteCatalog;
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows::{self, EntryRow};

/// The audit log of a [`SqliteCatalog`], in the same file and written by the same connection. The file itself refuses
/// to change or delete an entry; whoever can write the file can still replace it, which only a copy of the last hash
/// elsewhere can show.
#[derive(Clone)]
pub struct SqliteAuditLog(SqliteCatalog);

impl SqliteAuditLog {
    pub(super) fn new(catalog: SqliteCatalog) -> Self {
        Self(catalog)
    }
}

impl fmt::Debug for SqliteAuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteAuditLog").field(&self.0).finish()
    }
}

impl fmt::Display for SqliteAuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit log of {}", self.0)
    }
}

async fn append(connection: &mut SqliteConnection, event: AuditEvent) -> Result<AuditEntry, Stop> {
    let last = sqlx::query_as::<_, EntryRow>(
        "SELECT position, hash, event FROM audit ORDER BY position DESC LIMIT 1",
    )
    .fetch_optional(&mut *connection)
    .await?;
    let last = last.map(EntryRow::entry).transpose()?;
    let entry = AuditEntry::follow(last.as_ref(), event)?;
    let event = rows::audit_event(&entry.event)?;
    sqlx::query("INSERT INTO audit (position, hash, event) VALUES (?, ?, ?)")
        .bind(rows::integer(entry.position))
        .bind(&entry.hash.as_bytes()[..])
        .bind(event)
        .execute(connection)
        .await?;
    Ok(entry)
}

#[async_trait]
impl AuditLog for SqliteAuditLog {
    async fn append(&self, event: AuditEvent) -> Result<AuditEntry> {
        self.0
            .writer
            .change("audit.append", move |connection| {
                Box::pin(async move { append(connection, event).await })
            })
            .await
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>> {
        let entries = sqlx::query_as::<_, EntryRow>(
            "SELECT position, hash, event FROM audit WHERE position > ? ORDER BY position LIMIT ?",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.0.readers)
        .await
        .map_err(failed("audit.read"))?;
        entries.into_iter().map(EntryRow::entry).collect()
    }
}
