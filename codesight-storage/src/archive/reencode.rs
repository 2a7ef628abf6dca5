//! An archive at another level, from the pixels that it holds exactly.
//!
//! Only `exact` archives hold them (and others that were written with lossless images): each frame of theirs is encoded
//! with loss once, as it would have been when it was captured. An archive that was written with loss is refused. Its
//! unchanged areas differ from frame to frame by what the codec did to them, so that rectangles cannot be told from
//! them, and a second generation would blur text that is legible now.

use std::collections::HashSet;

use bytes::Bytes;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::model::{ArchiveLevel, FileRole, QualityReport, ScreenshotRelation};
use codesight_core::ports::{BlobKey, BlobStore};
use codesight_core::privacy::Masked;
use serde_json::value::RawValue;

use super::layout::{AUDIO, INTERACTIONS, QUALITY, TRAINING, VISION};
use super::origin::{StoredFrame, lossy_source};
use super::publish::{publish, sound};
use super::{
    ArchiveReader, ArchiveSession, ArchiveSettings, ArchiveWriter, PublishedArchive, verify, verify_pixels,
};

/// Interactions and lines are handed to the writer so many at a time.
const PAGE: usize = 200;

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Reencoded {
    /// The archive at the other level is in the store, and every byte and pixel of it was looked at.
    Done(Box<PublishedArchive>),
    /// It was not worth it; nothing was stored.
    Not(NotReencoded),
}

/// Why an archive stayed as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotReencoded {
    /// It is of that level already.
    AlreadyThere,
    /// It would not have become smaller.
    NotSmaller,
}

/// Writes the archive in `reader` at the level of `settings` under `key`, unless that would not be smaller. Frames keep
/// their hashes and paths, so that whatever names them still finds them; interactions, training lines, answers, audio
/// and report are taken over. The same archive and settings give the same bytes.
///
/// # Errors
/// - [`ErrorKind::Unsupported`] with code [`LOSSY_SOURCE`](super::LOSSY_SOURCE) when an image was encoded with loss
/// - [`ErrorKind::Invalid`] for level `Exact`, which no re-encoding reaches
/// - [`ErrorKind::Corrupt`] when the archive, or what was made of it, is not sound; then nothing is left under `key`
/// - what store and disk say
pub async fn reencode(
    reader: &ArchiveReader<'_>,
    blobs: &dyn BlobStore,
    key: BlobKey,
    settings: ArchiveSettings,
) -> Result<Reencoded> {
    let manifest = reader.manifest();
    if settings.level == ArchiveLevel::Exact {
        return Err(Error::invalid("archive.reencode", "an archive does not become exact again"));
    }
    if manifest.compression.level == settings.level {
        return Ok(Reencoded::Not(NotReencoded::AlreadyThere));
    }
    if !manifest.compression.images.lossless {
        return Err(lossy_source());
    }
    sound(verify(reader).await?, "the archive to be encoded anew is not sound")?;
    let session = ArchiveSession {
        tenant: manifest.tenant.clone(),
        session: manifest.session_id.clone(),
        created_at: manifest.created_at,
        redaction: manifest.redaction.clone(),
        consent: manifest.consent.clone(),
    };
    let mut writer = ArchiveWriter::create(settings.clone(), session).await?;
    Box::pin(writer.add_archived_frames(reader, frames(reader).await?)).await?;
    take_over(&mut writer, reader).await?;
    let report: QualityReport = parsed(&reader.read_entry(QUALITY).await?, QUALITY)?;
    let (manifest, file) = Box::pin(writer.close(&report)).await?;
    let size = file.metadata().map_err(|error| super::source::file_error("archive.reencode", error))?.len();
    if size >= reader.size() {
        return Ok(Reencoded::Not(NotReencoded::NotSmaller));
    }
    let published = Box::pin(publish(blobs, &settings, key.clone(), manifest, file)).await?;
    let stored = ArchiveReader::open_blob(blobs, key.clone(), &settings.limits).await?;
    if let Some(problem) = verify_pixels(&stored).await?.first() {
        blobs.delete(&key).await?;
        let message = "a frame of the archive that was encoded anew cannot be composed";
        return Err(Error::new(ErrorKind::Corrupt, "archive.reencode", message)
            .with("code", problem.refusal.code())
            .with("path", &problem.path));
    }
    Ok(Reencoded::Done(Box::new(published)))
}

/// The frames in their order. A picture that somebody acted on is whole under its path for all captured frames that show
/// it, since one path cannot be a whole image and a composed one.
async fn frames(reader: &ArchiveReader<'_>) -> Result<Vec<StoredFrame>> {
    let input = reader.session_input().await?;
    let screenshots = input
        .records
        .iter()
        .filter_map(codesight_core::pipeline::SessionRecord::interaction)
        .flat_map(|interaction| &interaction.screenshots);
    let acted_on: HashSet<_> = screenshots
        .filter(|screenshot| screenshot.relation == ScreenshotRelation::Before)
        .map(|screenshot| screenshot.hash)
        .collect();
    let entries = &reader.frame_index().await?.frames;
    let whole: HashSet<&str> = entries
        .iter()
        .filter(|entry| acted_on.contains(&entry.hash))
        .map(|entry| entry.file.as_str())
        .collect();
    let stored = entries
        .iter()
        .map(|entry| StoredFrame { is_before: whole.contains(entry.file.as_str()), entry: entry.clone() });
    Ok(stored.collect())
}

/// Everything but frames and report.
async fn take_over(writer: &mut ArchiveWriter, reader: &ArchiveReader<'_>) -> Result<()> {
    let bytes = reader.read_entry(INTERACTIONS).await?;
    let interactions: Vec<&RawValue> = parsed(&bytes, INTERACTIONS)?;
    for page in interactions.chunks(PAGE) {
        let page = page.iter().map(|json| bytes.slice_ref(json.get().as_bytes()));
        writer.add_interactions(page.map(Masked::from_store).collect()).await?;
    }
    let bytes = reader.read_entry(TRAINING).await?;
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    for page in lines.chunks(PAGE) {
        let page = page.iter().map(|line| Masked::from_store(bytes.slice_ref(line)));
        writer.add_training_lines(page.collect()).await?;
    }
    let entries = &reader.structure.entries;
    for (path, role) in [(VISION, FileRole::VisionAnalysis), (AUDIO, FileRole::Audio)] {
        if let Some(entry) = entries.iter().find(|entry| entry.path == path) {
            writer.add_stored(entry, reader.source.as_ref(), role).await?;
        }
    }
    Ok(())
}

fn parsed<'b, T: serde::Deserialize<'b>>(bytes: &'b Bytes, path: &'static str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "archive.reencode", "a file of the archive does not fit its type")
            .with("path", path)
            .with("line", error.line())
            .with("column", error.column())
    })
}
