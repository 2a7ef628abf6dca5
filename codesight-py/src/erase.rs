//! Erasing a person, or one of their sessions, where no server runs.

use std::path::PathBuf;
use std::sync::Arc;

use codesight_core::id::{RequestId, SessionId, SubjectId, TenantId};
use codesight_core::ports::{AuditAction, AuditEvent, SessionRef};
use codesight_core::rights::{Regime, RequestKind, RequestScope, RightsRequest};
use codesight_core::time::Clock;
use codesight_core::{Error, Result};
use codesight_storage::FileKeyStore;
use codesight_storage::rights::RightsBackends;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::archive::json;
use crate::catalog::{Catalog, Database};
use crate::clock::{SystemClock, random_id, random_key};
use crate::errors::exception;
use crate::runtime::wait;
use crate::store::Blobs;

/// Who does it, in the audit log.
const ACTOR: &str = "python";

/// Erases, and returns the request with its certificates as JSON.
#[pyfunction]
#[pyo3(signature = (catalog, blobs, keys, *, tenant, subject, session, law))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn erase_subject<'py>(
    py: Python<'py>,
    catalog: &Catalog,
    blobs: &Blobs,
    keys: PathBuf,
    tenant: &str,
    subject: &str,
    session: Option<&str>,
    law: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let Database { catalog, audit, accounts, .. } = catalog.database("erase")?.clone();
    let backends = RightsBackends {
        catalog,
        blobs: blobs.store("erase")?,
        keys: Arc::new(FileKeyStore::open(keys).map_err(exception)?),
        audit,
        accounts,
        providers: Vec::new(),
        clock: Arc::new(SystemClock),
        random_key,
    };
    let tenant = TenantId::new(tenant).map_err(exception)?;
    let subject = SubjectId::new(subject).map_err(exception)?;
    let session = session.map(SessionId::new).transpose().map_err(exception)?;
    let law: Regime = serde_json::from_value(law.into())
        .map_err(|_| exception(Error::invalid("erase", "the law is gdpr or ccpa")))?;
    let erased = wait(py, async move {
        let scope = scope(&backends, &tenant, subject, session).await?;
        let request = request(&backends, tenant, scope, law).await?;
        backends.erase(request).await
    })?;
    json(py, &erased)
}

/// What is to be erased, if it is there.
async fn scope(
    backends: &RightsBackends,
    tenant: &TenantId,
    subject: SubjectId,
    session: Option<SessionId>,
) -> Result<RequestScope> {
    let Some(session) = session else {
        let report = backends.find_subject(tenant, &subject).await?;
        if report.is_empty() && !report.erased {
            return Err(Error::not_found("erase", "nobody knows this person"));
        }
        return Ok(RequestScope::Subject { subject });
    };
    let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
    if backends.catalog.get(&place).await?.consent.subject != subject {
        return Err(Error::invalid("erase", "the session is not about this person"));
    }
    Ok(RequestScope::Session { session, subject })
}

/// The request of the same that is under way, or a new one.
async fn request(
    backends: &RightsBackends,
    tenant: TenantId,
    scope: RequestScope,
    law: Regime,
) -> Result<RightsRequest> {
    let known = backends.accounts.requests_of(&tenant, scope.subject()).await?;
    let is_same = |known: &RightsRequest| {
        known.kind == RequestKind::Erasure && known.scope == scope && known.settled_at.is_none()
    };
    if let Some(under_way) = known.into_iter().find(is_same) {
        return Ok(under_way);
    }
    let stand_in = backends.digests(&tenant).await?.stand_in(scope.subject());
    let (id, now) = (RequestId::new(random_id()?)?, SystemClock.now());
    let request = RightsRequest::new(id, tenant.clone(), RequestKind::Erasure, law, scope, ACTOR, now);
    let request = backends.accounts.open_request(request).await?;
    let event = AuditEvent {
        at: now,
        tenant,
        actor: ACTOR.to_owned(),
        action: AuditAction::RequestReceived,
        session: None,
        subject: Some(stand_in),
        detail: Some(request.id.to_string()),
    };
    backends.audit.append(event).await?;
    Ok(request)
}
