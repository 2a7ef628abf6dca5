//! Writing an archive: frames first, then everything that may depend on what was found in them.

use std::fs::File;

use bytes::Bytes;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::ContentHash;
use codesight_core::model::{
    ArchiveManifest, FileRole, Finding, FrameIndex, QualityReport, RuleId, SessionArchive, SessionSummary,
    Severity, VisionAnalysis,
};
use codesight_core::ports::{BlobKey, BlobStore, PutOutcome};
use codesight_core::privacy::Masked;
use serde_json::json;

use super::frames::{DistinctFrame, FrameInput};
use super::layout::{AUDIO, FRAME_INDEX, INTERACTIONS, QUALITY, TRAINING, VISION};
use super::origin::{Origin, StoredFrame};
use super::pipeline::{FrameOutcome, FramePipeline};
use super::reader::read_whole;
use super::source::blocking;
use super::work::Work;
use super::{ArchiveReader, ArchiveSession, ArchiveSettings, Entry, Method, RandomAccess, publish, viewer};

/// The audio track is not in the store.
pub const AUDIO_MISSING: RuleId = RuleId::new("audio-missing");
/// The audio track is not what its hash says.
pub const AUDIO_HASH_MISMATCH: RuleId = RuleId::new("audio-hash-mismatch");

/// An archive that is in the store, verified there.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedArchive {
    /// Where it is and what it holds.
    pub archive: SessionArchive,
    /// Whether it is new. One that was there before is kept as it is, and described here.
    pub outcome: PutOutcome,
}

/// Writes one archive.
///
/// The order of calls: [`add_frames`](Self::add_frames) once, whose findings belong into the quality report; then
/// interactions and training lines page by page, vision and audio if there are any, in any order but each in one
/// run; then [`finish`](Self::finish). Files nobody wrote are written empty. Memory is bounded by the frames in flight
/// and a page, not by the session. A writer that is dropped leaves nothing behind.
pub struct ArchiveWriter {
    settings: ArchiveSettings,
    session: ArchiveSession,
    /// Away while a blocking task works on it.
    work: Option<Work>,
    index: FrameIndex,
    frames_added: bool,
    painted: u32,
    input_bytes: u64,
    summary: Option<SessionSummary>,
    /// The manifest of the archive whose content this one takes over.
    predecessor: Option<ArchiveManifest>,
}

impl ArchiveWriter {
    /// Begins an archive in a nameless file of the scratch folder.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] or [`ErrorKind::NotFound`] when the folder takes no file, and
    /// [`ErrorKind::Invalid`] for level `Exact` with images that are not.
    pub async fn create(settings: ArchiveSettings, session: ArchiveSession) -> Result<Self> {
        settings.check()?;
        let (scratch, limits) = (settings.scratch.clone(), settings.limits);
        let work = blocking(move || Work::create(&scratch, limits)).await?;
        Ok(Self {
            settings,
            session,
            work: Some(work),
            index: FrameIndex::default(),
            frames_added: false,
            painted: 0,
            input_bytes: 0,
            summary: None,
            predecessor: None,
        })
    }

    /// Fetches, checks, paints, encodes and stores the frames, each distinct picture once. Give every use of every
    /// frame: a box of one use is painted for all uses of the same captured frame.
    ///
    /// Frames that cannot be kept are findings with the rules of this module; the others are stored.
    ///
    /// # Errors
    /// - [`ErrorKind::Invalid`] on a second call
    /// - [`ErrorKind::LimitExceeded`] when the archive would pass its limits
    /// - what the store or the disk says
    pub async fn add_frames(
        &mut self,
        blobs: &dyn BlobStore,
        frames: impl IntoIterator<Item = FrameInput> + Send,
    ) -> Result<Vec<Finding>> {
        if std::mem::replace(&mut self.frames_added, true) {
            return Err(Error::invalid("archive.write", "frames were added before"));
        }
        let (session, settings) = (self.session.clone(), self.settings.clone());
        let frames = DistinctFrame::group(frames).into_iter();
        let origin = Origin::Captured { blobs, session: &session, frames };
        let (bytes, findings) = Box::pin(self.keep(FramePipeline::new(&session, &settings, origin))).await?;
        self.input_bytes += bytes;
        Ok(findings)
    }

    /// Takes the frames of another archive of the session, in its order and under its paths, and encodes them anew.
    ///
    /// # Errors
    /// As [`add_frames`](Self::add_frames), and `Unsupported` for an image that is not exact.
    pub(super) async fn add_archived_frames(
        &mut self,
        reader: &ArchiveReader<'_>,
        frames: Vec<StoredFrame>,
    ) -> Result<()> {
        self.frames_added = true;
        let (session, settings) = (self.session.clone(), self.settings.clone());
        let origin = Origin::Archived { reader, frames: frames.into_iter() };
        Box::pin(self.keep(FramePipeline::new(&session, &settings, origin))).await?;
        // What the manifest counts was counted when the frames were captured.
        self.painted = 0;
        self.summary = reader.manifest().session.clone();
        self.predecessor = Some(reader.manifest().clone());
        Ok(())
    }

    /// Stores what comes out of the pipeline, and the index of it. Returns the bytes that went in, and findings.
    async fn keep(&mut self, mut pipeline: FramePipeline<'_>) -> Result<(u64, Vec<Finding>)> {
        let mut all_findings = Vec::new();
        while let Some(outcome) = pipeline.next().await? {
            let (images, entry, findings) = match outcome {
                FrameOutcome::Lost(findings) => {
                    all_findings.extend(findings);
                    continue;
                }
                FrameOutcome::Kept { images, entry, findings } => (images, entry, findings),
            };
            if !images.is_empty() {
                self.work(move |work| {
                    images
                        .iter()
                        .try_for_each(|image| work.add(&image.path, image.role, Method::Stored, &image.bytes))
                })
                .await?;
            }
            self.painted =
                self.painted.saturating_add(u32::try_from(entry.painted.len()).unwrap_or(u32::MAX));
            self.index.frames.push(entry);
            all_findings.extend(findings);
        }
        // Right behind the images, so that an archive that is cut off later still tells what they are.
        self.add_index().await?;
        Ok((pipeline.input_bytes, all_findings))
    }

    /// Says what the pipeline was given, so that it can run again on the archive: see
    /// [`ArchiveReader::session_input`](super::ArchiveReader::session_input).
    pub fn describe(&mut self, summary: Masked<SessionSummary>) {
        self.summary = Some(summary.into_inner());
    }

    /// The frames that were stored.
    pub fn frame_index(&self) -> &FrameIndex {
        &self.index
    }

    /// Adds a page of interactions, each one JSON value, to `interactions.json`.
    ///
    /// One that is not JSON is left out and becomes a finding.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when another file was begun since the last page; what the disk says.
    pub async fn add_interactions(&mut self, page: Vec<Masked<Bytes>>) -> Result<Vec<Finding>> {
        let (findings, bytes) = self.work(move |work| work.add_interactions(&page)).await?;
        self.input_bytes += bytes;
        Ok(findings)
    }

    /// Adds a page of training lines, each one JSON value without a line break, to `training.jsonl`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a line with a line break, or when another file was begun since the last page; what
    /// the disk says.
    pub async fn add_training_lines(&mut self, page: Vec<Masked<Bytes>>) -> Result<()> {
        self.work(move |work| work.add_training_lines(&page)).await
    }

    /// Adds `vision-analysis.json`, one JSON value.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] on a second call; what the disk says.
    pub async fn add_vision(&mut self, analysis: Masked<Bytes>) -> Result<()> {
        self.add_text(VISION, FileRole::VisionAnalysis, analysis.into_inner()).await
    }

    /// Adds the captured audio as `audio.webm`, as it is. Returns a finding when it is not there or not intact.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] on a second call; what the store or the disk says.
    pub async fn add_audio(&mut self, blobs: &dyn BlobStore, hash: &ContentHash) -> Result<Option<Finding>> {
        let key = BlobKey::captured(&self.session.tenant, &self.session.session, hash);
        let bytes = match blobs.get(&key).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let message = "the captured audio is not in the store";
                return Ok(Some(Finding::session(AUDIO_MISSING, Severity::Error, message)));
            }
            Err(error) => return Err(error),
        };
        if ContentHash::of(&bytes) != *hash {
            let message = "the stored audio is not what its hash says";
            return Ok(Some(Finding::session(AUDIO_HASH_MISMATCH, Severity::Error, message)));
        }
        self.input_bytes += bytes.len() as u64;
        self.work(move |work| work.add(AUDIO, FileRole::Audio, Method::Stored, &bytes)).await?;
        Ok(None)
    }

    /// Writes the quality report, the frame index, the viewer and the manifest, verifies the whole, publishes it under
    /// [`BlobKey::archive`] unless one is there, and verifies what the store then holds.
    ///
    /// An archive that is there already is verified and described instead: finishing twice is safe.
    ///
    /// # Errors
    /// - [`ErrorKind::Corrupt`] when what was written, or what is in the store, is not sound
    /// - [`ErrorKind::LimitExceeded`] when the archive would pass its limits
    /// - what the store or the disk says
    pub async fn finish(self, blobs: &dyn BlobStore, report: &QualityReport) -> Result<PublishedArchive> {
        let key = BlobKey::archive(&self.session.tenant, &self.session.session);
        self.finish_as(blobs, key, report).await
    }

    /// As [`finish`](Self::finish), under a key of its own.
    pub(super) async fn finish_as(
        self,
        blobs: &dyn BlobStore,
        key: BlobKey,
        report: &QualityReport,
    ) -> Result<PublishedArchive> {
        let settings = self.settings.clone();
        let (manifest, file) = Box::pin(self.close(report)).await?;
        Box::pin(publish::publish(blobs, &settings, key, manifest, file)).await
    }

    /// Writes what is missing and the manifest: the archive is whole then, and nobody sees it yet.
    pub(super) async fn close(mut self, report: &QualityReport) -> Result<(ArchiveManifest, File)> {
        if !self.has(INTERACTIONS) {
            self.add_interactions(Vec::new()).await?;
        }
        if !self.has(TRAINING) {
            self.add_training_lines(Vec::new()).await?;
        }
        if !self.has(VISION) {
            let nothing = written(serde_json::to_vec(&VisionAnalysis::default()))?;
            self.add_text(VISION, FileRole::VisionAnalysis, nothing.into()).await?;
        }
        let quality = written(serde_json::to_vec_pretty(report))?;
        self.add_text(QUALITY, FileRole::QualityReport, quality.into()).await?;
        if !self.has(FRAME_INDEX) {
            self.add_index().await?;
        }

        let mut manifest = publish::manifest_of(&self.session, &self.settings, self.input_bytes);
        manifest.session = self.summary.take();
        let boxes = &mut manifest.redaction.boxes;
        *boxes = boxes.saturating_add(self.painted);
        if let Some(predecessor) = self.predecessor.take() {
            manifest.compression.input_bytes = predecessor.compression.input_bytes;
            manifest.extra = predecessor.extra;
            let from =
                json!({ "level": predecessor.compression.level, "images": predecessor.compression.images });
            manifest.extra.insert("reencodedFrom".to_owned(), from);
        }
        let page = viewer::Page::new(&self.session, &self.index, report)?;
        let work = self.work.take().ok_or_else(interrupted)?;
        blocking(move || {
            let container = work.into_container_with(&page)?;
            container.finish(|files, checksums| {
                manifest.files = files;
                manifest.checksums = checksums;
                let bytes = written(serde_json::to_vec_pretty(&manifest))?;
                Ok((manifest, bytes))
            })
        })
        .await
    }

    async fn add_index(&mut self) -> Result<()> {
        let index = written(serde_json::to_vec(&self.index))?;
        self.add_text(FRAME_INDEX, FileRole::FrameIndex, index.into()).await
    }

    /// Takes images that are encoded already, as they are, and the index that names them.
    pub(super) async fn add_stored_frames(
        &mut self,
        index: FrameIndex,
        source: &dyn RandomAccess,
        images: &[(Entry, FileRole)],
    ) -> Result<()> {
        self.frames_added = true;
        self.index = index;
        for (entry, role) in images {
            self.add_stored(entry, source, *role).await?;
        }
        self.add_index().await
    }

    /// Takes a file of another archive as it is there.
    pub(super) async fn add_stored(
        &mut self,
        entry: &Entry,
        source: &dyn RandomAccess,
        role: FileRole,
    ) -> Result<()> {
        let bytes = read_whole(source, entry).await?;
        let (path, method) = (entry.path.clone(), entry.method);
        self.work(move |work| work.add(&path, role, method, &bytes)).await
    }

    async fn add_text(&mut self, path: &'static str, role: FileRole, bytes: Bytes) -> Result<()> {
        self.work(move |work| work.add(path, role, Method::Deflate, &bytes)).await
    }

    fn has(&self, path: &str) -> bool {
        self.work.as_ref().is_some_and(|work| work.has(path))
    }

    /// Runs `job` on the unfinished archive where it holds nobody up.
    async fn work<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut Work) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut work = self.work.take().ok_or_else(interrupted)?;
        let (work, outcome) = blocking(move || {
            let outcome = job(&mut work);
            Ok((work, outcome))
        })
        .await?;
        self.work = Some(work);
        outcome
    }
}

fn written(value: serde_json::Result<Vec<u8>>) -> Result<Vec<u8>> {
    value.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "archive.write", "not serialisable").caused_by(error)
    })
}

/// A call was dropped while it ran, so nobody knows what was written.
fn interrupted() -> Error {
    Error::new(ErrorKind::Unexpected, "archive.write", "an earlier call on this writer was interrupted")
}
