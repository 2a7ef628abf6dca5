//! Journals in memory.

use async_trait::async_trait;

use super::MemoryCatalog;
use crate::error::{Error, ErrorKind, Result};
use crate::model::SessionStatus;
use crate::ports::{JournalHead, JournalRecord, NewJob, SessionJournal, SessionRef};
use crate::time::Timestamp;

#[async_trait]
impl SessionJournal for MemoryCatalog {
    async fn open_epoch(&self, session: &SessionRef, now: Timestamp) -> Result<JournalHead> {
        let mut state = self.state();
        let stored = state.session_mut("journal.open_epoch", session)?;
        if !stored.head.sealed {
            stored.head.epoch += 1;
            stored.touched = now;
        }
        Ok(stored.head)
    }

    async fn append(
        &self,
        session: &SessionRef,
        epoch: u64,
        records: Vec<JournalRecord>,
        now: Timestamp,
    ) -> Result<JournalHead> {
        let mut state = self.state();
        let stored = state.session_mut("journal.append", session)?;
        let known = stored.head.admit(epoch, &records)?;
        if let Some(last) = records.get(known..).and_then(<[_]>::last) {
            stored.head.through = last.seq;
            stored.touched = now;
            stored.records.extend(records.into_iter().skip(known));
        }
        Ok(stored.head)
    }

    async fn head(&self, session: &SessionRef) -> Result<JournalHead> {
        Ok(self.state().session("journal.head", session)?.head)
    }

    async fn read(&self, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<JournalRecord>> {
        let state = self.state();
        let records = &state.session("journal.read", session)?.records;
        let first = records.partition_point(|record| record.seq <= after);
        Ok(records.iter().skip(first).take(limit).cloned().collect())
    }

    async fn seal(
        &self,
        session: &SessionRef,
        epoch: Option<u64>,
        job: NewJob,
        now: Timestamp,
    ) -> Result<JournalHead> {
        let mut state = self.state();
        let stored = state.session("journal.seal", session)?;
        let mut head = stored.head;
        if let Some(epoch) = epoch {
            head.check_epoch("journal.seal", epoch)?;
        }
        if head.sealed {
            return Ok(head);
        }
        let sealed = head.seal(epoch, stored.session.clone(), now)?;
        state.enqueue("journal.seal", job)?;
        let stored = state.session_mut("journal.seal", session)?;
        stored.head = head;
        stored.session = sealed;
        Ok(head)
    }

    async fn clear(&self, session: &SessionRef) -> Result<()> {
        let mut state = self.state();
        let stored = state.session_mut("journal.clear", session)?;
        if !stored.head.sealed {
            return Err(Error::new(ErrorKind::Conflict, "journal.clear", "the journal is not sealed"));
        }
        stored.records = Vec::new();
        Ok(())
    }

    async fn silent_since(&self, before: Timestamp, limit: usize) -> Result<Vec<SessionRef>> {
        let state = self.state();
        let mut silent: Vec<_> = state
            .sessions
            .iter()
            .filter(|(_, stored)| stored.session.status == SessionStatus::Active && stored.touched < before)
            .map(|(place, stored)| (stored.touched, place.clone()))
            .collect();
        silent.sort();
        Ok(silent.into_iter().take(limit).map(|(_, place)| place).collect())
    }
}
