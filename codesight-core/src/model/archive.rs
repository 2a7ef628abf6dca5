//! The archive of a session: what is in the ZIP and how to check it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Extra, Rect, SessionSummary};
use crate::id::{ContentHash, SessionId, TenantId};
use crate::time::Timestamp;

/// The archive format this version writes. Version 1 had whole frames only.
pub const ARCHIVE_VERSION: u32 = 2;

/// How frames are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveLevel {
    /// Every distinct frame whole.
    Full,
    /// Every distinct before-frame whole and usable as it is, the others as changed rectangles.
    #[default]
    Hybrid,
    /// All frames as changed rectangles.
    Compact,
    /// All frames as changed rectangles, bit-exact.
    Exact,
}

/// What a file of the archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// `interactions.json`.
    Interactions,
    /// A whole frame.
    Frame,
    /// A changed rectangle of a frame.
    Patch,
    /// How each frame is composed.
    FrameIndex,
    /// `audio.webm`.
    Audio,
    /// `training.jsonl`.
    TrainingData,
    /// `vision-analysis.json`.
    VisionAnalysis,
    /// `quality-report.json`.
    QualityReport,
    /// `index.html`.
    Viewer,
}

/// One file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileManifest {
    /// Path within the ZIP.
    pub path: String,
    /// What it is.
    pub role: FileRole,
    /// Bytes before compression.
    pub size: u64,
    /// Bytes in the ZIP.
    pub compressed_size: u64,
}

/// How images were encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImageCodecSettings {
    /// Codec and version.
    pub codec: String,
    /// Lossy or bit-exact.
    pub lossless: bool,
    /// 0 to 100.
    pub quality: f32,
    /// Effort, in the codec's own scale.
    pub method: u8,
    /// Whether images of few colours, which are text on flat ground, were kept bit-exact where that is no larger.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adaptive: bool,
}

/// How the archive is compressed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CompressionInfo {
    /// How frames are kept.
    pub level: ArchiveLevel,
    /// How text is compressed: `deflate` with its level.
    pub text: String,
    /// How images are encoded; they are stored, not deflated.
    pub images: ImageCodecSettings,
    /// Bytes of the frames as captured plus the interactions as JSON.
    pub input_bytes: u64,
}

/// What was masked, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RedactionSummary {
    /// Replaced values by type of personal data.
    pub text: BTreeMap<String, u32>,
    /// Painted boxes.
    pub boxes: u32,
    /// Version of the detector.
    pub detector: String,
}

/// What the person agreed to, without who they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConsentSummary {
    /// Version of the text.
    pub text_version: String,
    /// What for.
    pub purposes: Vec<String>,
}

/// `manifest.json`: the authority over what is in the archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ArchiveManifest {
    /// Format version.
    pub version: u32,
    /// The session.
    pub session_id: SessionId,
    /// The project.
    pub tenant: TenantId,
    /// When the archive was written.
    pub created_at: Timestamp,
    /// Every file but the manifest, in the order written.
    pub files: Vec<FileManifest>,
    /// SHA-256 of each file before compression, by path.
    pub checksums: BTreeMap<String, ContentHash>,
    /// How it is compressed.
    pub compression: CompressionInfo,
    /// What was masked.
    #[serde(default)]
    pub redaction: RedactionSummary,
    /// What the person agreed to.
    #[serde(default)]
    pub consent: ConsentSummary,
    /// What else the pipeline was given. Archives that were written before this field was known have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionSummary>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An archive that was written: where it is and what it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionArchive {
    /// The session.
    pub session_id: SessionId,
    /// Format version.
    pub version: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// Where it is.
    pub url: String,
    /// Bytes of the ZIP.
    pub size: u64,
    /// SHA-256 of the ZIP.
    pub checksum: ContentHash,
    /// What is in it.
    pub manifest: ArchiveManifest,
}

/// `screenshots/index.json`: how each captured frame is composed from stored images.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FrameIndex {
    /// One entry for each distinct captured frame, in the order first seen.
    pub frames: Vec<FrameIndexEntry>,
}

/// One captured frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FrameIndexEntry {
    /// SHA-256 of the frame as captured.
    pub hash: ContentHash,
    /// Path of the whole frame; several entries may name the same one. A frame with `pieces` is not stored under it:
    /// it is put there when the archive is extracted.
    pub file: String,
    /// Image pixels.
    pub width: u32,
    /// Image pixels.
    pub height: u32,
    /// Whether the picture shows one colour only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blank: bool,
    /// Boxes painted by the archive writer, in image pixels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub painted: Vec<Rect>,
    /// What the frame is composed of; empty when it is stored whole. The pieces cover each pixel exactly once, and each
    /// names a stored image, never another composed frame.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<FramePiece>,
}

impl FrameIndexEntry {
    /// Whether the frame is stored as one image of its own.
    pub fn is_whole(&self) -> bool {
        self.pieces.is_empty()
    }
}

/// A rectangle of a stored image and its place in a frame, in image pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FramePiece {
    /// Path of the stored image.
    pub file: String,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Its first column in the frame.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub x: u32,
    /// Its first row in the frame.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub y: u32,
    /// Its first column in the stored image.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub from_x: u32,
    /// Its first row in the stored image.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub from_y: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
