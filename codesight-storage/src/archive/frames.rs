//! The frames of a session: fetched, checked, painted over, encoded, a few at a time and in order.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::ContentHash;
use codesight_core::model::{Finding, FrameIndexEntry, Redaction, RuleId, Screenshot, Severity};
use codesight_core::ports::{BlobKey, BlobStore};
use tokio::task::JoinHandle;

use super::ArchiveSettings;
use super::settings::ArchiveSession;
use crate::image::{MAX_WEBP_SIDE, PixelBox, Pixels, decode, encode_webp, paint, pixel_box};

/// No blob of that hash.
pub const FRAME_MISSING: RuleId = RuleId::new("frame-missing");
/// The blob is not what its hash says.
pub const FRAME_HASH_MISMATCH: RuleId = RuleId::new("frame-hash-mismatch");
/// Not an image, or a broken one.
pub const FRAME_UNDECODABLE: RuleId = RuleId::new("frame-undecodable");
/// More bytes or pixels than a frame may have.
pub const FRAME_TOO_LARGE: RuleId = RuleId::new("frame-too-large");
/// The pixels are not as many as the recorder declared, so no coordinate in the frame can be trusted.
pub const FRAME_SIZE_MISMATCH: RuleId = RuleId::new("frame-size-mismatch");

/// One use of a frame in the session.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameInput {
    /// The interaction that names it, for findings.
    pub seq: Option<u64>,
    /// The frame and its provenance.
    pub screenshot: Screenshot,
    /// What is still to be painted over, in CSS pixels of the frame's viewport.
    pub redactions: Vec<Redaction>,
}

/// A distinct captured frame and every use of it. A box of one use is painted for all of them.
pub(super) struct DistinctFrame {
    hash: ContentHash,
    uses: Vec<FrameInput>,
}

impl DistinctFrame {
    /// One item for each distinct hash, in the order first seen. This is all that is kept of the whole session; pixels
    /// are not.
    pub(super) fn group(frames: impl IntoIterator<Item = FrameInput>) -> Vec<Self> {
        let mut places = HashMap::new();
        let mut distinct: Vec<Self> = Vec::new();
        for frame in frames {
            let hash = frame.screenshot.hash;
            match places.get(&hash).and_then(|place: &usize| distinct.get_mut(*place)) {
                Some(known) => known.uses.push(frame),
                None => {
                    places.insert(hash, distinct.len());
                    distinct.push(Self { hash, uses: vec![frame] });
                }
            }
        }
        distinct
    }

    fn findings(&self, rule: &RuleId, message: &str, concerns: impl Fn(&FrameInput) -> bool) -> Vec<Finding> {
        let place = |frame: &FrameInput| {
            let finding = match frame.seq {
                Some(seq) => Finding::at(seq, rule.clone(), Severity::Error, message),
                None => Finding::session(rule.clone(), Severity::Error, message),
            };
            finding.in_field("screenshots")
        };
        self.uses.iter().filter(|frame| concerns(frame)).map(place).collect()
    }

    fn boxes(&self, pixels: &Pixels, padding: u32) -> Vec<PixelBox> {
        let sides = (pixels.width(), pixels.height());
        let mut boxes: Vec<PixelBox> = self
            .uses
            .iter()
            .flat_map(|frame| {
                let viewport = frame.screenshot.viewport;
                // From the pixels that are really there, not from the sides the recorder declared.
                let scale = (f64::from(sides.0) / viewport.width, f64::from(sides.1) / viewport.height);
                frame.redactions.iter().filter_map(move |one| pixel_box(&one.area, scale, padding, sides))
            })
            .collect();
        boxes.sort_unstable();
        boxes.dedup();
        boxes
    }
}

/// What became of a distinct frame.
pub(super) enum FrameOutcome {
    /// Its image is new.
    Stored {
        /// The encoded image.
        image: Vec<u8>,
        /// How it is listed; the path is given by the caller.
        entry: FrameIndexEntry,
        /// What is wrong with some of its uses.
        findings: Vec<Finding>,
    },
    /// Its pixels are those of the `image`th new image, from 0.
    Repeated {
        /// Which one.
        image: usize,
        /// How it is listed.
        entry: FrameIndexEntry,
        /// What is wrong with some of its uses.
        findings: Vec<Finding>,
    },
    /// It cannot be kept.
    Lost(Vec<Finding>),
}

/// Decoded and painted.
struct Prepared {
    pixels: Pixels,
    hash: ContentHash,
    entry: FrameIndexEntry,
    findings: Vec<Finding>,
}

enum Step {
    Decoding(JoinHandle<std::result::Result<Prepared, Vec<Finding>>>),
    Encoding(JoinHandle<Result<Vec<u8>>>, FrameIndexEntry, Vec<Finding>),
    Done(FrameOutcome),
}

/// Turns distinct frames into images, in order, never holding more than `frames_in_flight` of them.
pub(super) struct FramePipeline<'a> {
    blobs: &'a dyn BlobStore,
    session: &'a ArchiveSession,
    settings: &'a ArchiveSettings,
    waiting: std::vec::IntoIter<DistinctFrame>,
    steps: VecDeque<Step>,
    /// The image of each painted picture, by the hash of its pixels.
    images: &'a mut HashMap<ContentHash, usize>,
    /// Bytes fetched so far.
    pub(super) input_bytes: u64,
}

impl<'a> FramePipeline<'a> {
    pub(super) fn new(
        blobs: &'a dyn BlobStore,
        session: &'a ArchiveSession,
        settings: &'a ArchiveSettings,
        frames: Vec<DistinctFrame>,
        images: &'a mut HashMap<ContentHash, usize>,
    ) -> Self {
        let (waiting, steps) = (frames.into_iter(), VecDeque::new());
        Self { blobs, session, settings, waiting, steps, images, input_bytes: 0 }
    }

    /// The outcome of the next frame; none after the last.
    ///
    /// # Errors
    /// What the store says, other than that a frame is not there: then the session is to be archived later.
    pub(super) async fn next(&mut self) -> Result<Option<FrameOutcome>> {
        loop {
            while self.steps.len() < self.settings.frames_in_flight.max(1) {
                let Some(frame) = self.waiting.next() else { break };
                let step = self.fetch(frame).await?;
                self.steps.push_back(step);
            }
            self.encode_ready().await?;
            match self.steps.pop_front() {
                None => return Ok(None),
                Some(Step::Done(outcome)) => return Ok(Some(outcome)),
                Some(Step::Encoding(task, entry, findings)) => {
                    let image = joined(task.await)??;
                    return Ok(Some(FrameOutcome::Stored { image, entry, findings }));
                }
                Some(step @ Step::Decoding(_)) => self.steps.push_front(step),
            }
        }
    }

    async fn fetch(&mut self, frame: DistinctFrame) -> Result<Step> {
        let lost = |rule: &RuleId, message: &str| {
            Ok(Step::Done(FrameOutcome::Lost(frame.findings(rule, message, |_| true))))
        };
        let key = BlobKey::captured(&self.session.tenant, &self.session.session, &frame.hash);
        let bytes = match self.blobs.head(&key).await {
            // Asked for before it is fetched, so that a blob of any size costs nothing.
            Ok(info) if info.size > self.settings.image_limits.max_encoded_bytes as u64 => {
                return lost(&FRAME_TOO_LARGE, "the captured frame has too many bytes");
            }
            Ok(_) => self.blobs.get(&key).await,
            Err(error) => Err(error),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return lost(&FRAME_MISSING, "the captured frame is not in the store");
            }
            Err(error) => return Err(error),
        };
        self.input_bytes += bytes.len() as u64;
        let settings = self.settings.clone();
        Ok(Step::Decoding(tokio::task::spawn_blocking(move || prepare(&frame, bytes, &settings))))
    }

    /// Turns decoded frames into encoding ones, in order, so that of two equal pictures the first is the one encoded.
    async fn encode_ready(&mut self) -> Result<()> {
        for step in &mut self.steps {
            let Step::Decoding(task) = step else { continue };
            let next = match joined(task.await)? {
                Err(findings) => Step::Done(FrameOutcome::Lost(findings)),
                Ok(Prepared { pixels, hash, entry, findings }) => {
                    let known = self.images.len();
                    match *self.images.entry(hash).or_insert(known) {
                        image if image < known => {
                            Step::Done(FrameOutcome::Repeated { image, entry, findings })
                        }
                        _ => {
                            let images = self.settings.images;
                            let task = tokio::task::spawn_blocking(move || encode_webp(&pixels, &images));
                            Step::Encoding(task, entry, findings)
                        }
                    }
                }
            };
            *step = next;
        }
        Ok(())
    }
}

fn joined<T>(ended: std::result::Result<T, tokio::task::JoinError>) -> Result<T> {
    ended.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "archive.frames", "the task ended early").caused_by(error)
    })
}

fn prepare(
    frame: &DistinctFrame,
    bytes: Bytes,
    settings: &ArchiveSettings,
) -> std::result::Result<Prepared, Vec<Finding>> {
    if ContentHash::of(&bytes) != frame.hash {
        return Err(frame.findings(
            &FRAME_HASH_MISMATCH,
            "the stored frame is not what its hash says",
            |_| true,
        ));
    }
    let mut pixels = decode(&bytes, &settings.image_limits).map_err(|error| match error.kind() {
        ErrorKind::LimitExceeded => {
            frame.findings(&FRAME_TOO_LARGE, "the frame has too many pixels", |_| true)
        }
        _ => frame.findings(&FRAME_UNDECODABLE, "the frame cannot be decoded", |_| true),
    })?;
    drop(bytes);
    if pixels.width().max(pixels.height()) > MAX_WEBP_SIDE {
        return Err(frame.findings(&FRAME_TOO_LARGE, "a side of the frame is too long", |_| true));
    }
    let differs = |used: &FrameInput| {
        (used.screenshot.width, used.screenshot.height) != (pixels.width(), pixels.height())
    };
    let findings = frame.findings(&FRAME_SIZE_MISMATCH, "the frame has other sides than declared", differs);
    if findings.len() == frame.uses.len() {
        return Err(findings);
    }
    let boxes = frame.boxes(&pixels, settings.padding);
    paint(&mut pixels, &boxes, settings.fill);
    let entry = FrameIndexEntry {
        hash: frame.hash,
        file: String::new(),
        width: pixels.width(),
        height: pixels.height(),
        painted: boxes.into_iter().map(PixelBox::to_rect).collect(),
    };
    Ok(Prepared { hash: pixels.hash(), pixels, entry, findings })
}
