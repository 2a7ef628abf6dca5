//! The consent ledger.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{SubjectId, TenantId};
use codesight_core::ports::ConsentLedger;
use codesight_core::rights::ConsentRecord;
use sqlx::SqliteConnection;

use super::super::SqliteCatalog;
use crate::catalog::accounts::{consent_document, consent_history};
use crate::catalog::fault::{Stop, failed};

const HISTORY: &str = "SELECT document FROM consents WHERE tenant = ? AND subject = ? ORDER BY position";

async fn add(connection: &mut SqliteConnection, record: ConsentRecord) -> Result<Vec<ConsentRecord>, Stop> {
    sqlx::query(
        "INSERT INTO consents (tenant, subject, fingerprint, document) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, subject, fingerprint) DO NOTHING",
    )
    .bind(record.tenant.as_str())
    .bind(record.subject.as_str())
    .bind(&record.fingerprint().as_bytes()[..])
    .bind(consent_document(&record)?)
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
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    stand_in: &SubjectId,
) -> Result<u64, Stop> {
    // What the stand-in has already need not be had twice.
    sqlx::query(
        "DELETE FROM consents WHERE tenant = ?1 AND subject = ?2 AND fingerprint IN
        (SELECT fingerprint FROM consents WHERE tenant = ?1 AND subject = ?3)",
    )
    .bind(tenant.as_str())
    .bind(subject.as_str())
    .bind(stand_in.as_str())
    .execute(&mut *connection)
    .await?;
    let replaced = sqlx::query("UPDATE consents SET subject = ? WHERE tenant = ? AND subject = ?")
        .bind(stand_in.as_str())
        .bind(tenant.as_str())
        .bind(subject.as_str())
        .execute(connection)
        .await?;
    Ok(replaced.rows_affected())
}

#[async_trait]
impl ConsentLedger for SqliteCatalog {
    async fn record(&self, record: ConsentRecord) -> Result<Vec<ConsentRecord>> {
        self.writer
            .change("consents.record", move |connection| {
                Box::pin(async move { add(connection, record).await })
            })
            .await
    }

    async fn history(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<ConsentRecord>> {
        let documents: Vec<String> = sqlx::query_scalar(HISTORY)
            .bind(tenant.as_str())
            .bind(subject.as_str())
            .fetch_all(&self.readers)
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
        let (tenant, subject, stand_in) = (tenant.clone(), subject.clone(), stand_in.clone());
        self.writer
            .change("consents.replace_subject", move |connection| {
                Box::pin(async move { replace(connection, &tenant, &subject, &stand_in).await })
            })
            .await
    }
}
