//! Requests of people: taken in with an entry in the audit log, and gone on with where the same is under way.

use codesight_core::id::{RequestId, SessionId, SubjectId, TenantId};
use codesight_core::ports::{AuditAction, AuditEvent, SessionRef};
use codesight_core::rights::{Regime, RequestKind, RequestScope, RightsRequest, TenantDigests};
use codesight_core::{Error, Result};

use super::RightsBackends;

/// A request as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// Its id, which nothing else has.
    pub id: RequestId,
    /// The project.
    pub tenant: TenantId,
    /// What is asked for.
    pub kind: RequestKind,
    /// The law it is asked under.
    pub regime: Regime,
    /// What it is about.
    pub scope: RequestScope,
    /// Who took it in, for the audit log.
    pub taken_by: String,
}

impl RightsBackends {
    /// What is to be erased: everything of a person, or one session of theirs.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](codesight_core::ErrorKind::NotFound) for a person nobody knows or knew, and for a session that is not
    /// there; [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for somebody else's session.
    pub async fn erasure_scope(
        &self,
        tenant: &TenantId,
        subject: SubjectId,
        session: Option<SessionId>,
    ) -> Result<RequestScope> {
        const OPERATION: &str = "rights.scope";
        let Some(session) = session else {
            let report = self.find_subject(tenant, &subject).await?;
            if report.is_empty() && !report.erased {
                return Err(Error::not_found(OPERATION, "nobody knows this person"));
            }
            return Ok(RequestScope::Subject { subject });
        };
        let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
        if self.catalog.get(&place).await?.consent.subject != subject {
            return Err(Error::invalid(OPERATION, "this session is not about this person"));
        }
        Ok(RequestScope::Session { session, subject })
    }

    /// Takes a request in, with the days the law gives it.
    ///
    /// # Errors
    /// What the ports say.
    pub async fn open_request(&self, new: NewRequest) -> Result<RightsRequest> {
        let NewRequest { id, tenant, kind, regime, scope, taken_by } = new;
        let subject = self.digests(&tenant).await?.stand_in(scope.subject());
        let now = self.clock.now();
        let request = RightsRequest::new(id, tenant.clone(), kind, regime, scope, &taken_by, now);
        let request = self.accounts.open_request(request).await?;
        self.audit
            .append(AuditEvent {
                at: now,
                tenant,
                actor: taken_by,
                action: AuditAction::RequestReceived,
                session: None,
                subject: Some(subject),
                detail: Some(request.id.to_string()),
            })
            .await?;
        Ok(request)
    }

    /// Erases, by the request of the same that is not settled, or else by a new one.
    ///
    /// # Errors
    /// Those of [`erase`](Self::erase).
    pub async fn erase_once(&self, new: NewRequest) -> Result<RightsRequest> {
        let new = NewRequest { kind: RequestKind::Erasure, ..new };
        let request = match self.unsettled_erasure(&new.tenant, &new.scope).await? {
            Some(request) => request,
            None => self.open_request(new).await?,
        };
        self.erase(request).await
    }

    /// The erasure of the same that is not settled, which may have given up the person's name already.
    async fn unsettled_erasure(
        &self,
        tenant: &TenantId,
        scope: &RequestScope,
    ) -> Result<Option<RightsRequest>> {
        let subject = scope.subject();
        let mut known = self.accounts.requests_of(tenant, subject).await?;
        let mut renamed = scope.clone();
        if !TenantDigests::is_stand_in(subject) {
            let stand_in = self.digests(tenant).await?.stand_in(subject);
            renamed.replace_subject(subject, &stand_in);
            known.extend(self.accounts.requests_of(tenant, &stand_in).await?);
        }
        let is_same = |request: &RightsRequest| {
            request.kind == RequestKind::Erasure
                && (&request.scope == scope || request.scope == renamed)
                && request.settled_at.is_none()
        };
        Ok(known.into_iter().find(is_same))
    }
}
