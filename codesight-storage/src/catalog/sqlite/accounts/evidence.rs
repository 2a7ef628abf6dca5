//! The audit log as it is stored, and its checkpoints.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{AuditEvidence, AuditLine};
use codesight_core::rights::AuditCheckpoint;

use super::super::SqliteCatalog;
use crate::catalog::accounts::{audit_lines, checkpoints};
use crate::catalog::fault::failed;
use crate::catalog::rows;

#[async_trait]
impl AuditEvidence for SqliteCatalog {
    async fn lines(&self, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        // As bytes, whatever the columns hold by now.
        let lines = sqlx::query_as(
            "SELECT position, CAST(hash AS BLOB), CAST(event AS BLOB) FROM audit
            WHERE position > ? ORDER BY position LIMIT ?",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.readers)
        .await
        .map_err(failed("audit.lines"))?;
        Ok(audit_lines(lines))
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
        let stored = sqlx::query_as(
            "SELECT position, signed FROM audit_checkpoints WHERE position > ? ORDER BY position LIMIT ?",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.readers)
        .await
        .map_err(failed("audit.checkpoints"))?;
        Ok(checkpoints(stored))
    }
}
