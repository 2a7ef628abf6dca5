//! A session of which something is left: its journal, a damaged archive, an archive that was half replaced.

use std::path::Path;

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::model::{ArchiveLevel, ConsentSummary, RedactionSummary, SessionStatus};
use codesight_core::ports::{BlobKey, SessionRef};

use super::Keeper;
use super::apply::{has_successor, queue, queue_replacement, require_sound};
use crate::archive::{ArchiveSession, ArchiveSettings, RandomAccess, RepairReport, blob_source, repair};

/// What was done to get a session back.
#[derive(Debug, Clone)]
pub enum Recovery {
    /// The archive is sound; nothing was to do.
    Sound,
    /// The session is still being recorded; it recovers when its recorder comes back, or is sealed when it does not.
    Recording,
    /// The journal is there, so the session is processed (again); or a replacement of the archive was interrupted, and is
    /// finished first.
    Queued,
    /// What was sound of the archive is its successor, which is queued to take its place.
    Repaired(Box<RepairReport>),
}

/// Gets back what can be had of a session.
///
/// The journal is better than any archive, so while it is there the session is processed from it; a damaged archive that
/// stands in the way is deleted, for the journal and the captured frames are what it was made from. Without a journal,
/// a damaged archive is repaired under another name and verified; a queued job puts it in the place of the damaged one.
///
/// # Errors
/// - [`ErrorKind::NotFound`] for a session that is not in the catalog, or of which nothing is left
/// - what catalog, store and disk say
pub async fn recover(keeper: Keeper<'_>, session: &SessionRef, scratch: &Path) -> Result<Recovery> {
    let stored = keeper.catalog.get(session).await?;
    // A replacement that was interrupted comes first: its successor may be the only whole archive.
    if has_successor(keeper, session).await? {
        queue_replacement(keeper, session).await?;
        return Ok(Recovery::Queued);
    }
    let archive = require_sound(keeper.blobs, session).await;
    if stored.status == SessionStatus::Active {
        return Ok(Recovery::Recording);
    }
    let has_journal = !keeper.catalog.read(session, 0, 1).await?.is_empty();
    let key = BlobKey::archive(&session.tenant, &session.session);
    match archive {
        Ok(()) if stored.status == SessionStatus::Completed => return Ok(Recovery::Sound),
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if stored.status == SessionStatus::Completed {
                return Err(Error::not_found("storage.recover", "neither journal nor archive is left"));
            }
        }
        Err(error) if is_damage(&error) => {
            if !has_journal {
                let source = blob_source(keeper.blobs, key).await?;
                let report = repaired(keeper, session, source.as_ref(), scratch).await?;
                return Ok(Recovery::Repaired(Box::new(report)));
            }
            keeper.blobs.delete(&key).await?;
        }
        Err(error) => return Err(error),
    }
    queue(keeper, session).await?;
    Ok(Recovery::Queued)
}

fn is_damage(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::LimitExceeded | ErrorKind::Unsupported)
        && crate::archive::Refusal::of(error).is_some()
}

async fn repaired(
    keeper: Keeper<'_>,
    session: &SessionRef,
    source: &dyn RandomAccess,
    scratch: &Path,
) -> Result<RepairReport> {
    let stored = keeper.catalog.get(session).await?;
    let known = ArchiveSession {
        tenant: session.tenant.clone(),
        session: session.session.clone(),
        created_at: stored.end_time.unwrap_or(stored.start_time),
        redaction: RedactionSummary::default(),
        consent: ConsentSummary {
            text_version: stored.consent.text_version.clone(),
            purposes: stored.consent.purposes.clone(),
        },
    };
    let key = BlobKey::archive_successor(&session.tenant, &session.session);
    let settings = ArchiveSettings::new(ArchiveLevel::default(), scratch);
    let report = repair(source, keeper.blobs, key, settings, known).await?;
    queue_replacement(keeper, session).await?;
    Ok(report)
}
