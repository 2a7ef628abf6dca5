//! Writing one archive, in a process of its own, so that its memory and its cores are its own.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use codesight_core::id::{SessionId, TenantId};
use codesight_core::model::{ArchiveLevel, ConsentSummary, QualityReport, RedactionSummary};
use codesight_core::ports::{BlobKey, BlobStore};
use codesight_core::privacy::Masked;
use codesight_core::time::Timestamp;
use codesight_storage::{ArchiveReader, ArchiveSession, ArchiveSettings, ArchiveWriter, ObjectBlobStore};
use serde::{Deserialize, Serialize};

use super::process;
use super::session::Session;
use crate::server::Outcome;

/// What writing one archive took.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// Bytes of the ZIP.
    pub bytes: u64,
    /// Seconds of processor time, from PNG bytes in a store to a closed, published and verified ZIP.
    pub cpu: f64,
    /// Seconds.
    pub wall: f64,
    /// Bytes resident at most, above those before the first frame was read.
    pub memory: u64,
}

/// Which session is written.
///
/// # Errors
/// None.
pub fn archive_session() -> Outcome<ArchiveSession> {
    Ok(ArchiveSession {
        tenant: TenantId::new("bench")?,
        session: SessionId::new("bench")?,
        created_at: Timestamp::from_millis(1_790_000_000_000),
        redaction: RedactionSummary::default(),
        consent: ConsentSummary::default(),
    })
}

/// Puts the frames where a recorder puts them.
///
/// # Errors
/// Of the store.
pub async fn capture(blobs: &dyn BlobStore, session: &Session) -> Outcome<()> {
    let names = archive_session()?;
    for frame in &session.frames {
        blobs.put(&BlobKey::captured(&names.tenant, &names.session, &frame.hash), frame.png.clone()).await?;
    }
    Ok(())
}

/// Writes, publishes and verifies the archive of captured frames.
///
/// # Errors
/// Of the writer.
pub async fn write(
    blobs: &dyn BlobStore,
    session: &Session,
    level: ArchiveLevel,
    scratch: &Path,
) -> Outcome<u64> {
    let mut writer = ArchiveWriter::create(ArchiveSettings::new(level, scratch), archive_session()?).await?;
    let findings = writer.add_frames(blobs, session.inputs()).await?;
    if !findings.is_empty() {
        return Err(format!("{findings:?}").into());
    }
    for page in session.interactions.chunks(50) {
        let page = page
            .iter()
            .map(|interaction| Ok(Masked::from_store(Bytes::from(serde_json::to_vec(interaction)?))))
            .collect::<serde_json::Result<Vec<_>>>()?;
        writer.add_interactions(page).await?;
    }
    Ok(writer.finish(blobs, &QualityReport::default()).await?.archive.size)
}

/// The archive as a reader.
///
/// # Errors
/// Of the reader.
pub async fn open(blobs: &dyn BlobStore) -> Outcome<ArchiveReader<'_>> {
    let names = archive_session()?;
    let key = BlobKey::archive(&names.tenant, &names.session);
    Ok(ArchiveReader::open_blob(blobs, key, &Default::default()).await?)
}

/// This process's part: writes one archive into a folder and measures it. The frames are read from the disk, so that
/// they are not counted as memory of the archive.
///
/// # Errors
/// Of the writer.
pub async fn measured(folder: &Path, level: ArchiveLevel) -> Outcome<Written> {
    let store = tempfile::tempdir()?;
    let blobs: Arc<dyn BlobStore> = Arc::new(ObjectBlobStore::local(store.path().join("objects"))?);
    let session = {
        let mut session = Session::read(folder)?;
        capture(blobs.as_ref(), &session).await?;
        session.frames.iter_mut().for_each(|frame| frame.png = Bytes::new());
        session
    };
    let (base, cpu, begun) = (process::memory()?, process::cpu()?.own, Instant::now());
    let high = process::peak_memory()?;
    let bytes = write(blobs.as_ref(), &session, level, store.path()).await?;
    let peak = process::peak_memory()?;
    Ok(Written {
        bytes,
        cpu: process::cpu()?.own - cpu,
        wall: begun.elapsed().as_secs_f64(),
        // Below the mark of the preparation nothing can be said but that it was less.
        memory: if peak > high { peak - base } else { high.saturating_sub(base) },
    })
}

/// Runs [`measured`] in another process on `cores` cores.
///
/// # Errors
/// When that process fails, or there is no `taskset`.
pub fn in_own_process(folder: &Path, level: &str, cores: &str) -> Outcome<Written> {
    let output = Command::new("taskset")
        .args(["-c", cores])
        .arg(std::env::current_exe()?)
        .args(["write", level])
        .arg(folder)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
