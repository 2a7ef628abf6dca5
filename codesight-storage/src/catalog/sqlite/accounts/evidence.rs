//! The audit log as it is stored, and its checkpoints.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{AuditEvidence, AuditLine};
use codesight_core::rights::{AuditCheckpoint, AuditTruncation};

use super::super::SqliteCatalog;
use crate::catalog::accounts::{audit_lines, check_truncation, checkpoints, from_document, to_document};
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

    async fn truncate(&self, truncation: AuditTruncation) -> Result<u64> {
        let document = to_document("audit.truncate", &truncation)?;
        let through = rows::integer(truncation.through);
        self.writer
            .change("audit.truncate", move |connection| {
                Box::pin(async move {
                    let known: i64 =
                        sqlx::query_scalar("SELECT COALESCE(MAX(position), 0) FROM audit_truncations")
                            .fetch_one(&mut *connection)
                            .await?;
                    if known >= through {
                        return Ok(0);
                    }
                    let (first, last): (i64, i64) = sqlx::query_as(
                        "SELECT COALESCE(MIN(position), 0), COALESCE(MAX(position), 0) FROM audit",
                    )
                    .fetch_one(&mut *connection)
                    .await?;
                    check_truncation(first, last, through)?;
                    sqlx::query("INSERT INTO audit_truncations (position, document) VALUES (?, ?)")
                        .bind(through)
                        .bind(document)
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("DELETE FROM audit_checkpoints WHERE position < ?")
                        .bind(through)
                        .execute(&mut *connection)
                        .await?;
                    let gone = sqlx::query("DELETE FROM audit WHERE position <= ?")
                        .bind(through)
                        .execute(connection)
                        .await?;
                    Ok(gone.rows_affected())
                })
            })
            .await
    }

    async fn truncation(&self) -> Result<Option<AuditTruncation>> {
        let stored: Option<String> =
            sqlx::query_scalar("SELECT document FROM audit_truncations ORDER BY position DESC LIMIT 1")
                .fetch_optional(&self.readers)
                .await
                .map_err(failed("audit.truncation"))?;
        stored.map(|document| from_document("audit.truncation", &document)).transpose()
    }
}
