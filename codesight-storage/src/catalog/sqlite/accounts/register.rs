//! Requests, holds and tombstones.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{ContentHash, RequestId, SubjectId, TenantId};
use codesight_core::ports::RightsRegister;
use codesight_core::rights::{LegalHold, RequestStatus, RightsRequest};
use codesight_core::time::Timestamp;
use sqlx::SqliteConnection;

use super::super::SqliteCatalog;
use crate::catalog::accounts::{
    forgotten, from_document, from_documents, is_held, no_request, not_saved, to_document,
};
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows;

const READ: &str = "SELECT document FROM rights_requests WHERE tenant = ? AND id = ?";

async fn open(connection: &mut SqliteConnection, request: RightsRequest) -> Result<RightsRequest, Stop> {
    const OPERATION: &str = "rights.open_request";
    sqlx::query(
        "INSERT INTO rights_requests (tenant, id, subject, status, received_at, due_at, revision, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO NOTHING",
    )
    .bind(request.tenant.as_str())
    .bind(request.id.as_str())
    .bind(request.scope.subject().as_str())
    .bind(request.status.as_str())
    .bind(request.received_at.as_millis())
    .bind(request.due_at.as_millis())
    .bind(rows::integer(request.revision))
    .bind(to_document(OPERATION, &request)?)
    .execute(&mut *connection)
    .await?;
    let document: String = sqlx::query_scalar(READ)
        .bind(request.tenant.as_str())
        .bind(request.id.as_str())
        .fetch_one(connection)
        .await?;
    Ok(from_document(OPERATION, &document)?)
}

/// Stores a request whose stored revision is the one before its own.
async fn store(
    connection: &mut SqliteConnection,
    operation: &'static str,
    request: &RightsRequest,
) -> Result<bool, Stop> {
    let stored = sqlx::query(
        "UPDATE rights_requests SET subject = ?, status = ?, due_at = ?, revision = ?, document = ?
        WHERE tenant = ? AND id = ? AND revision = ?",
    )
    .bind(request.scope.subject().as_str())
    .bind(request.status.as_str())
    .bind(request.due_at.as_millis())
    .bind(rows::integer(request.revision))
    .bind(to_document(operation, request)?)
    .bind(request.tenant.as_str())
    .bind(request.id.as_str())
    .bind(rows::integer(request.revision.saturating_sub(1)))
    .execute(connection)
    .await?;
    Ok(stored.rows_affected() > 0)
}

async fn save(connection: &mut SqliteConnection, mut request: RightsRequest) -> Result<RightsRequest, Stop> {
    const OPERATION: &str = "rights.save_request";
    request.revision += 1;
    if store(&mut *connection, OPERATION, &request).await? {
        return Ok(request);
    }
    let known: Option<String> = sqlx::query_scalar(READ)
        .bind(request.tenant.as_str())
        .bind(request.id.as_str())
        .fetch_optional(connection)
        .await?;
    Err(not_saved(OPERATION, known.is_some()).into())
}

async fn forget(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    stand_in: &SubjectId,
) -> Result<(), Stop> {
    const OPERATION: &str = "rights.forget_subject";
    let held: Option<i64> = sqlx::query_scalar("SELECT 1 FROM legal_holds WHERE tenant = ? AND subject = ?")
        .bind(tenant.as_str())
        .bind(subject.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if held.is_some() {
        return Err(is_held(OPERATION).into());
    }
    let documents: Vec<String> =
        sqlx::query_scalar("SELECT document FROM rights_requests WHERE tenant = ? AND subject = ?")
            .bind(tenant.as_str())
            .bind(subject.as_str())
            .fetch_all(&mut *connection)
            .await?;
    for request in forgotten(OPERATION, &documents, subject, stand_in)? {
        store(&mut *connection, OPERATION, &request).await?;
    }
    Ok(())
}

#[async_trait]
impl RightsRegister for SqliteCatalog {
    async fn open_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        self.writer
            .change("rights.open_request", move |connection| {
                Box::pin(async move { open(connection, request).await })
            })
            .await
    }

    async fn request(&self, tenant: &TenantId, id: &RequestId) -> Result<RightsRequest> {
        const OPERATION: &str = "rights.request";
        let document: Option<String> = sqlx::query_scalar(READ)
            .bind(tenant.as_str())
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed(OPERATION))?;
        from_document(OPERATION, &document.ok_or_else(|| no_request(OPERATION))?)
    }

    async fn save_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        self.writer
            .change("rights.save_request", move |connection| {
                Box::pin(async move { save(connection, request).await })
            })
            .await
    }

    async fn unsettled(&self, tenant: Option<&TenantId>, limit: usize) -> Result<Vec<RightsRequest>> {
        const OPERATION: &str = "rights.unsettled";
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM rights_requests
            WHERE status <> ?1 AND (?2 IS NULL OR tenant = ?2) ORDER BY due_at, id LIMIT ?3",
        )
        .bind(RequestStatus::Settled.as_str())
        .bind(tenant.map(TenantId::as_str))
        .bind(rows::limit(limit))
        .fetch_all(&self.readers)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn requests_of(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<RightsRequest>> {
        const OPERATION: &str = "rights.requests_of";
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM rights_requests WHERE tenant = ? AND subject = ? ORDER BY received_at, id",
        )
        .bind(tenant.as_str())
        .bind(subject.as_str())
        .fetch_all(&self.readers)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn place_hold(&self, hold: LegalHold) -> Result<()> {
        const OPERATION: &str = "rights.place_hold";
        self.writer
            .change(OPERATION, move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO legal_holds (tenant, subject, document) VALUES (?, ?, ?)
                        ON CONFLICT (tenant, subject) DO NOTHING",
                    )
                    .bind(hold.tenant.as_str())
                    .bind(hold.subject.as_str())
                    .bind(to_document(OPERATION, &hold)?)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn release_hold(&self, tenant: &TenantId, subject: &SubjectId) -> Result<bool> {
        let (tenant, subject) = (tenant.clone(), subject.clone());
        self.writer
            .change("rights.release_hold", move |connection| {
                Box::pin(async move {
                    let released = sqlx::query("DELETE FROM legal_holds WHERE tenant = ? AND subject = ?")
                        .bind(tenant.as_str())
                        .bind(subject.as_str())
                        .execute(connection)
                        .await?;
                    Ok(released.rows_affected() > 0)
                })
            })
            .await
    }

    async fn holds(&self, tenant: &TenantId) -> Result<Vec<LegalHold>> {
        const OPERATION: &str = "rights.holds";
        let documents: Vec<String> =
            sqlx::query_scalar("SELECT document FROM legal_holds WHERE tenant = ? ORDER BY subject")
                .bind(tenant.as_str())
                .fetch_all(&self.readers)
                .await
                .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn bury(&self, tenant: &TenantId, digests: &[ContentHash], at: Timestamp) -> Result<()> {
        let (tenant, digests) = (tenant.clone(), digests.to_vec());
        self.writer
            .change("rights.bury", move |connection| {
                Box::pin(async move {
                    for digest in digests {
                        sqlx::query(
                            "INSERT INTO buried (tenant, digest, buried_at) VALUES (?, ?, ?)
                            ON CONFLICT (tenant, digest) DO NOTHING",
                        )
                        .bind(tenant.as_str())
                        .bind(&digest.as_bytes()[..])
                        .bind(at.as_millis())
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn is_buried(&self, tenant: &TenantId, digests: &[ContentHash]) -> Result<bool> {
        for digest in digests {
            let found: Option<i64> =
                sqlx::query_scalar("SELECT 1 FROM buried WHERE tenant = ? AND digest = ?")
                    .bind(tenant.as_str())
                    .bind(&digest.as_bytes()[..])
                    .fetch_optional(&self.readers)
                    .await
                    .map_err(failed("rights.is_buried"))?;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn forget_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<()> {
        let (tenant, subject, stand_in) = (tenant.clone(), subject.clone(), stand_in.clone());
        self.writer
            .change("rights.forget_subject", move |connection| {
                Box::pin(async move { forget(connection, &tenant, &subject, &stand_in).await })
            })
            .await
    }
}
