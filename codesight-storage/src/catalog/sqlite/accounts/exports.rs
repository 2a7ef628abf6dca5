//! Which files were made of which sessions.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{ExportId, SessionId, TenantId};
use codesight_core::ports::{Export, ExportRegister};
use sqlx::SqliteConnection;

use super::super::SqliteCatalog;
use crate::catalog::accounts::{from_documents, to_document};
use crate::catalog::fault::{Stop, failed};

async fn note(connection: &mut SqliteConnection, export: &Export) -> Result<(), Stop> {
    sqlx::query(
        "INSERT INTO exports (tenant, id, document) VALUES (?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET document = excluded.document",
    )
    .bind(export.tenant.as_str())
    .bind(export.id.as_str())
    .bind(to_document("exports.note", export)?)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM export_sessions WHERE tenant = ? AND export = ?")
        .bind(export.tenant.as_str())
        .bind(export.id.as_str())
        .execute(&mut *connection)
        .await?;
    for session in &export.sessions {
        sqlx::query(
            "INSERT INTO export_sessions (tenant, session, export) VALUES (?, ?, ?)
            ON CONFLICT (tenant, session, export) DO NOTHING",
        )
        .bind(export.tenant.as_str())
        .bind(session.as_str())
        .bind(export.id.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

#[async_trait]
impl ExportRegister for SqliteCatalog {
    async fn note_export(&self, export: Export) -> Result<()> {
        self.writer
            .change("exports.note", move |connection| {
                Box::pin(async move { note(connection, &export).await })
            })
            .await
    }

    async fn exports_of(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<Vec<Export>> {
        const OPERATION: &str = "exports.of";
        let wanted: serde_json::Value = sessions.iter().map(SessionId::as_str).collect();
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM exports WHERE tenant = ?1 AND id IN
            (SELECT export FROM export_sessions WHERE tenant = ?1
                AND session IN (SELECT value FROM json_each(?2)))
            ORDER BY id",
        )
        .bind(tenant.as_str())
        .bind(wanted.to_string())
        .fetch_all(&self.readers)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn forget_export(&self, tenant: &TenantId, export: &ExportId) -> Result<()> {
        let (tenant, export) = (tenant.clone(), export.clone());
        self.writer
            .change("exports.forget", move |connection| {
                Box::pin(async move {
                    // Its sessions go with it.
                    sqlx::query("DELETE FROM exports WHERE tenant = ? AND id = ?")
                        .bind(tenant.as_str())
                        .bind(export.as_str())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
