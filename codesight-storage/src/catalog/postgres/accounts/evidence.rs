//! The audit log as it is stored, and its checkpoints.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{AuditEvidence, AuditLine};
use codesight_core::rights::AuditCheckpoint;

use super::super::PostgresCatalog;
use crate::catalog::accounts::{audit_lines, checkpoints};
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
}
