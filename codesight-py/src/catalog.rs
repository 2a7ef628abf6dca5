//! The catalog of a data folder, or of several servers.

use std::sync::Arc;

use codesight_core::Result;
use codesight_core::id::{CollectorId, SessionId, TenantId};
use codesight_core::model::SessionStatus;
use codesight_core::ports::{Accounts, AuditLog, JournalRecord, SessionQuery, SessionRef};
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

/// What one database is.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) catalog: Arc<dyn codesight_core::ports::Catalog>,
    pub(crate) audit: Arc<dyn AuditLog>,
    pub(crate) accounts: Arc<dyn Accounts>,
    file: Option<SqliteCatalog>,
}

/// Sessions in one SQLite file or in a PostgreSQL database.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Catalog {
    database: Owned<Database>,
}

impl Catalog {
    pub(crate) fn database(&self, operation: &'static str) -> PyResult<&Database> {
        self.database.get(operation)
    }
}

#[pymethods]
impl Catalog {
    /// `name` is a file, or a URL that begins with `postgres://` or `postgresql://`.
    #[new]
    fn open(py: Python<'_>, name: &str) -> PyResult<Self> {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| name.starts_with(scheme));
        let database = wait(py, async {
            if is_postgres { open_postgres(name).await } else { open_sqlite(name).await }
        })?;
        Ok(Self { database: Owned::new(database) })
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
        let catalog = &self.database("catalog.query")?.catalog;
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
        let catalog = &self.database("catalog.get")?.catalog;
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
        let catalog = &self.database("catalog.journal")?.catalog;
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

    /// Ids of the sessions whose archives are there, of a tenant, in order.
    fn archived(&self, py: Python<'_>, tenant: &str) -> PyResult<Vec<String>> {
        let catalog = &self.database("catalog.archived")?.catalog;
        let tenant = TenantId::new(tenant).map_err(exception)?;
        let mut ids = wait(py, async {
            let mut query = SessionQuery {
                status: Some(SessionStatus::Completed),
                limit: PAGE,
                ..SessionQuery::default()
            };
            let mut ids = Vec::new();
            loop {
                let page = catalog.query(&tenant, &query).await?;
                ids.extend(page.sessions.iter().map(|session| session.id.to_string()));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => return Ok(ids),
                }
            }
        })?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// Commits what was handed over and closes the file.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let database = self.database("catalog.close")?;
        wait(py, async {
            if let Some(file) = &database.file {
                file.close().await;
            }
            Ok(())
        })
    }
}

async fn open_sqlite(file: &str) -> Result<Database> {
    let catalog = SqliteCatalog::open(SqliteOptions::new(file)).await?;
    Ok(Database {
        audit: Arc::new(catalog.audit_log()),
        accounts: Arc::new(catalog.clone()),
        catalog: Arc::new(catalog.clone()),
        file: Some(catalog),
    })
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &str) -> Result<Database> {
    use codesight_storage::{PostgresCatalog, PostgresOptions};
    let catalog = PostgresCatalog::open(PostgresOptions::from_url(url)?).await?;
    Ok(Database {
        audit: Arc::new(catalog.audit_log()),
        accounts: Arc::new(catalog.clone()),
        catalog: Arc::new(catalog),
        file: None,
    })
}

#[cfg(not(feature = "postgres"))]
async fn open_postgres(_: &str) -> Result<Database> {
    use codesight_core::{Error, ErrorKind};
    Err(Error::new(ErrorKind::Unsupported, "catalog.open", "this build has no PostgreSQL"))
}

fn session_ref(tenant: &str, session: &str) -> PyResult<SessionRef> {
    Ok(SessionRef {
        tenant: TenantId::new(tenant).map_err(exception)?,
        session: SessionId::new(session).map_err(exception)?,
    })
}
