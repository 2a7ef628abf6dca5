//! The catalog: the metadata of sessions.

use std::fmt;

use async_trait::async_trait;

use super::{JobQueue, ReviewLedger, SessionJournal, SessionRef};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{CollectorId, FlagKey, SessionId, SessionKey, SubjectId, TenantId, VariantName};
use crate::model::{ProcessingError, ProcessingStep, SessionOutcome, SessionStatus, UnifiedSession};
use crate::privacy::Masked;
use crate::time::Timestamp;

/// A session about to be created.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The collector's own key for the recording.
    pub key: SessionKey,
    /// The session as it will be stored. Its id is used only when the key is new.
    pub session: Masked<UnifiedSession>,
}

/// What to change of a stored session. Fields that are `None` stay as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionChange {
    /// New status; only the steps of [`SessionStatus::may_become`] are allowed.
    pub status: Option<SessionStatus>,
    /// How it ended, as the collector tells it.
    pub outcome: Option<SessionOutcome>,
    /// Overall score, completeness and reliability.
    pub quality: Option<(f64, f64, f64)>,
    /// Where the archive is.
    pub archive_url: Option<String>,
    /// The training file at the provider.
    pub training_file_id: Option<String>,
    /// The model trained with it.
    pub model_id: Option<String>,
    /// Replaces the processing steps.
    pub processing_steps: Option<Vec<ProcessingStep>>,
    /// Added to the errors.
    pub new_errors: Vec<ProcessingError>,
}

impl SessionChange {
    /// Applies the change; backends call this inside their transaction.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] for a status the session may not take, [`ErrorKind::Invalid`] for a score that is
    /// not a number; nothing is changed then.
    pub fn apply(&self, session: &mut UnifiedSession) -> Result<()> {
        if let Some(status) = self.status
            && !session.status.may_become(status)
        {
            return Err(Error::new(
                ErrorKind::Conflict,
                "catalog.update",
                "the session may not take this status",
            )
            .with("from", session.status.as_str())
            .with("to", status.as_str()));
        }
        if let Some((overall, completeness, reliability)) = self.quality
            && ![overall, completeness, reliability].into_iter().all(f64::is_finite)
        {
            // JSON has no word for it: the session could be written and never read again.
            return Err(Error::invalid("catalog.update", "a score must be a finite number"));
        }
        session.status = self.status.unwrap_or(session.status);
        if let Some((overall, completeness, reliability)) = self.quality {
            session.quality_score = overall;
            session.completeness = completeness;
            session.reliability = reliability;
        }
        replace(&mut session.outcome, self.outcome.as_ref());
        replace(&mut session.archive_url, self.archive_url.as_ref());
        replace(&mut session.training_file_id, self.training_file_id.as_ref());
        replace(&mut session.model_id, self.model_id.as_ref());
        if let Some(steps) = &self.processing_steps {
            session.processing_steps.clone_from(steps);
        }
        session.errors.extend(self.new_errors.iter().cloned());
        Ok(())
    }
}

fn replace<T: Clone>(field: &mut Option<T>, value: Option<&T>) {
    if let Some(value) = value {
        *field = Some(value.clone());
    }
}

/// Which sessions to list, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionQuery {
    /// Only this status.
    pub status: Option<SessionStatus>,
    /// Only this collector.
    pub collector: Option<CollectorId>,
    /// Only sessions that are about this person.
    pub subject: Option<SubjectId>,
    /// Only sessions that began at or after this moment.
    pub started_from: Option<Timestamp>,
    /// Only sessions that began before this moment.
    pub started_before: Option<Timestamp>,
    /// Only sessions of at least this overall score.
    pub min_quality: Option<f64>,
    /// Only sessions that were given this variant of this flag.
    pub variant: Option<(FlagKey, VariantName)>,
    /// Continue after this session: the `next` of the page before.
    pub after: Option<(Timestamp, SessionId)>,
    /// At most so many; 0 means the backend's default of 50, more than 500 is cut to 500.
    pub limit: usize,
}

impl SessionQuery {
    /// The page size after the rule above.
    pub fn page_size(&self) -> usize {
        match self.limit {
            0 => 50,
            limit => limit.min(500),
        }
    }

    /// Whether a session is part of the answer, paging aside.
    pub fn matches(&self, session: &UnifiedSession) -> bool {
        self.status.is_none_or(|status| session.status == status)
            && self.collector.as_ref().is_none_or(|collector| &session.collector == collector)
            && self.subject.as_ref().is_none_or(|subject| &session.consent.subject == subject)
            && self.started_from.is_none_or(|from| session.start_time >= from)
            && self.started_before.is_none_or(|before| session.start_time < before)
            && self.min_quality.is_none_or(|least| session.quality_score >= least)
            && self.variant.as_ref().is_none_or(|(flag, variant)| {
                session.flags.get(flag).is_some_and(|assigned| &assigned.variant == variant)
            })
    }
}

/// One page of an answer.
#[derive(Debug, Clone)]
pub struct SessionPage {
    /// The sessions, newest first; ties by id, largest first.
    pub sessions: Vec<Masked<UnifiedSession>>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<(Timestamp, SessionId)>,
}

/// Stores the metadata of sessions.
#[async_trait]
pub trait SessionCatalog: fmt::Debug + fmt::Display + Send + Sync {
    /// Creates a session, or finds the one with the same tenant, collector and key.
    ///
    /// # Behaviour
    /// - a new key stores the session and an empty journal, and returns it
    /// - a known key returns the stored session unchanged, whatever is in `new`
    /// - an id that is taken under another key is `AlreadyExists`
    async fn create(&self, new: NewSession) -> Result<Masked<UnifiedSession>>;

    /// The session; `NotFound` when it does not exist or belongs to another tenant.
    async fn get(&self, session: &SessionRef) -> Result<Masked<UnifiedSession>>;

    /// The collector's own key for the recording.
    ///
    /// # Behaviour
    /// - an unknown session, or one of another tenant, is `NotFound`
    async fn recording_key(&self, session: &SessionRef) -> Result<SessionKey>;

    /// Changes a session and returns it as stored.
    ///
    /// # Behaviour
    /// - a change that [`SessionChange::apply`] refuses leaves the session as it was
    /// - an unknown session is `NotFound`
    async fn update(&self, session: &SessionRef, change: SessionChange) -> Result<Masked<UnifiedSession>>;

    /// Lists sessions of one tenant.
    ///
    /// # Behaviour
    /// - newest first, ties by id, largest first; following `next` visits each session once
    /// - never a session of another tenant
    async fn query(&self, tenant: &TenantId, query: &SessionQuery) -> Result<SessionPage>;

    /// Deletes a session, its journal, its jobs and its reviews.
    ///
    /// # Behaviour
    /// - twice, or for an unknown session, is fine
    async fn delete(&self, session: &SessionRef) -> Result<()>;
}

/// A backend that keeps sessions, journals, jobs and reviews together, so that one transaction can span them.
pub trait Catalog: SessionCatalog + SessionJournal + JobQueue + ReviewLedger {}

impl<T: SessionCatalog + SessionJournal + JobQueue + ReviewLedger + ?Sized> Catalog for T {}
