//! One archive in the place of another, without a moment in which neither is safe.

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::{SessionId, TenantId};
use codesight_core::ports::{BlobKey, BlobStore};

use super::publish::{send, sound};
use super::source::BlobAccess;
use super::{ArchiveLimits, ArchiveReader, verify};

/// What a replacement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// There was no successor.
    NothingToDo,
    /// The successor took the place.
    Done,
}

/// Puts the successor of a session's archive, if there is one, in its place: the successor is verified, the archive
/// deleted, the successor copied and verified there, and only then deleted itself. Interrupted anywhere and called
/// again, it goes on where it was; whenever it is interrupted, at least one of both is whole.
///
/// # Errors
/// - [`ErrorKind::Corrupt`] when the successor is not sound or belongs to another session; then nothing was changed
/// - what the store says
pub async fn replace(
    blobs: &dyn BlobStore,
    tenant: &TenantId,
    session: &SessionId,
    limits: &ArchiveLimits,
) -> Result<Replacement> {
    let (place, next) = (BlobKey::archive(tenant, session), BlobKey::archive_successor(tenant, session));
    let successor = match ArchiveReader::open_blob(blobs, next.clone(), limits).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Replacement::NothingToDo),
        opened => opened?,
    };
    let wanted = sound(verify(&successor).await?, "the successor of an archive is not sound")?;
    if successor.manifest().session_id != *session || successor.manifest().tenant != *tenant {
        return Err(Error::new(ErrorKind::Corrupt, "archive.replace", "the successor is of another session")
            .with("key", next));
    }
    let there = match ArchiveReader::open_blob(blobs, place.clone(), limits).await {
        Ok(reader) => Some(verify(&reader).await?.checksum),
        // Gone already, or the damaged one that is to go.
        Err(error) if error.kind() == ErrorKind::NotFound || error.kind() == ErrorKind::Corrupt => None,
        Err(error) => return Err(error),
    };
    if there != Some(wanted.checksum) {
        blobs.delete(&place).await?;
        send(blobs, &place, &BlobAccess::open(blobs, next.clone()).await?).await?;
    }
    let reader = ArchiveReader::open_blob(blobs, place.clone(), limits).await?;
    let found = sound(verify(&reader).await?, "the archive in the store is not sound")?;
    if found.checksum != wanted.checksum {
        return Err(Error::new(ErrorKind::Corrupt, "archive.replace", "another archive took the place")
            .with("key", place));
    }
    blobs.delete(&next).await?;
    Ok(Replacement::Done)
}
