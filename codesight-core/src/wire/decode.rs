//! From bytes to frames, within limits. Bad input is an input: every refusal has a code and loses nothing that was good.

use std::borrow::Cow;
use std::io::Read;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::blob::{HEADER_BYTES, KIND_BLOB, KIND_COMPRESSED, MAX_DESCRIPTOR_BYTES};
use super::{Batch, BlobDescriptor, GapReport, Hello, SessionStart, SessionStop, WireCode, WireLimits};
use crate::id::{ContentHash, SessionId};
use crate::model::{CaptureGap, InteractionData};
use crate::privacy::Raw;
use crate::time::Timestamp;

/// A message as the transport delivers it.
#[derive(Clone)]
pub enum Incoming<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message.
    Binary(Bytes),
}

/// What one place of a batch holds.
#[derive(Debug)]
pub enum ReceivedEntry {
    /// An interaction of the right shape.
    Interaction(Box<Raw<InteractionData>>),
    /// Something the recorder could not capture.
    Gap(CaptureGap),
    /// JSON that is no interaction. What it was is not kept; where it went wrong is.
    Unusable {
        /// Line and column of the first thing that does not fit, within the entry.
        at: (usize, usize),
        /// Bytes of the entry.
        bytes: usize,
    },
}

/// A batch in which every entry was judged on its own.
#[derive(Debug)]
pub struct ReceivedBatch {
    /// The session.
    pub session_id: SessionId,
    /// The writer's epoch.
    pub epoch: u64,
    /// Position of the first entry.
    pub first_seq: u64,
    /// The entries.
    pub entries: Vec<ReceivedEntry>,
}

/// A blob, not yet checked against its descriptor.
#[derive(Debug)]
pub struct ReceivedBlob {
    /// What is said of it.
    pub descriptor: BlobDescriptor,
    /// Its bytes. Pixels are painted over at the source and again by the archive; no text rule applies to them.
    pub bytes: Bytes,
}

/// One message of a client.
#[derive(Debug)]
pub enum ClientFrame {
    /// First of all.
    Hello(Hello),
    /// Begins a recording.
    SessionStart(Box<Raw<SessionStart>>),
    /// Interactions and gaps.
    Batch(ReceivedBatch),
    /// A frame or audio.
    Blob(ReceivedBlob),
    /// Ends a recording.
    SessionStop(SessionStop),
    /// Keeps the connection alive.
    Ping {
        /// The client's clock.
        at: Timestamp,
    },
}

/// Why a message was refused, without quoting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: WireCode,
    /// Where and how, for people.
    pub reason: String,
    /// The blob it is about.
    pub blob: Option<ContentHash>,
}

impl Refusal {
    pub(super) fn new(code: WireCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), blob: None }
    }

    /// What the transport itself refused for its size.
    pub fn too_large() -> Self {
        Self::new(WireCode::MessageTooLarge, "more bytes than the limit")
    }

    fn json(error: &serde_json::Error) -> Self {
        let code = if error.is_data() { WireCode::InvalidMessage } else { WireCode::InvalidJson };
        Self::new(code, format!("line {}, column {}", error.line(), error.column()))
    }
}

/// Decodes one message. `authenticated` chooses the size limit.
///
/// # Errors
/// A [`Refusal`]; nothing of the message is kept then.
pub fn decode(
    message: Incoming<'_>,
    limits: &WireLimits,
    authenticated: bool,
) -> Result<ClientFrame, Refusal> {
    let limit = limits.max_bytes(authenticated);
    match message {
        Incoming::Text(text) => {
            check_size(text.len(), limit.min(limits.max_message_bytes as usize))?;
            decode_text(text.as_bytes(), limits)
        }
        Incoming::Binary(bytes) => {
            check_size(bytes.len(), limit)?;
            decode_binary(&bytes, limits)
        }
    }
}

fn check_size(bytes: usize, limit: usize) -> Result<(), Refusal> {
    if bytes > limit {
        return Err(Refusal::new(WireCode::MessageTooLarge, format!("{bytes} bytes, the limit is {limit}")));
    }
    Ok(())
}

fn decode_binary(message: &Bytes, limits: &WireLimits) -> Result<ClientFrame, Refusal> {
    let invalid = |reason: &str| Refusal::new(WireCode::InvalidBinary, reason);
    let [kind, a, b, c, d, ..] = message[..] else { return Err(invalid("shorter than its header")) };
    let descriptor_bytes = u32::from_be_bytes([a, b, c, d]) as usize;
    if descriptor_bytes > MAX_DESCRIPTOR_BYTES || HEADER_BYTES + descriptor_bytes > message.len() {
        return Err(invalid("the descriptor is longer than allowed or than the message"));
    }
    let descriptor = message.slice(HEADER_BYTES..HEADER_BYTES + descriptor_bytes);
    let payload = message.slice(HEADER_BYTES + descriptor_bytes..);
    match kind {
        KIND_BLOB => Ok(ClientFrame::Blob(ReceivedBlob { descriptor: parse(&descriptor)?, bytes: payload })),
        KIND_COMPRESSED => decode_text(&inflate(&payload, limits.max_message_bytes as usize)?, limits),
        _ => Err(invalid("unknown kind")),
    }
}

/// Inflates at most `limit` bytes, whatever the stream claims.
fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut text = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(compressed).take(limit as u64 + 1);
    decoder
        .read_to_end(&mut text)
        .map_err(|_| Refusal::new(WireCode::InvalidBinary, "the compressed message cannot be inflated"))?;
    check_size(text.len(), limit)?;
    Ok(text)
}

fn decode_text(text: &[u8], limits: &WireLimits) -> Result<ClientFrame, Refusal> {
    Ok(match message_type(text)?.as_ref() {
        "batch" => ClientFrame::Batch(decode_batch(text, limits)?),
        "hello" => ClientFrame::Hello(parse(text)?),
        "session.start" => ClientFrame::SessionStart(Box::new(Raw::new(parse(text)?))),
        "session.stop" => ClientFrame::SessionStop(parse(text)?),
        "gap" => {
            let GapReport { session_id, epoch, seq, gap } = parse(text)?;
            let entries = vec![ReceivedEntry::Gap(gap)];
            ClientFrame::Batch(ReceivedBatch { session_id, epoch, first_seq: seq, entries })
        }
        "ping" => {
            #[derive(Deserialize)]
            struct Ping {
                at: Timestamp,
            }
            let Ping { at } = parse(text)?;
            ClientFrame::Ping { at }
        }
        _ => return Err(Refusal::new(WireCode::UnknownType, "this message type is not known")),
    })
}

/// The value of `type`. Writers put it first, which spares a second pass over a large batch.
fn message_type(text: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    if let Some(rest) = text.strip_prefix(br#"{"type":""#)
        && let Some(end) = rest.iter().take(32).position(|&byte| byte == b'"')
        && let Ok(name) = std::str::from_utf8(&rest[..end])
        && !name.contains('\\')
    {
        return Ok(Cow::Borrowed(name));
    }
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(rename = "type", borrow)]
        name: Cow<'a, str>,
    }
    serde_json::from_slice::<Envelope<'_>>(text)
        .map(|envelope| envelope.name)
        .map_err(|error| Refusal::json(&error))
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(text).map_err(|error| Refusal::json(&error))
}

/// Tries the whole batch at once, which is the usual case; a batch with a bad entry is read again entry by entry.
fn decode_batch(text: &[u8], limits: &WireLimits) -> Result<ReceivedBatch, Refusal> {
    let batch = match serde_json::from_slice::<Batch>(text) {
        Ok(batch) => ReceivedBatch {
            session_id: batch.session_id,
            epoch: batch.epoch,
            first_seq: batch.first_seq,
            entries: batch.interactions.into_iter().map(usable).collect(),
        },
        // A syntax error can be one entry's own, such as a number too large: read apart, the others are still good.
        Err(_) => decode_entries(text)?,
    };
    let count = batch.entries.len();
    if count == 0 || count > limits.max_batch as usize {
        let reason = format!("{count} interactions, between 1 and {} are allowed", limits.max_batch);
        return Err(Refusal::new(WireCode::BatchSize, reason));
    }
    if batch.first_seq == 0 || batch.first_seq.checked_add(count as u64).is_none() {
        return Err(Refusal::new(WireCode::InvalidMessage, "positions begin at 1 and fit 64 bits"));
    }
    Ok(batch)
}

fn decode_entries(text: &[u8]) -> Result<ReceivedBatch, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entries<'a> {
        session_id: SessionId,
        epoch: u64,
        first_seq: u64,
        #[serde(borrow)]
        interactions: Vec<&'a RawValue>,
    }
    let entries: Entries<'_> = serde_json::from_slice(text).map_err(|error| Refusal::json(&error))?;
    let judge = |entry: &RawValue| match serde_json::from_str(entry.get()) {
        Ok(interaction) => usable(interaction),
        Err(error) => {
            ReceivedEntry::Unusable { at: (error.line(), error.column()), bytes: entry.get().len() }
        }
    };
    Ok(ReceivedBatch {
        session_id: entries.session_id,
        epoch: entries.epoch,
        first_seq: entries.first_seq,
        entries: entries.interactions.into_iter().map(judge).collect(),
    })
}

fn usable(interaction: InteractionData) -> ReceivedEntry {
    ReceivedEntry::Interaction(Box::new(Raw::new(interaction)))
}
