//! What the writer is told.

use std::path::PathBuf;

use codesight_core::error::{Error, Result};
use codesight_core::id::{SessionId, TenantId};
use codesight_core::model::{ArchiveLevel, ConsentSummary, RedactionSummary};
use codesight_core::time::Timestamp;

use super::ArchiveLimits;
use crate::image::{ImageLimits, WebpSettings};

/// How an archive is written.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ArchiveSettings {
    /// How frames are kept.
    pub level: ArchiveLevel,
    /// How images are encoded.
    pub images: WebpSettings,
    /// What a captured frame may be.
    pub image_limits: ImageLimits,
    /// What the archive may be; the same limits a reader has.
    pub limits: ArchiveLimits,
    /// How many frames are decoded or encoded at the same time. Memory grows with it: each takes three to four bytes a
    /// pixel and the encoder's own tables.
    pub frames_in_flight: usize,
    /// Image pixels added to each side of a box that is painted over.
    pub padding: u32,
    /// The colour of painted boxes.
    pub fill: [u8; 3],
    /// The folder for the unfinished archive. The file there has no name, so that a crash leaves nothing behind.
    pub scratch: PathBuf,
}

impl ArchiveSettings {
    /// Settings for a level: WebP quality 70 method 2 with text kept exact where that is no larger, or lossless for
    /// `Exact`; three frames at a time, two for `Exact`, boxes black with 3 pixels of padding.
    pub fn new(level: ArchiveLevel, scratch: impl Into<PathBuf>) -> Self {
        let (images, frames_in_flight) = match level {
            ArchiveLevel::Full | ArchiveLevel::Hybrid | ArchiveLevel::Compact => (WebpSettings::default(), 3),
            // The lossless encoder takes some 30 bytes a pixel.
            ArchiveLevel::Exact => (WebpSettings::Lossless { effort: 3 }, 2),
        };
        Self {
            level,
            images,
            image_limits: ImageLimits::default(),
            limits: ArchiveLimits::default(),
            frames_in_flight,
            padding: 3,
            fill: [0, 0, 0],
            scratch: scratch.into(),
        }
    }

    /// The level and how images are encoded must fit: `Exact` is a promise.
    pub(super) fn check(&self) -> Result<()> {
        let exact = matches!(self.images, WebpSettings::Lossless { .. });
        if self.level == ArchiveLevel::Exact && !exact {
            return Err(Error::invalid("archive.settings", "an exact archive takes lossless images"));
        }
        Ok(())
    }
}

/// Which session is archived, and what the manifest says about it.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchiveSession {
    /// The project.
    pub tenant: TenantId,
    /// The session.
    pub session: SessionId,
    /// When the archive is written. The same input and moment give the same bytes.
    pub created_at: Timestamp,
    /// What was masked before. The writer adds the boxes it paints.
    pub redaction: RedactionSummary,
    /// What the person agreed to.
    pub consent: ConsentSummary,
}
