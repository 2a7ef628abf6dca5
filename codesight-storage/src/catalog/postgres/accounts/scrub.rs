//! Getting rid of what deletion leaves in the tables.
//!
//! PostgreSQL keeps the bytes of deleted rows in the pages of a table until something else is written there. VACUUM
//! FULL writes each table anew from what is stored, and holds everybody else off that table meanwhile. What is not the
//! database's to forget is its operator's: the write-ahead log (old segments are overwritten or, with `wal_recycle =
//! off`, deleted at a checkpoint), its archive, standbys and backups.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::Scrub;
use sqlx::Executor;

use super::super::PostgresCatalog;
use crate::catalog::fault::failed;

const OPERATION: &str = "catalog.scrub";

/// Each alone: VACUUM cannot be within a transaction, and one table at a time holds the others off for less long. Of
/// the audit log and of what is buried nothing is ever deleted.
const REWRITES: [&str; 9] = [
    "VACUUM (FULL) sessions",
    "VACUUM (FULL) journal_heads",
    "VACUUM (FULL) journal",
    "VACUUM (FULL) jobs",
    "VACUUM (FULL) consents",
    "VACUUM (FULL) rights_requests",
    "VACUUM (FULL) legal_holds",
    "VACUUM (FULL) exports",
    "VACUUM (FULL) export_sessions",
];

#[async_trait]
impl Scrub for PostgresCatalog {
    async fn scrub(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await.map_err(failed(OPERATION))?;
        for rewrite in REWRITES {
            connection.execute(rewrite).await.map_err(failed(OPERATION))?;
        }
        Ok(())
    }
}
