//! The frames of a session: grouped, checked, decoded and painted over.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use codesight_core::error::ErrorKind;
use codesight_core::id::ContentHash;
use codesight_core::model::{
    Finding, FrameIndexEntry, Redaction, RuleId, Screenshot, ScreenshotRelation, Severity,
};
use codesight_core::pipeline::SessionRecord;
use codesight_core::privacy::{MediaPolicy, redactions};

use super::ArchiveSettings;
use super::delta::{StripKey, Strips};
use crate::image::{MAX_WEBP_SIDE, PixelBox, Pixels, decode, paint, pixel_box};

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

impl FrameInput {
    /// Every use of every frame in a session's places, with the boxes to paint.
    pub fn of_records(records: &[SessionRecord], policy: MediaPolicy) -> Vec<Self> {
        let mut inputs = Vec::new();
        for record in records {
            let Some(interaction) = record.interaction() else { continue };
            inputs.extend(interaction.screenshots.iter().map(|screenshot| Self {
                seq: Some(record.seq),
                redactions: redactions(interaction, screenshot, policy),
                screenshot: screenshot.clone(),
            }));
        }
        inputs
    }
}

/// A distinct captured frame and every use of it. A box of one use is painted for all of them.
pub(super) struct DistinctFrame {
    pub(super) hash: ContentHash,
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

    /// Whether somebody acted on it.
    pub(super) fn is_before(&self) -> bool {
        self.uses.iter().any(|used| used.screenshot.relation == ScreenshotRelation::Before)
    }

    /// That rule for each use that `concerns` picks.
    pub(super) fn findings(
        &self,
        rule: &RuleId,
        message: &str,
        concerns: impl Fn(&FrameInput) -> bool,
    ) -> Vec<Finding> {
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

/// A frame that is decoded and painted.
pub(super) struct Prepared {
    pub(super) pixels: Pixels,
    /// None when it has an alpha channel.
    pub(super) strips: Option<Arc<Strips>>,
    /// The same for the same pixels.
    pub(super) picture: ContentHash,
    pub(super) is_before: bool,
    /// How it is listed, apart from where it is stored.
    pub(super) entry: FrameIndexEntry,
    /// What is wrong with some of its uses.
    pub(super) findings: Vec<Finding>,
}

/// Decodes and paints a frame, and hashes its strips; the findings when it cannot be kept. One that was painted before it
/// was stored has other bytes than its hash says.
pub(super) fn prepare(
    frame: &DistinctFrame,
    bytes: Bytes,
    is_painted: bool,
    settings: &ArchiveSettings,
    key: &StripKey,
) -> Result<Prepared, Vec<Finding>> {
    if !is_painted && ContentHash::of(&bytes) != frame.hash {
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
    let blank = pixels.is_blank();
    let boxes = frame.boxes(&pixels, settings.padding);
    paint(&mut pixels, &boxes, settings.fill);
    let entry = FrameIndexEntry {
        hash: frame.hash,
        file: String::new(),
        width: pixels.width(),
        height: pixels.height(),
        blank,
        painted: boxes.into_iter().map(PixelBox::to_rect).collect(),
        pieces: Vec::new(),
    };
    let (strips, picture) = recognised(&pixels, key);
    Ok(Prepared { pixels, strips, picture, is_before: frame.is_before(), entry, findings })
}

/// A frame that was checked and painted when its archive was written; it keeps its path, which training lines name.
pub(super) fn prepare_stored(
    pixels: Pixels,
    mut entry: FrameIndexEntry,
    is_before: bool,
    key: &StripKey,
) -> Prepared {
    entry.pieces.clear();
    let (strips, picture) = recognised(&pixels, key);
    Prepared { pixels, strips, picture, is_before, entry, findings: Vec::new() }
}

fn recognised(pixels: &Pixels, key: &StripKey) -> (Option<Arc<Strips>>, ContentHash) {
    let strips = Strips::of(pixels, key).map(Arc::new);
    let picture = strips.as_ref().map_or_else(|| pixels.hash(), |strips| strips.digest());
    (strips, picture)
}
