//! Models that look and listen. Their answers are data: stored, labelled with who gave them, never instructions.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::id::ContentHash;
use crate::model::VisionAnalysis;
use crate::privacy::Masked;

/// One frame to look at.
#[derive(Debug, Clone)]
pub struct VisionFrame {
    /// Its name.
    pub hash: ContentHash,
    /// Media type of the bytes.
    pub media_type: String,
    /// The encoded image.
    pub bytes: Masked<Bytes>,
}

/// Looks at frames.
#[async_trait]
pub trait VisionModel: fmt::Debug + fmt::Display + Send + Sync {
    /// What the frames show, given the goal.
    ///
    /// # Behaviour
    /// - one observation a frame at most, in the order given; a frame the model could not judge is left out
    /// - no frames, no observations
    async fn analyze(&self, goal: &str, frames: &[VisionFrame]) -> Result<VisionAnalysis>;
}

/// One stretch of speech.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptSegment {
    /// Milliseconds from the beginning of the audio.
    pub from_ms: f64,
    /// Milliseconds from the beginning of the audio.
    pub until_ms: f64,
    /// What was said.
    pub text: String,
}

/// Speech as text.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// Who wrote it down.
    pub model: String,
    /// In order.
    pub segments: Vec<TranscriptSegment>,
}

/// Writes speech down.
#[async_trait]
pub trait Transcriber: fmt::Debug + fmt::Display + Send + Sync {
    /// The speech in `audio`; an empty transcript when there is none.
    async fn transcribe(&self, media_type: &str, audio: Bytes) -> Result<Transcript>;
}
