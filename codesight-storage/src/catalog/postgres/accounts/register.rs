//! Requests, holds and tombstones.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{ContentHash, RequestId, SubjectId, TenantId};
use codesight_core::ports::RightsRegister;
use codesight_core::rights::{LegalHold, RightsRequest};
use codesight_core::time::Timestamp;
use sqlx::PgConnection;

use super::super::PostgresCatalog;
use super::super::transaction::in_transaction;
use crate::catalog::accounts::{
    forgotten, from_document, from_documents, is_held, no_request, not_saved, to_document,
};
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows;

const READ: &str = "SELECT document FROM rights_requests WHERE tenant = $1 AND id = $2";

/// Holds are placed, and subjects forgotten, by one node at a time: neither may pass the other unseen.
async fn take_turn(connection: &mut PgConnection, tenant: &TenantId) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || current_schema(), 0))")
        .bind(format!("legal holds of {tenant}"))
        .execute(connection)
        .await?;
    Ok(())
}

async fn open(connection: &mut PgConnection, request: &RightsRequest) -> Result<RightsRequest, Stop> {
    const OPERATION: &str = "rights.open_request";
    sqlx::query(
        "INSERT INTO rights_requests (tenant, id, subject, status, received_at, due_at, revision, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, id) DO NOTHING",
    )
    .bind(request.tenant.as_str())
    .bind(request.id.as_str())
    .bind(request.scope.subject().as_str())
    .bind(request.status.as_str())
    .bind(request.received_at.as_millis())
    .bind(request.due_at.as_millis())
    .bind(rows::integer(request.revision))
    .bind(to_document(OPERATION, request)?)
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
    connection: &mut PgConnection,
    operation: &'static str,
    request: &RightsRequest,
) -> Result<bool, Stop> {
    let stored = sqlx::query(
        "UPDATE rights_requests SET subject = $1, status = $2, due_at = $3, revision = $4, document = $5
        WHERE tenant = $6 AND id = $7 AND revision = $8",
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

async fn save(connection: &mut PgConnection, request: &RightsRequest) -> Result<RightsRequest, Stop> {
    const OPERATION: &str = "rights.save_request";
    let request = RightsRequest { revision: request.revision + 1, ..request.clone() };
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

async fn place(connection: &mut PgConnection, hold: &LegalHold) -> Result<(), Stop> {
    take_turn(&mut *connection, &hold.tenant).await?;
    sqlx::query(
        "INSERT INTO legal_holds (tenant, subject, document) VALUES ($1, $2, $3)
        ON CONFLICT (tenant, subject) DO NOTHING",
    )
    .bind(hold.tenant.as_str())
    .bind(hold.subject.as_str())
    .bind(to_document("rights.place_hold", hold)?)
    .execute(connection)
    .await?;
    Ok(())
}

async fn forget(
    connection: &mut PgConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    stand_in: &SubjectId,
) -> Result<(), Stop> {
    const OPERATION: &str = "rights.forget_subject";
    take_turn(&mut *connection, tenant).await?;
    let held: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM legal_holds WHERE tenant = $1 AND subject = $2")
            .bind(tenant.as_str())
            .bind(subject.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    if held.is_some() {
        return Err(is_held(OPERATION).into());
    }
    let documents: Vec<String> = sqlx::query_scalar(
        "SELECT document FROM rights_requests WHERE tenant = $1 AND subject = $2 ORDER BY id FOR NO KEY UPDATE",
    )
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
impl RightsRegister for PostgresCatalog {
    async fn open_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        in_transaction(&self.pool, "rights.open_request", request, |connection, request| {
            Box::pin(open(connection, request))
        })
        .await
    }

    async fn request(&self, tenant: &TenantId, id: &RequestId) -> Result<RightsRequest> {
        const OPERATION: &str = "rights.request";
        let document: Option<String> = sqlx::query_scalar(READ)
            .bind(tenant.as_str())
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(OPERATION))?;
        from_document(OPERATION, &document.ok_or_else(|| no_request(OPERATION))?)
    }

    async fn save_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        in_transaction(&self.pool, "rights.save_request", request, |connection, request| {
            Box::pin(save(connection, request))
        })
        .await
    }

    async fn unsettled(&self, tenant: Option<&TenantId>, limit: usize) -> Result<Vec<RightsRequest>> {
        const OPERATION: &str = "rights.unsettled";
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM rights_requests
            WHERE status <> 'settled' AND ($1::text IS NULL OR tenant = $1) ORDER BY due_at, id LIMIT $2",
        )
        .bind(tenant.map(TenantId::as_str))
        .bind(rows::limit(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn requests_of(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<RightsRequest>> {
        const OPERATION: &str = "rights.requests_of";
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM rights_requests WHERE tenant = $1 AND subject = $2 ORDER BY received_at, id",
        )
        .bind(tenant.as_str())
        .bind(subject.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn place_hold(&self, hold: LegalHold) -> Result<()> {
        in_transaction(&self.pool, "rights.place_hold", hold, |connection, hold| {
            Box::pin(place(connection, hold))
        })
        .await
    }

    async fn release_hold(&self, tenant: &TenantId, subject: &SubjectId) -> Result<bool> {
        let released = sqlx::query("DELETE FROM legal_holds WHERE tenant = $1 AND subject = $2")
            .bind(tenant.as_str())
            .bind(subject.as_str())
            .execute(&self.pool)
            .await
            .map_err(failed("rights.release_hold"))?;
        Ok(released.rows_affected() > 0)
    }

    async fn holds(&self, tenant: &TenantId) -> Result<Vec<LegalHold>> {
        const OPERATION: &str = "rights.holds";
        let documents: Vec<String> =
            sqlx::query_scalar("SELECT document FROM legal_holds WHERE tenant = $1 ORDER BY subject")
                .bind(tenant.as_str())
                .fetch_all(&self.pool)
                .await
                .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn bury(&self, tenant: &TenantId, digests: &[ContentHash], at: Timestamp) -> Result<()> {
        // In one order, so that two who bury the same names do not wait in a circle.
        let mut digests: Vec<&[u8]> = digests.iter().map(|digest| &digest.as_bytes()[..]).collect();
        digests.sort_unstable();
        digests.dedup();
        sqlx::query(
            "INSERT INTO buried (tenant, digest, buried_at) SELECT $1, digest, $2
            FROM unnest($3::bytea[]) AS digest ON CONFLICT (tenant, digest) DO NOTHING",
        )
        .bind(tenant.as_str())
        .bind(at.as_millis())
        .bind(digests)
        .execute(&self.pool)
        .await
        .map_err(failed("rights.bury"))?;
        Ok(())
    }

    async fn is_buried(&self, tenant: &TenantId, digests: &[ContentHash]) -> Result<bool> {
        let found: Option<i32> = sqlx::query_scalar(
            "SELECT 1 FROM buried WHERE tenant = $1 AND digest = ANY ($2::bytea[]) LIMIT 1",
        )
        .bind(tenant.as_str())
        .bind(digests.iter().map(|digest| &digest.as_bytes()[..]).collect::<Vec<_>>())
        .fetch_optional(&self.pool)
        .await
        .map_err(failed("rights.is_buried"))?;
        Ok(found.is_some())
    }

    async fn forget_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<()> {
        let input = (tenant, subject, stand_in);
        in_transaction(
            &self.pool,
            "rights.forget_subject",
            input,
            |connection, (tenant, subject, stand_in)| Box::pin(forget(connection, tenant, subject, stand_in)),
        )
        .await
    }
}
