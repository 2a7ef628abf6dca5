//! The audit log in the catalog's file.

use std::fmt;

use async_trait::async_trait;
use codesight_core::id::ContentHash;
use codesight_core::ports::{AuditEntry, AuditEvent, AuditLog};
use codesight_core::{Error, ErrorKind, Result};
use sqlx::SqliteConnection;

use super::{SqliteCatalog, rows};
use crate::catalog::fault::{Stop, failed};

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

#[derive(sqlx::FromRow)]
struct EntryRow {
    position: i64,
    hash: Vec<u8>,
    event: String,
}

impl EntryRow {
    fn entry(self) -> Result<AuditEntry> {
        let damaged = || Error::new(ErrorKind::Corrupt, "audit.read", "a stored entry is damaged");
        let hash = self.hash.try_into().map_err(|_| damaged().with("position", self.position))?;
        let event =
            serde_json::from_str(&self.event).map_err(|_| damaged().with("position", self.position))?;
        Ok(AuditEntry { position: rows::count(self.position), event, hash: ContentHash::from_digest(hash) })
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
    let event = serde_json::to_string(&entry.event).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "audit.append", "not serialisable").caused_by(error)
    })?;
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
