//! Recordings made by other tools: read, masked, archived.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use codesight_core::id::{CollectorId, SessionId, SubjectId, TenantId};
use codesight_core::import::{IMPORTERS, ImportOptions, Imported, ImportedSession, Source, import, importer};
use codesight_core::memory::MemoryBlobStore;
use codesight_core::model::SessionConsent;
use codesight_core::ports::{BlobKey, BlobStore};
use codesight_core::time::Timestamp;
use codesight_core::{Error, Result};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::archive::{json, pipeline};
use crate::errors::exception;
use crate::recording::{Identity, Reading, StandInKey, UNKNOWN, archive_level, publish};
use crate::runtime::{blocking, wait};
use crate::store::Blobs;

/// The names of the importers.
#[pyfunction]
pub(crate) fn importers() -> Vec<&'static str> {
    IMPORTERS.iter().map(|importer| importer.name()).collect()
}

/// Reads, masks and archives the sessions of a source. Returns the importer's name, the keys of the archives, and the
/// findings about the source as JSON.
#[pyfunction]
#[pyo3(signature = (
    files, target, scratch, *, format, tenant, collector, subject, text_version, purposes, begin, key, config, level
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn import_sessions<'py>(
    py: Python<'py>,
    files: Vec<(String, PyBackedBytes)>,
    target: &Blobs,
    scratch: PathBuf,
    format: Option<&str>,
    tenant: &str,
    collector: Option<&str>,
    subject: Option<&str>,
    text_version: String,
    purposes: Vec<String>,
    begin: i64,
    key: Option<[u8; 32]>,
    config: Option<&str>,
    level: Option<&str>,
) -> PyResult<(&'static str, Vec<String>, Bound<'py, PyBytes>)> {
    let begin = Timestamp::from_millis(begin);
    let consent = SessionConsent {
        subject: SubjectId::new(subject.unwrap_or(UNKNOWN)).map_err(exception)?,
        text_version,
        purposes,
        given_at: begin,
        evidence_hash: None,
        global_privacy_control: false,
    };
    let tenant = TenantId::new(tenant).map_err(exception)?;
    let collector = collector.map(CollectorId::new).transpose().map_err(exception)?;
    let key = StandInKey::new(key).map_err(exception)?;
    let pipeline = Arc::new(pipeline(config).map_err(exception)?);
    let level = level.map(archive_level).transpose().map_err(exception)?.unwrap_or_default();
    let source = Source::folder(files.into_iter().map(|(name, bytes)| (name, Bytes::from_owner(bytes))));
    let format = format.map(str::to_owned);
    let target = target.store("import.archive")?;
    let (name, keys, findings) = wait(py, async move {
        let options = ImportOptions::new(consent, begin);
        let imported = blocking(move || read(&source, format.as_deref(), &options)).await?;
        let mut keys = Vec::with_capacity(imported.sessions.len());
        for session in imported.sessions {
            let id = session.start.inspect(|start| start.key.to_string());
            let session_id = SessionId::new(id)?;
            let identity =
                Identity { tenant: tenant.clone(), session: session_id, collector: collector.clone() };
            let captured = MemoryBlobStore::new();
            let unarchived = masked(session, identity, key.clone(), &captured).await?;
            keys.push(publish(unarchived, &captured, &target, scratch.clone(), level, &pipeline).await?);
        }
        Ok((imported.format, keys, imported.findings))
    })?;
    Ok((name, keys, json(py, &findings)?))
}

fn read(source: &Source, format: Option<&str>, options: &ImportOptions) -> Result<Imported> {
    match format {
        None => import(source, options),
        Some(name) => importer(name)
            .ok_or_else(|| Error::invalid("import", "there is no importer of that name"))?
            .read(source, options),
    }
}

async fn masked(
    session: ImportedSession,
    identity: Identity,
    key: StandInKey,
    captured: &dyn BlobStore,
) -> Result<crate::compose::Unarchived> {
    for blob in session.blobs {
        let key = BlobKey::captured(&identity.tenant, &identity.session, &blob.hash);
        captured.put(&key, blob.bytes).await?;
    }
    let mut reading = Reading::begin(key, identity.session.clone());
    for entry in session.entries {
        reading.take(entry)?;
    }
    reading.end(session.start, identity, Some(session.outcome), session.findings)
}
