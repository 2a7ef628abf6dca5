//! Reviews of sessions.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::TenantId;
use codesight_core::ports::{ReviewLedger, SessionRef};
use codesight_core::review::Review;
use sqlx::PgConnection;

use super::PostgresCatalog;
use super::transaction::in_transaction;
use crate::catalog::accounts::{from_document, from_documents, to_document};
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows;

const ADD: &str = "reviews.add";

async fn add(connection: &mut PgConnection, review: &Review) -> Result<Review, Stop> {
    // Nobody may delete the session meanwhile.
    let known: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM sessions WHERE tenant = $1 AND id = $2 FOR KEY SHARE")
            .bind(review.tenant.as_str())
            .bind(review.session.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    if known.is_none() {
        return Err(rows::no_session(ADD).into());
    }
    sqlx::query(
        "INSERT INTO reviews (tenant, session, id, document) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, id) DO NOTHING",
    )
    .bind(review.tenant.as_str())
    .bind(review.session.as_str())
    .bind(review.id.as_str())
    .bind(to_document(ADD, review)?)
    .execute(&mut *connection)
    .await?;
    let stored: String = sqlx::query_scalar("SELECT document FROM reviews WHERE tenant = $1 AND id = $2")
        .bind(review.tenant.as_str())
        .bind(review.id.as_str())
        .fetch_one(connection)
        .await?;
    Ok(from_document(ADD, &stored)?)
}

#[async_trait]
impl ReviewLedger for PostgresCatalog {
    async fn add_review(&self, review: Review) -> Result<Review> {
        in_transaction(&self.pool, ADD, review, |connection, review| Box::pin(add(connection, review))).await
    }

    async fn reviews_of(&self, session: &SessionRef) -> Result<Vec<Review>> {
        const OPERATION: &str = "reviews.of";
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM reviews WHERE tenant = $1 AND session = $2 ORDER BY position",
        )
        .bind(session.tenant.as_str())
        .bind(session.session.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(failed(OPERATION))?;
        from_documents(OPERATION, &documents)
    }

    async fn reviews(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<(u64, Review)>> {
        const OPERATION: &str = "reviews.read";
        let stored: Vec<(i64, String)> = sqlx::query_as(
            "SELECT position, document FROM reviews WHERE tenant = $1 AND position > $2 ORDER BY position LIMIT $3",
        )
        .bind(tenant.as_str())
        .bind(rows::integer(after))
        .bind(rows::limit(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed(OPERATION))?;
        stored
            .into_iter()
            .map(|(position, document)| Ok((rows::count(position), from_document(OPERATION, &document)?)))
            .collect()
    }
}
