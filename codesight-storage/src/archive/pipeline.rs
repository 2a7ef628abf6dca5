//! The way of the frames into the archive: fetched, prepared, planned and encoded, a few at a time and in order.

use std::collections::{HashMap, VecDeque};

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::ContentHash;
use codesight_core::model::{ArchiveLevel, FileRole, Finding, FrameIndexEntry};
use tokio::task::JoinHandle;

use super::ArchiveSettings;
use super::delta::{FramePlan, NewImage, Planner, StripKey};
use super::frames::Prepared;
use super::origin::{Fetched, Origin, PreparedOrLost};
use super::settings::ArchiveSession;
use super::source::blocking;
use crate::image::{Pixels, WebpSettings, encode_webp, encode_webp_part};

/// What became of a distinct frame.
pub(super) enum FrameOutcome {
    /// It is listed; its new images are to be stored.
    Kept {
        /// New images: none when all of it was stored before.
        images: Vec<EncodedImage>,
        /// How it is listed.
        entry: FrameIndexEntry,
        /// What is wrong with some of its uses.
        findings: Vec<Finding>,
    },
    /// It cannot be kept.
    Lost(Vec<Finding>),
}

/// A file to be.
pub(super) struct EncodedImage {
    pub(super) path: String,
    pub(super) role: FileRole,
    pub(super) bytes: Vec<u8>,
}

enum Step {
    Preparing(JoinHandle<PreparedOrLost>),
    Encoding(JoinHandle<Result<Vec<EncodedImage>>>, FrameIndexEntry, Vec<Finding>),
    Done(FrameOutcome),
}

/// Turns distinct frames into images, in order, never holding more than `frames_in_flight` of them.
pub(super) struct FramePipeline<'a> {
    settings: &'a ArchiveSettings,
    origin: Origin<'a>,
    key: StripKey,
    steps: VecDeque<Step>,
    /// Away while a blocking task plans.
    planner: Option<Planner>,
    /// Where each picture is stored.
    pictures: HashMap<ContentHash, FramePlan>,
    /// Bytes fetched so far.
    pub(super) input_bytes: u64,
}

impl<'a> FramePipeline<'a> {
    pub(super) fn new(session: &ArchiveSession, settings: &'a ArchiveSettings, origin: Origin<'a>) -> Self {
        Self {
            settings,
            origin,
            key: StripKey::new(&session.tenant, &session.session),
            steps: VecDeque::new(),
            planner: Some(Planner::new(settings.level)),
            pictures: HashMap::new(),
            input_bytes: 0,
        }
    }

    /// The outcome of the next frame; none after the last.
    ///
    /// # Errors
    /// What the store says, other than that a frame is not there: then the session is to be archived later.
    pub(super) async fn next(&mut self) -> Result<Option<FrameOutcome>> {
        loop {
            while self.steps.len() < self.settings.frames_in_flight.max(1) {
                let Some(fetched) = self.origin.fetch(self.settings, self.key).await? else { break };
                self.steps.push_back(match fetched {
                    Fetched::Lost(findings) => Step::Done(FrameOutcome::Lost(findings)),
                    Fetched::Found { bytes, prepare } => {
                        self.input_bytes += bytes;
                        Step::Preparing(tokio::task::spawn_blocking(prepare))
                    }
                });
            }
            self.encode_ready().await?;
            match self.steps.pop_front() {
                None => return Ok(None),
                Some(Step::Done(outcome)) => return Ok(Some(outcome)),
                Some(Step::Encoding(task, entry, findings)) => {
                    let images = joined(task.await)??;
                    return Ok(Some(FrameOutcome::Kept { images, entry, findings }));
                }
                Some(step @ Step::Preparing(_)) => self.steps.push_front(step),
            }
        }
    }

    /// Turns prepared frames into encoding ones, in order, so that of two equal pictures the first is the one encoded.
    async fn encode_ready(&mut self) -> Result<()> {
        for place in 0..self.steps.len() {
            let Some(Step::Preparing(task)) = self.steps.get_mut(place) else { continue };
            let next = match joined(task.await)?? {
                Err(findings) => Step::Done(FrameOutcome::Lost(findings)),
                Ok(prepared) => self.encode(prepared).await?,
            };
            if let Some(step) = self.steps.get_mut(place) {
                *step = next;
            }
        }
        Ok(())
    }

    async fn encode(&mut self, prepared: Prepared) -> Result<Step> {
        let Prepared { pixels, strips, picture, is_before, mut entry, findings } = prepared;
        if let Some(known) = self.pictures.get(&picture) {
            // A frame somebody acted on is whole, also when the same picture was composed before.
            if known.pieces.is_empty() || !is_before || self.settings.level != ArchiveLevel::Hybrid {
                entry.file.clone_from(&known.file);
                entry.pieces.clone_from(&known.pieces);
                return Ok(Step::Done(FrameOutcome::Kept { images: Vec::new(), entry, findings }));
            }
        }
        let mut planner = self.planner.take().ok_or_else(interrupted)?;
        let sides = (pixels.width(), pixels.height());
        let named = (!entry.file.is_empty()).then(|| entry.file.clone());
        let (planner, plan) = blocking(move || {
            let plan = planner.plan(strips, sides, is_before, named);
            Ok((planner, plan))
        })
        .await?;
        self.planner = Some(planner);
        entry.file.clone_from(&plan.file);
        entry.pieces.clone_from(&plan.pieces);
        let (images, settings) = (plan.images.clone(), self.settings.images);
        self.pictures.insert(picture, plan);
        let task = tokio::task::spawn_blocking(move || {
            images.into_iter().map(|image| encode(&pixels, image, &settings)).collect()
        });
        Ok(Step::Encoding(task, entry, findings))
    }
}

fn encode(pixels: &Pixels, image: NewImage, settings: &WebpSettings) -> Result<EncodedImage> {
    let (role, bytes) = match &image.part {
        None => (FileRole::Frame, encode_webp(pixels, settings)?),
        Some(part) => (FileRole::Patch, encode_webp_part(pixels, part, &settings.for_part())?),
    };
    Ok(EncodedImage { path: image.path, role, bytes })
}

fn joined<T>(ended: std::result::Result<T, tokio::task::JoinError>) -> Result<T> {
    ended.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "archive.frames", "the task ended early").caused_by(error)
    })
}

fn interrupted() -> Error {
    Error::new(ErrorKind::Unexpected, "archive.frames", "an earlier frame was interrupted")
}
