//! Frames: screenshots with their provenance.

use serde::{Deserialize, Serialize};

use super::{Extra, Rect, Scroll, Viewport};
use crate::id::ContentHash;
use crate::time::Timestamp;

/// How a frame relates to the interaction it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ScreenshotRelation {
    /// What the person saw when they acted.
    Before,
    /// What they saw once the page had settled.
    After,
    /// One of a quick series during a change.
    Burst,
}

/// What made the recorder take the frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScreenshotTrigger {
    /// A pointer or key press.
    Interaction,
    /// The page settled after a change.
    Settled,
    /// A navigation.
    Navigation,
    /// A timer.
    Interval,
    /// Asked for by hand.
    Manual,
    /// A trigger this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// Which interface of the browser the pixels came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FrameSource {
    /// `tabs.captureVisibleTab`.
    VisibleTab,
    /// A tab capture stream.
    TabCapture,
    /// The browser's debugging protocol.
    DevTools,
    /// A recording made by another tool.
    Imported,
    /// A source this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// Why a box of a frame was painted over.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RedactionReason {
    /// A form field whose value may not be kept.
    SensitiveField,
    /// Personal data was detected in the text shown there.
    DetectedText,
    /// The page or the person marked it private.
    MarkedPrivate,
    /// A picture or video that may show people.
    Media,
    /// A reason this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// One painted box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Redaction {
    /// Box in CSS pixels of the top viewport.
    #[serde(rename = "box")]
    pub area: Rect,
    /// Why.
    pub reason: RedactionReason,
}

/// A frame: which pixels, taken when, how late, of what, from where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Screenshot {
    /// SHA-256 of the encoded image as it was sent.
    pub hash: ContentHash,
    /// Media type of the encoded image, such as `image/png`.
    pub media_type: String,
    /// Image pixels.
    pub width: u32,
    /// Image pixels.
    pub height: u32,
    /// Relation to the interaction.
    pub relation: ScreenshotRelation,
    /// When the pixels were taken, by the collector's clock.
    pub captured_at: Timestamp,
    /// Milliseconds from the interaction to the capture; negative when the frame is older than the interaction.
    pub lag_ms: f64,
    /// The viewport at that moment.
    pub viewport: Viewport,
    /// The scroll position at that moment.
    #[serde(default)]
    pub scroll: Scroll,
    /// What caused the capture.
    pub trigger: ScreenshotTrigger,
    /// Where the pixels came from.
    pub source: FrameSource,
    /// Boxes that were painted before encoding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<Redaction>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Screenshot {
    /// Image pixels per CSS pixel, from the image itself: zoom and device ratio are both in it.
    pub fn scale(&self) -> (f64, f64) {
        (f64::from(self.width) / self.viewport.width, f64::from(self.height) / self.viewport.height)
    }
}
