//! A catalog that fails on purpose.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::Faults;
use crate::error::Result;
use crate::id::{JobId, SessionKey, TenantId, WorkerId};
use crate::model::UnifiedSession;
use crate::ports::{
    Catalog, Job, JobCounts, JobFailure, JobQueue, JournalHead, JournalRecord, NewJob, NewSession,
    SessionCatalog, SessionChange, SessionJournal, SessionPage, SessionQuery, SessionRef,
};
use crate::privacy::Masked;
use crate::time::Timestamp;

/// Passes calls on, except those that its [`Faults`] let fail.
#[derive(Debug)]
pub struct FaultyCatalog {
    inner: Arc<dyn Catalog>,
    faults: Arc<Faults>,
}

impl FaultyCatalog {
    /// Wraps `inner`.
    pub fn new(inner: Arc<dyn Catalog>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

impl fmt::Display for FaultyCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with faults", self.inner)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SessionCatalog for FaultyCatalog {
    async fn create(&self, new: NewSession) -> Result<Masked<UnifiedSession>> {
        self.faults.around(self.inner.create(new)).await
    }

    async fn get(&self, session: &SessionRef) -> Result<Masked<UnifiedSession>> {
        self.faults.around(self.inner.get(session)).await
    }

    async fn recording_key(&self, session: &SessionRef) -> Result<SessionKey> {
        self.faults.around(self.inner.recording_key(session)).await
    }

    async fn update(&self, session: &SessionRef, change: SessionChange) -> Result<Masked<UnifiedSession>> {
        self.faults.around(self.inner.update(session, change)).await
    }

    async fn query(&self, tenant: &TenantId, query: &SessionQuery) -> Result<SessionPage> {
        self.faults.around(self.inner.query(tenant, query)).await
    }

    async fn delete(&self, session: &SessionRef) -> Result<()> {
        self.faults.around(self.inner.delete(session)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SessionJournal for FaultyCatalog {
    async fn open_epoch(&self, session: &SessionRef, now: Timestamp) -> Result<JournalHead> {
        self.faults.around(self.inner.open_epoch(session, now)).await
    }

    async fn append(
        &self,
        session: &SessionRef,
        epoch: u64,
        records: Vec<JournalRecord>,
        now: Timestamp,
    ) -> Result<JournalHead> {
        self.faults.around(self.inner.append(session, epoch, records, now)).await
    }

    async fn head(&self, session: &SessionRef) -> Result<JournalHead> {
        self.faults.around(self.inner.head(session)).await
    }

    async fn read(&self, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<JournalRecord>> {
        self.faults.around(self.inner.read(session, after, limit)).await
    }

    async fn seal(
        &self,
        session: &SessionRef,
        epoch: Option<u64>,
        job: NewJob,
        now: Timestamp,
    ) -> Result<JournalHead> {
        self.faults.around(self.inner.seal(session, epoch, job, now)).await
    }

    async fn clear(&self, session: &SessionRef) -> Result<()> {
        self.faults.around(self.inner.clear(session)).await
    }

    async fn silent_since(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionRef>> {
        self.faults.around(self.inner.silent_since(before, limit)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl JobQueue for FaultyCatalog {
    async fn enqueue(&self, job: NewJob) -> Result<JobId> {
        self.faults.around(self.inner.enqueue(job)).await
    }

    async fn lease(&self, worker: &WorkerId, now: Timestamp, lease: Duration) -> Result<Option<Job>> {
        self.faults.around(self.inner.lease(worker, now, lease)).await
    }

    async fn extend(&self, job: &JobId, worker: &WorkerId, until: Timestamp) -> Result<()> {
        self.faults.around(self.inner.extend(job, worker, until)).await
    }

    async fn complete(&self, job: &JobId, worker: &WorkerId) -> Result<()> {
        self.faults.around(self.inner.complete(job, worker)).await
    }

    async fn fail(&self, job: &JobId, worker: &WorkerId, failure: JobFailure) -> Result<()> {
        self.faults.around(self.inner.fail(job, worker, failure)).await
    }

    async fn counts(&self, now: Timestamp) -> Result<JobCounts> {
        self.faults.around(self.inner.counts(now)).await
    }
}
