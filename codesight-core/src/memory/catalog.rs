//! Sessions in memory, and the state that their journals and jobs share with them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use super::jobs::StoredJob;
use super::lock;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{CollectorId, JobId, SessionId, SessionKey, TenantId};
use crate::model::UnifiedSession;
use crate::ports::{
    JournalHead, JournalRecord, NewSession, SessionCatalog, SessionChange, SessionPage, SessionQuery,
    SessionRef,
};
use crate::privacy::Masked;
use crate::review::Review;
use crate::time::Timestamp;

/// One session with its journal.
pub(super) struct StoredSession {
    pub(super) session: Masked<UnifiedSession>,
    pub(super) key: SessionKey,
    pub(super) head: JournalHead,
    /// When something was last opened or appended.
    pub(super) touched: Timestamp,
    pub(super) records: Vec<JournalRecord>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) sessions: BTreeMap<SessionRef, StoredSession>,
    ids: HashMap<(TenantId, CollectorId, SessionKey), SessionId>,
    pub(super) jobs: BTreeMap<JobId, StoredJob>,
    /// By position.
    pub(super) reviews: BTreeMap<u64, Review>,
    /// The last position that was given.
    pub(super) reviewed: u64,
}

impl State {
    pub(super) fn session(&self, operation: &'static str, session: &SessionRef) -> Result<&StoredSession> {
        self.sessions.get(session).ok_or_else(|| unknown(operation))
    }

    pub(super) fn session_mut(
        &mut self,
        operation: &'static str,
        session: &SessionRef,
    ) -> Result<&mut StoredSession> {
        self.sessions.get_mut(session).ok_or_else(|| unknown(operation))
    }
}

fn unknown(operation: &'static str) -> Error {
    Error::not_found(operation, "no such session")
}

/// Sessions, journals and jobs in memory.
#[derive(Default)]
pub struct MemoryCatalog(Mutex<State>);

impl MemoryCatalog {
    /// An empty catalog.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl fmt::Debug for MemoryCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("MemoryCatalog")
            .field("sessions", &state.sessions.len())
            .field("jobs", &state.jobs.len())
            .finish()
    }
}

impl fmt::Display for MemoryCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory catalog")
    }
}

#[async_trait]
impl SessionCatalog for MemoryCatalog {
    async fn create(&self, new: NewSession) -> Result<Masked<UnifiedSession>> {
        let NewSession { key, session } = new;
        let mut state = self.state();
        let name = (session.tenant.clone(), session.collector.clone(), key.clone());
        if let Some(id) = state.ids.get(&name) {
            let known = SessionRef { tenant: name.0, session: id.clone() };
            return Ok(state.session("catalog.create", &known)?.session.clone());
        }
        let place = SessionRef { tenant: session.tenant.clone(), session: session.id.clone() };
        if state.sessions.contains_key(&place) {
            return Err(Error::new(ErrorKind::AlreadyExists, "catalog.create", "the id is taken"));
        }
        state.ids.insert(name, session.id.clone());
        let stored = StoredSession {
            session: session.clone(),
            key,
            head: JournalHead { epoch: 0, through: 0, sealed: false },
            touched: session.start_time,
            records: Vec::new(),
        };
        state.sessions.insert(place, stored);
        Ok(session)
    }

    async fn get(&self, session: &SessionRef) -> Result<Masked<UnifiedSession>> {
        Ok(self.state().session("catalog.get", session)?.session.clone())
    }

    async fn recording_key(&self, session: &SessionRef) -> Result<SessionKey> {
        Ok(self.state().session("catalog.recording_key", session)?.key.clone())
    }

    async fn update(&self, session: &SessionRef, change: SessionChange) -> Result<Masked<UnifiedSession>> {
        let mut state = self.state();
        let stored = state.session_mut("catalog.update", session)?;
        stored.session.apply(&change)?;
        Ok(stored.session.clone())
    }

    async fn query(&self, tenant: &TenantId, query: &SessionQuery) -> Result<SessionPage> {
        let place = |session: &UnifiedSession| (session.start_time, session.id.clone());
        let mut sessions: Vec<_> = self
            .state()
            .sessions
            .values()
            .map(|stored| &stored.session)
            .filter(|session| &session.tenant == tenant && query.matches(session))
            .filter(|session| query.after.as_ref().is_none_or(|after| &place(session) < after))
            .cloned()
            .collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(place(session)));
        let more = sessions.len() > query.page_size();
        sessions.truncate(query.page_size());
        let next = sessions.last().filter(|_| more).map(|last| place(last));
        Ok(SessionPage { sessions, next })
    }

    async fn delete(&self, session: &SessionRef) -> Result<()> {
        let mut state = self.state();
        if let Some(stored) = state.sessions.remove(session) {
            let collector = stored.session.collector.clone();
            state.ids.remove(&(session.tenant.clone(), collector, stored.key));
            state.jobs.retain(|_, job| &job.session != session);
            let is_other =
                |review: &Review| review.tenant != session.tenant || review.session != session.session;
            state.reviews.retain(|_, review| is_other(review));
        }
        Ok(())
    }
}
