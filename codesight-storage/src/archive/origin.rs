//! Where the frames of an archive come from: the store, as they were captured, or another archive of the same session.

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::model::{Finding, FrameIndexEntry, RuleId};
use codesight_core::ports::{BlobKey, BlobStore};

use super::compose::compose;
use super::delta::StripKey;
use super::frames::{DistinctFrame, FRAME_MISSING, FRAME_TOO_LARGE, Prepared, prepare, prepare_stored};
use super::settings::ArchiveSession;
use super::{ArchiveReader, ArchiveSettings};
use crate::image::is_lossless_webp;

/// A frame that is ready to be planned, or why it cannot be kept.
pub(super) type PreparedOrLost = Result<std::result::Result<Prepared, Vec<Finding>>>;

/// What there is of the next frame.
pub(super) enum Fetched {
    /// It cannot be kept.
    Lost(Vec<Finding>),
    /// Its bytes are there.
    Found {
        /// As many as were fetched.
        bytes: u64,
        /// Turns them into pixels; takes long.
        prepare: Box<dyn FnOnce() -> PreparedOrLost + Send>,
    },
}

/// A frame of another archive.
pub(super) struct StoredFrame {
    pub(super) entry: FrameIndexEntry,
    /// Whether somebody acted on that picture.
    pub(super) is_before: bool,
}

/// The frames that are still to come, in order.
pub(super) enum Origin<'a> {
    /// As they were captured: to be checked and painted.
    Captured {
        blobs: &'a dyn BlobStore,
        session: &'a ArchiveSession,
        frames: std::vec::IntoIter<DistinctFrame>,
    },
    /// In an archive that holds them exactly, checked and painted.
    Archived { reader: &'a ArchiveReader<'a>, frames: std::vec::IntoIter<StoredFrame> },
}

impl Origin<'_> {
    /// Fetches the next frame; none after the last.
    ///
    /// # Errors
    /// What the source says, other than that a captured frame is not there.
    pub(super) async fn fetch(
        &mut self,
        settings: &ArchiveSettings,
        key: StripKey,
    ) -> Result<Option<Fetched>> {
        match self {
            Self::Captured { blobs, session, frames } => match frames.next() {
                Some(frame) => captured(*blobs, session, frame, settings, key).await.map(Some),
                None => Ok(None),
            },
            Self::Archived { reader, frames } => match frames.next() {
                Some(frame) => archived(reader, frame, key).await.map(Some),
                None => Ok(None),
            },
        }
    }
}

async fn captured(
    blobs: &dyn BlobStore,
    session: &ArchiveSession,
    frame: DistinctFrame,
    settings: &ArchiveSettings,
    strip_key: StripKey,
) -> Result<Fetched> {
    let lost = |rule: &RuleId, message: &str| Ok(Fetched::Lost(frame.findings(rule, message, |_| true)));
    let (tenant, session) = (&session.tenant, &session.session);
    let painted = BlobKey::painted(tenant, session, &frame.hash);
    let is_painted = match blobs.head(&painted).await {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    let key = if is_painted { painted } else { BlobKey::captured(tenant, session, &frame.hash) };
    let bytes = match blobs.head(&key).await {
        // Asked for before it is fetched, so that a blob of any size costs nothing.
        Ok(info) if info.size > settings.image_limits.max_encoded_bytes as u64 => {
            return lost(&FRAME_TOO_LARGE, "the captured frame has too many bytes");
        }
        Ok(_) => blobs.get(&key).await,
        Err(error) => Err(error),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return lost(&FRAME_MISSING, "the captured frame is not in the store");
        }
        Err(error) => return Err(error),
    };
    let (length, settings) = (bytes.len() as u64, settings.clone());
    let prepare = move || Ok(prepare(&frame, bytes, is_painted, &settings, &strip_key));
    Ok(Fetched::Found { bytes: length, prepare: Box::new(prepare) })
}

async fn archived(reader: &ArchiveReader<'_>, frame: StoredFrame, key: StripKey) -> Result<Fetched> {
    let StoredFrame { entry, is_before } = frame;
    let images = reader.read_images(&entry).await?;
    if let Some((path, _)) = images.iter().find(|(_, bytes)| !is_lossless_webp(bytes)) {
        return Err(lossy_source().with("path", path));
    }
    let bytes = images.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let prepare = move || {
        let images: Vec<_> = images.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
        Ok(Ok(prepare_stored(compose(&entry, &images)?, entry, is_before, &key)))
    };
    Ok(Fetched::Found { bytes, prepare: Box::new(prepare) })
}

/// The refusal of pixels that were encoded with loss before.
pub(super) fn lossy_source() -> Error {
    let message = "the archive holds frames with loss; encoding them again would blur what is legible now";
    Error::new(ErrorKind::Unsupported, "archive.reencode", message).with("code", LOSSY_SOURCE)
}

/// The code of that refusal.
pub const LOSSY_SOURCE: &str = "lossy-source";
