//! The port [`Transcriber`] on a service: thinking aloud, as text with times.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::ports::{Transcriber, Transcript, TranscriptSegment};
use codesight_core::{Error, ErrorKind, Result};
use http::Method;
use serde::Deserialize;

use crate::client::{Body, Call, Client, Form};

/// Bytes of an audio file at most, by OpenAI's guide "Speech to text" (25 MB).
const MAX_AUDIO: usize = 25_000_000;

/// Writes speech down with a model of the service.
#[derive(Debug, Clone)]
pub struct ServiceTranscriber {
    client: Client,
    model: String,
}

#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    text: String,
    #[serde(default)]
    duration: Option<f64>,
    #[serde(default)]
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    start: f64,
    end: f64,
    text: String,
    /// How sure the model is that nobody speaks; above [`SILENCE`] with few words it made them up.
    #[serde(default)]
    no_speech_prob: f64,
}

/// The bound of the model's own published decoder.
const SILENCE: f64 = 0.6;

impl ServiceTranscriber {
    /// With that model (`whisper-1` gives times) at the service of `client`.
    pub fn new(client: Client, model: impl Into<String>) -> Self {
        Self { client, model: model.into() }
    }
}

impl fmt::Display for ServiceTranscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.model, self.client.profile().name)
    }
}

#[async_trait]
impl Transcriber for ServiceTranscriber {
    async fn transcribe(&self, media_type: &str, audio: Bytes) -> Result<Transcript> {
        if audio.len() > MAX_AUDIO {
            return Err(Error::new(ErrorKind::LimitExceeded, "speech.transcribe", "the audio is too large")
                .with("bytes", audio.len())
                .with("limit", MAX_AUDIO));
        }
        // The service tells formats by the name.
        let name = match media_type.split(';').next().unwrap_or_default().trim() {
            "audio/wav" | "audio/x-wav" | "audio/wave" => "audio.wav",
            "audio/mpeg" => "audio.mp3",
            "audio/mp4" => "audio.mp4",
            "audio/ogg" => "audio.ogg",
            _ => "audio.webm",
        };
        let form = Form::new(&ContentHash::of(&audio).to_string())
            .field("model", &self.model)
            .field("response_format", "verbose_json")
            .field("timestamp_granularities[]", "segment")
            .file("file", name, media_type, Body::Bytes(audio));
        let call =
            Call::new("speech.transcribe", Method::POST, "/audio/transcriptions").form(form).repeatable();
        let reply: Reply = self.client.fetch(call).await?;
        let mut segments: Vec<_> = reply
            .segments
            .into_iter()
            .filter(|segment| segment.no_speech_prob <= SILENCE && !segment.text.trim().is_empty())
            .map(|segment| TranscriptSegment {
                from_ms: segment.start * 1_000.0,
                until_ms: segment.end * 1_000.0,
                text: segment.text.trim().to_owned(),
            })
            .collect();
        // Services that give no times give one text for the whole.
        if segments.is_empty() && reply.duration.is_none() && !reply.text.trim().is_empty() {
            segments.push(TranscriptSegment {
                from_ms: 0.0,
                until_ms: 0.0,
                text: reply.text.trim().to_owned(),
            });
        }
        Ok(Transcript { model: self.model.clone(), segments })
    }
}
