//! Erasing a person, or one of their sessions, where no server runs.

use std::path::PathBuf;
use std::sync::Arc;

use codesight_core::Error;
use codesight_core::id::{RequestId, SessionId, SubjectId, TenantId};
use codesight_core::ports::KeyStore;
use codesight_core::rights::{Regime, RequestKind};
use codesight_core::time::Clock;
use codesight_storage::FileKeyStore;
use codesight_storage::keys::AuditedKeyStore;
use codesight_storage::rights::{NewRequest, RightsBackends};
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
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys: Arc<dyn KeyStore> = Arc::new(FileKeyStore::open(keys).map_err(exception)?);
    let backends = RightsBackends {
        catalog,
        blobs: blobs.store("erase")?,
        uploads: Some(blobs.uploads("erase")?),
        keys: Arc::new(AuditedKeyStore::new(keys, Arc::clone(&audit), Arc::clone(&clock), ACTOR)),
        audit,
        accounts,
        providers: Vec::new(),
        clock,
        random_key,
    };
    let tenant = TenantId::new(tenant).map_err(exception)?;
    let subject = SubjectId::new(subject).map_err(exception)?;
    let session = session.map(SessionId::new).transpose().map_err(exception)?;
    let law: Regime = serde_json::from_value(law.into())
        .map_err(|_| exception(Error::invalid("erase", "the law is gdpr or ccpa")))?;
    let id = RequestId::new(random_id().map_err(exception)?).map_err(exception)?;
    let erased = wait(py, async move {
        let scope = backends.erasure_scope(&tenant, subject, session).await?;
        let (kind, taken_by) = (RequestKind::Erasure, ACTOR.to_owned());
        backends.erase_once(NewRequest { id, tenant, kind, regime: law, scope, taken_by }).await
    })?;
    json(py, &erased)
}
