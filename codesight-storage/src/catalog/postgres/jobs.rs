//! The job queue.

use std::time::Duration;

use async_trait::async_trait;
use codesight_core::id::{JobId, WorkerId};
use codesight_core::ports::{Job, JobCounts, JobFailure, JobQueue, NewJob, SessionRef};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::PgConnection;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use super::PostgresCatalog;
use super::transaction::in_transaction;
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows::{self, JobRow};

/// Leases what has been due longest, and passes over what another worker is leasing at this moment.
pub(super) const LEASE: &str = "UPDATE jobs SET worker = $1, due_at = $2, attempts = attempts + 1
    WHERE id = (
        SELECT id FROM jobs WHERE NOT dead AND due_at <= $3 ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, kind, tenant, session, attempts, due_at";

/// Queues a job inside a transaction, or finds the unfinished one of its session and kind.
pub(super) async fn enqueue(
    connection: &mut PgConnection,
    operation: &'static str,
    job: &NewJob,
) -> Result<JobId, Stop> {
    let SessionRef { tenant, session } = &job.session;
    // Nobody may delete the session meanwhile.
    let known: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM sessions WHERE tenant = $1 AND id = $2 FOR KEY SHARE")
            .bind(tenant.as_str())
            .bind(session.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    if known.is_none() {
        return Err(rows::no_session(operation).into());
    }
    // Waits for whoever queues a job of the same session and kind, or of the same id, at this moment.
    let inserted = sqlx::query(
        "INSERT INTO jobs (id, kind, tenant, session, due_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(job.id.as_str())
    .bind(job.kind.as_str())
    .bind(tenant.as_str())
    .bind(session.as_str())
    .bind(job.run_at.as_millis())
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(job.id.clone());
    }
    let unfinished: Option<String> = sqlx::query_scalar(
        "SELECT id FROM jobs WHERE tenant = $1 AND session = $2 AND kind = $3 AND NOT dead",
    )
    .bind(tenant.as_str())
    .bind(session.as_str())
    .bind(job.kind.as_str())
    .fetch_optional(connection)
    .await?;
    match unfinished {
        Some(id) => Ok(JobId::new(id)?),
        None => Err(Error::new(ErrorKind::AlreadyExists, operation, "the job's id is taken").into()),
    }
}

impl PostgresCatalog {
    /// Runs a statement that must hit the one job that the worker holds.
    async fn on_held(
        &self,
        operation: &'static str,
        statement: Query<'_, sqlx::Postgres, PgArguments>,
    ) -> Result<()> {
        let done = statement.execute(&self.pool).await.map_err(failed(operation))?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(rows::not_held(operation)) }
    }
}

#[async_trait]
impl JobQueue for PostgresCatalog {
    async fn enqueue(&self, job: NewJob) -> Result<JobId> {
        const OPERATION: &str = "jobs.enqueue";
        in_transaction(&self.pool, OPERATION, job, |connection, job| {
            Box::pin(enqueue(connection, OPERATION, job))
        })
        .await
    }

    async fn lease(&self, worker: &WorkerId, now: Timestamp, duration: Duration) -> Result<Option<Job>> {
        let row = sqlx::query_as::<_, JobRow>(LEASE)
            .bind(worker.as_str())
            .bind(now.after(duration).as_millis())
            .bind(now.as_millis())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("jobs.lease"))?;
        row.map(JobRow::job).transpose()
    }

    async fn extend(&self, job: &JobId, worker: &WorkerId, until: Timestamp) -> Result<()> {
        let statement = sqlx::query("UPDATE jobs SET due_at = $1 WHERE id = $2 AND worker = $3")
            .bind(until.as_millis())
            .bind(job.as_str())
            .bind(worker.as_str());
        self.on_held("jobs.extend", statement).await
    }

    async fn complete(&self, job: &JobId, worker: &WorkerId) -> Result<()> {
        let statement = sqlx::query("DELETE FROM jobs WHERE id = $1 AND worker = $2")
            .bind(job.as_str())
            .bind(worker.as_str());
        self.on_held("jobs.complete", statement).await
    }

    async fn fail(&self, job: &JobId, worker: &WorkerId, failure: JobFailure) -> Result<()> {
        let statement = sqlx::query(
            "UPDATE jobs SET worker = NULL, due_at = coalesce($1, due_at), dead = $1 IS NULL,
                failure_code = $2, failure_message = $3
            WHERE id = $4 AND worker = $5",
        )
        .bind(failure.retry_at.map(Timestamp::as_millis))
        .bind(failure.code.as_str())
        .bind(failure.message.as_str())
        .bind(job.as_str())
        .bind(worker.as_str());
        self.on_held("jobs.fail", statement).await
    }

    async fn counts(&self, now: Timestamp) -> Result<JobCounts> {
        let counts = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE NOT dead AND (worker IS NULL OR due_at <= $1)),
                count(*) FILTER (WHERE NOT dead AND worker IS NOT NULL AND due_at > $1),
                count(*) FILTER (WHERE dead)
            FROM jobs",
        )
        .bind(now.as_millis())
        .fetch_one(&self.pool)
        .await
        .map_err(failed("jobs.counts"))?;
        Ok(rows::job_counts(counts))
    }
}
