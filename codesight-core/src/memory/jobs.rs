//! The job queue in memory.

use std::time::Duration;

use async_trait::async_trait;

use super::MemoryCatalog;
use super::catalog::State;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{JobId, WorkerId};
use crate::ports::{Job, JobCounts, JobFailure, JobKind, JobQueue, NewJob, SessionRef};
use crate::time::Timestamp;

/// One queued job.
pub(super) struct StoredJob {
    pub(super) session: SessionRef,
    kind: JobKind,
    attempts: u32,
    progress: Progress,
}

enum Progress {
    Waiting { run_at: Timestamp },
    Leased { worker: WorkerId, until: Timestamp },
    Dead,
}

impl StoredJob {
    /// When it is, or will be, free to be leased; `None` for a dead one.
    fn due(&self) -> Option<Timestamp> {
        match self.progress {
            Progress::Waiting { run_at } => Some(run_at),
            Progress::Leased { until, .. } => Some(until),
            Progress::Dead => None,
        }
    }
}

impl State {
    /// Queues a job, or finds the unfinished one of its session and kind.
    pub(super) fn enqueue(&mut self, operation: &'static str, job: NewJob) -> Result<JobId> {
        self.session(operation, &job.session)?;
        let unfinished = self.jobs.iter().find(|(_, stored)| {
            stored.session == job.session && stored.kind == job.kind && stored.due().is_some()
        });
        if let Some((id, _)) = unfinished {
            return Ok(id.clone());
        }
        if self.jobs.contains_key(&job.id) {
            return Err(Error::new(ErrorKind::AlreadyExists, operation, "the job's id is taken"));
        }
        let progress = Progress::Waiting { run_at: job.run_at };
        let stored = StoredJob { session: job.session, kind: job.kind, attempts: 0, progress };
        self.jobs.insert(job.id.clone(), stored);
        Ok(job.id)
    }

    /// The job, as long as `worker` holds it.
    fn held(&mut self, operation: &'static str, job: &JobId, worker: &WorkerId) -> Result<&mut StoredJob> {
        self.jobs
            .get_mut(job)
            .filter(
                |job| matches!(&job.progress, Progress::Leased { worker: holder, .. } if holder == worker),
            )
            .ok_or_else(|| Error::new(ErrorKind::Conflict, operation, "the worker does not hold the job"))
    }
}

#[async_trait]
impl JobQueue for MemoryCatalog {
    async fn enqueue(&self, job: NewJob) -> Result<JobId> {
        self.state().enqueue("jobs.enqueue", job)
    }

    async fn lease(&self, worker: &WorkerId, now: Timestamp, lease: Duration) -> Result<Option<Job>> {
        let mut state = self.state();
        let due = state
            .jobs
            .iter()
            .filter_map(|(id, job)| Some((job.due()?, id.clone())))
            .filter(|(due, _)| *due <= now)
            .min();
        let Some((id, job)) = due.and_then(|(_, id)| Some((id.clone(), state.jobs.get_mut(&id)?))) else {
            return Ok(None);
        };
        let leased_until = now.after(lease);
        job.attempts += 1;
        job.progress = Progress::Leased { worker: worker.clone(), until: leased_until };
        Ok(Some(Job {
            id,
            kind: job.kind,
            session: job.session.clone(),
            attempts: job.attempts,
            leased_until,
        }))
    }

    async fn extend(&self, job: &JobId, worker: &WorkerId, until: Timestamp) -> Result<()> {
        self.state().held("jobs.extend", job, worker)?.progress =
            Progress::Leased { worker: worker.clone(), until };
        Ok(())
    }

    async fn complete(&self, job: &JobId, worker: &WorkerId) -> Result<()> {
        let mut state = self.state();
        state.held("jobs.complete", job, worker)?;
        state.jobs.remove(job);
        Ok(())
    }

    async fn fail(&self, job: &JobId, worker: &WorkerId, failure: JobFailure) -> Result<()> {
        self.state().held("jobs.fail", job, worker)?.progress = match failure.retry_at {
            Some(run_at) => Progress::Waiting { run_at },
            None => Progress::Dead,
        };
        Ok(())
    }

    async fn counts(&self, now: Timestamp) -> Result<JobCounts> {
        let mut counts = JobCounts::default();
        for job in self.state().jobs.values() {
            match job.progress {
                Progress::Leased { until, .. } if until > now => counts.leased += 1,
                Progress::Dead => counts.dead += 1,
                Progress::Waiting { .. } | Progress::Leased { .. } => counts.waiting += 1,
            }
        }
        Ok(counts)
    }
}
