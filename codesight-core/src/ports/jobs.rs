//! The job queue: work that is done at least once, by one worker at a time.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::SessionRef;
use crate::error::Result;
use crate::id::{JobId, WorkerId};
use crate::model::ArchiveLevel;
use crate::time::Timestamp;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobKind {
    /// Process a sealed session and archive it.
    ProcessSession,
    /// Put the successor of a session's archive in its place.
    FinishReplacement,
    /// Write the successor of a session's archive at another level, from the pixels that the archive holds exactly.
    Reencode(ArchiveLevel),
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::ProcessSession,
        Self::FinishReplacement,
        Self::Reencode(ArchiveLevel::Full),
        Self::Reencode(ArchiveLevel::Hybrid),
        Self::Reencode(ArchiveLevel::Compact),
    ];

    /// The word used in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProcessSession => "process-session",
            Self::FinishReplacement => "finish-replacement",
            Self::Reencode(ArchiveLevel::Full) => "reencode-full",
            Self::Reencode(ArchiveLevel::Hybrid) => "reencode-hybrid",
            Self::Reencode(ArchiveLevel::Compact) => "reencode-compact",
            // Not among the kinds: what an archive does not hold exactly cannot be had back.
            Self::Reencode(ArchiveLevel::Exact) => "reencode-exact",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A job about to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id, used only when the session has no unfinished job of this kind.
    pub id: JobId,
    /// What to do.
    pub kind: JobKind,
    /// For which session.
    pub session: SessionRef,
    /// Not before.
    pub run_at: Timestamp,
}

/// A leased job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What to do.
    pub kind: JobKind,
    /// For which session.
    pub session: SessionRef,
    /// How often it was leased, this time included.
    pub attempts: u32,
    /// Until when the lease holds.
    pub leased_until: Timestamp,
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFailure {
    /// Stable code.
    pub code: String,
    /// Sentence for people; never content.
    pub message: String,
    /// When to try again; `None` gives the job up.
    pub retry_at: Option<Timestamp>,
}

/// How full the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting, due or not.
    pub waiting: u64,
    /// Leased, and the lease holds.
    pub leased: u64,
    /// Given up.
    pub dead: u64,
}

/// Hands out work.
#[async_trait]
pub trait JobQueue: fmt::Debug + fmt::Display + Send + Sync {
    /// Queues a job and returns its id.
    ///
    /// # Behaviour
    /// - while the session has an unfinished job of the same kind, that one's id is returned and nothing is queued
    /// - a dead job does not stand in the way
    async fn enqueue(&self, job: NewJob) -> Result<JobId>;

    /// Leases the job that has been due longest.
    ///
    /// # Behaviour
    /// - `None` when nothing is due
    /// - a job is never leased to two workers whose leases overlap
    /// - a job whose lease has run out is due again, with its attempts counted on
    /// - a job is of the kind that was queued, and a session may have one of each kind at a time
    async fn lease(&self, worker: &WorkerId, now: Timestamp, lease: Duration) -> Result<Option<Job>>;

    /// Makes the lease last until `until`; `Conflict` when the worker no longer holds it.
    async fn extend(&self, job: &JobId, worker: &WorkerId, until: Timestamp) -> Result<()>;

    /// Removes a finished job; `Conflict` when the worker no longer holds it.
    async fn complete(&self, job: &JobId, worker: &WorkerId) -> Result<()>;

    /// Gives the job back, or up; `Conflict` when the worker no longer holds it.
    async fn fail(&self, job: &JobId, worker: &WorkerId, failure: JobFailure) -> Result<()>;

    /// How full the queue is at `now`.
    async fn counts(&self, now: Timestamp) -> Result<JobCounts>;
}
