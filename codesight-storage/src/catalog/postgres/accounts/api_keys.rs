//! API keys.

use async_trait::async_trait;
use codesight_core::id::{ApiKeyId, ContentHash, TenantId};
use codesight_core::ports::{ApiKey, ApiKeyKind, ApiKeyRegister};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::PgConnection;

use super::super::PostgresCatalog;
use super::super::transaction::in_transaction;
use crate::catalog::accounts::{
    api_key_changes, api_key_kind, from_document, from_documents, no_api_key, to_document,
};
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows;

async fn next_change(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("UPDATE api_key_changes SET last = last + 1 RETURNING last")
        .fetch_one(connection)
        .await
}

async fn add(connection: &mut PgConnection, key: &ApiKey) -> Result<(), Stop> {
    const OPERATION: &str = "api_keys.add";
    // The number first: it makes changes wait for one another, so that what is looked up next stays so.
    let change = next_change(&mut *connection).await?;
    let known: Vec<String> = sqlx::query_scalar("SELECT document FROM api_keys WHERE id = $1 OR digest = $2")
        .bind(key.id.as_str())
        .bind(&key.digest.as_bytes()[..])
        .fetch_all(&mut *connection)
        .await?;
    let known: Vec<ApiKey> = from_documents(OPERATION, &known)?;
    if let Some(known) = known.first() {
        if known == key {
            return Ok(());
        }
        return Err(Error::new(ErrorKind::AlreadyExists, OPERATION, "the id or the secret is taken").into());
    }
    sqlx::query(
        "INSERT INTO api_keys (id, tenant, digest, kind, ends_at, change, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(key.id.as_str())
    .bind(key.tenant.as_str())
    .bind(&key.digest.as_bytes()[..])
    .bind(api_key_kind(key.kind))
    .bind(key.ends_at.map(Timestamp::as_millis))
    .bind(change)
    .bind(to_document(OPERATION, key)?)
    .execute(connection)
    .await?;
    Ok(())
}

async fn end(
    connection: &mut PgConnection,
    tenant: &TenantId,
    id: &ApiKeyId,
    at: Timestamp,
) -> Result<ApiKey, Stop> {
    const OPERATION: &str = "api_keys.end";
    let change = next_change(&mut *connection).await?;
    let stored: Option<String> =
        sqlx::query_scalar("SELECT document FROM api_keys WHERE id = $1 AND tenant = $2")
            .bind(id.as_str())
            .bind(tenant.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    let mut key: ApiKey = from_document(OPERATION, &stored.ok_or_else(|| no_api_key(OPERATION))?)?;
    if !key.is_good_at(at) {
        return Ok(key);
    }
    key.ends_at = Some(at);
    sqlx::query("UPDATE api_keys SET ends_at = $1, change = $2, document = $3 WHERE id = $4")
        .bind(at.as_millis())
        .bind(change)
        .bind(to_document(OPERATION, &key)?)
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(key)
}

#[async_trait]
impl ApiKeyRegister for PostgresCatalog {
    async fn add_api_key(&self, key: ApiKey) -> Result<()> {
        in_transaction(&self.pool, "api_keys.add", key, |connection, key| Box::pin(add(connection, key)))
            .await
    }

    async fn api_key(&self, tenant: &TenantId, id: &ApiKeyId) -> Result<ApiKey> {
        const OPERATION: &str = "api_keys.get";
        let stored: Option<String> =
            sqlx::query_scalar("SELECT document FROM api_keys WHERE id = $1 AND tenant = $2")
                .bind(id.as_str())
                .bind(tenant.as_str())
                .fetch_optional(&self.pool)
                .await
                .map_err(failed(OPERATION))?;
        from_document(OPERATION, &stored.ok_or_else(|| no_api_key(OPERATION))?)
    }

    async fn api_key_of(&self, digest: &ContentHash) -> Result<ApiKey> {
        const OPERATION: &str = "api_keys.of";
        let stored: Option<String> = sqlx::query_scalar("SELECT document FROM api_keys WHERE digest = $1")
            .bind(&digest.as_bytes()[..])
            .fetch_optional(&self.pool)
            .await
            .map_err(failed(OPERATION))?;
        from_document(OPERATION, &stored.ok_or_else(|| no_api_key(OPERATION))?)
    }

    async fn api_keys(
        &self,
        tenant: &TenantId,
        after: Option<&ApiKeyId>,
        limit: usize,
    ) -> Result<Vec<ApiKey>> {
        const OPERATION: &str = "api_keys.list";
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM api_keys WHERE tenant = $1 AND kind = 'issued' AND id > $2
            ORDER BY id LIMIT $3",
        )
        .bind(tenant.as_str())
        .bind(after.map_or("", ApiKeyId::as_str))
        .bind(rows::limit(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn end_api_key(&self, tenant: &TenantId, id: &ApiKeyId, at: Timestamp) -> Result<ApiKey> {
        let name = (tenant.clone(), id.clone());
        in_transaction(&self.pool, "api_keys.end", (name, at), |connection, ((tenant, id), at)| {
            Box::pin(end(connection, tenant, id, *at))
        })
        .await
    }

    async fn api_key_changes(&self, after: u64, limit: usize) -> Result<Vec<(u64, ApiKey)>> {
        const OPERATION: &str = "api_keys.changes";
        let stored: Vec<(i64, String)> = sqlx::query_as(
            "SELECT change, document FROM api_keys WHERE change > $1 ORDER BY change LIMIT $2",
        )
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(rows::limit(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed(OPERATION))?;
        api_key_changes(OPERATION, stored)
    }

    async fn drop_sign_ins(&self, before: Timestamp) -> Result<u64> {
        let dropped = sqlx::query("DELETE FROM api_keys WHERE kind = $1 AND ends_at <= $2")
            .bind(api_key_kind(ApiKeyKind::SignIn))
            .bind(before.as_millis())
            .execute(&self.pool)
            .await
            .map_err(failed("api_keys.drop_sign_ins"))?;
        Ok(dropped.rows_affected())
    }
}
