//! The job queue.

use std::time::Duration;

use async_trait::async_trait;
use codesight_core::id::{JobId, WorkerId};
use codesight_core::ports::{Job, JobCounts, JobFailure, JobQueue, NewJob, SessionRef};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use sqlx::SqliteConnection;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

use super::SqliteCatalog;
use crate::catalog::fault::{Stop, failed};
use crate::catalog::rows::{self, JobRow};

/// Whether there is anything to lease.
pub(super) const IS_DUE: &str = "SELECT 1 FROM jobs WHERE dead = 0 AND due_at <= ? LIMIT 1";

/// Leases what has been due longest.
pub(super) const LEASE: &str = "UPDATE jobs SET worker = ?, due_at = ?, attempts = attempts + 1
    WHERE id = (SELECT id FROM jobs WHERE dead = 0 AND due_at <= ? ORDER BY due_at, id LIMIT 1)
    RETURNING id, kind, tenant, session, attempts, due_at";

/// Queues a job inside a writing transaction, or finds the unfinished one of its session and kind.
pub(super) async fn enqueue(
    connection: &mut SqliteConnection,
    operation: &'static str,
    job: &NewJob,
) -> Result<JobId, Stop> {
    let SessionRef { tenant, session } = &job.session;
    let unfinished: Option<String> =
        sqlx::query_scalar("SELECT id FROM jobs WHERE tenant = ? AND session = ? AND kind = ? AND dead = 0")
            .bind(tenant.as_str())
            .bind(session.as_str())
            .bind(job.kind.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    if let Some(id) = unfinished {
        return Ok(JobId::new(id)?);
    }
    let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM sessions WHERE tenant = ? AND id = ?")
        .bind(tenant.as_str())
        .bind(session.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if known.is_none() {
        return Err(rows::no_session(operation).into());
    }
    let inserted = sqlx::query(
        "INSERT INTO jobs (id, kind, tenant, session, due_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING",
    )
    .bind(job.id.as_str())
    .bind(job.kind.as_str())
    .bind(tenant.as_str())
    .bind(session.as_str())
    .bind(job.run_at.as_millis())
    .execute(connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(Error::new(ErrorKind::AlreadyExists, operation, "the job's id is taken").into());
    }
    Ok(job.id.clone())
}

async fn lease(
    connection: &mut SqliteConnection,
    worker: &WorkerId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Job>, Stop> {
    let row = sqlx::query_as::<_, JobRow>(LEASE)
        .bind(worker.as_str())
        .bind(until.as_millis())
        .bind(now.as_millis())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(JobRow::job).transpose()?)
}

/// Runs a statement that must hit the one job that the worker holds.
async fn on_held(
    connection: &mut SqliteConnection,
    operation: &'static str,
    statement: Query<'_, sqlx::Sqlite, SqliteArguments>,
) -> Result<(), Stop> {
    if statement.execute(connection).await?.rows_affected() == 1 {
        return Ok(());
    }
    Err(rows::not_held(operation).into())
}

#[async_trait]
impl JobQueue for SqliteCatalog {
    async fn enqueue(&self, job: NewJob) -> Result<JobId> {
        const OPERATION: &str = "jobs.enqueue";
        self.writer
            .change(OPERATION, move |connection| {
                Box::pin(async move { enqueue(connection, OPERATION, &job).await })
            })
            .await
    }

    async fn lease(&self, worker: &WorkerId, now: Timestamp, duration: Duration) -> Result<Option<Job>> {
        const OPERATION: &str = "jobs.lease";
        // Workers ask often and mostly in vain; those who read do not disturb the one who writes.
        let due: Option<i64> = sqlx::query_scalar(IS_DUE)
            .bind(now.as_millis())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed(OPERATION))?;
        if due.is_none() {
            return Ok(None);
        }
        let (worker, until) = (worker.clone(), now.after(duration));
        self.writer
            .change(OPERATION, move |connection| {
                Box::pin(async move { lease(connection, &worker, now, until).await })
            })
            .await
    }

    async fn extend(&self, job: &JobId, worker: &WorkerId, until: Timestamp) -> Result<()> {
        const OPERATION: &str = "jobs.extend";
        let (job, worker) = (job.clone(), worker.clone());
        self.writer
            .change(OPERATION, move |connection| {
                Box::pin(async move {
                    let statement = sqlx::query("UPDATE jobs SET due_at = ? WHERE id = ? AND worker = ?")
                        .bind(until.as_millis())
                        .bind(job.as_str())
                        .bind(worker.as_str());
                    on_held(connection, OPERATION, statement).await
                })
            })
            .await
    }

    async fn complete(&self, job: &JobId, worker: &WorkerId) -> Result<()> {
        const OPERATION: &str = "jobs.complete";
        let (job, worker) = (job.clone(), worker.clone());
        self.writer
            .change(OPERATION, move |connection| {
                Box::pin(async move {
                    let statement = sqlx::query("DELETE FROM jobs WHERE id = ? AND worker = ?")
                        .bind(job.as_str())
                        .bind(worker.as_str());
                    on_held(connection, OPERATION, statement).await
                })
            })
            .await
    }

    async fn fail(&self, job: &JobId, worker: &WorkerId, failure: JobFailure) -> Result<()> {
        const OPERATION: &str = "jobs.fail";
        let (job, worker) = (job.clone(), worker.clone());
        self.writer
            .change(OPERATION, move |connection| {
                Box::pin(async move {
                    let retry_at = failure.retry_at.map(Timestamp::as_millis);
                    let statement = sqlx::query(
                        "UPDATE jobs SET worker = NULL, due_at = coalesce(?1, due_at), dead = ?1 IS NULL,
                            failure_code = ?2, failure_message = ?3
                        WHERE id = ?4 AND worker = ?5",
                    )
                    .bind(retry_at)
                    .bind(failure.code.as_str())
                    .bind(failure.message.as_str())
                    .bind(job.as_str())
                    .bind(worker.as_str());
                    on_held(connection, OPERATION, statement).await
                })
            })
            .await
    }

    async fn counts(&self, now: Timestamp) -> Result<JobCounts> {
        let counts = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE dead = 0 AND (worker IS NULL OR due_at <= ?1)),
                count(*) FILTER (WHERE dead = 0 AND worker IS NOT NULL AND due_at > ?1),
                count(*) FILTER (WHERE dead <> 0)
            FROM jobs",
        )
        .bind(now.as_millis())
        .fetch_one(&self.readers)
        .await
        .map_err(failed("jobs.counts"))?;
        Ok(rows::job_counts(counts))
    }
}
