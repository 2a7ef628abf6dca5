//! Which files were made of which sessions.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{ExportId, SessionId, TenantId};
use codesight_core::ports::{Export, ExportRegister};
use sqlx::PgConnection;

use super::super::PostgresCatalog;
use super::super::transaction::in_transaction;
use crate::catalog::accounts::{from_documents, to_document};
use crate::catalog::fault::{Stop, failed};

async fn note(connection: &mut PgConnection, export: &Export) -> Result<(), Stop> {
    sqlx::query(
        "INSERT INTO exports (tenant, id, document) VALUES ($1, $2, $3)
        ON CONFLICT (tenant, id) DO UPDATE SET document = excluded.document",
    )
    .bind(export.tenant.as_str())
    .bind(export.id.as_str())
    .bind(to_document("exports.note", export)?)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM export_sessions WHERE tenant = $1 AND export = $2")
        .bind(export.tenant.as_str())
        .bind(export.id.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO export_sessions (tenant, session, export) SELECT $1, session, $2
        FROM unnest($3::text[]) AS session ON CONFLICT (tenant, session, export) DO NOTHING",
    )
    .bind(export.tenant.as_str())
    .bind(export.id.as_str())
    .bind(export.sessions.iter().map(SessionId::as_str).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

#[async_trait]
impl ExportRegister for PostgresCatalog {
    async fn note_export(&self, export: Export) -> Result<()> {
        in_transaction(&self.pool, "exports.note", export, |connection, export| {
            Box::pin(note(connection, export))
        })
        .await
    }

    async fn exports_of(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<Vec<Export>> {
        const OPERATION: &str = "exports.of";
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM exports WHERE tenant = $1 AND id IN
            (SELECT export FROM export_sessions WHERE tenant = $1 AND session = ANY ($2::text[]))
            ORDER BY id",
        )
        .bind(tenant.as_str())
        .bind(sessions.iter().map(SessionId::as_str).collect::<Vec<_>>())
        .fetch_all(&self.pool)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn forget_export(&self, tenant: &TenantId, export: &ExportId) -> Result<()> {
        // Its sessions go with it.
        sqlx::query("DELETE FROM exports WHERE tenant = $1 AND id = $2")
            .bind(tenant.as_str())
            .bind(export.as_str())
            .execute(&self.pool)
            .await
            .map_err(failed("exports.forget"))?;
        Ok(())
    }
}
