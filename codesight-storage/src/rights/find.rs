//! Finding everything of a person.

use codesight_core::Result;
use codesight_core::error::ErrorKind;
use codesight_core::id::{SessionId, SubjectId, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{AuditEntry, BlobInfo, Export, KeyId, SessionQuery, SessionRef};
use codesight_core::privacy::Masked;
use codesight_core::rights::{ConsentRecord, LegalHold, RightsRequest};
use serde::Serialize;

use super::RightsBackends;
use super::delete::SessionNames;

/// Sessions, blobs and entries of the log are read so many at a time.
pub(super) const PAGE: usize = 500;

/// One session, and what there is of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundSession {
    /// The session.
    pub session: Masked<UnifiedSession>,
    /// Places in its journal.
    pub journal_places: u64,
    /// Its blobs: key and bytes.
    pub blobs: Vec<(String, u64)>,
    /// Its keys that are there.
    pub keys: Vec<String>,
}

/// Everything there is of a person, or where it is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectReport {
    /// The project.
    pub tenant: TenantId,
    /// The person.
    pub subject: SubjectId,
    /// Their decisions, oldest first.
    pub consents: Vec<ConsentRecord>,
    /// Their sessions, newest first.
    pub sessions: Vec<FoundSession>,
    /// Files that were made of their sessions, with others' or under another name.
    pub exports: Vec<Export>,
    /// What they asked for.
    pub requests: Vec<RightsRequest>,
    /// The hold on them, if any.
    pub hold: Option<LegalHold>,
    /// Entries of the audit log about them or their sessions.
    pub audit: Vec<AuditEntry>,
    /// Whether they were erased.
    pub erased: bool,
}

impl SubjectReport {
    /// Whether nothing is known of them.
    pub fn is_empty(&self) -> bool {
        self.consents.is_empty() && self.sessions.is_empty() && self.requests.is_empty()
    }
}

impl RightsBackends {
    /// Finds everything of a person. The catalog finds the sessions; everything else is found by them.
    ///
    /// # Errors
    /// What a backend says.
    pub async fn find_subject(&self, tenant: &TenantId, subject: &SubjectId) -> Result<SubjectReport> {
        let digests = self.digests(tenant).await?;
        let stand_in = digests.stand_in(subject);
        let sessions = self.sessions_of(tenant, subject).await?;
        let ids: Vec<SessionId> = sessions.iter().map(|session| session.id.clone()).collect();
        let blobs = self.blobs_of(tenant, &ids).await?;
        let mut found = Vec::with_capacity(sessions.len());
        for session in sessions {
            found.push(self.found(tenant, session, &blobs).await?);
        }
        let mut consents = self.accounts.history(tenant, subject).await?;
        consents.extend(self.accounts.history(tenant, &stand_in).await?);
        let mut requests = self.accounts.requests_of(tenant, subject).await?;
        requests.extend(self.accounts.requests_of(tenant, &stand_in).await?);
        Ok(SubjectReport {
            consents,
            exports: self.accounts.exports_of(tenant, &ids).await?,
            requests,
            hold: self.accounts.holds(tenant).await?.into_iter().find(|hold| &hold.subject == subject),
            audit: self.audit_of(tenant, &ids, &stand_in).await?,
            erased: self.accounts.is_buried(tenant, &[digests.subject(subject)]).await?,
            sessions: found,
            tenant: tenant.clone(),
            subject: subject.clone(),
        })
    }

    async fn found(
        &self,
        tenant: &TenantId,
        session: Masked<UnifiedSession>,
        blobs: &[(SessionId, BlobInfo)],
    ) -> Result<FoundSession> {
        let place = SessionRef { tenant: tenant.clone(), session: session.id.clone() };
        let blobs = blobs.iter().filter(|(of, _)| of == &place.session);
        Ok(FoundSession {
            journal_places: self.journal_places(&place).await?,
            blobs: blobs.map(|(_, blob)| (blob.key.to_string(), blob.size)).collect(),
            keys: self.keys_of(&place).await?,
            session,
        })
    }

    /// The sessions of a person, newest first.
    ///
    /// # Errors
    /// What the catalog says.
    pub async fn sessions_of(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Vec<Masked<UnifiedSession>>> {
        let mut query =
            SessionQuery { subject: Some(subject.clone()), limit: PAGE, ..SessionQuery::default() };
        let mut sessions = Vec::new();
        loop {
            let page = self.catalog.query(tenant, &query).await?;
            sessions.extend(page.sessions);
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(sessions),
            }
        }
    }

    /// How many places are in a journal now: those of an archived session were deleted.
    pub(super) async fn journal_places(&self, session: &SessionRef) -> Result<u64> {
        let through = match self.catalog.head(session).await {
            Ok(head) => head.through,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        // Cleared all at once, so that the first tells of all.
        Ok(if self.catalog.read(session, 0, 1).await?.is_empty() { 0 } else { through })
    }

    pub(super) async fn keys_of(&self, session: &SessionRef) -> Result<Vec<String>> {
        let mut there = Vec::new();
        for id in KeyId::of_session(&session.tenant, &session.session) {
            match self.keys.get(&id).await {
                Ok(_) => there.push(id.to_string()),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(there)
    }

    /// Every blob of the tenant whose key names one of the sessions, wherever in the tree it is.
    pub(super) async fn blobs_of(
        &self,
        tenant: &TenantId,
        sessions: &[SessionId],
    ) -> Result<Vec<(SessionId, BlobInfo)>> {
        let names = SessionNames::new(sessions);
        let prefix = format!("{tenant}/");
        let mut found = Vec::new();
        let mut after = None;
        while !sessions.is_empty() {
            let page = self.blobs.list(&prefix, after.as_ref(), PAGE).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|blob| blob.key.clone());
            found
                .extend(page.into_iter().filter_map(|blob| Some((names.named_in(&blob.key)?.clone(), blob))));
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    async fn audit_of(
        &self,
        tenant: &TenantId,
        sessions: &[SessionId],
        stand_in: &SubjectId,
    ) -> Result<Vec<AuditEntry>> {
        let mut found = Vec::new();
        let mut after = 0;
        loop {
            let page = self.audit.read(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = last.position;
            found.extend(page.into_iter().filter(|entry| {
                let event = &entry.event;
                &event.tenant == tenant
                    && (event.subject.as_ref() == Some(stand_in)
                        || event.session.as_ref().is_some_and(|session| sessions.contains(session)))
            }));
        }
    }
}
