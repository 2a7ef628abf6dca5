//! What is deleted because its time is over: looked for, planned, and carried out line by line.

use std::collections::{BTreeMap, BTreeSet};

use codesight_core::error::ErrorKind;
use codesight_core::id::{SessionId, SubjectId, TenantId};
use codesight_core::model::{SessionConsent, SessionStatus, UnifiedSession};
use codesight_core::ports::{
    AuditAction, AuditEvent, BlobKey, BlobStoreExt as _, Export, ExportPlace, SessionQuery, SessionRef,
};
use codesight_core::rights::{
    ConsentState, ProviderFile, RetentionAction, RetentionClass, RetentionItem, RetentionPlan,
    RetentionPolicy, purpose,
};
use codesight_core::{Error, Result};
use serde::Serialize;

use super::RightsBackends;
use super::find::PAGE;

/// What became of one line of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetentionOutcome {
    /// It was deleted.
    Deleted,
    /// The plan itself left it alone.
    Kept,
    /// Things have changed since the plan was made, and it would not be deleted now: a hold, a new consent.
    NoLongerDue,
    /// It was not there any more.
    Gone,
    /// It could not be deleted; a later run will try again.
    Failed,
}

/// What became of a plan.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionReport {
    /// Each line, and what became of it.
    pub lines: Vec<(RetentionAction, RetentionOutcome)>,
    /// Bytes of what was deleted.
    pub deleted_bytes: u64,
    /// Entries of the audit log that went.
    pub log_entries: u64,
}

impl RetentionReport {
    /// How many lines came to this.
    pub fn count(&self, outcome: RetentionOutcome) -> usize {
        self.lines.iter().filter(|(_, found)| *found == outcome).count()
    }
}

/// What is known of the persons of a tenant, read once.
struct Persons {
    held: BTreeSet<SubjectId>,
    consents: BTreeMap<SubjectId, ConsentState>,
}

/// A session, as far as exports ask.
struct Origin {
    subject: SubjectId,
    consent: SessionConsent,
}

impl RightsBackends {
    /// What is to be deleted now under `policy`. Changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a policy that cannot be kept, and what a backend says.
    pub async fn plan_retention(&self, tenant: &TenantId, policy: &RetentionPolicy) -> Result<RetentionPlan> {
        policy.check()?;
        let now = self.clock.now();
        let items = self.retention_items(tenant).await?;
        let mut plan = RetentionPlan::new(policy.clone(), now, items);
        plan.audit_log = self.plan_truncation(policy).await?;
        Ok(plan)
    }

    async fn retention_items(&self, tenant: &TenantId) -> Result<Vec<RetentionItem>> {
        let held = self.accounts.holds(tenant).await?.into_iter().map(|hold| hold.subject).collect();
        let mut persons = Persons { held, consents: BTreeMap::new() };
        let (mut items, mut exports) = (Vec::new(), BTreeMap::new());
        let mut origins = BTreeMap::new();
        let mut query = SessionQuery { limit: PAGE, ..SessionQuery::default() };
        loop {
            let page = self.catalog.query(tenant, &query).await?;
            for session in &page.sessions {
                items.extend(self.items_of_session(session, &mut persons).await?);
                let (subject, consent) = (session.consent.subject.clone(), session.consent.clone());
                origins.insert(session.id.clone(), Origin { subject, consent });
            }
            let ids: Vec<_> = page.sessions.iter().map(|session| session.id.clone()).collect();
            for export in self.accounts.exports_of(tenant, &ids).await? {
                exports.insert(export.id.clone(), export);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        items.extend(exports.into_values().map(|export| item_of_export(export, &origins, &persons)));
        Ok(items)
    }

    async fn items_of_session(
        &self,
        session: &UnifiedSession,
        persons: &mut Persons,
    ) -> Result<Vec<RetentionItem>> {
        let subject = &session.consent.subject;
        if !persons.consents.contains_key(subject) {
            let history = self.accounts.history(&session.tenant, subject).await?;
            persons.consents.insert(subject.clone(), ConsentState::of(&history));
        }
        let item = |class, bytes| RetentionItem {
            class,
            tenant: session.tenant.clone(),
            session: Some(session.id.clone()),
            export: None,
            since: session.end_time.unwrap_or(session.start_time),
            bytes,
            held: persons.held.contains(subject),
            withdrawn: class == RetentionClass::TrainingLines
                && !persons.agrees(subject, &session.consent, purpose::TRAINING),
        };
        let mut items = Vec::new();
        if session.archive_url.is_none() && session.status != SessionStatus::Processing {
            items.push(item(RetentionClass::Unprocessed, 0));
        }
        let archive = (RetentionClass::Archive, BlobKey::archive(&session.tenant, &session.id));
        let lines = (RetentionClass::TrainingLines, BlobKey::training(&session.tenant, &session.id));
        for (class, key) in [archive, lines] {
            match self.blobs.head(&key).await {
                Ok(blob) => items.push(item(class, blob.size)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        items.push(item(RetentionClass::Session, 0));
        Ok(items)
    }

    /// Carries a plan out, line by line. Before a line deletes, it is asked again whether it still would: a hold that was
    /// placed since, or a person who agreed again, keeps it.
    ///
    /// # Errors
    /// What a backend says of what is there now; what cannot be deleted is a line of the report, not an error.
    pub async fn apply_retention(&self, plan: &RetentionPlan, actor: &str) -> Result<RetentionReport> {
        let mut now: BTreeMap<TenantId, RetentionPlan> = BTreeMap::new();
        let mut report = RetentionReport { lines: Vec::new(), deleted_bytes: 0, log_entries: 0 };
        for action in &plan.actions {
            if !now.contains_key(&action.tenant) {
                let current = self.plan_retention(&action.tenant, &plan.policy).await?;
                now.insert(action.tenant.clone(), current);
            }
            let outcome = match now.get(&action.tenant) {
                _ if !action.verdict.deletes() => RetentionOutcome::Kept,
                Some(current) if !current.deletions().any(|one| is_same_thing(one, action)) => {
                    self.why_not(current, action).await?
                }
                _ => self.carry_out(action, actor).await,
            };
            if outcome == RetentionOutcome::Deleted {
                report.deleted_bytes += action.bytes;
            }
            report.lines.push((action.clone(), outcome));
        }
        report.log_entries = self.truncate_log(plan, actor).await?;
        if report.count(RetentionOutcome::Deleted) > 0 || report.log_entries > 0 {
            self.accounts.scrub().await?;
        }
        Ok(report)
    }

    async fn why_not(&self, current: &RetentionPlan, action: &RetentionAction) -> Result<RetentionOutcome> {
        if current.actions.iter().any(|one| is_same_thing(one, action)) {
            return Ok(RetentionOutcome::NoLongerDue);
        }
        let items = self.retention_items(&action.tenant).await?;
        let is_there = items.iter().any(|item| {
            (item.class, &item.session, &item.export) == (action.class, &action.session, &action.export)
        });
        Ok(if is_there { RetentionOutcome::NoLongerDue } else { RetentionOutcome::Gone })
    }

    async fn carry_out(&self, action: &RetentionAction, actor: &str) -> RetentionOutcome {
        let logged = self.log_retention(action, actor).await;
        let deleted = match logged {
            Ok(()) => self.delete_expired(action).await,
            Err(error) => Err(error),
        };
        if deleted.is_ok() { RetentionOutcome::Deleted } else { RetentionOutcome::Failed }
    }

    async fn log_retention(&self, action: &RetentionAction, actor: &str) -> Result<()> {
        let event = AuditEvent {
            at: self.clock.now(),
            tenant: action.tenant.clone(),
            actor: actor.to_owned(),
            action: AuditAction::RetentionApplied,
            session: action.session.clone(),
            subject: None,
            detail: Some(format!("{} {}", action.class.as_str(), action.verdict.as_str())),
        };
        self.audit.append(event).await.map(|_| ())
    }

    async fn delete_expired(&self, action: &RetentionAction) -> Result<()> {
        let tenant = &action.tenant;
        let Some(session) = &action.session else { return self.delete_expired_export(action).await };
        match action.class {
            RetentionClass::Archive => {
                // First what is to replace it, which would bring it back.
                self.blobs.delete(&BlobKey::archive_successor(tenant, session)).await?;
                self.blobs.delete(&BlobKey::archive(tenant, session)).await
            }
            RetentionClass::TrainingLines => self.blobs.delete(&BlobKey::training(tenant, session)).await,
            RetentionClass::Unprocessed => {
                let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
                self.blobs.delete_all(&BlobKey::captured_prefix(tenant, session)).await?;
                self.catalog.delete(&place).await
            }
            _ => {
                self.delete_exports(tenant, std::slice::from_ref(session)).await?;
                self.delete_sessions(tenant, std::slice::from_ref(session)).await
            }
        }
    }

    async fn delete_expired_export(&self, action: &RetentionAction) -> Result<()> {
        let Some(id) = &action.export else {
            return Err(Error::invalid("retention.apply", "a line names neither a session nor an export"));
        };
        let sessions: Vec<_> = self.sessions_of_tenant(&action.tenant).await?;
        let exports = self.accounts.exports_of(&action.tenant, &sessions).await?;
        match exports.into_iter().find(|export| &export.id == id).map(|export| export.place) {
            Some(ExportPlace::Blob { key }) => self.blobs.delete(&key).await?,
            Some(ExportPlace::Provider { service, file }) => {
                let left = self.delete_provider_files(&[ProviderFile { service, file }]).await;
                if !left.is_empty() {
                    let message = "the file is at a service that cannot be reached";
                    return Err(Error::new(ErrorKind::Unavailable, "retention.apply", message));
                }
            }
            None => {}
        }
        self.accounts.forget_export(&action.tenant, id).await
    }

    async fn sessions_of_tenant(&self, tenant: &TenantId) -> Result<Vec<SessionId>> {
        let mut query = SessionQuery { limit: PAGE, ..SessionQuery::default() };
        let mut ids = Vec::new();
        loop {
            let page = self.catalog.query(tenant, &query).await?;
            ids.extend(page.sessions.iter().map(|session| session.id.clone()));
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(ids),
            }
        }
    }
}

impl Persons {
    /// Whether a person agreed to the purpose when they were recorded, and agrees to it now.
    fn agrees(&self, subject: &SubjectId, consent: &SessionConsent, purpose: &str) -> bool {
        consent.names(purpose) && self.consents.get(subject).is_some_and(|state| state.permits(purpose))
    }
}

fn item_of_export(export: Export, origins: &BTreeMap<SessionId, Origin>, persons: &Persons) -> RetentionItem {
    let known = || export.sessions.iter().filter_map(|session| origins.get(session));
    RetentionItem {
        class: RetentionClass::Export,
        held: known().any(|origin| persons.held.contains(&origin.subject)),
        withdrawn: known().any(|one| !persons.agrees(&one.subject, &one.consent, &export.purpose)),
        tenant: export.tenant,
        session: None,
        export: Some(export.id),
        since: export.made_at,
        bytes: 0,
    }
}

fn is_same_thing(one: &RetentionAction, other: &RetentionAction) -> bool {
    (one.class, &one.tenant, &one.session, &one.export)
        == (other.class, &other.tenant, &other.session, &other.export)
}
