//! The audit log as it is stored, and its checkpoints.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{AuditEvidence, AuditLine};
use codesight_core::rights::{AuditCheckpoint, AuditTruncation};

use super::super::PostgresCatalog;
use crate::catalog::accounts::{audit_lines, check_truncation, checkpoints, from_document, to_document};
use crate::catalog::fault::failed;
use crate::catalog::rows;

#[async_trait]
impl AuditEvidence for PostgresCatalog {
    async fn lines(&self, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        let lines = sqlx::query_as(
            "SELECT position, hash, convert_to(event, 'UTF8') FROM audit
            WHERE position > $1 ORDER BY position LIMIT $2",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed("audit.lines"))?;
        Ok(audit_lines(lines))
    }

    async fn keep_checkpoint(&self, checkpoint: AuditCheckpoint) -> Result<()> {
        sqlx::query(
            "INSERT INTO audit_checkpoints (position, signed) VALUES ($1, $2) ON CONFLICT (position) DO NOTHING",
        )
        .bind(rows::integer(checkpoint.position))
        .bind(checkpoint.signed)
        .execute(&self.pool)
        .await
        .map_err(failed("audit.keep_checkpoint"))?;
        Ok(())
    }

    async fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<AuditCheckpoint>> {
        let stored = sqlx::query_as(
            "SELECT position, signed FROM audit_checkpoints WHERE position > $1 ORDER BY position LIMIT $2",
        )
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed("audit.checkpoints"))?;
        Ok(checkpoints(stored))
    }

    async fn truncate(&self, truncation: AuditTruncation) -> Result<u64> {
        const OPERATION: &str = "audit.truncate";
        let document = to_document("audit.truncate", &truncation)?;
        let through = rows::integer(truncation.through);
        let mut transaction = self.pool.begin().await.map_err(failed(OPERATION))?;
        // The lock under which entries are appended, too.
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('audit log of ' || current_schema(), 0))")
            .execute(&mut *transaction)
            .await
            .map_err(failed(OPERATION))?;
        let known: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(position), 0) FROM audit_truncations")
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed(OPERATION))?;
        if known >= through {
            return Ok(0);
        }
        let (first, last): (i64, i64) =
            sqlx::query_as("SELECT COALESCE(MIN(position), 0), COALESCE(MAX(position), 0) FROM audit")
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed(OPERATION))?;
        check_truncation(first, last, through)?;
        sqlx::query("INSERT INTO audit_truncations (position, document) VALUES ($1, $2)")
            .bind(through)
            .bind(document)
            .execute(&mut *transaction)
            .await
            .map_err(failed(OPERATION))?;
        sqlx::query("DELETE FROM audit_checkpoints WHERE position < $1")
            .bind(through)
            .execute(&mut *transaction)
            .await
            .map_err(failed(OPERATION))?;
        let gone = sqlx::query("DELETE FROM audit WHERE position <= $1")
            .bind(through)
            .execute(&mut *transaction)
            .await
            .map_err(failed(OPERATION))?;
        transaction.commit().await.map_err(failed(OPERATION))?;
        Ok(gone.rows_affected())
    }

    async fn truncation(&self) -> Result<Option<AuditTruncation>> {
        let stored: Option<String> =
            sqlx::query_scalar("SELECT document FROM audit_truncations ORDER BY position DESC LIMIT 1")
                .fetch_optional(&self.pool)
                .await
                .map_err(failed("audit.truncation"))?;
        stored.map(|document| from_document("audit.truncation", &document)).transpose()
    }
}
