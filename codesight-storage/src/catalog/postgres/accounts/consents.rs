//! The consent ledger.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{SubjectId, TenantId};
use codesight_core::ports::ConsentLedger;
use codesight_core::rights::ConsentRecord;
use sqlx::PgConnection;

use super::super::PostgresCatalog;
use super::super::transaction::in_transaction;
use crate::catalog::accounts::{consent_document, consent_history};
use crate::catalog::fault::{Stop, failed};

const HISTORY: &str = "SELECT document FROM consents WHERE tenant = $1 AND subject = $2 ORDER BY position";

/// Lets the decisions of one subject become known one after the other, on whichever nodes: their order counts.
async fn take_turn(
    connection: &mut PgConnection,
    tenant: &TenantId,
    subject: &SubjectId,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || current_schema(), 0))")
        .bind(format!("consents of {tenant} {subject}"))
        .execute(connection)
        .await?;
    Ok(())
}

async fn add(connection: &mut PgConnection, record: &ConsentRecord) -> Result<Vec<ConsentRecord>, Stop> {
    take_turn(&mut *connection, &record.tenant, &record.subject).await?;
    sqlx::query(
        "INSERT INTO consents (tenant, subject, fingerprint, document) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, subject, fingerprint) DO NOTHING",
    )
    .bind(record.tenant.as_str())
    .bind(record.subject.as_str())
    .bind(&record.fingerprint().as_bytes()[..])
    .bind(consent_document(record)?)
    .execute(&mut *connection)
    .await?;
    let documents: Vec<String> = sqlx::query_scalar(HISTORY)
        .bind(record.tenant.as_str())
        .bind(record.subject.as_str())
        .fetch_all(connection)
        .await?;
    Ok(consent_history(&documents, &record.subject)?)
}

async fn replace(
    connection: &mut PgConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    stand_in: &SubjectId,
) -> Result<u64, Stop> {
    take_turn(&mut *connection, tenant, subject).await?;
    // What the stand-in has already need not be had twice.
    sqlx::query(
        "DELETE FROM consents WHERE tenant = $1 AND subject = $2 AND fingerprint IN
        (SELECT fingerprint FROM consents WHERE tenant = $1 AND subject = $3)",
    )
    .bind(tenant.as_str())
    .bind(subject.as_str())
    .bind(stand_in.as_str())
    .execute(&mut *connection)
    .await?;
    let replaced = sqlx::query("UPDATE consents SET subject = $1 WHERE tenant = $2 AND subject = $3")
        .bind(stand_in.as_str())
        .bind(tenant.as_str())
        .bind(subject.as_str())
        .execute(connection)
        .await?;
    Ok(replaced.rows_affected())
}

#[async_trait]
impl ConsentLedger for PostgresCatalog {
    async fn record(&self, record: ConsentRecord) -> Result<Vec<ConsentRecord>> {
        in_transaction(&self.pool, "consents.record", record, |connection, record| {
            Box::pin(add(connection, record))
        })
        .await
    }

    async fn history(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<ConsentRecord>> {
        let documents: Vec<String> = sqlx::query_scalar(HISTORY)
            .bind(tenant.as_str())
            .bind(subject.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(failed("consents.history"))?;
        consent_history(&documents, subject)
    }

    async fn replace_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<u64> {
        let input = (tenant, subject, stand_in);
        in_transaction(
            &self.pool,
            "consents.replace_subject",
            input,
            |connection, (tenant, subject, stand_in)| {
                Box::pin(replace(connection, tenant, subject, stand_in))
            },
        )
        .await
    }
}
