//! A sound archive out of what a damaged one still holds.

use std::collections::HashSet;

use bytes::Bytes;
use codesight_core::error::Result;
use codesight_core::id::ContentHash;
use codesight_core::model::{
    FileRole, Finding, FrameIndex, FrameIndexEntry, QualityReport, RuleId, Severity,
};
use codesight_core::ports::{BlobKey, BlobStore};
use codesight_core::privacy::Masked;

use super::compose::{decode_image, files_of};
use super::layout::{AUDIO, FRAME_INDEX, INTERACTIONS, QUALITY, TRAINING, VISION, role_of};
use super::reader::{read_whole, stream_entry};
use super::salvage::{Salvage, salvage};
use super::{
    ArchiveProblem, ArchiveSession, ArchiveSettings, ArchiveWriter, Entry, PublishedArchive, RandomAccess,
};

/// The archive was damaged and repaired; the place names the file.
pub const ARCHIVE_REPAIRED: RuleId = RuleId::new("archive-repaired");

/// Interactions and lines are handed to the writer so many at a time.
const PAGE: usize = 200;

/// What was saved.
#[derive(Debug, Clone)]
pub struct RepairReport {
    /// The repaired archive.
    pub published: PublishedArchive,
    /// What was wrong with the damaged one.
    pub problems: Vec<ArchiveProblem>,
    /// Frames that were saved.
    pub frames: usize,
    /// Frames of the index that lack an image.
    pub lost_frames: usize,
    /// Interactions that were saved; of a damaged file those before the damage.
    pub interactions: usize,
}

/// Writes what is sound of the archive in `source` as an archive of its own under `key`. Its quality report says what
/// was lost. `known` stands in for a manifest that is lost.
///
/// A whole frame whose index is lost is kept under the hash of its image. A patch without index is no picture and is
/// left out.
///
/// # Errors
/// What the source, the store or the disk says, and as [`ArchiveWriter::finish`].
pub async fn repair(
    source: &dyn RandomAccess,
    blobs: &dyn BlobStore,
    key: BlobKey,
    mut settings: ArchiveSettings,
    known: ArchiveSession,
) -> Result<RepairReport> {
    let found = salvage(source, &settings.limits).await?;
    let session = match &found.manifest {
        Some(manifest) => {
            settings.level = manifest.compression.level;
            settings.images = manifest.compression.images.clone().into();
            ArchiveSession {
                tenant: manifest.tenant.clone(),
                session: manifest.session_id.clone(),
                created_at: manifest.created_at,
                redaction: manifest.redaction.clone(),
                consent: manifest.consent.clone(),
            }
        }
        None => known,
    };
    let (index, lost) = frame_index(source, &found).await?;
    let mut writer = ArchiveWriter::create(settings, session).await?;
    if let Some(summary) = found.manifest.as_ref().and_then(|manifest| manifest.session.clone()) {
        writer.describe(Masked::from_store(summary));
    }
    let used: HashSet<&str> = index.frames.iter().flat_map(files_of).collect();
    let images: Vec<(Entry, FileRole)> = found
        .entries
        .iter()
        .filter(|entry| used.contains(entry.path.as_str()))
        .filter_map(|entry| Some((entry.clone(), role_of(&entry.path)?)))
        .collect();
    let frames = index.frames.len();
    writer.add_stored_frames(index, source, &images).await?;
    let interactions = lines_of(source, &found, INTERACTIONS).await?;
    let kept = interactions.len();
    for page in interactions.chunks(PAGE) {
        writer.add_interactions(page.to_vec()).await?;
    }
    for page in lines_of(source, &found, TRAINING).await?.chunks(PAGE) {
        writer.add_training_lines(page.to_vec()).await?;
    }
    for (path, role) in [(VISION, FileRole::VisionAnalysis), (AUDIO, FileRole::Audio)] {
        if let Some(entry) = found.entry(path) {
            writer.add_stored(entry, source, role).await?;
        }
    }
    let report = quality_report(source, &found).await?;
    let published = writer.finish_as(blobs, key, &report).await?;
    Ok(RepairReport { published, problems: found.problems, frames, lost_frames: lost, interactions: kept })
}

impl Salvage {
    fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.path == path)
    }
}

/// The entries that can still be composed, and how many cannot.
async fn frame_index(source: &dyn RandomAccess, found: &Salvage) -> Result<(FrameIndex, usize)> {
    let sound: HashSet<&str> = found.entries.iter().map(|entry| entry.path.as_str()).collect();
    let stored = match found.entry(FRAME_INDEX) {
        Some(entry) => serde_json::from_slice::<FrameIndex>(&read_whole(source, entry).await?).ok(),
        None => None,
    };
    if let Some(mut index) = stored {
        let before = index.frames.len();
        index.frames.retain(|entry| files_of(entry).iter().all(|file| sound.contains(file)));
        let lost = before - index.frames.len();
        return Ok((index, lost));
    }
    let mut index = FrameIndex::default();
    for entry in &found.entries {
        if role_of(&entry.path) != Some(FileRole::Frame) {
            continue;
        }
        let bytes = read_whole(source, entry).await?;
        let Ok(pixels) = decode_image(&bytes) else { continue };
        index.frames.push(FrameIndexEntry {
            hash: ContentHash::of(&bytes),
            file: entry.path.clone(),
            width: pixels.width(),
            height: pixels.height(),
            blank: pixels.is_blank(),
            painted: Vec::new(),
            pieces: Vec::new(),
        });
    }
    Ok((index, 0))
}

/// The JSON values of a file that has one on each line; of a damaged file those that come before the damage.
async fn lines_of(source: &dyn RandomAccess, found: &Salvage, path: &str) -> Result<Vec<Masked<Bytes>>> {
    let mut text = Vec::new();
    let entry = found.entry(path).or_else(|| found.damaged.iter().find(|entry| entry.path == path));
    if let Some(entry) = entry {
        let mut entry = entry.clone();
        // Of what is cut off, as much as there is.
        let there = source.size().saturating_sub(entry.start + entry.header_length() as u64);
        entry.compressed_size = entry.compressed_size.min(there);
        let sink = |bytes: &[u8]| {
            text.extend_from_slice(bytes);
            Ok(())
        };
        // What is wrong with it has been noted before.
        let _ = salvaged(source, &entry, sink).await?;
    }
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b",").unwrap_or(line));
    let is_frame = |line: &[u8]| line.is_empty() || line == b"[" || line == b"]";
    let values = lines.take_while(|line| is_frame(line) || is_json(line)).filter(|line| !is_frame(line));
    Ok(values.map(|line| Masked::from_store(Bytes::copy_from_slice(line))).collect())
}

/// Streams an entry up to its damage. Whether it was whole.
async fn salvaged(
    source: &dyn RandomAccess,
    entry: &Entry,
    sink: impl FnMut(&[u8]) -> Result<()> + Send,
) -> Result<bool> {
    match stream_entry(source, entry, |_| {}, sink).await {
        Ok(()) => Ok(true),
        Err(error) if super::Refusal::of(&error).is_some() => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

async fn quality_report(source: &dyn RandomAccess, found: &Salvage) -> Result<QualityReport> {
    let mut report = match found.entry(QUALITY) {
        Some(entry) => serde_json::from_slice(&read_whole(source, entry).await?).unwrap_or_default(),
        None => QualityReport::default(),
    };
    let manifest = found.manifest.is_none().then(|| {
        let message = "the manifest was lost; consent and redactions are those the repair was told";
        Finding::session(ARCHIVE_REPAIRED, Severity::Error, message).in_field("manifest.json")
    });
    let lost = found.problems.iter().map(|problem| {
        let message = format!("the file was lost or cut: {}", problem.refusal.code());
        Finding::session(ARCHIVE_REPAIRED, Severity::Error, message).in_field(&problem.path)
    });
    report.findings.extend(manifest.into_iter().chain(lost));
    Ok(report)
}
