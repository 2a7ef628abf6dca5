//! Workers: lease a job, do it, and let the lease tell others that it is being done.

use std::time::{Duration, Instant};

use codesight_core::id::WorkerId;
use codesight_core::model::{ErrorCategory, ProcessingError, SessionStatus};
use codesight_core::ports::{Job, JobFailure, JobKind, SessionChange, SessionRef};
use codesight_core::{Error, Retry};
use tracing::Instrument as _;

use crate::app::{App, new_id};
use crate::hub::LiveUpdate;
use crate::metrics::JobResult;
use crate::telemetry::belongs_to;
use crate::{ingest, optimize, process, repair};

/// The longest pause between two looks at the queue.
const POLL: Duration = Duration::from_secs(5);
const MOST_ATTEMPTS: u32 = 5;
/// How often silent sessions are looked for, and how many at a time.
const SWEEP: Duration = Duration::from_secs(15);
const SWEEP_PAGE: usize = 100;

/// Works until shutdown; finishes the job it is at.
pub(crate) async fn work(app: App) {
    let Ok(worker) = WorkerId::new(new_id()) else { return };
    while !app.shutdown.is_cancelled() {
        match app.catalog.lease(&worker, app.clock.now(), app.job_lease).await {
            Ok(Some(job)) => {
                let span = tracing::info_span!("job", id = %job.id, session = %job.session);
                let span = belongs_to(span, &job.session.session);
                run(&app, &worker, job).instrument(span).await;
            }
            Ok(None) => idle(&app).await,
            Err(error) => {
                tracing::warn!(error = %error, "no job could be leased");
                idle(&app).await;
            }
        }
    }
}

async fn idle(app: &App) {
    tokio::select! {
        () = app.job_queued.notified() => {}
        () = tokio::time::sleep(POLL.min(app.job_lease)) => {}
        () = app.shutdown.cancelled() => {}
    }
}

async fn run(app: &App, worker: &WorkerId, job: Job) {
    let began = Instant::now();
    let result = tokio::select! {
        result = perform(app, &job) => result,
        () = keep_lease(app, worker, &job) => {
            tracing::warn!(session = %job.session, "the lease was lost; another worker has the job");
            return;
        }
    };
    let settled = match result {
        Ok(()) => {
            app.metrics.job_ended(JobResult::Done, began.elapsed());
            app.catalog.complete(&job.id, worker).await
        }
        Err(error) => {
            let ended =
                if is_worth_another_try(&job, &error) { JobResult::Retried } else { JobResult::Failed };
            app.metrics.job_ended(ended, began.elapsed());
            give_back(app, worker, &job, &error).await
        }
    };
    if let Err(error) = settled {
        tracing::warn!(session = %job.session, error = %error, "a job could not be settled; its lease will run out");
    }
}

async fn perform(app: &App, job: &Job) -> Result<(), Error> {
    match job.kind {
        JobKind::ProcessSession => process::process_session(app, &job.session).await,
        JobKind::FinishReplacement => {
            swept(app, &job.session, repair::finish_replacement(app, &job.session).await).await
        }
        JobKind::Reencode(level) => {
            let done = optimize::reencode_archive(app, &job.session, level).await;
            swept(app, &job.session, done).await
        }
        _ => Err(Error::invalid("worker.run", "this version does not know the job")),
    }
}

/// Of a session that was erased while a job wrote an archive of it, nothing is left, whatever the job had stored by then.
async fn swept(app: &App, session: &SessionRef, done: Result<(), Error>) -> Result<(), Error> {
    if app.is_erased(session).await? {
        return app.rights().sweep_session(session).await;
    }
    done
}

/// Extends the lease until it cannot any more.
async fn keep_lease(app: &App, worker: &WorkerId, job: &Job) {
    loop {
        tokio::time::sleep(app.job_lease / 3).await;
        if app.catalog.extend(&job.id, worker, app.clock.now().after(app.job_lease)).await.is_err() {
            return;
        }
    }
}

fn is_worth_another_try(job: &Job, error: &Error) -> bool {
    error.retry() != Retry::Never && job.attempts < MOST_ATTEMPTS
}

/// A job that may work later is put back with a growing pause; any other, or the fifth try, fails the session. Its
/// journal and frames are kept.
async fn give_back(app: &App, worker: &WorkerId, job: &Job, error: &Error) -> Result<(), Error> {
    tracing::error!(session = %job.session, error = %error, attempts = job.attempts, "processing failed");
    let again = is_worth_another_try(job, error);
    let now = app.clock.now();
    let retry_at = again.then(|| now.after(Duration::from_secs(1 << job.attempts.min(8))));
    // A session stays what it is when only its archive could not be looked after.
    if !again && job.kind == JobKind::ProcessSession {
        let failed = SessionChange {
            status: Some(SessionStatus::Failed),
            new_errors: vec![ProcessingError {
                category: ErrorCategory::Processing,
                code: error.kind().code().to_owned(),
                message: error.message().to_owned(),
                step: error.operation().to_owned(),
                at: now,
                retryable: error.retry() != Retry::Never,
            }],
            ..SessionChange::default()
        };
        app.catalog.update(&job.session, failed).await?;
        app.hub.publish(&job.session, LiveUpdate::Processed { status: SessionStatus::Failed.as_str() });
    }
    let failure =
        JobFailure { code: error.kind().code().to_owned(), message: error.message().to_owned(), retry_at };
    app.catalog.fail(&job.id, worker, failure).await
}

/// Seals sessions that were silent for too long, until shutdown.
pub(crate) async fn seal_silent_sessions(app: App, seal_after: Duration) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP.min(seal_after)) => {}
            () = app.shutdown.cancelled() => return,
        }
        let before = codesight_core::time::Timestamp::from_millis(
            app.clock
                .now()
                .as_millis()
                .saturating_sub(i64::try_from(seal_after.as_millis()).unwrap_or(i64::MAX)),
        );
        match app.catalog.silent_since(before, SWEEP_PAGE).await {
            Ok(silent) => {
                for session in silent {
                    if let Err(error) = ingest::seal(&app, &session, None, None).await {
                        tracing::warn!(session = %session, error = %error, "a silent session could not be sealed");
                    }
                }
            }
            Err(error) => tracing::warn!(error = %error, "silent sessions could not be listed"),
        }
    }
}
