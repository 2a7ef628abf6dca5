//! From a finished file to an archive in the store: verified before and after.

use std::fs::File;

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::model::{ARCHIVE_VERSION, ArchiveManifest, CompressionInfo, Extra, SessionArchive};
use codesight_core::ports::{BlobKey, BlobStore, PutOutcome};

use super::container::TEXT_LEVEL;
use super::source::FileAccess;
use super::writer::PublishedArchive;
use super::{ArchiveReader, ArchiveSession, ArchiveSettings, RandomAccess, VerifyReport, verify};

/// Bytes sent at a time.
const CHUNK: u64 = 1 << 20;

/// The manifest before its files are known.
pub(super) fn manifest_of(
    session: &ArchiveSession,
    settings: &ArchiveSettings,
    input_bytes: u64,
) -> ArchiveManifest {
    ArchiveManifest {
        version: ARCHIVE_VERSION,
        session_id: session.session.clone(),
        tenant: session.tenant.clone(),
        created_at: session.created_at,
        files: Vec::new(),
        checksums: Default::default(),
        compression: CompressionInfo {
            level: settings.level,
            text: format!("deflate {TEXT_LEVEL}"),
            images: settings.images.describe(),
            input_bytes,
        },
        redaction: session.redaction.clone(),
        consent: session.consent.clone(),
        session: None,
        extra: Extra::new(),
    }
}

/// Publishes the archive in `file` and checks what the store then holds.
pub(super) async fn publish(
    blobs: &dyn BlobStore,
    settings: &ArchiveSettings,
    key: BlobKey,
    manifest: ArchiveManifest,
    file: File,
) -> Result<PublishedArchive> {
    let source = FileAccess::new(file)?;
    let reader = ArchiveReader::open(Box::new(source.clone()), &settings.limits).await?;
    let written = sound(verify(&reader).await?, "the archive that was written is not sound")?;

    let outcome = send(blobs, &key, &source).await?;

    let stored = ArchiveReader::open_blob(blobs, key.clone(), &settings.limits).await?;
    let found = sound(verify(&stored).await?, "the archive in the store is not sound")?;
    let same_session = stored.manifest().session_id == manifest.session_id
        && stored.manifest().tenant == manifest.tenant
        && (found.checksum == written.checksum || outcome == PutOutcome::AlreadyThere);
    if !same_session {
        let message = "the store holds another archive than the one that was sent";
        return Err(Error::new(ErrorKind::Corrupt, "archive.publish", message).with("key", key));
    }
    let manifest = stored.manifest().clone();
    let archive = SessionArchive {
        session_id: manifest.session_id.clone(),
        version: manifest.version,
        created_at: manifest.created_at,
        url: key.to_string(),
        size: found.size,
        checksum: found.checksum,
        manifest,
    };
    Ok(PublishedArchive { archive, outcome })
}

/// Copies bytes into a blob, piece by piece.
pub(super) async fn send(
    blobs: &dyn BlobStore,
    key: &BlobKey,
    source: &dyn RandomAccess,
) -> Result<PutOutcome> {
    let mut upload = blobs.upload(key).await?;
    let mut at = 0;
    while at < source.size() {
        let next = source.size().min(at + CHUNK);
        let sent = match source.read(at..next).await {
            Ok(bytes) => upload.write(bytes).await,
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            // The first failure is the one to report; what an abort leaves behind is cleaned as temporary.
            let _ = upload.abort().await;
            return Err(error);
        }
        at = next;
    }
    upload.finish().await
}

pub(super) fn sound(report: VerifyReport, message: &'static str) -> Result<VerifyReport> {
    match report.problems.first() {
        None => Ok(report),
        Some(problem) => Err(Error::new(ErrorKind::Corrupt, "archive.publish", message)
            .with("code", problem.refusal.code())
            .with("path", &problem.path)),
    }
}
