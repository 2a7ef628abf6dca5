//! A layer around a catalog with its journal and job queue.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::Layer;
use crate::error::Result;
use crate::id::{JobId, SessionKey, TenantId, WorkerId};
use crate::model::UnifiedSession;
use crate::ports::{
    Catalog, Job, JobCounts, JobFailure, JobQueue, JournalHead, JournalRecord, NewJob, NewSession,
    ReviewLedger, SessionCatalog, SessionChange, SessionJournal, SessionPage, SessionQuery, SessionRef,
};
use crate::privacy::Masked;
use crate::review::Review;
use crate::time::Timestamp;

/// A catalog with a layer around each call. An update that adds errors is made once: made again after its answer was
/// lost, it would add them twice.
pub struct LayeredCatalog<L> {
    inner: Arc<dyn Catalog>,
    layer: Arc<L>,
}

impl<L: Layer> LayeredCatalog<L> {
    /// Wraps `inner`. The layer may be shared with others.
    pub fn new(inner: Arc<dyn Catalog>, layer: Arc<L>) -> Self {
        Self { inner, layer }
    }
}

impl<L: Layer> fmt::Debug for LayeredCatalog<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayeredCatalog").field("inner", &self.inner).field("layer", &self.layer).finish()
    }
}

impl<L: Layer> fmt::Display for LayeredCatalog<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.inner, self.layer)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> SessionCatalog for LayeredCatalog<L> {
    async fn create(&self, new: NewSession) -> Result<Masked<UnifiedSession>> {
        self.layer.repeatable("catalog.create", || self.inner.create(new.clone())).await
    }

    async fn get(&self, session: &SessionRef) -> Result<Masked<UnifiedSession>> {
        self.layer.repeatable("catalog.get", || self.inner.get(session)).await
    }

    async fn recording_key(&self, session: &SessionRef) -> Result<SessionKey> {
        self.layer.repeatable("catalog.recording_key", || self.inner.recording_key(session)).await
    }

    async fn update(&self, session: &SessionRef, change: SessionChange) -> Result<Masked<UnifiedSession>> {
        const OPERATION: &str = "catalog.update";
        if change.new_errors.is_empty() {
            self.layer.repeatable(OPERATION, || self.inner.update(session, change.clone())).await
        } else {
            self.layer.once(OPERATION, self.inner.update(session, change)).await
        }
    }

    async fn query(&self, tenant: &TenantId, query: &SessionQuery) -> Result<SessionPage> {
        self.layer.repeatable("catalog.query", || self.inner.query(tenant, query)).await
    }

    async fn delete(&self, session: &SessionRef) -> Result<()> {
        self.layer.repeatable("catalog.delete", || self.inner.delete(session)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> SessionJournal for LayeredCatalog<L> {
    async fn open_epoch(&self, session: &SessionRef, now: Timestamp) -> Result<JournalHead> {
        self.layer.repeatable("journal.open_epoch", || self.inner.open_epoch(session, now)).await
    }

    async fn append(
        &self,
        session: &SessionRef,
        epoch: u64,
        records: Vec<JournalRecord>,
        now: Timestamp,
    ) -> Result<JournalHead> {
        let append = || self.inner.append(session, epoch, records.clone(), now);
        self.layer.repeatable("journal.append", append).await
    }

    async fn head(&self, session: &SessionRef) -> Result<JournalHead> {
        self.layer.repeatable("journal.head", || self.inner.head(session)).await
    }

    async fn read(&self, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<JournalRecord>> {
        self.layer.repeatable("journal.read", || self.inner.read(session, after, limit)).await
    }

    async fn seal(
        &self,
        session: &SessionRef,
        epoch: Option<u64>,
        job: NewJob,
        now: Timestamp,
    ) -> Result<JournalHead> {
        let seal = || self.inner.seal(session, epoch, job.clone(), now);
        self.layer.repeatable("journal.seal", seal).await
    }

    async fn clear(&self, session: &SessionRef) -> Result<()> {
        self.layer.repeatable("journal.clear", || self.inner.clear(session)).await
    }

    async fn silent_since(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionRef>> {
        self.layer.repeatable("journal.silent_since", || self.inner.silent_since(before, limit)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> JobQueue for LayeredCatalog<L> {
    async fn enqueue(&self, job: NewJob) -> Result<JobId> {
        self.layer.repeatable("jobs.enqueue", || self.inner.enqueue(job.clone())).await
    }

    async fn lease(&self, worker: &WorkerId, now: Timestamp, lease: Duration) -> Result<Option<Job>> {
        self.layer.repeatable("jobs.lease", || self.inner.lease(worker, now, lease)).await
    }

    async fn extend(&self, job: &JobId, worker: &WorkerId, until: Timestamp) -> Result<()> {
        self.layer.repeatable("jobs.extend", || self.inner.extend(job, worker, until)).await
    }

    async fn complete(&self, job: &JobId, worker: &WorkerId) -> Result<()> {
        self.layer.repeatable("jobs.complete", || self.inner.complete(job, worker)).await
    }

    async fn fail(&self, job: &JobId, worker: &WorkerId, failure: JobFailure) -> Result<()> {
        self.layer.repeatable("jobs.fail", || self.inner.fail(job, worker, failure.clone())).await
    }

    async fn counts(&self, now: Timestamp) -> Result<JobCounts> {
        self.layer.repeatable("jobs.counts", || self.inner.counts(now)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<L: Layer> ReviewLedger for LayeredCatalog<L> {
    async fn add_review(&self, review: Review) -> Result<Review> {
        self.layer.repeatable("reviews.add", || self.inner.add_review(review.clone())).await
    }

    async fn reviews_of(&self, session: &SessionRef) -> Result<Vec<Review>> {
        self.layer.repeatable("reviews.of", || self.inner.reviews_of(session)).await
    }

    async fn reviews(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<(u64, Review)>> {
        self.layer.repeatable("reviews.read", || self.inner.reviews(tenant, after, limit)).await
    }
}
