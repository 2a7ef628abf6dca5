//! The catalog of a data folder.

use std::path::PathBuf;

use codesight_core::id::{CollectorId, SessionId, TenantId};
use codesight_core::model::SessionStatus;
use codesight_core::ports::{JournalRecord, SessionCatalog, SessionJournal, SessionQuery, SessionRef};
use codesight_core::time::Timestamp;
use codesight_storage::{SqliteCatalog, SqliteOptions};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::archive::json;
use crate::errors::{exception, invalid};
use crate::runtime::{Owned, wait};

/// Journal records read at a time.
const PAGE: usize = 500;

/// The last session of a page: when it began, in milliseconds since 1970, and its id.
type Next = (i64, String);

/// Sessions in one SQLite file.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Catalog {
    catalog: Owned<SqliteCatalog>,
}

#[pymethods]
impl Catalog {
    #[new]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let catalog = wait(py, SqliteCatalog::open(SqliteOptions::new(path)))?;
        Ok(Self { catalog: Owned::new(catalog) })
    }

    /// One page of a tenant's sessions, newest first, as JSON, and where the next page begins.
    #[pyo3(signature = (tenant, *, status, collector, started_from, started_before, min_quality, after, limit))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn query<'py>(
        &self,
        py: Python<'py>,
        tenant: &str,
        status: Option<&str>,
        collector: Option<&str>,
        started_from: Option<i64>,
        started_before: Option<i64>,
        min_quality: Option<f64>,
        after: Option<Next>,
        limit: usize,
    ) -> PyResult<(Bound<'py, PyBytes>, Option<Next>)> {
        let catalog = self.catalog.get("catalog.query")?;
        let status = match status {
            None => None,
            Some(name) => Some(
                SessionStatus::from_name(name).ok_or_else(|| invalid("catalog.query", "no such status"))?,
            ),
        };
        let after = match after {
            None => None,
            Some((at, id)) => Some((Timestamp::from_millis(at), SessionId::new(id).map_err(exception)?)),
        };
        let query = SessionQuery {
            status,
            collector: collector.map(CollectorId::new).transpose().map_err(exception)?,
            started_from: started_from.map(Timestamp::from_millis),
            started_before: started_before.map(Timestamp::from_millis),
            min_quality,
            after,
            limit,
            ..SessionQuery::default()
        };
        let tenant = TenantId::new(tenant).map_err(exception)?;
        let page = wait(py, catalog.query(&tenant, &query))?;
        let next = page.next.map(|(at, id)| (at.as_millis(), id.to_string()));
        Ok((json(py, &page.sessions)?, next))
    }

    /// One session as JSON.
    fn get<'py>(&self, py: Python<'py>, tenant: &str, session: &str) -> PyResult<Bound<'py, PyBytes>> {
        let catalog = self.catalog.get("catalog.get")?;
        let session = session_ref(tenant, session)?;
        let found = wait(py, catalog.get(&session))?;
        json(py, &found)
    }

    /// The journal of a session that is not archived yet: position, kind and masked JSON of each place.
    fn journal<'py>(
        &self,
        py: Python<'py>,
        tenant: &str,
        session: &str,
    ) -> PyResult<Vec<(u64, &'static str, Bound<'py, PyBytes>)>> {
        let catalog = self.catalog.get("catalog.journal")?;
        let session = session_ref(tenant, session)?;
        let records: Vec<JournalRecord> = wait(py, async {
            let mut records: Vec<JournalRecord> = Vec::new();
            loop {
                let after = records.last().map_or(0, |record| record.seq);
                let page = catalog.read(&session, after, PAGE).await?;
                if page.is_empty() {
                    return Ok(records);
                }
                records.extend(page);
            }
        })?;
        Ok(records
            .into_iter()
            .map(|record| (record.seq, record.kind.as_str(), PyBytes::new(py, &record.payload)))
            .collect())
    }

    /// Commits what was handed over and closes the file.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let catalog = self.catalog.get("catalog.close")?;
        wait(py, async {
            catalog.close().await;
            Ok(())
        })
    }
}

fn session_ref(tenant: &str, session: &str) -> PyResult<SessionRef> {
    Ok(SessionRef {
        tenant: TenantId::new(tenant).map_err(exception)?,
        session: SessionId::new(session).map_err(exception)?,
    })
}
