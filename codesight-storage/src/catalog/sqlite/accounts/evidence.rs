//! The audit log as it is stored, and its checkpoints.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{AuditEvidence, AuditLine};
use codesight_core::rights::AuditCheckpoint;

use super::super::{SqliteCatalog, rows};
use crate::catalog::fault::failed;

#[async_trait]
impl AuditEvidence for SqliteCatalog {
    async fn lines(&self, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        // As bytes, whatever the columns hold by now.
        let lines: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT position, CAST(hash AS BLOB), CAST(event AS BLOB) FROM audit
            WHERE position > ? ORDER BY position LIMIT ?",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.readers)
        .await
        .map_err(failed("audit.lines"))?;
        let line = |(position, hash, event)| AuditLine { position: rows::count(position), hash, event };
        Ok(lines.into_iter().map(line).collect())
    }

    async fn keep_checkpoint(&self, checkpoint: AuditCheckpoint) -> Result<()> {
        self.writer
            .change("audit.keep_checkpoint", move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO audit_checkpoints (position, signed) VALUES (?, ?)
                        ON CONFLICT (position) DO NOTHING",
                    )
                    .bind(rows::integer(checkpoint.position))
                    .bind(checkpoint.signed)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<AuditCheckpoint>> {
        let stored: Vec<(i64, String)> = sqlx::query_as(
            "SELECT position, signed FROM audit_checkpoints WHERE position > ? ORDER BY position LIMIT ?",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.readers)
        .await
        .map_err(failed("audit.checkpoints"))?;
        let checkpoint = |(position, signed)| AuditCheckpoint { position: rows::count(position), signed };
        Ok(stored.into_iter().map(checkpoint).collect())
    }
}
