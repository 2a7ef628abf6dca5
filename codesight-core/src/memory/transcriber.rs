//! A transcriber that recites.

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::Result;
use crate::id::ContentHash;
use crate::ports::{Transcriber, Transcript, TranscriptSegment};

/// Answers with the segments it was given beforehand for exactly these bytes; it hears nothing. Other audio gives an
/// empty transcript. For replays and tests.
#[derive(Debug, Clone, Default)]
pub struct ScriptedTranscriber {
    name: String,
    segments: HashMap<ContentHash, Vec<TranscriptSegment>>,
}

impl ScriptedTranscriber {
    /// A transcriber that answers under `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), segments: HashMap::new() }
    }

    /// Adds what it recites for the audio of this hash, in place of an earlier script.
    #[must_use]
    pub fn with(mut self, audio: ContentHash, segments: Vec<TranscriptSegment>) -> Self {
        self.segments.insert(audio, segments);
        self
    }
}

impl fmt::Display for ScriptedTranscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scripted transcriber {}", self.name)
    }
}

#[async_trait]
impl Transcriber for ScriptedTranscriber {
    async fn transcribe(&self, _media_type: &str, audio: Bytes) -> Result<Transcript> {
        let segments = self.segments.get(&ContentHash::of(&audio)).cloned().unwrap_or_default();
        Ok(Transcript { model: self.name.clone(), segments })
    }
}
